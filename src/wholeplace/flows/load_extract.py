"""An agency's extract from files to the store of record: all of it or none.

The files are examined first; one in the wrong layout refuses the load before anything is
written. Then, in one transaction: every row is checked, those that fail are set aside with
line, field, value and reason, the rest is compared with what was known, and only what is new
or changed is written, as new versions beside the old. Killed half-way, nothing has happened.
That a delivery was refused is kept by itself, after the rest has been undone.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb
from django.conf import settings as django_settings
from django.db import transaction

from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.core.rules.files.inherit import read_one
from wholeplace.core.rules.files.places import place_files
from wholeplace.population.engines.duckdb import EngineSettings, connect
from wholeplace.rooms.agencies import queries as agencies
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.records import actions, correction_requests, queries, rejects, sealed
from wholeplace.rooms.records.following import end_with_people
from wholeplace.rooms.records.source import layout, stage
from wholeplace.rooms.records.source.aside import Aside, set_aside
from wholeplace.rooms.records.source.layout import Delivery
from wholeplace.rooms.records.source.quality import quality
from wholeplace.rooms.records.source.spec import SourceSpec, source_of
from wholeplace.rooms.records.standing import Standing, table_of
from wholeplace.rooms.records.versions import Corrected, Counts, Write, write_file

PURPOSE = "loading"
ROUTE = "extracts load"


@dataclass(frozen=True)
class Outcome:
    """What a load did. `same_as` is the earlier load of the very same files, if any."""

    source: str
    load_id: int
    counts: dict[str, Counts]
    aside: list[Aside] = field(default_factory=list)
    same_as: int | None = None

    @property
    def written(self) -> int:
        """Rows added, changed or ended."""
        return sum(c.added + c.changed + c.ended + c.with_person for c in self.counts.values())


def load_extract(
    folder: Path,
    source: SourceSpec,
    *,
    day: dt.date,
    correction: bool = False,
    corrected: Corrected | None = None,
    progress: Callable[[str], None] = lambda step: None,
    settings: EngineSettings = EngineSettings(),
) -> Outcome:
    """Load the files in `folder` as the source describes them; safe to repeat.

    Args:
        day: the day of loading, after which nothing can have happened.
        correction: the files replace those that were loaded for the same day.
        corrected: an officer put right what had been set aside; these rows are no delivery,
            tell of a day that was told of already, and settle nothing else.
        progress: called with each step, `steps(source)` of them.

    Raises:
        WrongFile: a file cannot be used; nothing was loaded.
        WrongDay: another delivery has told of that day, or of a later one.
        AlreadyLoading: another load of the same agency is under way.
    """
    if not folder.is_dir():
        raise UserMistake(f"{folder} is not a folder.", do="Give the folder of the extract.")
    loader = agencies.loader_of(source.agency)
    told = actions.Told(source.source, source.agency, str(folder))
    progress("Examining the files")
    with _refusal_kept(loader, told):
        delivery = layout.receive(folder, source, day)
    told = _told(delivery, told.folder, corrected)
    with (
        _refusal_kept(loader, told),
        acting(loader, purpose=PURPOSE, route=ROUTE) as actor,
        _engine(folder, settings) as engine,
    ):
        agency = agencies.agency_code(actor.agency_id)
        write = actions.open_load(told, agency=agency, correction=correction)
        return _load(engine, delivery, write, day, progress)


def _load(
    engine: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    write: Write,
    day: dt.date,
    progress: Callable[[str], None],
) -> Outcome:
    """Check every row and write what is new, in the transaction of who is acting."""
    arrived = delivery.files
    _stage(engine, delivery, write, day, progress)
    counts = {
        name: write_file(engine, name, file, write, progress) for name, file in arrived.items()
    }
    counts = end_with_people(engine, arrived, counts, write)
    aside = set_aside(engine, arrived, day)
    progress("Committing")
    same_as = queries.load_of_same_files(write.load_id)
    sealed.note_withheld(engine, write.load_id)
    found = quality(engine, arrived, sealed.sealed_rows)
    actions.finish_load(write, counts=counts, aside=aside, quality=found)
    correction_requests.settle(write.load_id)
    if not write.corrected:
        rejects.settle(engine, arrived, write)
    told = sealed.unsealed(engine, aside)
    outcome = Outcome(write.source, write.load_id, counts, told, same_as)
    if outcome.written:
        # Or the next question is planned for empty tables. Once it is committed, and only so.
        much = partial(actions.refresh_statistics, _rows_written(delivery, counts))
        transaction.on_commit(much, robust=True)
    return outcome


def _stage(
    engine: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    write: Write,
    day: dt.date,
    progress: Callable[[str], None],
) -> None:
    """Check every row against itself and what is held; numbers of sealed records are left out."""
    same_people = write.corrected.same_people if write.corrected else frozenset()
    known = Standing(write.agency_id, write.source, same_people)
    sealed.fetch_sealed(engine)
    stage.stage(engine, delivery.files, day, progress, known)
    sealed.withhold_numbers(engine, delivery.files)


def _rows_written(delivery: Delivery, counts: dict[str, Counts]) -> dict[str, int]:
    written: dict[str, int] = {}
    for name, file in delivery.files.items():
        table, count = table_of(file.spec), counts[name]
        written[table] = written.get(table, 0) + count.added + count.changed
        if file.spec.makes_people:
            written["people_person"] = count.added
    return written


def _told(delivery: Delivery, folder: str, corrected: Corrected | None) -> actions.Told:
    source = delivery.source
    files = {name: file.digest for name, file in delivery.files.items()}
    return actions.Told(
        source=source.source,
        agency=source.agency,
        folder="" if corrected else folder,
        as_at=delivery.as_at,
        delivers=delivery.delivers,
        fingerprint=layout.fingerprint(delivery.files, source),
        files={} if corrected else files,
        corrected=corrected,
    )


@contextmanager
def _refusal_kept(loader: int, told: actions.Told) -> Iterator[None]:
    """Keep that a delivery was refused, and why. One that only has to wait was not refused."""
    try:
        yield
    except actions.AlreadyLoading:
        raise
    except UserMistake as mistake:
        with acting(loader, purpose=PURPOSE, route=ROUTE):
            actions.refuse_load(told, why=str(mistake))
        raise


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
