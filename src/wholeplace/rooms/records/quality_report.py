"""How good each source's deliveries are, one after another, and what moved between two.

Counts are kept with each load (`source/quality.py` says what they are). A share is of the rows
that were read, those that were set aside among them. What officers put right is no delivery and
is left out; of deliveries for one day only the last counts.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

MOVED = 1.0  # hundredths of a share that a reader is told of
GREW = 10.0  # hundredths by which the number of rows may change unsaid

_DELIVERIES = """
SELECT DISTINCT ON (source, delivers, day) id, source, day, delivers, quality FROM (
  SELECT l.*, coalesce(l.as_at, l.started_at::date) AS day FROM records_load l
   WHERE l.state = 'finished' AND l.corrected_by_id IS NULL AND l.quality <> '{}'
     AND (%(source)s = '' OR l.source = %(source)s)) AS told
 ORDER BY source, delivers, day, id DESC
"""


@dataclass(frozen=True, slots=True)
class FieldFigures:
    """Of one field: rows with a value that could be read, whose value was refused, and, of a
    date, whose day looks like none (None where that is not asked)."""

    filled: int
    refused: int
    default_dates: int | None


@dataclass(frozen=True, slots=True)
class FileFigures:
    """Of one file: rows read and set aside, and rows that repeat an earlier person (None where
    that is not asked)."""

    rows: int
    set_aside: int
    duplicates: int | None
    fields: dict[str, FieldFigures]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery that was loaded, for the day of which it tells."""

    load_id: int
    source: str
    day: dt.date
    delivers: str  # full, changes
    files: dict[str, FileFigures]

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(file.rows for file in self.files.values())

    @property
    def set_aside(self) -> int:
        """Rows set aside of all files."""
        return sum(file.set_aside for file in self.files.values())


def share(part: int | None, whole: int) -> float | None:
    """In hundredths; None where there is nothing to have a share of."""
    return None if part is None or not whole else 100 * part / whole


def deliveries(source: str = "") -> list[Delivery]:
    """The deliveries of a source, or of each, of the reader's agency; the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_DELIVERIES, {"source": source})
        found = [Delivery(*first, _files(kept)) for *first, kept in cursor.fetchall()]
    return sorted(found, key=lambda one: (one.source, one.day, one.load_id))


def _files(kept: Any) -> dict[str, FileFigures]:
    told = json.loads(kept) if isinstance(kept, str) else kept
    return {
        name: FileFigures(
            file.get("rows", 0),
            file.get("set_aside", 0),
            file.get("duplicates"),
            {
                field: FieldFigures(
                    one.get("filled", 0), one.get("rejected", 0), one.get("default_dates")
                )
                for field, one in file.get("fields", {}).items()
            },
        )
        for name, file in told.items()
    }


def newest_two(found: Sequence[Delivery]) -> tuple[Delivery, Delivery | None]:
    """The newest delivery, and the one of its kind before it; a day's changes are not a city."""
    newest = found[-1]
    earlier = [one for one in found[:-1] if one.delivers == newest.delivers]
    return newest, earlier[-1] if earlier else None


def _plainly(file: str, field: str = "") -> str:
    return f"{file}, {field}" if field else file


def changed(before: Delivery, now: Delivery, named: Callable[..., str] = _plainly) -> list[str]:
    """In words, what moved by more than the thresholds between two deliveries.

    Args:
        named: what to call a file, or a file and a field of it; their keys unless it is given.
    """
    told: list[str] = []
    for key, file in sorted(now.files.items()):
        was, name = before.files.get(key), named(key)
        if was is None:
            told.append(f"{name}: this file was not in the delivery before.")
            continue
        told += _rows_moved(name, was.rows, file.rows)
        told += _moved(name, "set aside", _aside(was), _aside(file))
        told += _moved(name, "duplicates", _twice(was), _twice(file))
        for field, figures in file.fields.items():
            if field in was.fields:
                told += _field_moved(named(key, field), was, file, was.fields[field], figures)
    return told


def _aside(file: FileFigures) -> float | None:
    return share(file.set_aside, file.rows)


def _twice(file: FileFigures) -> float | None:
    return share(file.duplicates, file.rows)


def _field_moved(
    name: str, was: FileFigures, now: FileFigures, before: FieldFigures, after: FieldFigures
) -> Iterator[str]:
    pairs = (
        ("filled", before.filled, after.filled),
        ("refused", before.refused, after.refused),
        ("default dates", before.default_dates, after.default_dates),
    )
    for what, first, last in pairs:
        yield from _moved(name, what, share(first, was.rows), share(last, now.rows))


def _rows_moved(name: str, before: int, now: int) -> Iterator[str]:
    if abs(now - before) * 100 > GREW * max(before, 1):
        way = "more" if now > before else "fewer"
        yield f"{name}: {way} rows, {now:,}, before {before:,}."


def _moved(name: str, what: str, before: float | None, now: float | None) -> Iterator[str]:
    if before is None or now is None or abs(now - before) < MOVED:
        return
    way = "up" if now > before else "down"
    yield f"{name}: {what} {way} to {now:.1f}%, before {before:.1f}%."


COLUMNS = (
    "source", "day", "load", "delivers", "file", "field", "rows", "set_aside",
    "set_aside_percent", "duplicates", "filled", "filled_percent", "refused", "refused_percent",
    "default_dates", "default_dates_percent",
)  # fmt: skip


def table(found: Sequence[Delivery]) -> list[dict[str, object]]:
    """One row a file, without a field, and one each of its fields; None where nothing is told."""
    rows: list[dict[str, object]] = []
    for one in found:
        for name, file in one.files.items():
            whole: dict[str, object] = dict.fromkeys(COLUMNS)
            whole |= {"source": one.source, "day": one.day.isoformat(), "load": one.load_id}
            whole |= {"delivers": one.delivers, "file": name, "rows": file.rows}
            counts = {"set_aside": file.set_aside, "duplicates": file.duplicates}
            rows.append(whole | counts | {"set_aside_percent": _rounded(_aside(file))})
            rows += [whole | _of_field(field, f, file.rows) for field, f in file.fields.items()]
    return rows


def _of_field(name: str, figures: FieldFigures, rows: int) -> dict[str, object]:
    told: dict[str, object] = {"field": name}
    for what in ("filled", "refused", "default_dates"):
        count = getattr(figures, what)
        told |= {what: count, f"{what}_percent": _rounded(share(count, rows))}
    return told


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
