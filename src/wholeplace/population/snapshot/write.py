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
from typing import TypeAlias

import duckdb
import pyarrow as pa

from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.population.engines.duckdb import EngineSettings, connect, identifier, parquet
from wholeplace.population.engines.duckdb.connection import SPILL_FOLDER
from wholeplace.population.engines.duckdb.quoting import text_literal
from wholeplace.population.snapshot.islands import Grouping, merge_sql
from wholeplace.population.snapshot.open import MANIFEST, UNFINISHED, Manifest, Snapshot
from wholeplace.population.snapshot.tables import (
    ISLANDS,
    PERSON_TABLES,
    SOURCE_TABLES,
    TABLES,
    Table,
)

Rows: TypeAlias = "pa.RecordBatchReader | pa.Table"
Source: TypeAlias = "Rows | Callable[[], Rows]"
"""Arrow rows, or a function that gives them when their table's turn comes."""


class SnapshotRefused(WholeplaceError):
    """The rows do not make a snapshot; nothing was put in place."""


def write_snapshot(
    sources: Mapping[str, Source],
    out: Path,
    *,
    known_at: datetime,
    agencies: Mapping[str, Sequence[str]],
    groupings: Sequence[Grouping] = (),
    made_at: datetime | None = None,
    settings: EngineSettings = EngineSettings(),
) -> Snapshot:
    """Write a snapshot from arrow rows and put it at `out`, whole or not at all.

    Args:
        sources: table → rows, one for each of `tables.SOURCE_TABLES`; the columns by name, in
            any order, of types that cast to the table's.
        out: the folder to make; its parent is made when it is missing.
        known_at: the rows are what had been recorded by then.
        agencies: table → the agencies whose rows it holds.
        groupings: the spells to merge, one for each fact that measures unbroken time.
        made_at: now, unless a test says otherwise.

    Raises:
        SnapshotRefused: `out` exists; a table or column is missing or unknown; a value does not
            cast; a needed value is empty; two persons share an id; a row names no person.
    """

    def fill(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
        _check_names("tables", {table.name for table in SOURCE_TABLES}, set(sources))
        for table in SOURCE_TABLES:
            source = sources[table.name]
            rows: Rows = source() if callable(source) else source
            _check_names(f"columns of {table.name}", set(table.columns), set(rows.schema.names))
            engine.register("arriving", rows)
            copy_table(engine, table, "SELECT * FROM arriving", folder)
            engine.unregister("arriving")

    return fill_snapshot(
        fill,
        out,
        known_at=known_at,
        agencies=agencies,
        groupings=groupings,
        made_at=made_at,
        settings=settings,
    )


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
                _check_rows(engine, folder)
                _write_islands(engine, folder, groupings)
                rows = {name: _count(engine, parquet(_file(folder, name))) for name in TABLES}
                left_out = {"spells that end before they start": _backwards(engine, folder)}
            except duckdb.Error as error:
                raise SnapshotRefused("The rows do not fit.", why=str(error)) from error
        sent = {table: tuple(names) for table, names in agencies.items()}
        made = made_at or datetime.now(UTC)
        manifest = Manifest(made, known_at, sent, rows, left_out, tuple(groupings))
        _put_in_place(folder, out, manifest)
    return Snapshot(out, manifest)


def _put_in_place(folder: Path, out: Path, manifest: Manifest) -> None:
    """The manifest last of all, everything on the disk, then the one rename."""
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    _settle(folder)
    folder.rename(out)
    _sync(out.parent)


def copy_table(engine: duckdb.DuckDBPyConnection, table: Table, select: str, folder: Path) -> None:
    """Write a table in its order and types. `select` has the table's columns, by name."""
    columns = ", ".join(
        f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}"
        for name, kind in table.columns.items()
    )
    order = ", ".join(f"{identifier(name)} NULLS FIRST" for name in table.order)
    engine.execute(
        f"COPY (SELECT {columns} FROM ({select}) AS rows_in ORDER BY {order}) "
        f"TO {text_literal(str(_file(folder, table.name)))} (FORMAT parquet, COMPRESSION zstd)"
    )


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.parquet"


def _count(engine: duckdb.DuckDBPyConnection, rest: str) -> int:
    ((count,),) = engine.execute(f"SELECT count(*) FROM {rest}").fetchall()
    return int(count)


def _check_names(what: str, needed: set[str], given: set[str]) -> None:
    missing, unknown = sorted(needed - given), sorted(given - needed)
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


def _write_islands(
    engine: duckdb.DuckDBPyConnection, folder: Path, groupings: Sequence[Grouping]
) -> None:
    merged = [merge_sql(made, parquet(_file(folder, made.table))) for made in groupings]
    nothing = ", ".join(f"NULL AS {identifier(name)}" for name in ISLANDS.columns)
    selects = [f"SELECT * FROM ({select})" for select in merged] or [f"SELECT {nothing} LIMIT 0"]
    copy_table(engine, ISLANDS, " UNION ALL BY NAME ".join(selects), folder)


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
