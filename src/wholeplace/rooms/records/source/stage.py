"""Every row of an extract read, checked and typed in DuckDB, in one pass a file.

`stage` leaves, for each file of the source, a table `staged_NAME` of all rows, a view
`clean_NAME` of those that passed, and a view `leaving_NAME` of the keys that a delivery of
changes ends; and one table `faults` of everything wrong. Rows are named by their place in the
file, from 0.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Protocol

import duckdb

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import identifier as q
from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.rooms.records.source import fast, layout, reasons, rows
from wholeplace.rooms.records.source import spec as s
from wholeplace.rooms.records.source.layout import Arrived
from wholeplace.rooms.records.source.manifest import MANIFEST
from wholeplace.rooms.records.source.spaces import trimmed_sql
from wholeplace.rooms.records.source.wrong import WrongFile

FEW = 100  # a share says little about fewer rows than this

Progress = Callable[[str], None]


class Known(Protocol):
    """What is held already, asked of for nothing but the keys that arrive."""

    def note_people(self, engine: duckdb.DuckDBPyConnection, name: str, file: Arrived) -> None:
        """Number the people of a staged file; add to `faults` the keys that named another."""

    def hold(self, engine: duckdb.DuckDBPyConnection, name: str, file: Arrived, keys: str) -> None:
        """Leave a table `name` of those `source_key` of a query that stand, with `person_id`."""


def stage(
    engine: duckdb.DuckDBPyConnection,
    arrived: dict[str, Arrived],
    day: dt.date,
    progress: Progress = lambda name: None,
    known: Known | None = None,
) -> dict[str, int]:
    """Read and check every file; returns file → rows read.

    Args:
        day: the day of loading.
        known: what is held already; None: nothing is.

    Raises:
        WrongFile: a file is no table after all, or too many of its rows fail their checks.
    """
    engine.execute(
        "CREATE TABLE faults (name VARCHAR, n BIGINT, field VARCHAR, value VARCHAR, reason VARCHAR)"
    )
    counts: dict[str, int] = {}
    for name, file in arrived.items():
        progress(f"Checking {name}")
        reading = file.reading(day)
        _read(engine, name, file, reading)
        counts[name] = count(engine, f"staged_{name}")
        _check_count(file, counts[name])
        _note_values(engine, name, file.spec, reading)
        _note_duplicates(engine, name, file.spec)
        _parted(engine, name)
        if file.spec.makes_people and known:
            known.note_people(engine, name, file)
        _note_references(engine, name, arrived, known if reading.changes else None)
        _refuse_too_many(engine, name, file, counts[name])
    return counts


def count(engine: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has."""
    return int(engine.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _parted(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    passed = f"fine AND rowid NOT IN (SELECT n FROM faults WHERE name = {lit(name)})"
    ended = "change IS NOT DISTINCT FROM 'ended'"
    engine.execute(
        f"CREATE VIEW clean_{name} AS SELECT rowid AS n, * FROM staged_{name}"
        f" WHERE {passed} AND NOT {ended}"
    )
    engine.execute(
        f"CREATE VIEW leaving_{name} AS SELECT source_key FROM staged_{name}"
        f" WHERE {passed} AND {ended}"
    )


def _read(engine: duckdb.DuckDBPyConnection, name: str, file: Arrived, reading: s.Reading) -> None:
    """One table of all rows: key, typed values, whether the row is fine, and what it said if not.

    A table's rowid counts its rows in the order of the file.
    """
    spec = file.spec
    values = [f"{q(spec.key)} AS source_key"]
    if spec.person:
        values.append(f"{q(spec.person.column)} AS person_key")
    values += [f"{fast.typed(f, q(f.column))} AS {q(n)}" for n, f in spec.fields.items()]
    values.append(f"{rows.change(spec, reading)} AS change")
    columns = rows.columns(spec, reading)
    packed = ", ".join(f"{q(c)} := {q(c)}" for c in columns)
    try:
        engine.execute(
            f"CREATE TABLE staged_{name} AS SELECT * EXCLUDE (said),"
            " CASE WHEN NOT fine THEN said END AS raw"
            f" FROM (SELECT {', '.join(values)}, {rows.fine(spec, reading)} AS fine,"
            f" struct_pack({packed}) AS said FROM ({trimmed(file, columns)}))"
        )
    except duckdb.Error as error:
        raise _no_table(file, error) from error


def trimmed(file: Arrived, columns: Sequence[str]) -> str:
    """SQL of the file's columns as texts without spaces around them, NULL when empty."""
    return (
        f"SELECT {', '.join(f'{trimmed_sql(q(c))} AS {q(c)}' for c in columns)}"
        f" FROM {layout.table(file)}"
    )


def _no_table(file: Arrived, error: duckdb.Error) -> UserMistake:
    """The fault in plain words and with its physical line; DuckDB's own as a last resort."""
    found = layout.find_fault(file)
    if found:
        return found
    line = re.search(r"CSV Error on Line: (\d+)", str(error))
    what = f"this file is not whole ({str(error).splitlines()[0]})."
    return WrongFile(file.path.name, int(line[1]) if line else None, what)


def _check_count(file: Arrived, counted: int) -> None:
    """A file with one line a row is known whole; any other is read again, slowly, to be sure.

    Nor may the rows be more or fewer than the manifest tells of.
    """
    _check_whole(file, counted)
    if file.told_rows not in (None, counted):
        what = f"this file has {counted} rows, and {MANIFEST} tells of {file.told_rows}."
        raise WrongFile(file.path.name, None, what)


def _check_whole(file: Arrived, counted: int) -> None:
    if layout.is_one_line_a_row(file, counted):
        return
    fault = layout.find_fault(file, mixed_ends=False)
    if fault is None and (file.kinds is not None or layout.count_records(file.path) != counted):
        mixed = None if file.kinds is not None else layout.find_mixed_ends(file.path)
        fault = mixed or WrongFile(file.path.name, None, "its rows cannot be told apart.")
    if fault:
        raise fault


def _note_values(
    engine: duckdb.DuckDBPyConnection, name: str, spec: s.FileSpec, reading: s.Reading
) -> None:
    """For the rows that are not fine, and only for those: which value, and why."""
    engine.execute(
        f"INSERT INTO faults SELECT {lit(name)}, n, told.field, told.value, told.reason FROM ("
        f"SELECT n, unnest([{', '.join(rows.told(spec, reading))}]) AS told"
        f" FROM (SELECT rowid AS n, unnest(raw) FROM staged_{name} WHERE NOT fine))"
        " WHERE told.reason IS NOT NULL"
    )


def _note_duplicates(engine: duckdb.DuckDBPyConnection, name: str, spec: s.FileSpec) -> None:
    engine.execute(
        f"INSERT INTO faults SELECT {lit(name)}, rowid, ?, source_key, ? FROM staged_{name}"
        f" WHERE source_key IN (SELECT source_key FROM staged_{name}"
        " WHERE source_key IS NOT NULL GROUP BY source_key HAVING count(*) > 1)",
        [spec.key, reasons.TWICE],
    )


def _referring(name: str, spec: s.FileSpec, column: str) -> str:
    """Rows that are fine by themselves, and the key that each refers to."""
    key = "person_key" if spec.person and column == spec.person.column else None
    key = key or next(n for n, f in spec.fields.items() if f.column == column)
    return (
        f"SELECT rowid AS n, {q(key)} AS value FROM staged_{name}"
        f" WHERE fine AND change IS DISTINCT FROM 'ended' AND {q(key)} IS NOT NULL"
    )


def _unmet(name: str, spec: s.FileSpec, column: str, to: str) -> str:
    """Keys that are referred to and do not arrive; nor end, nor name somebody else by now."""
    return (
        f"SELECT DISTINCT value AS source_key FROM ({_referring(name, spec, column)}) AS row"
        f" ANTI JOIN clean_{to} AS other ON row.value = other.source_key"
        f" ANTI JOIN leaving_{to} AS gone ON row.value = gone.source_key"
        f" WHERE value NOT IN (SELECT value FROM faults WHERE name = {lit(to)}"
        f" AND reason = {lit(reasons.REUSED)})"
    )


def held_table(name: str, place: int) -> str:
    """Of the keys that a file's reference refers to and that do not arrive: those that stand."""
    return f"held_{name}_{place}"


def _note_references(
    engine: duckdb.DuckDBPyConnection,
    name: str,
    arrived: dict[str, Arrived],
    known: Known | None,
) -> None:
    """References of rows that are fine by themselves, to no row that passed; and why not.

    Args:
        known: where rows may refer to what is held and does not arrive; else None.
    """
    spec = arrived[name].spec
    for place, (column, to) in enumerate(spec.references):
        also, file = "", arrived[to].path.name
        if known:
            held = held_table(name, place)
            known.hold(engine, held, arrived[to], _unmet(name, spec, column, to))
            also = f" ANTI JOIN {held} AS held ON row.value = held.source_key"
        none = reasons.not_held(file) if known else reasons.no_such_key(file)
        engine.execute(
            f"INSERT INTO faults SELECT {lit(name)}, n, ?, value, CASE"
            f" WHEN value IN (SELECT source_key FROM leaving_{to}) THEN ?"
            f" WHEN value IN (SELECT source_key FROM staged_{to} WHERE source_key IS NOT NULL)"
            f" THEN ? ELSE ? END FROM ({_referring(name, spec, column)}) AS row"
            f" ANTI JOIN clean_{to} AS other ON row.value = other.source_key{also}",
            [column, reasons.leaves(file), reasons.depends(file), none],
        )


def _refuse_too_many(
    engine: duckdb.DuckDBPyConnection, name: str, file: Arrived, read: int
) -> None:
    aside = read - count(engine, f"clean_{name}") - count(engine, f"leaving_{name}")
    most = file.spec.most_set_aside_percent
    if read < FEW or aside * 100 <= read * most:
        return
    ((n, field, value, reason),) = engine.execute(
        "SELECT n, field, value, reason FROM faults WHERE name = ? ORDER BY n, field LIMIT 1",
        [name],
    ).fetchall()
    line = layout.places_of(file, [n], read)[n]
    what = (
        f"{aside} of {read} rows fail their checks, more than {most} in 100."
        f" The first is {field} “{value or ''}”: {reason}"
    )
    raise WrongFile(file.path.name, line, what)
