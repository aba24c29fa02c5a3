"""From everybody's records to who is who.

Under an account of its own, and under the sharing agreement that allows it: the fields that tell
people apart are read of every agency that the agreement names and compared; what the clusters
change of who is who is written, and nothing else. All in one transaction: killed at any moment,
nothing has happened, and what was read lies in a private folder that the next linking removes.
The files from which the next linking goes on are kept apart (rooms/identity/kept.py). Where they
are there and fit, only what changed since is read, compared and written: docs/adr/0015.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings
from django.db import connection, transaction

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import EngineSettings, connect
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.identity import actions
from wholeplace.rooms.identity.asked import write_pairs, write_reviews
from wholeplace.rooms.identity.clusters import write_members
from wholeplace.rooms.identity.decisions import in_force
from wholeplace.rooms.identity.export import write_records
from wholeplace.rooms.identity.index import write_index
from wholeplace.rooms.identity.kept import keep, kept_home, sweep
from wholeplace.rooms.identity.links import comparisons_of, write_links

if TYPE_CHECKING:
    from wholeplace.population.identity import LinkSettings
    from wholeplace.rooms.identity.basis import Basis

LINKER = "system-linker"
PURPOSE = "linking"
ROUTE = "identity link"
RECORDS, LINKED = "records.parquet", "linked"
CLUSTERS, EDGES, INDEXED = "clusters.parquet", "edges.parquet", "people.parquet"
TOUCHED = "touched.parquet"

Progress = Callable[[str], None]
# Compares the records of a file and writes CLUSTERS and EDGES into a new folder; gives what
# there is to tell of it.
Engine = Callable[[Path, Path, Progress], Mapping[str, Any]]


class NothingToLink(UserMistake):
    """No agency's records may be compared, or there are none."""


@dataclass(frozen=True)
class Outcome:
    """What a linking did: how many records, what it changed by why, seconds and memory."""

    run_id: int
    records: int
    counts: dict[str, int]
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Rows added, ended or taken away."""
        return sum(count for why, count in self.counts.items() if why != "identities")


def link_people(
    *,
    progress: Progress = lambda step: None,
    settings: EngineSettings = EngineSettings(),
    engine: Engine | None = None,
    kept: Path | None = None,
    full: bool = False,
) -> Outcome:
    """Find out which persons are one human being, and write what is new of it.

    Args:
        progress: called with each step's name.
        settings: threads and memory for reading and writing.
        engine: what compares and clusters everybody; the population engine's when not given.
        kept: where linkings are kept. When not given, in their own place; nowhere where the
            caller's transaction decides whether this linking has happened.
        full: compare everybody, and learn anew, even where changes would do.

    Raises:
        NothingToLink: there is nothing to compare; nothing was changed.
        AlreadyLinking: another linking is under way.
    """
    if kept is None and not connection.in_atomic_block:
        kept = kept_home()
    with _private_folder() as folder, _one_transaction():
        run = actions.open_run()
        basis = _basis(run, kept, full=full or engine is not None)
        outcome = _link(folder, run, basis, engine or _engine(basis), settings, progress)
        if kept:
            keep(folder / LINKED, run, basis.note(run), kept)
        progress("Committing")
    if kept:
        sweep(run.id, kept)
    return outcome


def _link(
    folder: Path,
    run: actions.Run,
    basis: Basis,
    engine: Engine,
    settings: EngineSettings,
    progress: Progress,
) -> Outcome:
    watch = _Watch()
    read = _read(folder, settings, progress, basis)
    watch.ended("reading")
    told = engine(folder / RECORDS, folder / LINKED, progress)
    watch.ended("linking")
    progress("Writing who is who")
    counts, comparisons = _write(folder / LINKED, settings, run, basis)
    watch.ended("writing")
    told = {**told, **_index(folder / LINKED, settings, basis)}
    watch.ended("indexing")
    records = int(told.get("records", read))
    figures = {**told, **basis.as_data(), **watch.seconds}
    actions.keep_run(run, records=records, comparisons=comparisons, counts=counts, figures=figures)
    return Outcome(run.id, records, counts, figures)


class _Watch:
    """Seconds of each part, from the end of the one before."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._began = time.perf_counter()

    def ended(self, part: str) -> None:
        now = time.perf_counter()
        self.seconds[f"seconds_{part}"] = round(now - self._began, 3)
        self._began = now


def _read(folder: Path, settings: EngineSettings, progress: Progress, basis: Basis) -> int:
    """Write the records to compare; returns how many there are."""
    only = basis.touched if basis.before else None
    with connect(folder, settings) as duck:
        records = write_records(duck, folder / RECORDS, progress, only)
    if not records and not basis.before:
        raise NothingToLink(
            "There are no records to compare.",
            why="No agency that a sharing agreement names for linking has any.",
            do="Load the agencies' files first.",
        )
    return records


def _write(
    folder: Path, settings: EngineSettings, run: actions.Run, basis: Basis
) -> tuple[dict[str, int], list[str]]:
    few = basis.before is not None
    with connect(folder, settings) as duck:
        touched = folder / TOUCHED if few else None
        counts = write_members(duck, folder / CLUSTERS, run.id, run.at, touched)
        counts |= write_links(duck, folder / EDGES, run.id, few=few)
        counts |= write_reviews(duck, folder, run.id)
        write_pairs(duck, folder)
        actions.settle_rows()
        return counts, comparisons_of(duck, folder / EDGES)


def _index(linked: Path, settings: EngineSettings, basis: Basis) -> Mapping[str, Any]:
    """Bring the index of everybody into line, so that one record is matched by this linking."""
    if not (linked / INDEXED).exists():
        return {}
    with connect(linked, settings) as duck:
        return write_index(duck, linked, basis.touched if basis.before else None)


def _basis(run: actions.Run, kept: Path | None, *, full: bool) -> Basis:
    from wholeplace.rooms.identity.basis import basis_of  # late: the linking library

    return basis_of(run, _linking(), kept, full=full, days=django_settings.LINKING_DAYS)


def _linking() -> LinkSettings:
    """How records are linked; decisions stand."""
    from wholeplace.population.identity import LinkSettings

    must, never = in_force()
    return LinkSettings(must=must, never=never)


def _engine(basis: Basis) -> Engine:
    """The population engine, for everybody or for what changed."""

    def compare(records: Path, out: Path, progress: Progress) -> Mapping[str, Any]:
        from wholeplace.population.identity import link
        from wholeplace.population.identity.daily import Changes, link_changes
        from wholeplace.population.identity.explain import level_bits

        def tell(stage: str) -> None:
            progress(f"Linking: {stage}")

        if basis.before:
            changes = Changes(records, gone=basis.touched)
            told = link_changes(changes, basis.before, out, _linking(), tell)
        else:
            told = link(records, out, _linking(), tell)
        return told.as_data() | level_bits(told.learnt)

    return compare


@contextmanager
def _one_transaction() -> Iterator[None]:
    """Acting as the linker, with all tables as at one moment.

    What is locked is locked before that moment: a decision made between the two would be lost.
    """
    own = not connection.in_atomic_block  # or the caller's transaction decides
    with actions.alone() if own else nullcontext(), transaction.atomic():
        if own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with acting(system_membership(LINKER), purpose=PURPOSE, route=ROUTE):
            yield


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder that only its owner can open, removed at the end or by the next linking."""
    home = Path(django_settings.HOME) / "linking"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in home.iterdir():
        if left != kept_home() and not Path(f"/proc/{left.name.partition('-')[0]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    own = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=home))
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
