"""Opening a snapshot: only a whole one, made by this version of the program."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.population.engines.duckdb import connect, parquet
from wholeplace.population.snapshot.islands import Grouping
from wholeplace.population.snapshot.known import check_moment, known_sql, superseded_name
from wholeplace.population.snapshot.tables import TABLES, WITHOUT_HISTORY

VERSION = 2
MANIFEST = "manifest.json"
UNFINISHED = ".making-"


class SnapshotUnusable(WholeplaceError):
    """There is no snapshot here, or it is not whole."""


@dataclass(frozen=True)
class Manifest:
    """What a snapshot holds and what it stands for.

    Attributes:
        made_at: when it was written.
        known_at: the day of knowledge: it holds what had been recorded by then.
        agencies: table → the agencies whose rows are in it.
        rows: table → number of rows that stand now.
        history: table → number of superseded rows.
        without_history: tables of which only today's rows are held.
        left_out: what was counted and not used, by a plain name.
        groupings: the spells that were merged, so that a fact changed since is noticed.
    """

    made_at: datetime
    known_at: datetime
    agencies: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, int]
    left_out: Mapping[str, int] = field(default_factory=dict)
    groupings: tuple[Grouping, ...] = ()
    history: Mapping[str, int] = field(default_factory=dict)
    without_history: tuple[str, ...] = WITHOUT_HISTORY
    version: int = VERSION

    def to_json(self) -> str:
        """The manifest as the file holds it."""
        return json.dumps(
            {
                "version": self.version,
                "made_at": self.made_at.isoformat(),
                "known_at": self.known_at.isoformat(),
                "agencies": {table: list(names) for table, names in self.agencies.items()},
                "rows": dict(self.rows),
                "history": dict(self.history),
                "without_history": list(self.without_history),
                "left_out": dict(self.left_out),
                "groupings": [vars(grouping) for grouping in self.groupings],
            },
            indent=2,
        )

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read the file back.

        Raises:
            ValueError, KeyError, TypeError: it is not a manifest.
        """
        data: dict[str, Any] = json.loads(text)
        return cls(
            version=data["version"],
            made_at=datetime.fromisoformat(data["made_at"]),
            known_at=datetime.fromisoformat(data["known_at"]),
            agencies={table: tuple(names) for table, names in data["agencies"].items()},
            rows=data["rows"],
            history=data["history"],
            without_history=tuple(data["without_history"]),
            left_out=data["left_out"],
            groupings=tuple(
                Grouping(**{**made, "kinds": tuple(made["kinds"])}) for made in data["groupings"]
            ),
        )


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
        raise _unusable(path, "it has no manifest, so it was never finished") from error
    except (ValueError, KeyError, TypeError) as error:
        raise _unusable(path, f"its manifest cannot be read ({error})") from error
    if path.name.startswith(UNFINISHED):
        raise _unusable(path, "it was never finished")
    if manifest.version != VERSION:
        raise _unusable(path, f"it is of version {manifest.version}, not {VERSION}")
    snapshot = Snapshot(path, manifest)
    _check_files(snapshot)
    return snapshot


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
