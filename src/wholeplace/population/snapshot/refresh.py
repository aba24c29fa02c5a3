"""A snapshot made from a former one and the rows of the persons whom a change may bear on.

Every row of a snapshot, figures of areas apart, is somebody's, and follows from what is recorded
about that person. So a snapshot of the touched persons alone, written by the same steps as any
other, takes the place of their rows in the former one. The rest of it is carried over, and a file
in which nothing changed is the same file under a second name.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.population.engines.duckdb import EngineSettings, connect, identifier, parquet
from wholeplace.population.engines.duckdb.quoting import text_list
from wholeplace.population.snapshot import filling
from wholeplace.population.snapshot.filling import HISTORY, Source, count
from wholeplace.population.snapshot.folder import digest, link, put_in_place, unfinished_folder
from wholeplace.population.snapshot.history import SnapshotRefused
from wholeplace.population.snapshot.islands import Grouping
from wholeplace.population.snapshot.known import superseded_name
from wholeplace.population.snapshot.manifest import REFRESHED, Origin
from wholeplace.population.snapshot.open import Snapshot
from wholeplace.population.snapshot.tables import ISLANDS, SOURCE_TABLES, TABLES, Table
from wholeplace.population.snapshot.write import About, manifest_of, since

_FORMER, _ANEW = "former", "anew"
FILES = (
    *(f"{table.name}.parquet" for table in TABLES.values()),
    *(f"{superseded_name(table.name)}.parquet" for table in HISTORY),
)


class FormerUnusable(WholeplaceError):
    """A file of the former snapshot is gone, or its bytes are not those that were written."""


def refresh_snapshot(
    former: Snapshot,
    touched: Sequence[int],
    sources: Mapping[str, Source],
    out: Path,
    *,
    known_at: datetime,
    agencies: Mapping[str, Sequence[str]],
    groupings: Sequence[Grouping] = (),
    history: Mapping[str, Source] = MappingProxyType({}),
    made_at: datetime | None = None,
    basis: Mapping[str, Any] = MappingProxyType({}),
    settings: EngineSettings = EngineSettings(),
) -> Snapshot:
    """Write at `out` what `write_snapshot` would, given a former one and what changed since.

    The files hold the rows that a snapshot of everybody's rows would hold at that moment, in the
    same order.

    Args:
        former: of the same reader, at an earlier moment. It may be deleted meanwhile.
        touched: everybody whose rows are, or may be, not as they were.
        sources: table → rows of those persons, and the figures of areas whole.
        history: table → superseded rows of those persons.
        groupings: the spells to merge. What the former has of the same is carried over.

    Raises:
        FormerUnusable: the former is not whole; nothing was put in place.
        SnapshotRefused: as `write_snapshot`.
    """
    about = About(known_at, agencies, groupings, basis, made_at)
    with unfinished_folder(out) as folder:
        _take_over(former, folder / _FORMER)
        with connect(folder, settings) as engine:
            try:
                merge = _Merge(engine, folder, former.manifest.groupings, tuple(groupings))
                merge.read_anew(touched, sources, history, known_at)
                origin = Origin(REFRESHED, former=former.path.name, changed=merge.source_files())
                merge.islands()
                manifest = manifest_of(engine, folder, about, origin)
                merge.clear()
            except duckdb.Error as error:
                raise SnapshotRefused("The rows do not fit.", why=str(error)) from error
        put_in_place(folder, out, manifest)
    return Snapshot(out, manifest)


def _take_over(former: Snapshot, folder: Path) -> None:
    """Give each of its files a second name, so that nobody can take it away, and check it."""
    if set(former.manifest.digests) != set(FILES):
        raise FormerUnusable(f"{former.path.name} does not say what its files were.")
    folder.mkdir(mode=0o700)
    try:
        for name, expected in former.manifest.digests.items():
            link(former.path / name, folder / name)
            if digest(folder / name) != expected:
                raise FormerUnusable(f"{name} of {former.path.name} is not as it was written.")
    except OSError as error:
        raise FormerUnusable(
            f"{former.path.name} is not whole any more.", why=str(error)
        ) from error


@dataclass(frozen=True)
class _Merge:
    """The former files and those of the touched persons, to be one."""

    engine: duckdb.DuckDBPyConnection
    folder: Path
    had: tuple[Grouping, ...]
    wanted: tuple[Grouping, ...]

    @property
    def kept(self) -> list[Grouping]:
        """Groupings whose merged spells are carried over."""
        return [made for made in self.wanted if made in self.had]

    def read_anew(
        self,
        touched: Sequence[int],
        sources: Mapping[str, Source],
        history: Mapping[str, Source],
        known_at: datetime,
    ) -> None:
        """Write the touched persons' rows as a snapshot's files, and check them as such."""
        persons = pa.table({"person_id": pa.array(touched, pa.int64())})
        self.engine.register("named", persons)
        self.engine.execute("CREATE TEMP TABLE touched AS SELECT DISTINCT person_id FROM named")
        self.engine.unregister("named")
        anew = self.folder / _ANEW
        anew.mkdir(mode=0o700)
        filling.copy_arriving(
            self.engine, anew, sources, history, lambda rows: since(known_at, rows)
        )
        filling.complete(self.engine, anew, self.kept)

    def source_files(self) -> int:
        """Write the files of what the store of record supplies; returns how many rows changed."""
        changed = 0
        for table in SOURCE_TABLES:
            changed += self._file(table, table.name, table.stored)
            if table.history:
                changed += self._file(table, superseded_name(table.name), table.superseded)
        return changed

    def islands(self) -> None:
        """Write the files of merged spells; those of a grouping that is new, for everybody."""
        former = superseded_name(ISLANDS.name)
        if set(self.had) == set(self.wanted):
            self._file(ISLANDS, ISLANDS.name, ISLANDS.stored)
            self._file(ISLANDS, former, ISLANDS.superseded)
            return
        added = [made for made in self.wanted if made not in self.had]
        now, before = filling.islands_sql(self.folder, added)
        self._write(ISLANDS, ISLANDS.name, ISLANDS.stored, now)
        self._write(ISLANDS, former, ISLANDS.superseded, before)

    def clear(self) -> None:
        """Take away what the files were made from."""
        for part in (_FORMER, _ANEW):
            shutil.rmtree(self.folder / part)

    def _file(self, table: Table, name: str, columns: Mapping[str, str]) -> int:
        """One file, merged, or the former one where it says the same; returns rows gained."""
        was, anew = self._rows(_FORMER, name), self._rows(_ANEW, name)
        theirs = f"SELECT * FROM {was}"
        if "person_id" in columns:
            theirs += " AS held SEMI JOIN touched USING (person_id)"
        gained = self._beyond(f"SELECT * FROM {anew}", theirs)
        if gained or self._beyond(theirs, f"SELECT * FROM {anew}"):
            self._write(table, name, columns)
        else:
            file = filling.table_file(self.folder, name)
            link(filling.table_file(self.folder / _FORMER, name), file)
        return gained

    def _write(
        self, table: Table, name: str, columns: Mapping[str, str], besides: str = ""
    ) -> None:
        """The former rows of everybody else, and the touched persons' new ones."""
        rows = f"SELECT * FROM {self._rows(_ANEW, name)}"
        if "person_id" in columns:
            rows += f" UNION ALL BY NAME {self._carried(table, name)}"
        if besides:
            rows += f" UNION ALL BY NAME SELECT * FROM ({besides}) AS besides"
        file = filling.table_file(self.folder, name)
        filling.copy_rows(self.engine, rows, columns, table.order, file)

    def _carried(self, table: Table, name: str) -> str:
        rows = f"SELECT * FROM {self._rows(_FORMER, name)} AS held"
        if table is ISLANDS:
            names = text_list([made.name for made in self.kept]) if self.kept else "(NULL)"
            rows = f"SELECT * FROM ({rows} WHERE {identifier('grouping')} IN {names}) AS held"
        return f"{rows} ANTI JOIN touched USING (person_id)"

    def _beyond(self, these: str, those: str) -> int:
        return count(self.engine, f"({these} EXCEPT ALL {those})")

    def _rows(self, part: str, name: str) -> str:
        return parquet(filling.table_file(self.folder / part, name))
