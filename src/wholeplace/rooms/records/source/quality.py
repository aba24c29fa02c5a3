"""How good a delivery is: of each file, how full its fields are and what looks made up.

Counted over every row that was read, those that were set aside among them, so that an agency
is told of all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

from wholeplace.population.engines.duckdb import identifier as q
from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.population.engines.duckdb.quoting import text_list
from wholeplace.rooms.records.source import spec as s
from wholeplace.rooms.records.source.layout import Arrived

Quality = dict[str, dict[str, Any]]
Hidden = Callable[[str, s.FileSpec], str]

# Days that systems and people write where they know none. Of birth dates every 1 January is
# counted: one in 365 is to be expected, and more than that were not known.
DEFAULT_DAYS = ("1900-01-01", "1901-01-01", "1970-01-01", "2000-01-01", "2099-12-31")


def quality(
    engine: duckdb.DuckDBPyConnection, arrived: dict[str, Arrived], hidden: Hidden
) -> Quality:
    """File → `rows`, `set_aside`, `fields` and, of a file of people, `duplicates`.

    Each field: `filled` (rows with a value that could be read), `rejected` (rows whose value
    was refused) and, of a date, `default_dates` (rows whose day looks like none).
    `duplicates` are rows that have the name and birth date of an earlier row.

    Args:
        hidden: of a file, SQL of the places of rows that nobody is told were wrong.
    """
    return {
        name: _of_file(engine, name, file, hidden(name, file.spec))
        for name, file in arrived.items()
    }


def _of_file(
    engine: duckdb.DuckDBPyConnection, name: str, file: Arrived, hidden: str
) -> dict[str, Any]:
    spec = file.spec
    asked = ["count(*)"]
    for field, kind in spec.fields.items():
        asked += [f"count({q(field)})", _defaults(field, kind)]
    (found,) = engine.execute(f"SELECT {', '.join(asked)} FROM staged_{name}").fetchall()
    rows, *counted = found
    rejected = dict(
        engine.execute(
            "SELECT field, count(DISTINCT n) FROM faults"
            f" WHERE name = ? AND n NOT IN ({hidden}) GROUP BY field",
            [name],
        ).fetchall()
    )
    told: dict[str, Any] = {
        "rows": rows,
        "set_aside": _set_aside(engine, name, hidden),
        "fields": {},
    }
    for place, (field, kind) in enumerate(spec.fields.items()):
        filled, defaults = counted[2 * place : 2 * place + 2]
        told["fields"][field] = {"filled": filled, "rejected": rejected.get(kind.column, 0)}
        if isinstance(kind, s.DateField):
            told["fields"][field]["default_dates"] = defaults
    if spec.makes_people and "date_of_birth" in spec.fields:
        told["duplicates"] = _duplicates(engine, name)
    return told


def _defaults(field: str, kind: s.AnyField) -> str:
    if not isinstance(kind, s.DateField):
        return "0"
    looks = f"CAST({q(field)} AS VARCHAR) IN {text_list(DEFAULT_DAYS)}"
    if field == "date_of_birth":
        looks = f"({looks} OR (month({q(field)}) = 1 AND day({q(field)}) = 1))"
    return f"count(*) FILTER (WHERE {looks})"


def _set_aside(engine: duckdb.DuckDBPyConnection, name: str, hidden: str) -> int:
    query = f"SELECT count(DISTINCT n) FROM faults WHERE name = {lit(name)} AND n NOT IN ({hidden})"
    return int(engine.execute(query).fetchall()[0][0])


def _duplicates(engine: duckdb.DuckDBPyConnection, name: str) -> int:
    same = "lower(given_names), lower(family_name), date_of_birth"
    query = (
        f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM staged_{name}"
        f" WHERE date_of_birth IS NOT NULL GROUP BY {same} HAVING count(*) > 1)"
    )
    return int(engine.execute(query).fetchall()[0][0])
