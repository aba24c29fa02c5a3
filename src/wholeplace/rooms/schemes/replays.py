"""Asking a trawl again as it was kept: what is recorded of that, and reading it.

A replay never changes a finding. Its counts are over everybody; the people about whom it differs
are rows of their own, under the same row security as findings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from wholeplace.core.kernel.errors import NotFound, Stale, UserMistake
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.schemes.actions import STOPPED, put_down, take_up
from wholeplace.rooms.schemes.models import Finding, ReplayDifference, TrawlReplay, TrawlRun
from wholeplace.rooms.schemes.protected import hidden_in, without
from wholeplace.rooms.schemes.queries import NAME, as_json

LOCK = 7411007  # of a session that carries out a replay, with the replay's number
Answered = tuple[str, Mapping[str, bool | None]]
"""An answer (yes, possible) and criterion → value."""

LINES = f"""
SELECT y.id, y.run_id, y.state, y.failure, y.recorded_at, y.finished_at, {NAME},
       y.kept, y.missing, y.extra, y.changed
  FROM schemes_trawlreplay y LEFT JOIN agencies_user u ON u.id = y.by_user_id
"""
DIFFERENCES = """
SELECT d.id, d.person_id, p.ref, p.name, d.kept, d.replayed, d.criteria, d.reason, r.version_id
  FROM schemes_replaydifference d JOIN people_person p ON p.id = d.person_id
  JOIN schemes_trawlreplay y ON y.id = d.replay_id JOIN schemes_trawlrun r ON r.id = y.run_id
 WHERE d.replay_id = %s AND d.id > %s ORDER BY d.id LIMIT %s
"""


@dataclass(frozen=True)
class ToReplay:
    """What a trawl kept: which rules, which day, what was known."""

    version_id: int
    place_kept: bool
    as_at: dt.date
    known_at: dt.datetime


@dataclass(frozen=True)
class Difference:
    """Somebody about whom the replay says otherwise. An empty answer: was not found."""

    person_id: int
    kept: str
    replayed: str
    criteria: Mapping[str, tuple[bool | None, bool | None]]
    reason: str


@dataclass(frozen=True)
class ReplayLine:
    """A replay. The counts are None until it is settled (identical or different)."""

    id: int
    run_id: int
    state: str  # waiting, running, identical, different, failed
    failure: str
    asked_at: dt.datetime
    finished_at: dt.datetime | None
    asked_by: str
    kept: int | None
    missing: int | None
    extra: int | None
    changed: int | None


@dataclass(frozen=True)
class DifferenceLine:
    """A difference as it is listed; `criteria` has those that are for the reader."""

    id: int
    person_id: int
    person_ref: str
    name: str
    kept: str
    replayed: str
    criteria: Mapping[str, tuple[bool | None, bool | None]]
    reason: str


@transaction.atomic
def ask(*, run_id: int) -> int:
    """Note that a trawl is to be asked again; returns the replay's number.

    One that waits to begin is given again.

    Raises:
        Refused: the role may not run trawls.
        NotFound, UserMistake: no such trawl, or it is not done, or its rules were not kept whole.
    """
    require_actor().require("trawl.run")
    to_replay(run_id)
    _sweep(run_id)
    waiting = TrawlReplay.objects.filter(run_id=run_id, state="waiting").first()
    if waiting is not None:
        return int(waiting.pk)
    made = TrawlReplay.objects.create(run_id=run_id)
    audit.record("trawl.replay", record=f"trawl {run_id}")
    return int(made.pk)


def _sweep(run_id: int) -> None:
    """Mark a replay as failed whose session died."""
    running = TrawlReplay.objects.filter(run_id=run_id, state="running")
    for replay_id in list(running.values_list("pk", flat=True)):
        sweep_one(replay_id=replay_id)


def sweep_one(*, replay_id: int) -> bool:
    """Mark a replay as failed if it is running and its session died; whether it was."""
    if not take_up(replay_id, LOCK):
        return False
    try:
        dead = TrawlReplay.objects.filter(pk=replay_id, state="running").exists()
        if dead:
            fail(replay_id=replay_id, why=STOPPED)
        return dead
    finally:
        put_down(replay_id, LOCK)


def to_replay(run_id: int) -> ToReplay:
    """What a whole trawl kept; raises NotFound or UserMistake."""
    run = TrawlRun.objects.select_related("version").filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no such trawl.")
    if run.state != "whole":
        raise UserMistake("Only a trawl that is done can be replayed.")
    if run.version.place_version_id is None:
        raise UserMistake(
            "This trawl cannot be replayed.",
            why="It was run before the place’s facts and figures were kept with each trawl.",
            do="Run the scheme again as at its day.",
        )
    return ToReplay(run.version_id, True, run.as_at, run.known_at)


@transaction.atomic
def begin(*, replay_id: int) -> int | None:
    """Mark a replay as running; the run's number, or None when it is settled already."""
    require_actor().require("trawl.run")
    found = TrawlReplay.objects.filter(pk=replay_id).first()
    if found is None:
        raise NotFound("There is no such replay.")
    if found.state in ("identical", "different"):
        return None
    TrawlReplay.objects.filter(pk=replay_id).update(state="running", failure="")
    return int(found.run_id)


def kept_findings(run_id: int) -> dict[int, Answered]:
    """Person → answer and criteria, as the trawl kept them."""
    rows = Finding.objects.filter(run_id=run_id).values_list("person_id", "answer", "criteria")
    return {person: (answer, as_json(criteria)) for person, answer, criteria in rows.iterator()}


@transaction.atomic
def settle(*, replay_id: int, kept: int, differences: Iterable[Difference]) -> None:
    """Record what a replay came to: identical when there are no differences."""
    require_actor().require("trawl.run")
    found = list(differences)
    ReplayDifference.objects.bulk_create(
        [
            ReplayDifference(
                replay_id=replay_id,
                person_id=one.person_id,
                kept=one.kept,
                replayed=one.replayed,
                criteria={key: list(values) for key, values in one.criteria.items()},
                reason=one.reason,
            )
            for one in found
        ],
        batch_size=5000,
    )
    moved = TrawlReplay.objects.filter(pk=replay_id, state="running").update(
        state="different" if found else "identical",
        finished_at=timezone.now(),
        kept=kept,
        missing=sum(not one.replayed for one in found),
        extra=sum(not one.kept for one in found),
        changed=sum(bool(one.kept and one.replayed) for one in found),
    )
    if not moved:
        raise Stale("This replay is not running any more.", do="Look at its page.")
    audit.record("trawl.replayed", record=f"replay {replay_id}", detail={"differences": len(found)})


@transaction.atomic
def fail(*, replay_id: int, why: str) -> None:
    """Mark a replay as failed, with its reason."""
    require_actor().require("trawl.run")
    TrawlReplay.objects.filter(pk=replay_id, state__in=["waiting", "running"]).update(
        state="failed", failure=why, finished_at=timezone.now()
    )
    audit.record("trawl.replay_fail", record=f"replay {replay_id}")


def replays(run_id: int, limit: int = 5) -> list[ReplayLine]:
    """A trawl's newest replays. They name nobody."""
    rows = _rows(f"{LINES} WHERE y.run_id = %s ORDER BY y.id DESC LIMIT %s", [run_id, limit])
    return [ReplayLine(*row) for row in rows]


def replay(replay_id: int) -> ReplayLine:
    """One replay; raises NotFound."""
    rows = _rows(f"{LINES} WHERE y.id = %s", [replay_id])
    if not rows:
        raise NotFound("There is no such replay.")
    return ReplayLine(*rows[0])


def differences(replay_id: int, *, after: int = 0, size: int = 50) -> list[DifferenceLine]:
    """The people about whom a replay differs, whom this reader sees; all are in the trail."""
    found = []
    rows = _rows(DIFFERENCES, [replay_id, after, size])
    hides = {version: hidden_in(version) for version in {row[-1] for row in rows}}
    for *line, criteria, reason, version in rows:
        told = without(as_json(criteria), hides[version])
        values = {key: (then, now) for key, (then, now) in told.items()}
        found.append(DifferenceLine(*line, values, reason))
    audit.record(
        "findings.replay", people=[one.person_id for one in found], record=f"replay {replay_id}"
    )
    return found


def _rows(sql: str, values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
