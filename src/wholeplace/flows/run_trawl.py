"""A trawl: ask a scheme of everybody, as at a day, from a snapshot of the council's records.

Somebody asks; the system carries it out: a snapshot is taken, the rules are asked of everybody
at once, and the findings come back in one transaction that also makes the run whole. Killed at
any moment it leaves no finding behind, and carrying it out again completes it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import UserMistake, WholeplaceError
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.seen import classes_of
from wholeplace.flows import place_rules
from wholeplace.flows.take_snapshot import take_snapshot
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.trawl import TrawlResult, trawl
from wholeplace.rooms.agencies.acting import Actor, acting
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.casework.forms import made, sent_before
from wholeplace.rooms.schemes import actions, queries
from wholeplace.rooms.schemes.actions import Found, Outcome
from wholeplace.rooms.schemes.published import publish

Progress = Callable[[int, int], None]
"""Called with (stages done, stages in all)."""

PURPOSE = "finding people a scheme may help"
WORKER = "system-worker"
STAGES = 3
DAYS_AHEAD = 366
UNEXPECTED = (
    "Something went wrong that the program did not expect. If it happens again, tell whoever "
    "looks after Wholeplace: the log says what it was."
)


def start(scheme: str, *, as_at: dt.date, membership_id: int, route: str) -> int:
    """Note who asks for which scheme and day; returns the run's number. Nothing is read yet.

    Raises:
        NotFound, FileMistake: no such scheme, or its file is not right.
        Refused: the role may not ask for trawls, or lacks a class of what the scheme reads: a
            trawl of each day would tell when a protected fact began.
        UserMistake: the day is more than a year ahead.
    """
    found = place_rules.scheme(scheme)
    _check_day(as_at)
    with acting(membership_id, purpose=PURPOSE, route=route) as actor:
        actor.require("trawl.run")
        actor.require_classes(classes_of(found))
        actions.sweep(scheme=scheme)
        return actions.ask(scheme=scheme, version_id=place_rules.keep(found), as_at=as_at)


def _check_day(as_at: dt.date) -> None:
    """A what-if looks a year ahead at most: nobody's records say anything of later days."""
    last = timezone.localdate() + dt.timedelta(days=DAYS_AHEAD)
    if as_at > last:
        raise UserMistake(
            f"{show_day(as_at)} is too far ahead.",
            why="A look ahead takes today’s records as they are, and soon says nothing.",
            do=f"Ask as at {show_day(last)} or earlier.",
        )


def start_once(
    scheme: str, *, as_at: dt.date, membership_id: int, route: str, key: uuid.UUID
) -> tuple[int, bool]:
    """As `start`, by a form that may be sent again: the run's number, and whether it is new."""
    with acting(membership_id, purpose=PURPOSE, route=route):
        earlier = sent_before(key, "trawl.ask")
        if earlier is not None:
            return earlier, False
        run = start(scheme, as_at=as_at, membership_id=membership_id, route=route)
        return made(key, run), True


def carry_out(
    run_id: int, *, membership_id: int, route: str, progress: Progress | None = None
) -> int:
    """Carry a trawl to its end; safe to repeat. A run that is whole is left as it is.

    Args:
        membership_id: who asked. The reading and the recording are the system's own.

    Raises:
        NotFound: no such run for whoever asked.
        UserMistake: it is being carried out at this moment.
        TrawlRefused: the scheme may not be looked for so; the run is marked as failed.
    """
    with acting(membership_id, purpose=PURPOSE, route=route):
        version_id, as_at = queries.run_to_carry_out(run_id)
    if not actions.take_up(run_id):
        raise UserMistake("This trawl is being carried out at this moment.", do="Wait for it.")
    try:
        with _worker(route):
            if not actions.begin(run_id=run_id):
                return run_id
        scheme = place_rules.kept_scheme(version_id)
        _carry_out(run_id, scheme, as_at, route, progress or _quiet)
    except WholeplaceError as error:
        with _worker(route):
            actions.fail(run_id=run_id, why=str(error))
        raise
    except Exception:
        with _worker(route):
            actions.fail(run_id=run_id, why=UNEXPECTED)
        raise
    finally:
        actions.put_down(run_id)
    return run_id


def seen(run_id: int, *, route: str) -> queries.Run:
    """A trawl for whoever looks at it now; one whose worker was killed is found to have failed.

    Raises:
        NotFound: no such trawl for this reader.
    """
    found = queries.run(run_id)
    if found.line.state != "running":
        return found
    with _worker(route):
        actions.sweep_one(run_id=run_id)
    return queries.run(run_id)


def _carry_out(run_id: int, scheme: Scheme, as_at: dt.date, route: str, progress: Progress) -> None:
    def done(stage: int) -> None:
        with _worker(route):
            actions.progress(run_id=run_id, done=stage)
        progress(stage, STAGES)

    snapshot = take_snapshot(place=Path(settings.PLACE), facts=scheme.place.facts)
    done(1)
    result = trawl(snapshot, scheme, as_at)
    done(2)
    with _worker(route):
        actions.finish(run_id=run_id, outcome=_outcome(result, snapshot), found=_found(result))
        publish(run_id, place_rules.publishing())
    progress(STAGES, STAGES)


def _outcome(result: TrawlResult, snapshot: Snapshot) -> Outcome:
    return Outcome(
        known_at=result.known_at,
        snapshot_made_at=snapshot.manifest.made_at,
        basis=dict(result.lawful_basis),
        agencies=tuple(result.agencies),
        people=result.people,
        yes=result.yes,
        possible=result.possible,
        funnel=[asdict(step) for step in result.funnel],
        flagged=dict(result.flagged),
    )


def _found(result: TrawlResult) -> Iterator[Found]:
    assert result.found is not None  # trawl() keeps the list
    for batch in result.found.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            yield (
                row["person_id"],
                row["answer"],
                row["deceased"],
                row["do_not_contact"],
                row["unsafe_address"],
                row["criteria"],
            )


def _worker(route: str) -> AbstractContextManager[Actor]:
    return acting(system_membership(WORKER), purpose=PURPOSE, route=route)


def _quiet(done: int, stages: int) -> None:
    """Nobody watches."""
