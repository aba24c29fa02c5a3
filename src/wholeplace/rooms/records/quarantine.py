"""Rows that were set aside: which stand open, what was wrong, and what became of each.

The same row may be set aside again by every delivery that holds it. The latest of these
*stands*; the earlier ones stay as they were recorded and close with it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from wholeplace.core.kernel.errors import NotFound, Stale
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.records.models import Correction

STATES = ("open", "mended", "dropped")

# One row of a file, whether its key can be read or not.
_WHICH = "r.source, r.file, coalesce(r.source_key, r.load_id || ':' || r.line)"
_STANDING = f"""
WITH told AS (
  SELECT r.*, coalesce(l.as_at, l.started_at::date) AS day,
         r.state <> 'open' OR r.load_id = max(r.load_id) OVER (PARTITION BY {_WHICH}) AS stands
    FROM records_reject r JOIN records_load l ON l.id = r.load_id
   WHERE r.state = %(state)s
     AND (%(source)s = '' OR r.source = %(source)s) AND (%(file)s = '' OR r.file = %(file)s))
"""
_REASONS = f"""
{_STANDING}
SELECT source, file, field, reason, count(*) FILTER (WHERE stands), min(day), max(day),
       (array_agg(value ORDER BY id DESC) FILTER (WHERE stands))[1]
  FROM told WHERE (%(reason)s = '' OR reason = %(reason)s)
 GROUP BY source, file, field, reason HAVING bool_or(stands)
 ORDER BY 5 DESC, source, file, field, reason
"""
_LINES = f"""
{_STANDING}
SELECT id, source, file, line, source_key, value, day, load_id, row FROM told
 WHERE stands AND (%(reason)s = '' OR reason = %(reason)s)
   AND (%(field)s = '' OR field = %(field)s) AND (%(after)s = 0 OR id < %(after)s)
 ORDER BY id DESC LIMIT %(size)s
"""
_ROW = """
SELECT r.id, r.source, r.file, r.line, r.source_key, r.row, r.state, r.load_id,
       coalesce(l.as_at, l.started_at::date), r.closed_at, r.closed_load_id, r.why_closed,
       (SELECT max(n.id) FROM records_reject n
         WHERE n.source = r.source AND n.file = r.file AND n.source_key = r.source_key
           AND n.load_id > r.load_id)
  FROM records_reject r JOIN records_load l ON l.id = r.load_id WHERE r.id = ANY(%s) ORDER BY r.id
"""
_FAULTS = """
SELECT DISTINCT n.load_id, n.file, n.line, n.id, n.field, n.value, n.reason, n.state
  FROM records_reject n JOIN records_reject r USING (load_id, file, line)
 WHERE r.id = ANY(%s) ORDER BY n.id
"""
_WAITING = """
SELECT max(id) FROM records_reject
 WHERE state = 'open' AND source = %s AND reason = ANY(%s) AND value = ANY(%s)
 GROUP BY file, source_key LIMIT %s
"""
_PEOPLE = """
SELECT source_key, person_id FROM records_resident
 WHERE agency_id = %s AND superseded_at IS NULL AND source_key = ANY(%s)
"""
_CORRECTIONS = """
SELECT c.values, c.why, c.recorded_at, c.load_id,
       coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)
  FROM records_correction c JOIN agencies_user u ON u.id = c.by_user_id
 WHERE c.reject_id = ANY(%s) ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which rows are meant: "" is any. `state` is open, mended or dropped."""

    source: str = ""
    file: str = ""
    reason: str = ""
    field: str = ""
    state: str = "open"

    def values(self, **more: object) -> dict[str, object]:
        """For the statements here."""
        names = ("source", "file", "reason", "field", "state")
        return {name: getattr(self, name) for name in names} | more


@dataclass(frozen=True, slots=True)
class Reason:
    """Rows that stand for one reason: how many, from which day to which, and one value."""

    source: str
    file: str
    field: str
    reason: str
    rows: int
    first_day: dt.date
    last_day: dt.date
    example: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row that was set aside for a reason. `row`: column → text as it stood."""

    id: int
    source: str
    file: str
    line: int
    source_key: str | None
    value: str
    day: dt.date
    load_id: int
    row: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One fault of a row."""

    id: int
    field: str
    value: str
    reason: str
    state: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """What an officer typed instead, why, when, and the load that took it."""

    values: dict[str, str]
    why: str
    recorded_at: dt.datetime
    load_id: int
    by_name: str


@dataclass(frozen=True)
class AsideRow:
    """A row as it stood, everything wrong with it, and what became of it.

    `later` is a fault of the same row that a later load set aside; then that one stands.
    """

    id: int
    source: str
    file: str
    line: int
    source_key: str | None
    row: dict[str, str | None]
    state: str
    load_id: int
    day: dt.date
    closed_at: dt.datetime | None
    closed_load_id: int | None
    why_closed: str
    later: int | None
    wrong: tuple[Wrong, ...] = ()
    corrections: tuple[Corrected, ...] = ()


def reasons(narrowed: Narrowed) -> list[Reason]:
    """What stands set aside, by source, file, field and reason; most rows first."""
    return [Reason(*row) for row in _rows(_REASONS, narrowed.values())]


def lines(narrowed: Narrowed, *, after: int = 0, size: int = 25) -> list[Line]:
    """The newest rows that stand, each by the fault that is meant, after the one numbered so."""
    found = _rows(_LINES, narrowed.values(after=after, size=size))
    return [Line(*first, row=_read(kept)) for *first, kept in found]


def row(reject_id: int) -> AsideRow:
    """One row by any of its faults, with what was typed instead.

    Raises:
        NotFound: there is none, or the reader may not see it.
    """
    found = rows([reject_id])
    if not found:
        raise NotFound("There is no such row.")
    made = _rows(_CORRECTIONS, [[each.id for each in found[0].wrong]])
    corrections = tuple(Corrected(_read(values), *more) for values, *more in made)
    return replace(found[0], corrections=corrections)


def rows(reject_ids: Iterable[int]) -> list[AsideRow]:
    """Rows by any of their faults, each once; those that the reader may not see are left out."""
    numbers = list(reject_ids)
    wrong: dict[tuple[Any, ...], list[Wrong]] = {}
    for load_id, file, line, *told in _rows(_FAULTS, [numbers]):
        wrong.setdefault((load_id, file, line), []).append(Wrong(*told))
    found: dict[tuple[Any, ...], AsideRow] = {}
    for number, source, file, line, key, kept, *rest in _rows(_ROW, [numbers]):
        place = (rest[1], file, line)
        faults = tuple(wrong[place])
        found[place] = AsideRow(number, source, file, line, key, _read(kept), *rest, wrong=faults)
    return list(found.values())


def waiting_for(
    source: str, sayings: Sequence[str], keys: Iterable[str], *, at_most: int
) -> list[int]:
    """Rows that stand set aside for one of these reasons, because of a row with such a key."""
    found = _rows(_WAITING, [source, list(sayings), list(keys), at_most])
    return [number for (number,) in found]


def people_of(keys: Iterable[str]) -> dict[str, int]:
    """Key of a row of the agency's file of people → number of the person, of those known."""
    wanted = sorted(set(keys))
    return dict(_rows(_PEOPLE, [require_actor().agency_id, wanted])) if wanted else {}


def hold(rows: Sequence[AsideRow]) -> None:
    """Be the only one who closes these rows, to the end of the transaction.

    Raises:
        Refused: the acting role may not.
        Stale: somebody has closed one of them meanwhile.
    """
    require_actor().require("load.mend")
    numbers = sorted(each.id for one in rows for each in one.wrong)
    query = "SELECT id FROM records_reject WHERE id = ANY(%s) AND state = 'open' ORDER BY id"
    held = _rows(f"{query} FOR UPDATE", [numbers])
    if len(held) < len(numbers):
        raise Stale(
            "This row is closed: somebody has corrected or dropped it already.",
            do="Open it again to see what became of it.",
        )


def drop(rows: Sequence[AsideRow], *, why: str) -> None:
    """Close rows as never wanted. They stay as they stood; one audit event for each.

    Raises:
        Refused: the acting role may not.
        Stale: somebody has closed one of them meanwhile.
    """
    hold(rows)
    for one in rows:
        _close(one, "dropped", why, None)
        audit.record("reject.drop", record=f"reject {one.id}")


def keep_correction(one: AsideRow, values: dict[str, str], *, why: str, load_id: int) -> None:
    """Close a row as mended by a load, and keep what was typed; one audit event.

    Args:
        values: column → text, of those columns that were changed.
    """
    require_actor().require("load.mend")
    Correction.objects.create(reject_id=one.id, load_id=load_id, values=values, why=why)
    _close(one, "mended", why, load_id)
    columns = {"columns": sorted(values), "load": load_id}
    audit.record("reject.mend", record=f"reject {one.id}", detail=columns)


_EARLIER = """
UPDATE records_reject SET state = %(state)s, closed_at = clock_timestamp(),
       closed_by_id = %(by)s, closed_load_id = %(load)s, why_closed = %(why)s
 WHERE state = 'open' AND (id = ANY(%(ids)s)
    OR (source = %(source)s AND file = %(file)s AND source_key = %(key)s))
"""


def _close(one: AsideRow, state: str, why: str, load_id: int | None) -> None:
    """Close a row and whatever earlier deliveries set aside of it."""
    values = {
        "state": state,
        "by": require_actor().membership_id,
        "load": load_id,
        "why": why,
        "ids": [each.id for each in one.wrong],
        "source": one.source,
        "file": one.file,
        "key": one.source_key,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER, values)


def _read(kept: Any) -> dict[str, Any]:
    """A JSON object as PostgreSQL gave it; none is an empty one."""
    found = json.loads(kept) if isinstance(kept, str) else kept
    return found if isinstance(found, dict) else {}


def _rows(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
