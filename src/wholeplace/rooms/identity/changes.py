"""What has changed since a kept linking of what linking reads, and whether that can be told.

As a snapshot is refreshed (rooms/records/changes.py): a version says when it was recorded and when
superseded. What leaves no such moment behind, rows removed as retention bids or a clock set back,
is noticed because a linking notes how many versions it could read and the sum of their numbers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from wholeplace.rooms.agencies.acting import require_actor

KINDS = ("resident", "member", "household", "address")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a linking read, as far as it decides what the next must read.

    Attributes:
        known_at: the moment, as text; whatever is dated after it has changed since.
        reader: whose rows the linker was given, and by which rights.
        held: kind → versions dated by then, the sum of their numbers, superseded ones, and the
            sum of theirs.
        sealed_at: when a record was last sealed or a seal taken back.
    """

    known_at: str
    reader: str
    held: dict[str, list[int]]
    sealed_at: str | None

    def as_data(self) -> dict[str, Any]:
        """For a note beside the files."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Reading:
        """What `as_data` gave.

        Raises:
            TypeError: it is something else.
        """
        return cls(**data)

    @property
    def persons(self) -> int:
        """How many persons' statements stand."""
        recorded, _, superseded, _ = self.held["resident"]
        return recorded - superseded

    def unlike(self, former: Reading) -> str:
        """Why not only what is dated later has changed since a former reading; empty else."""
        if self.reader != former.reader:
            return "other agencies' records may be compared, or by other rights"
        if self.sealed_at != former.sealed_at:
            return "a record has been sealed since, or a seal taken back"
        if self.held != former.held:
            return "records were removed, or recorded late"
        return ""


def readings(former: Reading | None = None) -> tuple[Reading, Reading]:
    """What can be read: all there is by this transaction's moment; and of it, by a former one's.

    Raises:
        Refused: the acting role may not link.
    """
    actor = require_actor()
    actor.require("identity.link")
    ((moment, agencies, sealed_at),) = _rows(
        "SELECT now()::text, (SELECT string_agg(x::text, ' ' ORDER BY x)"
        " FROM unnest(wp_shared_agencies('P2', 'everybody')) x), wp_last_sealed_at()::text",
        {},
    )
    then = former.known_at if former else moment
    rows = _rows(_HELD, {"now": moment, "known_at": then})
    held = [{kind: [0] * 4 for kind in KINDS} for _ in range(2)]
    for kind, *counts in rows:
        numbers = [int(count) for count in counts]
        held[0][kind], held[1][kind] = numbers[:4], numbers[4:]
    reader = f"{actor.role}: {','.join(sorted(actor.rights))}; agencies {agencies}"
    return (
        Reading(moment, reader, held[0], sealed_at),
        Reading(then, reader, held[1], sealed_at),
    )


def _counted(date: str, by: str) -> str:
    when = f"{date} <= %({by})s::timestamptz"
    return f"count(*) FILTER (WHERE {when}), coalesce(sum(id) FILTER (WHERE {when}), 0)"


# All in one reading of the versions.
_HELD = f"""
SELECT kind, {
    ", ".join(
        _counted(date, by)
        for by in ("now", "known_at")
        for date in ("recorded_at", "superseded_at")
    )
}
  FROM identity_version GROUP BY kind
"""


def touched_since(known_at: str) -> list[int]:
    """Persons on whose record a version recorded or superseded after this moment may bear.

    A home bears on every household ever said to be there, and a household on all who were ever
    said to be in it, so these may be more than changed; never fewer.

    Raises:
        Refused: the acting role may not link.
    """
    require_actor().require("identity.link")
    return [person for (person,) in _rows(_TOUCHED, {"known_at": known_at})]


_TOUCHED = """
WITH changed AS MATERIALIZED (
    SELECT * FROM identity_version
     WHERE recorded_at > %(known_at)s::timestamptz OR superseded_at > %(known_at)s::timestamptz
), homes AS (
    SELECT DISTINCT agency_id, uprn FROM changed WHERE kind = 'address'
), households AS (
    SELECT agency_id, household_key FROM changed WHERE kind = 'household'
     UNION
    SELECT v.agency_id, v.household_key FROM identity_version v JOIN homes USING (agency_id, uprn)
     WHERE v.kind = 'household'
)
SELECT record_id FROM changed WHERE record_id IS NOT NULL
 UNION
SELECT v.record_id FROM identity_version v JOIN households USING (agency_id, household_key)
 WHERE v.kind = 'member'
 ORDER BY 1
"""


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
