"""Loading files that name a child whose record is sealed, and numbers that came along.

The agency's row of the child as they were is one more version of the sealed record. What was
wrong with such a row is told to nobody. A number of a sealed record that stands in a row about
anybody else is not stored with it: the row is kept as if the number were not there, and beneath,
for adoption workers, that it came.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
from django.db import connection

from wholeplace.population.engines.duckdb import identifier as q
from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.rooms.records import transfer
from wholeplace.rooms.records.source.aside import Aside
from wholeplace.rooms.records.source.layout import Arrived
from wholeplace.rooms.records.source.spec import FileSpec

NUMBERS = ("nhs_number", "upn", "ni_number")
_NUMBER = {"field": pa.string(), "value": pa.string()}


def fetch_sealed(engine: duckdb.DuckDBPyConnection) -> None:
    """The tables `sealed_keys` of the acting agency, and `sealed_numbers` of everybody."""
    for name, columns in (
        ("sealed_keys", {"key": pa.string()}),
        ("sealed_numbers", _NUMBER),
    ):
        pulled = transfer.pull(f"SELECT * FROM records_{name}()", [], columns)
        engine.register("pulled", pulled)
        engine.execute(f"CREATE TABLE {name} AS SELECT * FROM pulled")
        engine.unregister("pulled")
    engine.execute("CREATE TABLE withheld (key VARCHAR, field VARCHAR, value VARCHAR)")


def withhold_numbers(engine: duckdb.DuckDBPyConnection, arrived: dict[str, Arrived]) -> None:
    """Take numbers of sealed records out of staged rows that are not theirs; note which."""
    if not _any(engine, "sealed_numbers"):
        return
    for name, file in arrived.items():
        for field in NUMBERS:
            if not file.spec.makes_people or field not in file.spec.fields:
                continue
            theirs = (
                f"{q(field)} IN (SELECT value FROM sealed_numbers WHERE field = {lit(field)})"
                " AND source_key NOT IN (SELECT key FROM sealed_keys)"
            )
            engine.execute(
                f"INSERT INTO withheld SELECT source_key, {lit(field)}, {q(field)}"
                f" FROM staged_{name} WHERE {theirs}"
            )
            engine.execute(f"UPDATE staged_{name} SET {q(field)} = NULL WHERE {theirs}")


def note_withheld(engine: duckdb.DuckDBPyConnection, load_id: int) -> None:
    """Keep which numbers were withheld, once the rows that they stood in are written."""
    found = engine.execute("SELECT key, field, value FROM withheld ORDER BY ALL").fetchall()
    if found:
        with connection.cursor() as cursor:
            keys, fields, numbers = (list(column) for column in zip(*found, strict=True))
            cursor.execute(
                "SELECT records_note_withheld(%s, %s::text[], %s::text[], %s::text[])",
                [load_id, keys, fields, numbers],
            )


def sealed_rows(name: str, spec: FileSpec) -> str:
    """SQL: the places of the staged rows about sealed persons."""
    key = "person_key" if spec.person else "source_key"
    if not (spec.person or spec.makes_people):
        return "SELECT 0 WHERE false"
    return f"SELECT rowid FROM staged_{name} WHERE {key} IN (SELECT key FROM sealed_keys)"


def unsealed(engine: duckdb.DuckDBPyConnection, aside: list[Aside]) -> list[Aside]:
    """Of what was set aside, what may be told to whoever loads."""
    keys = {key for (key,) in engine.execute("SELECT key FROM sealed_keys").fetchall()}
    return [one for one in aside if one.source_key not in keys and not _names(one, keys)]


def _names(one: Aside, keys: set[str]) -> bool:
    """Whether any value of a row is such a key, as the quarantine page's policy asks it."""
    import json

    return bool(keys) and not keys.isdisjoint(json.loads(one.row).values())


def _any(engine: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(engine.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall())
