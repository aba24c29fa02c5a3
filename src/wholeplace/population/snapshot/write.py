"""Writing a snapshot: in a folder beside its place, and put in place by one rename."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from wholeplace.population.engines.duckdb import (
    EngineSettings,
    connect,
    moment_literal,
    parquet,
)
from wholeplace.population.snapshot import filling
from wholeplace.population.snapshot.filling import HISTORY, Source, count
from wholeplace.population.snapshot.folder import digest, put_in_place, unfinished_folder
from wholeplace.population.snapshot.history import SnapshotRefused
from wholeplace.population.snapshot.islands import Grouping
from wholeplace.population.snapshot.manifest import Manifest, Origin
from wholeplace.population.snapshot.open import Snapshot
from wholeplace.population.snapshot.tables import TABLES

__all__ = [
    "About",
    "SnapshotRefused",
    "Source",
    "fill_snapshot",
    "manifest_of",
    "since",
    "write_snapshot",
]


def write_snapshot(
    sources: Mapping[str, Source],
    out: Path,
    *,
    known_at: datetime,
    agencies: Mapping[str, Sequence[str]],
    groupings: Sequence[Grouping] = (),
    history: Mapping[str, Source] = MappingProxyType({}),
    made_at: datetime | None = None,
    basis: Mapping[str, Any] = MappingProxyType({}),
    why: str = "",
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
        basis: what the reader of the store notes for a later refresh.
        why: why everybody's rows are read, where a former snapshot might have been refreshed.

    Raises:
        SnapshotRefused: `out` exists; a table or column is missing or unknown; a value does not
            cast; a needed value is empty; two persons share an id; a row names no person; a
            superseded row does not say from when to when it stood.
    """

    def fill(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
        filling.copy_arriving(engine, folder, sources, history, lambda rows: since(known_at, rows))

    return fill_snapshot(
        fill,
        out,
        known_at=known_at,
        agencies=agencies,
        groupings=groupings,
        made_at=made_at,
        basis=basis,
        why=why,
        settings=settings,
    )


def since(known_at: datetime, select: str) -> str:
    """A query's rows, all of them recorded at one moment."""
    return filling.since(moment_literal(known_at), select)


def fill_snapshot(
    fill: Callable[[duckdb.DuckDBPyConnection, Path], None],
    out: Path,
    *,
    known_at: datetime,
    agencies: Mapping[str, Sequence[str]],
    groupings: Sequence[Grouping],
    made_at: datetime | None = None,
    basis: Mapping[str, Any] = MappingProxyType({}),
    why: str = "",
    settings: EngineSettings = EngineSettings(),
    reads: tuple[Path, ...] = (),
) -> Snapshot:
    """The frame of every writer: `fill` writes the source tables, this does all the rest."""
    about = About(known_at, agencies, groupings, basis, made_at)
    with unfinished_folder(out) as folder:
        with connect(folder, settings, reads=reads) as engine:
            try:
                fill(engine, folder)
                filling.complete(engine, folder, groupings)
                manifest = manifest_of(engine, folder, about, Origin(why=why))
            except duckdb.Error as error:
                raise SnapshotRefused("The rows do not fit.", why=str(error)) from error
        put_in_place(folder, out, manifest)
    return Snapshot(out, manifest)


@dataclass(frozen=True)
class About:
    """What the files of a snapshot do not tell of it; the names are the manifest's."""

    known_at: datetime
    agencies: Mapping[str, Sequence[str]]
    groupings: Sequence[Grouping]
    basis: Mapping[str, Any]
    made_at: datetime | None


def manifest_of(
    engine: duckdb.DuckDBPyConnection, folder: Path, about: About, origin: Origin
) -> Manifest:
    """The manifest of a folder whose files are complete."""
    sides = {table.name: filling.sides_of(folder, table) for table in HISTORY}
    rows = {name: parquet(filling.table_file(folder, name)) for name in TABLES}
    backwards = f"{rows['benefit_spells']} WHERE end_date < start_date"
    return Manifest(
        made_at=about.made_at or datetime.now(UTC),
        known_at=about.known_at,
        agencies={table: tuple(names) for table, names in about.agencies.items()},
        rows={name: count(engine, file) for name, file in rows.items()},
        history={name: count(engine, side.before) for name, side in sides.items()},
        left_out={"spells that end before they start": count(engine, backwards)},
        groupings=tuple(about.groupings),
        basis=about.basis,
        digests={file.name: digest(file) for file in sorted(folder.glob("*.parquet"))},
        origin=origin,
    )
