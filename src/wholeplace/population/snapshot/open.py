"""Opening a snapshot: only a whole one, made by this version of the program."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.population.engines.duckdb import EngineSettings, connect, parquet
from wholeplace.population.snapshot.known import check_moment, known_sql, superseded_name
from wholeplace.population.snapshot.manifest import MANIFEST, UNFINISHED, VERSION, Manifest
from wholeplace.population.snapshot.tables import TABLES

__all__ = [
    "MANIFEST",
    "UNFINISHED",
    "VERSION",
    "Manifest",
    "Snapshot",
    "SnapshotUnusable",
    "latest_snapshot",
    "open_snapshot",
    "reader",
]


class SnapshotUnusable(WholeplaceError):
    """There is no snapshot here, or it is not whole."""


@dataclass(frozen=True)
class Snapshot:
    """A whole snapshot on disk, read as it is or as known at an earlier moment.

    Attributes:
        path: its folder.
        manifest: what it holds.
        earlier: the moment of knowledge that it is read at; None is the snapshot's own.
    """

    path: Path
    manifest: Manifest
    earlier: datetime | None = None

    @property
    def known_at(self) -> datetime:
        """The moment of knowledge that it is read at."""
        return self.earlier or self.manifest.known_at

    def as_known(self, known_at: datetime | None) -> Snapshot:
        """The same snapshot, read as known at a moment; None is its own moment.

        What has no history (`manifest.without_history`) is read as it is today.

        Raises:
            NotYetKnown: the moment is later than the snapshot's.
            ValueError: the moment does not say in which time zone it is.
        """
        own = self.manifest.known_at
        if known_at is None or known_at == own:
            return replace(self, earlier=None)
        check_moment(known_at, own)
        return replace(self, earlier=known_at)

    def source(self, table: str, *, row_numbers: bool = False) -> str:
        """A table's rows as known at `known_at`, as it stands after FROM.

        Every query reads through this. With `row_numbers` there is also `file_row_number`: the
        rows' places in the order that settles ties.
        """
        held, file = TABLES[table], parquet(self.file(table))
        if self.earlier is None or not held.history:
            return parquet(self.file(table), row_numbers=row_numbers)
        before = parquet(self.history_file(table))
        persons = "" if table == "persons" else self.source("persons")
        return known_sql(held, file, before, self.earlier, persons=persons, row_numbers=row_numbers)

    def file(self, table: str) -> Path:
        """The Parquet file of what a table holds now."""
        return self.path / f"{TABLES[table].name}.parquet"

    def history_file(self, table: str) -> Path:
        """The Parquet file of a table's superseded rows."""
        return self.path / f"{superseded_name(TABLES[table].name)}.parquet"

    def agencies(self, table: str) -> tuple[str, ...]:
        """The agencies whose rows are in a table."""
        return self.manifest.agencies.get(table, ())

    def discard(self) -> None:
        """Delete it; everything in it stands in the store of record.

        It is renamed first, so that one that is half deleted is never opened.
        """
        doomed = self.path.with_name(f"{UNFINISHED}discarded-{self.path.name}")
        self.path.rename(doomed)
        shutil.rmtree(doomed)


def open_snapshot(path: Path) -> Snapshot:
    """Open the snapshot in this folder.

    Raises:
        SnapshotUnusable: no such folder, one never finished, one of another version of the
            program, or a file that is missing, cut short or not of this snapshot.
    """
    try:
        manifest = Manifest.from_json((path / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        why = "it has no manifest, so it was never finished" if path.exists() else "it was deleted"
        raise _unusable(path, why) from error
    except (ValueError, KeyError, TypeError) as error:
        raise _unusable(path, f"its manifest cannot be read ({error})") from error
    if path.name.startswith(UNFINISHED):
        raise _unusable(path, "it was never finished")
    if manifest.version != VERSION:
        raise _unusable(path, f"it is of version {manifest.version}, not {VERSION}")
    snapshot = Snapshot(path, manifest)
    _check_files(snapshot)
    return snapshot


@contextmanager
def reader(
    snapshot: Snapshot,
    settings: EngineSettings = EngineSettings(),
    *,
    reads: tuple[Path, ...] = (),
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that reads a snapshot, which may be deleted at any moment.

    Raises:
        SnapshotUnusable: it was deleted or damaged since it was opened.
    """
    try:
        with connect(snapshot.path, settings, reads=reads) as engine:
            yield engine
    except (OSError, duckdb.Error):
        open_snapshot(snapshot.path)  # says what is not whole, if that is why
        raise


def latest_snapshot(home: Path) -> Snapshot | None:
    """The newest whole snapshot below `home`, or None. One that is not whole is passed over."""
    found: list[Snapshot] = []
    for folder in home.iterdir() if home.is_dir() else ():
        try:
            found.append(open_snapshot(folder))
        except SnapshotUnusable:
            continue
    return max(found, key=lambda snapshot: snapshot.manifest.made_at, default=None)


def _check_files(snapshot: Snapshot) -> None:
    """Every file is there and its footer gives the number of rows that the manifest does."""
    manifest = snapshot.manifest
    files = [(snapshot.file(name), manifest.rows.get(name)) for name in TABLES]
    kept = [name for name in TABLES if TABLES[name].history]
    files += [(snapshot.history_file(name), manifest.history.get(name)) for name in kept]
    with connect(snapshot.path) as engine:
        for file, expected in files:
            try:
                ((counted,),) = engine.execute(f"SELECT count(*) FROM {parquet(file)}").fetchall()
            except duckdb.Error as error:
                why = f"{file.name} is missing or cut short"
                raise _unusable(snapshot.path, why) from error
            if counted != expected:
                why = f"{file.name} has not the {expected} rows that the manifest gives"
                raise _unusable(snapshot.path, why)


def _unusable(path: Path, why: str) -> SnapshotUnusable:
    return SnapshotUnusable(
        f"The snapshot {path.name} cannot be used.",
        why=f"{why[0].upper()}{why[1:]}.",
        do="Delete it and make another; everything in it stands in the database.",
    )
