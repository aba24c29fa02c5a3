"""A snapshot from the store of record to Parquet: what stands now, and what stood before.

The newest snapshot is refreshed by what changed since, unless something that leaves no moment
behind has changed as well; then everything is read, and the manifest says why.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.scheme_loader import place_facts
from wholeplace.core.rules.schemes import needs
from wholeplace.flows import place_rules
from wholeplace.population.engines.duckdb import EngineSettings
from wholeplace.population.facts import groupings_of
from wholeplace.population.snapshot import (
    PUBLISHED,
    FormerUnusable,
    Grouping,
    Manifest,
    Snapshot,
    SnapshotRefused,
    SnapshotUnusable,
    latest_snapshot,
    open_snapshot,
    refresh_snapshot,
    write_snapshot,
)
from wholeplace.population.snapshot.manifest import MANIFEST, UNFINISHED
from wholeplace.population.snapshot.program import program_digest
from wholeplace.rooms.agencies.acting import Actor, acting
from wholeplace.rooms.agencies.queries import agency_code, system_membership
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.records import actions as records
from wholeplace.rooms.records import changes, export
from wholeplace.rooms.records.changes import Held
from wholeplace.rooms.records.export import Touched, snapshot_history, snapshot_sources

WORKER = "system-worker"
PURPOSE = "population"
ROUTE = "snapshot make"
KEPT = 2  # a trawl may still be reading the one before
STEPS = 14  # loads, what changed, six tables, the past of five, and the merging of spells
MOST = 1 / 3  # of the people: above that, reading everybody is as quick

ASKED = "It was asked for."
NONE = "There was no whole snapshot to refresh."
LATER = "The one before says that it is of a later moment."
UNDATED = "Rows recorded before the last one were removed, hidden or shown since."
OTHERWISE = "The program, its rights, the place or its wards have changed since the last one."
MANY = "More than a third of the people are touched by what changed."
DAMAGED = "The one before could not be used:"


def snapshots_home() -> Path:
    """The private folder that snapshots lie in."""
    return Path(settings.HOME) / "snapshots"


def take_snapshot(
    *,
    place: Path,
    home: Path | None = None,
    progress: Callable[[str], None] = lambda step: None,
    engine: EngineSettings = EngineSettings(),
    facts: Mapping[str, FactSpec] | None = None,
    full: bool = False,
) -> Snapshot:
    """A snapshot of every row, also superseded ones, that the night worker may see.

    Where the newest one can be refreshed, only the rows of persons whom a change since then may
    bear on are read; it holds the very rows that reading everything would have given. The last
    two are kept.

    Args:
        place: the place's folder, whose facts say which spells are merged.
        home: where snapshots lie; `snapshots_home()` when not given.
        progress: called with each of at most `STEPS` steps.
        facts: kept facts, whose spells are merged instead of those of the place's folder, for
            a trawl: only what schemes of today read. Others are merged when they are asked for.
        full: read everything, whatever lies there.

    Raises:
        FileMistake: a fact file is wrong.
        SnapshotRefused: the rows do not make a snapshot; nothing was put in place.
    """
    home = home or snapshots_home()
    groupings = groupings_of(place_facts(place) if facts is None else _asked(facts))
    progress("Waiting for loads to end")
    with _one_moment(_agency_id()) as now, _worker() as actor:
        taking = _Taking(home, now, place.name, actor, tuple(groupings), engine, progress)
        snapshot = taking.full(ASKED) if full else taking.quickest()
        origin = asdict(snapshot.manifest.origin)
        audit.record("snapshot.make", detail={"rows": dict(snapshot.manifest.rows), **origin})
    _discard_old(home)
    return snapshot


@dataclass(frozen=True)
class _Taking:
    """One snapshot being taken, as at one moment."""

    home: Path
    now: dt.datetime
    place: str
    actor: Actor
    groupings: tuple[Grouping, ...]
    engine: EngineSettings
    progress: Callable[[str], None]

    def quickest(self) -> Snapshot:
        """The newest one refreshed where it can be, else everything read."""
        former = latest_snapshot(self.home)
        if former is None:
            return self.full(NONE)
        self.progress("Looking for what changed")
        held, then = changes.held(former.manifest.known_at)
        if why := self._in_the_way(former.manifest, then):
            return self.full(why)
        touched = changes.touched_since(former.manifest.known_at)
        if len(touched.persons) > MOST * former.manifest.rows["persons"]:
            return self.full(MANY)
        try:
            return self._refreshed(former, touched, held)
        except (FormerUnusable, SnapshotRefused) as error:
            return self.full(f"{DAMAGED} {error.what}")

    def full(self, why: str) -> Snapshot:
        """Every row read."""
        sources, history = snapshot_sources(self.progress), snapshot_history(self.progress)
        said = self._said(sources, changes.held()[0])
        return write_snapshot(sources, why=why, history=history, **said)

    def _refreshed(self, former: Snapshot, touched: Touched, held: Held) -> Snapshot:
        sources = snapshot_sources(self.progress, touched)
        history = snapshot_history(self.progress, touched)
        said = self._said(sources, held)
        return refresh_snapshot(former, touched.persons, sources, history=history, **said)

    def _in_the_way(self, former: Manifest, then: Held) -> str:
        """Why the former cannot be refreshed; empty when it can."""
        if former.known_at > self.now:
            return LATER
        noted = dict(former.basis)
        if noted.pop("held", None) != then:
            return UNDATED
        return "" if noted == self._reading else OTHERWISE

    @property
    def _reading(self) -> dict[str, str]:
        """What decides, besides the records, what a snapshot holds."""
        program = program_digest(export, changes)
        return {"place": self.place, "program": program, **changes.reading()}

    def _said(self, sources: Mapping[str, object], held: Held) -> dict[str, Any]:
        """What both ways of writing are told."""
        return {
            "out": self.home / self.now.strftime("%Y%m%d-%H%M%S-%f"),
            "known_at": self.now,
            "agencies": _agencies(sources, agency_code(self.actor.agency_id)),
            "groupings": self.groupings,
            "basis": {"held": held, **self._reading},
            "settings": self.engine,
        }


def _asked(facts: Mapping[str, FactSpec]) -> dict[str, FactSpec]:
    """Those that a scheme of the place reads; one whose file is not right now reads none."""
    read: set[str] = set()
    with suppress(FileMistake):
        for key in place_rules.names():
            with suppress(FileMistake):
                read |= {need.key.name for need in needs(place_rules.scheme(key))}
    return {name: spec for name, spec in facts.items() if name in read}


def _worker() -> AbstractContextManager[Actor]:
    return acting(system_membership(WORKER), purpose=PURPOSE, route=ROUTE)


def _agency_id() -> int:
    with _worker() as actor:
        return actor.agency_id


@contextmanager
def _one_moment(agency_id: int) -> Iterator[dt.datetime]:
    """All tables as at one moment, whatever is committed meanwhile; gives the moment.

    What was recorded by then can be read: no load is under way. (A contact bar that is being
    set in the very same milliseconds may be dated before the moment and stand after it.)
    """
    with ExitStack() as held_off:
        held_off.enter_context(records.between_loads(agency_id))
        own = not connection.in_atomic_block  # or the caller's transaction decides
        with transaction.atomic():
            if own:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            now = records.moment()
            held_off.close()
            yield now


def _agencies(sources: Mapping[str, object], agency: str) -> dict[str, tuple[str, ...]]:
    names = list(sources)
    return {name: (PUBLISHED,) if name == "indicators" else (agency,) for name in names}


def _discard_old(home: Path) -> None:
    """Keep the newest snapshots; delete copies of people's details that nobody can open."""
    whole = []
    for folder in home.iterdir():
        try:
            whole.append(open_snapshot(folder))
        except SnapshotUnusable:
            if (folder / MANIFEST).exists() and not folder.name.startswith(UNFINISHED):
                shutil.rmtree(folder, ignore_errors=True)
    whole.sort(key=lambda snapshot: snapshot.manifest.made_at)
    for snapshot in whole[:-KEPT]:
        snapshot.discard()
