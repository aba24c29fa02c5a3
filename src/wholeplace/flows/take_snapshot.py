"""A snapshot from the store of record to Parquet: what stands now, and what stood before."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

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
    Snapshot,
    SnapshotUnusable,
    open_snapshot,
    write_snapshot,
)
from wholeplace.population.snapshot.open import MANIFEST, UNFINISHED
from wholeplace.rooms.agencies.acting import Actor, acting
from wholeplace.rooms.agencies.queries import agency_code, system_membership
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.records import actions as records
from wholeplace.rooms.records.export import snapshot_history, snapshot_sources

WORKER = "system-worker"
PURPOSE = "population"
ROUTE = "snapshot make"
KEPT = 2  # a trawl may still be reading the one before
STEPS = 13  # loads, six tables, the past of five, and the merging of spells


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
) -> Snapshot:
    """Write every row, also superseded ones, that the night worker may see; keeps the last two.

    Args:
        place: the place's folder, whose facts say which spells are merged.
        home: where snapshots lie; `snapshots_home()` when not given.
        progress: called with each of `STEPS` steps.
        facts: kept facts, whose spells are merged instead of those of the place's folder, for
            a trawl: only what schemes of today read. Others are merged when they are asked for.

    Raises:
        FileMistake: a fact file is wrong.
        SnapshotRefused: the rows do not make a snapshot; nothing was put in place.
    """
    home = home or snapshots_home()
    groupings = groupings_of(place_facts(place) if facts is None else _asked(facts))
    progress("Waiting for loads to end")
    with _one_moment(_agency_id()) as now, _worker() as actor:
        sources = snapshot_sources(progress)
        snapshot = write_snapshot(
            sources,
            home / now.strftime("%Y%m%d-%H%M%S-%f"),
            known_at=now,
            agencies=_agencies(sources, agency_code(actor.agency_id)),
            groupings=groupings,
            history=snapshot_history(progress),
            settings=engine,
        )
        audit.record("snapshot.make", detail={"rows": dict(snapshot.manifest.rows)})
    _discard_old(home)
    return snapshot


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
