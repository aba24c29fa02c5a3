"""Two trawls of one scheme beside each other: who is new, who fell out, whose answer moved.

Row security decides whom a reader sees here, as in the work lists; counts are of those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection

from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.schemes.protected import hidden_in, without
from wholeplace.rooms.schemes.queries import RunLine, as_json, run
from wholeplace.rooms.schemes.standing import ASKED_ON

Kind = Literal["new", "gone", "now_yes", "now_possible"]
KINDS: tuple[Kind, ...] = ("new", "gone", "now_yes", "now_possible")
BOTH = """
SELECT coalesce(l.person_id, e.person_id) AS person_id,
       CASE WHEN e.id IS NULL THEN 'new' WHEN l.id IS NULL THEN 'gone'
            WHEN e.answer = l.answer THEN 'same'
            WHEN l.answer = 'yes' THEN 'now_yes' ELSE 'now_possible' END AS kind,
       e.id AS before_id, coalesce(e.answer, '') AS before, e.criteria AS criteria_before,
       l.id AS after_id, coalesce(l.answer, '') AS after, l.criteria AS criteria_after
  FROM (SELECT * FROM schemes_finding WHERE run_id = %(earlier)s) e
  FULL JOIN (SELECT * FROM schemes_finding WHERE run_id = %(later)s) l
    ON l.person_id = e.person_id
"""
COUNTS = f"SELECT kind, count(*) FROM ({BOTH}) AS both_runs GROUP BY kind"
COLUMNS = """
SELECT b.kind, b.person_id, p.ref, p.name, b.before_id, b.before, b.criteria_before,
       b.after_id, b.after, b.criteria_after
"""
LIST = f"""
{COLUMNS} FROM ({BOTH}) b JOIN people_person p ON p.id = b.person_id
 WHERE b.kind = %(kind)s AND b.person_id > %(after)s ORDER BY b.person_id LIMIT %(size)s
"""
ONE = f"{COLUMNS} FROM ({BOTH}) b JOIN people_person p ON p.id = b.person_id WHERE p.ref = %(ref)s"
# A look ahead is compared with only where there is nothing else, and so is a later day.
BEFORE = f"""
SELECT e.id
  FROM (SELECT r.id, r.scheme, r.as_at, r.as_at > {ASKED_ON} AS ahead FROM schemes_trawlrun r
         WHERE r.state = 'whole') e
  JOIN schemes_trawlrun later ON later.scheme = e.scheme
 WHERE later.id = %s AND e.id < later.id
 ORDER BY e.ahead, e.as_at > later.as_at, e.as_at DESC, e.id DESC LIMIT 1
"""
VERSIONS = """
SELECT r.id, r.version_id, v.hash, p.hash FROM schemes_trawlrun r
  JOIN schemes_schemeversion v ON v.id = r.version_id
  LEFT JOIN schemes_placeversion p ON p.id = v.place_version_id
 WHERE r.id = ANY (%s)
"""


@dataclass(frozen=True)
class Version:
    """Which rules a trawl asked. `place_hash` is None where the place's were not kept."""

    version_id: int
    scheme_hash: str
    place_hash: str | None


@dataclass(frozen=True)
class Pair:
    """Two whole trawls of one scheme, and how many people are where.

    `counts` has each of KINDS and `same`, of the people whom the reader may see.
    """

    earlier: RunLine
    later: RunLine
    before: Version
    after: Version
    counts: Mapping[str, int]

    @property
    def rules_changed(self) -> bool:
        """Whether the scheme's own text is another."""
        return self.before.scheme_hash != self.after.scheme_hash

    @property
    def figures_changed(self) -> bool | None:
        """Whether the place's facts, rates, bases or funding are others; None: not known."""
        if None in (self.before.place_hash, self.after.place_hash):
            return None
        return self.before.place_hash != self.after.place_hash


@dataclass(frozen=True)
class Moved:
    """Somebody whom the two trawls answer differently. An empty answer: was not found.

    The criteria are those that are for the reader.
    """

    kind: str
    person_id: int
    person_ref: str
    name: str
    finding_before: int | None
    before: str
    criteria_before: Mapping[str, bool | None]
    finding_after: int | None
    after: str
    criteria_after: Mapping[str, bool | None]


@dataclass(frozen=True)
class MovedPage:
    """One page of the people of one kind."""

    items: tuple[Moved, ...]
    next_after: int | None


def earlier_run(run_id: int) -> int | None:
    """The trawl of the same scheme, asked for before this one, to compare it with.

    The one of the latest day that is not after this one's, and no look ahead, if there is such.
    """
    found = _rows(BEFORE, [run_id])
    return found[0][0] if found else None


def pair(later_id: int, earlier_id: int) -> Pair:
    """Two trawls with their counts. They name nobody.

    Raises:
        NotFound: there is no such trawl for this reader.
        UserMistake: one of them is not done, or they are of two schemes, or the wrong way round.
    """
    later, earlier = run(later_id).line, run(earlier_id).line
    if "whole" not in (later.state, earlier.state) or later.state != earlier.state:
        raise UserMistake("Only trawls that are done can be compared.")
    if later.scheme != earlier.scheme:
        raise UserMistake("These trawls are of two schemes.", do="Compare two of the same scheme.")
    if earlier.id >= later.id:
        raise UserMistake("A trawl is compared with an earlier one.", do="Name an earlier trawl.")
    versions = {row[0]: Version(*row[1:]) for row in _rows(VERSIONS, [[later_id, earlier_id]])}
    counts = dict.fromkeys((*KINDS, "same"), 0) | dict(
        _rows(COUNTS, {"later": later_id, "earlier": earlier_id})
    )
    audit.record("trawls.compare", record=f"trawls {earlier_id} and {later_id}")
    return Pair(earlier, later, versions[earlier_id], versions[later_id], counts)


def moved(both: Pair, kind: Kind, *, after: int = 0, size: int = 25) -> MovedPage:
    """One page of the people of one kind; all shown are written in the audit trail.

    Args:
        after: the last person's number of the page before.
    """
    values = _runs(both) | {"kind": kind, "after": after, "size": size + 1}
    found = _moved(both, _rows(LIST, values))
    items = tuple(found[:size])
    _seen(both, items)
    return MovedPage(items, items[-1].person_id if len(found) > size else None)


def moved_person(both: Pair, ref: str) -> Moved:
    """One person's answers in both; the view is written down.

    Raises:
        NotFound: no such person for this reader, or neither trawl found them.
    """
    found = _moved(both, _rows(ONE, _runs(both) | {"ref": ref}))
    if not found:
        raise NotFound("There is no such person in these trawls.")
    _seen(both, tuple(found))
    return found[0]


def _runs(both: Pair) -> dict[str, Any]:
    return {"earlier": both.earlier.id, "later": both.later.id}


def _seen(both: Pair, people: tuple[Moved, ...]) -> None:
    audit.record(
        "findings.compare",
        people=[one.person_id for one in people],
        record=f"trawls {both.earlier.id} and {both.later.id}",
    )


def _moved(both: Pair, rows: list[Any]) -> list[Moved]:
    before, after = hidden_in(both.before.version_id), hidden_in(both.after.version_id)
    return [
        Moved(
            kind, person, ref, name,
            before_id, was, without(as_json(then) or {}, before),
            after_id, now_is, without(as_json(now) or {}, after),
        )
        for kind, person, ref, name, before_id, was, then, after_id, now_is, now in rows
    ]  # fmt: skip


def _rows(sql: str, values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
