"""Filling a folder with a snapshot's files: rows in their types and order, checked, and merged.

Whatever is done here to a person's rows depends on that person's rows alone. So it may be done
to everybody, or to some persons, whose rows then stand in the place of their former ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa

from wholeplace.population.engines.duckdb import identifier, parquet
from wholeplace.population.engines.duckdb.quoting import text_literal
from wholeplace.population.snapshot.history import (
    Sides,
    SnapshotRefused,
    check_history,
    islands_before_sql,
    islands_now_sql,
    outlived_sql,
    union,
)
from wholeplace.population.snapshot.islands import Grouping
from wholeplace.population.snapshot.known import superseded_name
from wholeplace.population.snapshot.tables import (
    ISLANDS,
    KNOWN_FROM,
    PERSON_TABLES,
    SOURCE_TABLES,
    TABLES,
    Table,
)

Rows: TypeAlias = "pa.RecordBatchReader | pa.Table"
Source: TypeAlias = "Rows | Callable[[], Rows]"
"""Arrow rows, or a function that gives them when their table's turn comes."""

HISTORY = tuple(table for table in TABLES.values() if table.history)
ARRIVING_HISTORY = tuple(table for table in HISTORY if table is not ISLANDS)


def copy_arriving(
    engine: duckdb.DuckDBPyConnection,
    folder: Path,
    sources: Mapping[str, Source],
    history: Mapping[str, Source],
    known_at_sql: Callable[[str], str],
) -> None:
    """Write the rows that arrive, and what stood before, as the files of their tables.

    Args:
        sources: table → rows, one for each of `tables.SOURCE_TABLES`.
        history: table → superseded rows.
        known_at_sql: makes of a query without moments one whose rows have them.

    Raises:
        SnapshotRefused: a table or column is missing or unknown.
    """
    _check_names("tables", {table.name for table in SOURCE_TABLES}, set(sources))
    kept = {table.name for table in ARRIVING_HISTORY}
    _check_names("histories", set(), set(history), kept)
    for table in SOURCE_TABLES:
        with _arriving(engine, sources[table.name]) as names:
            _check_names(f"columns of {table.name}", set(table.columns), names, set(table.stored))
            rows = "SELECT * FROM arriving"
            dated = KNOWN_FROM in names or not table.history
            copy_table(engine, table, rows if dated else known_at_sql(rows), folder)
        if table.name in history:
            with _arriving(engine, history[table.name]) as names:
                called = superseded_name(table.name)
                _check_names(f"columns of {called}", set(table.superseded), names)
                copy_superseded(engine, table, "SELECT * FROM arriving", folder)


def complete(
    engine: duckdb.DuckDBPyConnection, folder: Path, groupings: Sequence[Grouping]
) -> None:
    """Complete the files, check their rows, and merge the spells of each grouping.

    Raises:
        SnapshotRefused: a needed value is empty; two persons share an id; a row names no
            person; a superseded row does not say from when to when it stood.
    """
    _complete_history(engine, folder)
    _end_with_person(engine, folder)
    _check_rows(engine, folder)
    _write_islands(engine, folder, groupings)


def copy_table(engine: duckdb.DuckDBPyConnection, table: Table, select: str, folder: Path) -> None:
    """Write what stands in a table, in its order and types.

    Args:
        select: has the columns of `table.stored`, by name.
    """
    copy_rows(engine, select, table.stored, table.order, table_file(folder, table.name))


def copy_superseded(
    engine: duckdb.DuckDBPyConnection, table: Table, select: str, folder: Path
) -> None:
    """Write what stood in a table before; `select` has the columns of `table.superseded`."""
    file = table_file(folder, superseded_name(table.name))
    copy_rows(engine, select, table.superseded, table.order, file)


def copy_rows(
    engine: duckdb.DuckDBPyConnection,
    select: str,
    columns: Mapping[str, str],
    order: Sequence[str],
    file: Path,
) -> None:
    """Write a query's rows as a Parquet file; the same rows always stand in the same order.

    Args:
        columns: name → DuckDB type, in the file's order.
        order: what rows are sorted by; all other columns settle what is left.
    """
    cast = ", ".join(
        f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}"
        for name, kind in columns.items()
    )
    by = [*order, *(name for name in columns if name not in order)]
    ordered = ", ".join(f"{identifier(name)} NULLS FIRST" for name in by)
    engine.execute(
        f"COPY (SELECT {cast} FROM ({select}) AS rows_in ORDER BY {ordered}) "
        f"TO {text_literal(str(file))} (FORMAT parquet, COMPRESSION zstd)"
    )


def since(known_at_literal: str, select: str) -> str:
    """A query's rows, all of them recorded at one moment."""
    return f"SELECT *, {known_at_literal} AS {KNOWN_FROM} FROM ({select}) AS undated"


@contextmanager
def _arriving(engine: duckdb.DuckDBPyConnection, source: Source) -> Iterator[set[str]]:
    """Arrow rows as the table `arriving`; gives the names of their columns."""
    rows: Rows = source() if callable(source) else source
    engine.register("arriving", rows)
    yield set(rows.schema.names)
    engine.unregister("arriving")


def table_file(folder: Path, table: str) -> Path:
    """The Parquet file of a table below a folder."""
    return folder / f"{table}.parquet"


def sides_of(folder: Path, table: Table) -> Sides:
    """Both files of a table, as they stand after FROM."""
    before = superseded_name(table.name)
    return Sides(parquet(table_file(folder, table.name)), parquet(table_file(folder, before)))


def count(engine: duckdb.DuckDBPyConnection, rest: str) -> int:
    """How many rows there are of what stands after FROM."""
    ((counted,),) = engine.execute(f"SELECT count(*) FROM {rest}").fetchall()
    return int(counted)


def _complete_history(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """An empty file for each table of which nothing superseded arrived."""
    for table in ARRIVING_HISTORY:
        if not table_file(folder, superseded_name(table.name)).exists():
            copy_superseded(engine, table, _nothing(table.superseded), folder)


def _end_with_person(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """End rows of somebody who is in the file of people no more; of a stranger's, none."""
    persons = sides_of(folder, TABLES["persons"])
    for name in PERSON_TABLES:
        table, rows = TABLES[name], sides_of(folder, TABLES[name])
        if not count(engine, f"{rows.now} ANTI JOIN {persons.now} USING (person_id)"):
            continue
        now, before = outlived_sql(rows, persons)
        anew = folder / "anew"
        anew.mkdir()
        copy_table(engine, table, now, anew)
        copy_superseded(engine, table, before, anew)
        for file in anew.iterdir():
            file.replace(folder / file.name)
        anew.rmdir()


def _nothing(columns: Mapping[str, str]) -> str:
    return f"SELECT {', '.join(f'NULL AS {identifier(name)}' for name in columns)} LIMIT 0"


def _check_names(
    what: str, needed: set[str], given: set[str], allowed: set[str] | None = None
) -> None:
    missing = sorted(needed - given)
    unknown = sorted(given - (needed if allowed is None else allowed))
    if missing or unknown:
        raise SnapshotRefused(
            f"The {what} are not those of a snapshot.",
            why=f"Missing: {_listed(missing)}; unknown: {_listed(unknown)}.",
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _check_rows(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """No needed value is empty, ids are unique, and every row's person is there."""
    for table in SOURCE_TABLES:
        empty = " OR ".join(f"{identifier(name)} IS NULL" for name in table.needed)
        rows = parquet(table_file(folder, table.name))
        if found := count(engine, f"{rows} WHERE {empty}"):
            names = ", ".join(table.needed)
            raise SnapshotRefused(f"{found} rows of {table.name} lack one of: {names}.")
    persons = parquet(table_file(folder, "persons"))
    repeated = f"(SELECT person_id FROM {persons} GROUP BY person_id HAVING count(*) > 1)"
    if found := count(engine, repeated):
        raise SnapshotRefused(f"{found} person ids stand more than once in persons.")
    for name in PERSON_TABLES:
        strangers = f"{parquet(table_file(folder, name))} ANTI JOIN {persons} USING (person_id)"
        if found := count(engine, strangers):
            raise SnapshotRefused(f"{found} rows of {name} are of a person not in persons.")
    sides = {table.name: sides_of(folder, table) for table in ARRIVING_HISTORY}
    check_history(sides, lambda rest: count(engine, rest))


def _write_islands(
    engine: duckdb.DuckDBPyConnection, folder: Path, groupings: Sequence[Grouping]
) -> None:
    now, before = islands_sql(folder, groupings)
    copy_table(engine, ISLANDS, now, folder)
    copy_superseded(engine, ISLANDS, before, folder)


def islands_sql(folder: Path, groupings: Sequence[Grouping]) -> tuple[str, str]:
    """The merged spells of each grouping: as they stand, and as they stood before.

    Args:
        folder: holds the files of the tables of spells.
    """
    spells = {made: sides_of(folder, TABLES[made.table]) for made in groupings}
    now = [islands_now_sql(made, side) for made, side in spells.items()]
    before = [islands_before_sql(made, side) for made, side in spells.items()]
    return (
        union(now, _nothing(ISLANDS.stored)),
        union(before, _nothing(ISLANDS.superseded)),
    )
