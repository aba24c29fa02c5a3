"""Every row of an extract read, checked and typed in DuckDB, in one pass a file.

`stage` leaves, for each file of the source, a table `staged_NAME` of all rows and a view
`clean_NAME` of those that passed; and one table `faults` of everything wrong. Rows are named by
their place in the file, from 0.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import identifier as q
from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.rooms.records.source import fast, layout, reasons
from wholeplace.rooms.records.source import spec as s
from wholeplace.rooms.records.source.layout import Arrived, WrongFile

FEW = 100  # a share says little about fewer rows than this

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Aside:
    """One reason for which a row was set aside."""

    file: str
    line: int
    field: str
    value: str
    reason: str


def stage(
    engine: duckdb.DuckDBPyConnection,
    arrived: dict[str, Arrived],
    day: dt.date,
    progress: Progress = lambda name: None,
) -> dict[str, int]:
    """Read and check every file; returns file → rows read.

    Raises:
        WrongFile: a file is no table after all, or too many of its rows fail their checks.
    """
    engine.execute(
        "CREATE TABLE faults (name VARCHAR, n BIGINT, field VARCHAR, value VARCHAR, reason VARCHAR)"
    )
    counts: dict[str, int] = {}
    for name, file in arrived.items():
        progress(f"Checking {name}")
        _read(engine, name, file, day)
        counts[name] = _count(engine, f"staged_{name}")
        _check_count(file, counts[name])
        _note_values(engine, name, file.spec, day)
        _note_duplicates(engine, name, file.spec)
        _note_references(engine, name, file.spec, arrived)
        engine.execute(
            f"CREATE VIEW clean_{name} AS SELECT * FROM staged_{name} WHERE fine"
            f" AND rowid NOT IN (SELECT n FROM faults WHERE name = {lit(name)})"
        )
        _refuse_too_many(engine, name, file, counts[name])
    return counts


def set_aside(engine: duckdb.DuckDBPyConnection, arrived: dict[str, Arrived]) -> list[Aside]:
    """Every fault with the physical line of its row, by file and line."""
    found: list[Aside] = []
    for name, file in arrived.items():
        rows = engine.execute(
            "SELECT n, field, left(coalesce(value, ''), 200), reason FROM faults"
            " WHERE name = ? ORDER BY n, field, reason",
            [name],
        ).fetchall()
        lines = _lines(file, [row[0] for row in rows], _count(engine, f"staged_{name}"))
        found += [Aside(file.path.name, lines[n], *rest) for n, *rest in rows]
    return found


def _count(engine: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(engine.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _read(engine: duckdb.DuckDBPyConnection, name: str, file: Arrived, day: dt.date) -> None:
    """One table of all rows: key, typed values, whether the row is fine, and what it said if not.

    A table's rowid counts its rows in the order of the file.
    """
    spec = file.spec
    fine = " AND ".join(f"NOT ({wrong})" for wrong in _wrong(spec, day).values())
    packed = ", ".join(f"{q(c)} := {q(c)}" for c in spec.columns)
    values = [f"{q(spec.key)} AS source_key"]
    if spec.person:
        values.append(f"{q(spec.person.column)} AS person_key")
    values += [f"{fast.typed(f, q(f.column))} AS {q(n)}" for n, f in spec.fields.items()]
    trimmed = ", ".join(f"{fast.trimmed(q(c))} AS {q(c)}" for c in spec.columns)
    try:
        engine.execute(
            f"CREATE TABLE staged_{name} AS SELECT * EXCLUDE (said),"
            " CASE WHEN NOT fine THEN said END AS raw"
            f" FROM (SELECT {', '.join(values)}, {fine} AS fine, struct_pack({packed}) AS said"
            f" FROM (SELECT {trimmed} FROM {_csv(file)}))"
        )
    except duckdb.Error as error:
        raise _no_table(file, error) from error


def _csv(file: Arrived) -> str:
    columns = ", ".join(f"{lit(column)}: 'VARCHAR'" for column in file.header)
    return (
        f"read_csv({lit(str(file.path.resolve()))}, columns = {{{columns}}}, auto_detect = false,"
        " header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '',"
        " strict_mode = true, null_padding = false, ignore_errors = false)"
    )


def _no_table(file: Arrived, error: duckdb.Error) -> UserMistake:
    """The fault in plain words and with its physical line; DuckDB's own as a last resort."""
    found = layout.find_fault(file.path) or layout.find_mixed_ends(file.path)
    if found:
        return found
    line = re.search(r"CSV Error on Line: (\d+)", str(error))
    what = f"this file is not whole CSV ({str(error).splitlines()[0]})."
    return WrongFile(file.path.name, int(line[1]) if line else None, what)


def _check_count(file: Arrived, rows: int) -> None:
    """A file with one line a row is known whole; any other is read again, slowly, to be sure."""
    if file.line_ends == rows + 1:
        return
    fault = layout.find_fault(file.path)
    if fault is None and layout.count_records(file.path) != rows:
        fault = layout.find_mixed_ends(file.path) or WrongFile(
            file.path.name, None, "its rows cannot be told apart."
        )
    if fault:
        raise fault


def _lines(file: Arrived, ordinals: list[int], rows: int) -> dict[int, int]:
    if file.line_ends == rows + 1:
        return {n: n + 2 for n in ordinals}
    return layout.lines_of(file.path, ordinals) if ordinals else {}


def _checks(spec: s.FileSpec, day: dt.date) -> dict[str, tuple[bool, fast.Faults]]:
    """Column → (must it be given, what can be wrong with its value)."""
    keys = [spec.key, *([spec.person.column] if spec.person else [])]
    found = {c: (True, fast.text_faults(q(c), s.LONGEST_KEY)) for c in keys}
    for field in spec.fields.values():
        found[field.column] = (field.required, fast.faults(field, q(field.column), day))
    return found


def _wrong(spec: s.FileSpec, day: dt.date) -> dict[str, str]:
    """Column, or pair of dates, → SQL that is true when it is wrong and false when it is not."""
    found = {
        column: f"CASE WHEN {q(column)} IS NULL THEN {str(required).lower()}"
        f" ELSE coalesce({' OR '.join(sql for sql, _ in faults)}, true) END"
        for column, (required, faults) in _checks(spec, day).items()
    }
    for first, last in spec.in_order:
        start, end = q(spec.fields[first].column), q(spec.fields[last].column)
        found[f"{first} {last}"] = f"coalesce({end} < {start}, false)"
    return found


def _note_values(
    engine: duckdb.DuckDBPyConnection, name: str, spec: s.FileSpec, day: dt.date
) -> None:
    """For the rows that are not fine, and only for those: which value, and why."""
    cases = []
    for column, (required, faults) in _checks(spec, day).items():
        whens = "".join(f" WHEN {sql} THEN {lit(reason)}" for sql, reason in faults)
        empty = lit(reasons.EMPTY) if required else "NULL"
        cases.append((column, f"CASE WHEN {q(column)} IS NULL THEN {empty}{whens} END"))
    for first, last in spec.in_order:
        start, end = spec.fields[first].column, spec.fields[last].column
        days = f"{fast.strictly(q(start))} AND {fast.strictly(q(end))}"
        reason = lit(reasons.ends_first(start))
        cases.append((end, f"CASE WHEN {days} AND {q(end)} < {q(start)} THEN {reason} END"))
    told = ", ".join(
        f"struct_pack(field := {lit(column)}, value := {q(column)}, reason := {case})"
        for column, case in cases
    )
    engine.execute(
        f"INSERT INTO faults SELECT {lit(name)}, n, told.field, told.value, told.reason FROM ("
        f"SELECT n, unnest([{told}]) AS told FROM (SELECT rowid AS n, unnest(raw)"
        f" FROM staged_{name} WHERE NOT fine)) WHERE told.reason IS NOT NULL"
    )


def _note_duplicates(engine: duckdb.DuckDBPyConnection, name: str, spec: s.FileSpec) -> None:
    engine.execute(
        f"INSERT INTO faults SELECT {lit(name)}, rowid, ?, source_key, ? FROM staged_{name}"
        f" WHERE source_key IN (SELECT source_key FROM staged_{name}"
        " WHERE source_key IS NOT NULL GROUP BY source_key HAVING count(*) > 1)",
        [spec.key, reasons.TWICE],
    )


def _note_references(
    engine: duckdb.DuckDBPyConnection, name: str, spec: s.FileSpec, arrived: dict[str, Arrived]
) -> None:
    """References of rows that are fine by themselves, to rows that passed; else why not."""
    for column, to in spec.references:
        file = arrived[to].path.name
        key = "person_key" if spec.person and column == spec.person.column else None
        key = key or next(n for n, f in spec.fields.items() if f.column == column)
        engine.execute(
            f"INSERT INTO faults SELECT {lit(name)}, n, ?, value, CASE WHEN value IN"
            f" (SELECT source_key FROM staged_{to} WHERE source_key IS NOT NULL) THEN ? ELSE ? END"
            f" FROM (SELECT rowid AS n, {q(key)} AS value FROM staged_{name} WHERE fine"
            f" AND {q(key)} IS NOT NULL) AS row ANTI JOIN clean_{to} AS other"
            " ON row.value = other.source_key",
            [column, reasons.depends(file), reasons.no_such_key(file)],
        )


def _refuse_too_many(
    engine: duckdb.DuckDBPyConnection, name: str, file: Arrived, rows: int
) -> None:
    aside = rows - _count(engine, f"clean_{name}")
    most = file.spec.most_set_aside_percent
    if rows < FEW or aside * 100 <= rows * most:
        return
    ((n, field, value, reason),) = engine.execute(
        "SELECT n, field, value, reason FROM faults WHERE name = ? ORDER BY n, field LIMIT 1",
        [name],
    ).fetchall()
    line = _lines(file, [n], rows)[n]
    what = (
        f"{aside} of {rows} rows fail their checks, more than {most} in 100."
        f" The first is {field} “{value or ''}”: {reason}"
    )
    raise WrongFile(file.path.name, line, what)
