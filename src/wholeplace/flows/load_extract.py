"""A council's extract from files to the store of record: all of it or none.

The files are examined first; one in the wrong layout refuses the load before anything is
written. Then, in one transaction: every row is checked, those that fail are set aside with
line, field, value and reason, the rest is compared with what was known, and only what is new
or changed is written, as new versions beside the old. Killed half-way, nothing has happened.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from django.conf import settings as django_settings
from django.db import transaction

from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.rules.files.inherit import read_one
from wholeplace.core.rules.files.places import place_files
from wholeplace.population.engines.duckdb import EngineSettings, connect
from wholeplace.rooms.agencies import queries as agencies
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.records import actions, queries
from wholeplace.rooms.records.source import layout, stage
from wholeplace.rooms.records.source.spec import SourceSpec, source_of
from wholeplace.rooms.records.source.stage import Aside
from wholeplace.rooms.records.versions import Counts, write_file

LOADER = "system-loader"
PURPOSE = "loading"
ROUTE = "extracts load"


@dataclass(frozen=True)
class Outcome:
    """What a load did. `same_as` is the earlier load of the very same files, if any."""

    load_id: int
    counts: dict[str, Counts]
    aside: list[Aside] = field(default_factory=list)
    same_as: int | None = None

    @property
    def written(self) -> int:
        """Rows added, changed or ended."""
        return sum(c.added + c.changed + c.ended for c in self.counts.values())


def load_extract(
    folder: Path,
    source: SourceSpec,
    *,
    day: dt.date,
    progress: Callable[[str], None] = lambda step: None,
    settings: EngineSettings = EngineSettings(),
) -> Outcome:
    """Load the files in `folder` as the source describes them; safe to repeat.

    Args:
        day: the day of loading, after which nothing can have happened.
        progress: called with each step, `steps(source)` of them.

    Raises:
        WrongFile: a file cannot be used; nothing was loaded.
        AlreadyLoading: another load of the same agency is under way.
    """
    progress("Examining the files")
    arrived = layout.examine(folder, source)
    mark = layout.fingerprint(arrived, source)
    loader = agencies.system_membership(LOADER)
    with acting(loader, purpose=PURPOSE, route=ROUTE) as actor:
        agency = agencies.agency_code(actor.agency_id)
        write = actions.open_load(source, agency=agency, folder=str(folder), fingerprint=mark)
        with _engine(folder, settings) as engine:
            stage.stage(engine, arrived, day, progress)
            counts = {
                name: write_file(engine, name, file, write, progress)
                for name, file in arrived.items()
            }
            aside = stage.set_aside(engine, arrived)
        progress("Committing")
        same_as = queries.load_of_same_files(write.load_id)
        actions.finish_load(write, counts=counts, aside=aside)
        outcome = Outcome(write.load_id, counts, aside, same_as)
        if outcome.written:
            # Or the next question is planned for empty tables. Once it is committed, and only so.
            transaction.on_commit(actions.refresh_statistics, robust=True)
    return outcome


def steps(source: SourceSpec) -> int:
    """How often `load_extract` reports progress."""
    return 2 + 2 * len(source.files)


def find_source(place: Path, name: str) -> SourceSpec:
    """The place's source of this name.

    Raises:
        NotFound: there is none; says which there are.
        FileMistake: the source file is wrong.
    """
    known = place_files(place, "sources")
    if name not in known:
        raise NotFound(f"There is no source {name}.", do=f"Use one of: {', '.join(known)}.")
    return read_one(place, "sources", name, source_of)


@contextmanager
def _engine(folder: Path, settings: EngineSettings) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine whose spilled rows lie in a folder of its owner's alone, and go with it."""
    home = Path(django_settings.HOME) / "loading"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(home)
    own = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=home))
    try:
        with connect(own, settings, reads=(folder,)) as engine:
            yield engine
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _sweep(home: Path) -> None:
    """Remove what loads that were killed had spilled."""
    for left in home.iterdir():
        if not Path(f"/proc/{left.name.partition('-')[0]}").exists():
            shutil.rmtree(left, ignore_errors=True)
