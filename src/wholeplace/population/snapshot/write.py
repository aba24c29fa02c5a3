"""Writing a snapshot: in a folder beside its place, and put in place by one rename.

A process killed while writing leaves a folder whose name begins `.making-`; no reader opens
one, and the next writer sweeps it away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import duckdb
import pyarrow as pa

from wholeplace.population.engines.duckdb import (
    EngineSettings,
    connect,
    identifier,
    moment_literal,
    parquet,
)
from wholeplace.population.engines.duckdb.connection import SPILL_FOLDER
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
from wholeplace.population.snapshot.open import MANIFEST, UNFINISHED, Manifest, Snapshot
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


__all__ = ["SnapshotRefused", "Source", "copy_table", "fill_snapshot", "since", "write_snapshot"]

HISTORY = tuple(table for table in TABLES.values() if table.history)
ARRIVING_HISTORY = tuple(table for table in HISTORY if table is not ISLANDS)


def write_snapshot(
    sources: Mapping[str, Source],
    out: Path,
    *,
    known_at: datetime,
    agencies: Mapping[str, Sequence[str]],
    groupings: Sequence[Grouping] = (),
    history: Mapping[str, Source] = MappingProxyType({}),
    made_at: datetime | None = None,
    settings: EngineSettings = EngineSettings(),
) -> Snapshot:
    """Write a snapshot from arrow rows and put it at `out`, whole or not at all.

    Args:
        sources: table → rows, one for each of `tables.SOURCE_TABLES`; the columns by name, in
            any order, of types that cast to the table's. A column `known_from` may stand
            besides: since when each row has been recorded (UTC); without it, since `known_at`.
        out: the folder to make; its parent is made when it is missing.
        known_at: the rows are what had been recorded by then.
        agencies: table → the agencies whose rows it holds.
        groupings: the spells to merge, one for each fact that measures unbroken time.
        history: table → superseded rows, with `known_from` and `known_to`; none where a table
            is not named.
        made_at: now, unless a test says otherwise.

    Raises:
        SnapshotRefused: `out` exists; a table or column is missing or unknown; a value does not
            cast; a needed value is empty; two persons share an id; a row names no person; a
            superseded row does not say from when to when it stood.
    """

    def fill(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
        _check_names("tables", {table.name for table in SOURCE_TABLES}, set(sources))
        kept = {table.name for table in ARRIVING_HISTORY}
        _check_names("histories", set(), set(history), kept)
        for table in SOURCE_TABLES:
            _copy_arriving(engine, table, sources[table.name], folder, known_at)
            if table.name in history:
                _copy_arriving_history(engine, table, history[table.name], folder)

    return fill_snapshot(
        fill,
        out,
        known_at=known_at,
        agencies=agencies,
        groupings=groupings,
        made_at=made_at,
        settings=settings,
    )


def _copy_arriving(
    engine: duckdb.DuckDBPyConnection,
    table: Table,
    source: Source,
    folder: Path,
    known_at: datetime,
) -> None:
    with _arriving(engine, source) as names:
        _check_names(f"columns of {table.name}", set(table.columns), names, set(table.stored))
        rows = "SELECT * FROM arriving"
        dated = KNOWN_FROM in names or not table.history
        copy_table(engine, table, rows if dated else since(known_at, rows), folder)


def _copy_arriving_history(
    engine: duckdb.DuckDBPyConnection, table: Table, source: Source, folder: Path
) -> None:
    with _arriving(engine, source) as names:
        _check_names(f"columns of {superseded_name(table.name)}", set(table.superseded), names)
        _copy_superseded(engine, table, "SELECT * FROM arriving", folder)


def fill_snapshot(
    fill: Callable[[duckdb.DuckDBPyConnection, Path], None],
    out: Path,
    *,
    known_at: datetime,
    agencies: Mapping[str, Sequence[str]],
    groupings: Sequence[Grouping],
    made_at: datetime | None = None,
    settings: EngineSettings = EngineSettings(),
    reads: tuple[Path, ...] = (),
) -> Snapshot:
    """The frame of every writer: `fill` writes the source tables, this does all the rest."""
    with _unfinished_folder(out) as folder:
        with connect(folder, settings, reads=reads) as engine:
            try:
                fill(engine, folder)
                _complete_history(engine, folder)
                _end_with_person(engine, folder)
                _check_rows(engine, folder)
                _write_islands(engine, folder, groupings)
                rows = {name: _count(engine, parquet(_file(folder, name))) for name in TABLES}
                before = {t.name: _count(engine, _sides(folder, t).before) for t in HISTORY}
                left_out = {"spells that end before they start": _backwards(engine, folder)}
            except duckdb.Error as error:
                raise SnapshotRefused("The rows do not fit.", why=str(error)) from error
        sent = {table: tuple(names) for table, names in agencies.items()}
        made = made_at or datetime.now(UTC)
        manifest = Manifest(made, known_at, sent, rows, left_out, tuple(groupings), before)
        _put_in_place(folder, out, manifest)
    return Snapshot(out, manifest)


def _put_in_place(folder: Path, out: Path, manifest: Manifest) -> None:
    """The manifest last of all, everything on the disk, then the one rename."""
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    _settle(folder)
    folder.rename(out)
    _sync(out.parent)


def copy_table(engine: duckdb.DuckDBPyConnection, table: Table, select: str, folder: Path) -> None:
    """Write what stands in a table, in its order and types.

    Args:
        select: has the columns of `table.stored`, by name.
    """
    _copy(engine, select, table.stored, table.order, _file(folder, table.name))


def _copy_superseded(
    engine: duckdb.DuckDBPyConnection, table: Table, select: str, folder: Path
) -> None:
    _copy(engine, select, table.superseded, table.order, _file(folder, superseded_name(table.name)))


def _copy(
    engine: duckdb.DuckDBPyConnection,
    select: str,
    columns: Mapping[str, str],
    order: Sequence[str],
    file: Path,
) -> None:
    cast = ", ".join(
        f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}"
        for name, kind in columns.items()
    )
    ordered = ", ".join(f"{identifier(name)} NULLS FIRST" for name in order)
    engine.execute(
        f"COPY (SELECT {cast} FROM ({select}) AS rows_in ORDER BY {ordered}) "
        f"TO {text_literal(str(file))} (FORMAT parquet, COMPRESSION zstd)"
    )


def since(known_at: datetime, select: str) -> str:
    """A query's rows, all of them recorded at one moment."""
    return f"SELECT *, {moment_literal(known_at)} AS {KNOWN_FROM} FROM ({select}) AS undated"


@contextmanager
def _arriving(engine: duckdb.DuckDBPyConnection, source: Source) -> Iterator[set[str]]:
    """Arrow rows as the table `arriving`; gives the names of their columns."""
    rows: Rows = source() if callable(source) else source
    engine.register("arriving", rows)
    yield set(rows.schema.names)
    engine.unregister("arriving")


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.parquet"


def _sides(folder: Path, table: Table) -> Sides:
    before = superseded_name(table.name)
    return Sides(parquet(_file(folder, table.name)), parquet(_file(folder, before)))


def _complete_history(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """An empty file for each table of which nothing superseded arrived."""
    for table in ARRIVING_HISTORY:
        if not _file(folder, superseded_name(table.name)).exists():
            _copy_superseded(engine, table, _nothing(table.superseded), folder)


def _end_with_person(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """End rows of somebody who is in the file of people no more; of a stranger's, none."""
    persons = _sides(folder, TABLES["persons"])
    for name in PERSON_TABLES:
        table, rows = TABLES[name], _sides(folder, TABLES[name])
        if not _count(engine, f"{rows.now} ANTI JOIN {persons.now} USING (person_id)"):
            continue
        now, before = outlived_sql(rows, persons)
        anew = folder / "anew"
        anew.mkdir()
        copy_table(engine, table, now, anew)
        _copy_superseded(engine, table, before, anew)
        for file in anew.iterdir():
            file.replace(folder / file.name)
        anew.rmdir()


def _nothing(columns: Mapping[str, str]) -> str:
    return f"SELECT {', '.join(f'NULL AS {identifier(name)}' for name in columns)} LIMIT 0"


def _count(engine: duckdb.DuckDBPyConnection, rest: str) -> int:
    ((count,),) = engine.execute(f"SELECT count(*) FROM {rest}").fetchall()
    return int(count)


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
        if count := _count(engine, f"{parquet(_file(folder, table.name))} WHERE {empty}"):
            names = ", ".join(table.needed)
            raise SnapshotRefused(f"{count} rows of {table.name} lack one of: {names}.")
    persons = parquet(_file(folder, "persons"))
    repeated = f"(SELECT person_id FROM {persons} GROUP BY person_id HAVING count(*) > 1)"
    if count := _count(engine, repeated):
        raise SnapshotRefused(f"{count} person ids stand more than once in persons.")
    for name in PERSON_TABLES:
        strangers = f"{parquet(_file(folder, name))} ANTI JOIN {persons} USING (person_id)"
        if count := _count(engine, strangers):
            raise SnapshotRefused(f"{count} rows of {name} are of a person not in persons.")
    sides = {table.name: _sides(folder, table) for table in ARRIVING_HISTORY}
    check_history(sides, lambda rest: _count(engine, rest))


def _write_islands(
    engine: duckdb.DuckDBPyConnection, folder: Path, groupings: Sequence[Grouping]
) -> None:
    """Merge the spells of each grouping: as they stand, and as they stood before."""
    spells = {made: _sides(folder, TABLES[made.table]) for made in groupings}
    now = [islands_now_sql(made, side) for made, side in spells.items()]
    before = [islands_before_sql(made, side) for made, side in spells.items()]
    copy_table(engine, ISLANDS, union(now, _nothing(ISLANDS.stored)), folder)
    _copy_superseded(engine, ISLANDS, union(before, _nothing(ISLANDS.superseded)), folder)


def _backwards(engine: duckdb.DuckDBPyConnection, folder: Path) -> int:
    return _count(engine, f"{parquet(_file(folder, 'benefit_spells'))} WHERE end_date < start_date")


@contextmanager
def _unfinished_folder(out: Path) -> Iterator[Path]:
    """A new private folder beside `out`, locked while it is written, gone if that fails."""
    if out.exists():
        raise SnapshotRefused(f"{out.name} exists.", do="Name another folder, or delete it.")
    home = out.parent
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home_lock = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(home_lock, fcntl.LOCK_EX)
        _sweep(home)
        folder = home / f"{UNFINISHED}{uuid.uuid4().hex}"
        folder.mkdir(mode=0o700)
        own_lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(own_lock, fcntl.LOCK_EX)
    finally:
        os.close(home_lock)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        os.close(own_lock)


def _sweep(home: Path) -> None:
    """Delete what killed writers left: unfinished folders that nobody holds a lock on."""
    for folder in home.glob(f"{UNFINISHED}*"):
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)


def _settle(folder: Path) -> None:
    """Everything on the disk before the rename, and nobody but the owner may open it."""
    shutil.rmtree(folder / SPILL_FOLDER, ignore_errors=True)
    for file in folder.iterdir():
        file.chmod(0o600)
        _sync(file)
    folder.chmod(0o700)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
