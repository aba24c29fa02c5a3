"""Reading how loads went: when, what they changed, and which rows were set aside and why."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections

from wholeplace.core.kernel.errors import NotFound

COLUMNS = """
SELECT l.id, l.source, l.folder, l.state, l.started_at, l.finished_at, a.name, l.as_at,
       l.delivers, l.why_refused, l.corrected_by_id IS NOT NULL, l.counts,
       (SELECT count(*) FROM records_reject r WHERE r.load_id = l.id)
  FROM records_load l JOIN agencies_agency a ON a.id = l.agency_id
"""
REASONS = """
SELECT file, field, reason, count(*), min(line), (array_agg(value ORDER BY line))[1]
  FROM records_reject WHERE load_id = %s
 GROUP BY file, field, reason ORDER BY count(*) DESC, file, field, reason
"""


@dataclass(frozen=True, slots=True)
class LoadLine:
    """One arrival of a source's files. `counts`: file → read, added, changed, same and so on.

    `as_at` is the day of which the files tell. `corrected` are rows set aside that an officer put
    right: they are no delivery.
    """

    id: int
    source: str
    folder: str
    state: str  # started, finished, refused
    started_at: dt.datetime
    finished_at: dt.datetime | None
    agency: str
    as_at: dt.date | None
    delivers: str  # full, changes
    why_refused: str
    corrected: bool
    counts: dict[str, dict[str, int]]
    set_aside: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """Rows set aside for one reason: how many, the first one's line and its value."""

    file: str
    field: str
    reason: str
    rows: int
    first_line: int
    first_value: str


def loads(at_most: int = 30) -> list[LoadLine]:
    """The newest loads of the reader's agency; needs the right load.read (else none)."""
    return [_line(row) for row in _rows(f"{COLUMNS} ORDER BY l.id DESC LIMIT %s", [at_most])]


def holds_records() -> bool:
    """Whether any agency has people or a load here; asked as the owner, who sees every row."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (TABLE people_person) OR EXISTS (TABLE records_load)")
        return bool(cursor.fetchone()[0])


def load(load_id: int) -> LoadLine:
    """One load; raises NotFound."""
    found = _rows(f"{COLUMNS} WHERE l.id = %s", [load_id])
    if not found:
        raise NotFound("There is no such load.")
    return _line(found[0])


def set_aside(load_id: int) -> list[SetAside]:
    """What a load set aside, by reason, the most frequent first."""
    return [SetAside(*row) for row in _rows(REASONS, [load_id])]


def _line(row: tuple[Any, ...]) -> LoadLine:
    *first, counts, aside = row
    kept = json.loads(counts) if isinstance(counts, str) else counts
    return LoadLine(*first, counts=kept or {}, set_aside=aside)


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
