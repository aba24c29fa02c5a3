"""The rows that were set aside: where each stood, what was wrong, and the row as it stood."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb

from wholeplace.population.engines.duckdb import identifier as q
from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.rooms.records.source import layout, rows, stage
from wholeplace.rooms.records.source import spec as s
from wholeplace.rooms.records.source.layout import Arrived

MOST_SHOWN = 200
MOST_KEPT = 10_000  # characters of one value of a row as it stood


@dataclass(frozen=True)
class Aside:
    """One reason for which a row was set aside.

    `source_key` is None where the key is empty; `row` is the row as it stood, column → text, as
    JSON: every value without spaces around it, NULL when empty.
    """

    file: str
    line: int
    field: str
    value: str
    reason: str
    source_key: str | None = None
    row: str = "{}"

    def as_data(self) -> dict[str, Any]:
        """For `--json`: what is wrong and where, without the rest of the row."""
        names = ("file", "line", "field", "value", "reason")
        return {name: getattr(self, name) for name in names}


def set_aside(
    engine: duckdb.DuckDBPyConnection, arrived: dict[str, Arrived], day: dt.date
) -> list[Aside]:
    """Every fault with the physical line of its row, by file and line."""
    found: list[Aside] = []
    for name, file in arrived.items():
        faults = engine.execute(
            f"SELECT f.n, f.field, left(coalesce(f.value, ''), {MOST_SHOWN}), f.reason,"
            f" r.source_key FROM faults AS f JOIN staged_{name} AS r ON r.rowid = f.n"
            " WHERE f.name = ? ORDER BY f.n, f.field, f.reason",
            [name],
        ).fetchall()
        if not faults:
            continue
        read = stage.count(engine, f"staged_{name}")
        lines = layout.places_of(file, [row[0] for row in faults], read)
        told = _as_they_stood(engine, name, file, file.reading(day))
        found += [Aside(file.path.name, lines[n], *rest, row=told[n]) for n, *rest in faults]
    return found


def _as_they_stood(
    engine: duckdb.DuckDBPyConnection, name: str, file: Arrived, reading: s.Reading
) -> dict[int, str]:
    """Row → its texts as JSON, of each that has a fault.

    Rows that were fine by themselves kept no texts: for those the file is read once more.
    """
    columns = rows.columns(file.spec, reading)
    faulty = f"(SELECT DISTINCT n FROM faults WHERE name = {lit(name)})"
    kept = (
        f"SELECT n, unnest(raw) FROM (SELECT rowid AS n, raw FROM staged_{name} WHERE NOT fine)"
        f" WHERE n IN {faulty}"
    )
    found = _as_json(engine, columns, kept)
    waiting = f"SELECT f.n FROM {faulty} AS f JOIN staged_{name} AS r ON r.rowid = f.n WHERE fine"
    if engine.execute(f"{waiting} LIMIT 1").fetchall():
        numbered = f"SELECT row_number() OVER () - 1 AS n, * FROM ({stage.trimmed(file, columns)})"
        again = f"SELECT * FROM ({numbered}) WHERE n IN ({waiting})"
        found |= _as_json(engine, columns, again)
    return found


def _as_json(
    engine: duckdb.DuckDBPyConnection, columns: tuple[str, ...], chosen: str
) -> dict[int, str]:
    packed = ", ".join(f"{q(c)} := left({q(c)}, {MOST_KEPT})" for c in columns)
    query = f"SELECT n, to_json(struct_pack({packed}))::VARCHAR FROM ({chosen})"
    return dict(engine.execute(query).fetchall())
