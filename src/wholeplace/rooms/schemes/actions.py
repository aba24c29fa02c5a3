"""Keeping what schemes said, carrying trawls to their end, and moving findings on."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from wholeplace.core.casework.journeys import FINDING
from wholeplace.core.kernel.errors import NotFound, Stale, UserMistake
from wholeplace.core.kernel.reasons import reason as checked
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.agencies.recorded import take_step
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.schemes.models import (
    Finding,
    FindingStep,
    PlaceVersion,
    SchemeVersion,
    TrawlRun,
)

STOPPED = "It was stopped before it finished."
LOCK = 7411008  # of a session that carries out a trawl, with the run's number
Found = tuple[int, str, bool, bool, bool, Mapping[str, bool | None]]
"""person_id, answer, deceased, do_not_contact, unsafe_address, criterion → value."""

ARRIVE = """
INSERT INTO schemes_finding (agency_id, by_id, by_user_id, recorded_at, state, state_reason,
                             state_since, version, run_id, person_id, answer, criteria,
                             deceased, do_not_contact, unsafe_address)
SELECT 0, 0, 0, now(), 'new', '', now(), 1, %s, a.* FROM arriving a ORDER BY a.person_id
"""


@dataclass(frozen=True)
class Outcome:
    """What a trawl came to, without its people."""

    known_at: dt.datetime
    snapshot_made_at: dt.datetime
    basis: Mapping[str, str]
    agencies: tuple[str, ...]
    people: int
    yes: int
    possible: int
    funnel: list[dict[str, Any]]
    flagged: Mapping[str, int]


@transaction.atomic
def keep_version(*, scheme: str, name: str, text: str, place_text: str = "") -> int:
    """The number of this very text of a scheme over this very text of the place's rules.

    Each is recorded when it is used for the first time.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    version, made = SchemeVersion.objects.get_or_create(
        scheme=scheme,
        hash=digest,
        place_version=_place_version(place_text) if place_text else None,
        defaults={"name": name, "text": text},
    )
    if made:
        audit.record("scheme.keep", record=f"scheme version {version.pk}")
    return int(version.pk)


def _place_version(text: str) -> PlaceVersion:
    digest = hashlib.sha256(text.encode()).hexdigest()
    version, made = PlaceVersion.objects.get_or_create(hash=digest, defaults={"text": text})
    if made:
        audit.record("place.keep", record=f"place version {version.pk}")
    return version


@transaction.atomic
def ask(*, scheme: str, version_id: int, as_at: dt.date) -> int:
    """Note that a trawl was asked for; returns the run's number. Nothing is read yet."""
    require_actor().require("trawl.run")
    run = TrawlRun.objects.create(scheme=scheme, version_id=version_id, as_at=as_at)
    audit.record("trawl.ask", record=f"trawl {run.pk}", detail={"scheme": scheme})
    return int(run.pk)


def take_up(run_id: int, lock: int = LOCK) -> bool:
    """Hold a run for this session; False when another session carries it out at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [lock, run_id])
        return bool(cursor.fetchone()[0])


def put_down(run_id: int, lock: int = LOCK) -> None:
    """Let go of a run; a session that dies lets go by dying."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [lock, run_id])


@transaction.atomic
def begin(*, run_id: int) -> bool:
    """Mark a run as running; False when it is whole already, so that nothing need be done."""
    require_actor().require("trawl.run")
    moved = (
        TrawlRun.objects.filter(pk=run_id)
        .exclude(state="whole")
        .update(state="running", started_at=timezone.now(), failure="", done=0)
    )
    if not moved and not TrawlRun.objects.filter(pk=run_id).exists():
        raise NotFound("There is no such trawl.")
    return bool(moved)


def progress(*, run_id: int, done: int) -> None:
    """Note how many stages are done."""
    TrawlRun.objects.filter(pk=run_id, state="running").update(done=done)


@transaction.atomic
def finish(*, run_id: int, outcome: Outcome, found: Iterable[Found]) -> None:
    """Put the findings and mark the run whole, both or neither.

    Raises:
        Stale: the run is not running any more.
    """
    require_actor().require("trawl.run")
    _copy(found)
    with connection.cursor() as cursor:
        cursor.execute(ARRIVE, [run_id])
        count = cursor.rowcount
        cursor.execute("DROP TABLE arriving")
    if count != outcome.yes + outcome.possible:
        raise UserMistake(
            "The trawl's list does not match the people on record.",
            why=f"{outcome.yes + outcome.possible} were found and {count} could be recorded.",
            do="Run it again on a new snapshot.",
        )
    values = {name: getattr(outcome, name) for name in Outcome.__dataclass_fields__}
    values["agencies"] = list(outcome.agencies)
    whole = {"state": "whole", "finished_at": timezone.now(), "done": 3}
    if not TrawlRun.objects.filter(pk=run_id, state="running").update(**values, **whole):
        raise Stale("This trawl is not running any more.", do="Look at its page.")
    audit.record("trawl.finish", record=f"trawl {run_id}", detail={"found": count})


def _copy(found: Iterable[Found]) -> None:
    """The rows into a private table; COPY into a guarded one is refused under row security."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE arriving (person_id bigint, answer text, criteria jsonb,"
            " deceased boolean, do_not_contact boolean, unsafe_address boolean) ON COMMIT DROP"
        )
        with cursor.copy("COPY arriving FROM STDIN") as copy:
            for person, answer, deceased, barred, unsafe, criteria in found:
                copy.write_row(
                    (person, answer, json.dumps(dict(criteria)), deceased, barred, unsafe)
                )


@transaction.atomic
def fail(*, run_id: int, why: str) -> None:
    """Mark a run as failed, with its reason; nothing of it is kept."""
    require_actor().require("trawl.run")
    TrawlRun.objects.filter(pk=run_id, state__in=["waiting", "running"]).update(
        state="failed", failure=why, finished_at=timezone.now()
    )
    audit.record("trawl.fail", record=f"trawl {run_id}")


def sweep(*, scheme: str) -> int:
    """Mark runs as failed whose session died; returns how many."""
    require_actor().require("trawl.run")
    swept = 0
    for run_id in TrawlRun.objects.filter(scheme=scheme, state="running").values_list(
        "pk", flat=True
    ):
        swept += sweep_one(run_id=run_id)
    return swept


def sweep_one(*, run_id: int) -> bool:
    """Mark a run as failed if it is running and its session died; whether it was."""
    if not take_up(run_id):
        return False
    try:
        dead = TrawlRun.objects.filter(pk=run_id, state="running").exists()
        if dead:
            fail(run_id=run_id, why=STOPPED)
        return dead
    finally:
        put_down(run_id)


def open_finding(*, finding_id: int, version: int) -> None:
    """Say that somebody looks into a finding. Opening one that is open changes nothing."""
    if _finding(finding_id).state == "new":
        _move(finding_id, "open", version, timezone.localdate(), "")


def set_aside(*, finding_id: int, version: int, reason: str) -> None:
    """Leave a finding, for a reason; it stays in the list, marked."""
    _move(finding_id, "set_aside", version, timezone.localdate(), checked(reason))


def bring_back(*, finding_id: int, version: int, reason: str) -> None:
    """Take up a finding again that was set aside."""
    _move(finding_id, "bring_back", version, timezone.localdate(), checked(reason))


def note_written(*, finding_id: int, version: int, happened_on: dt.date) -> None:
    """Somebody has been written to."""
    _move(finding_id, "write", version, happened_on, "")


def note_applied(*, finding_id: int, person_id: int, scheme: str, happened_on: dt.date) -> None:
    """Somebody who was found has applied, for that scheme; raises UserMistake for another."""
    found = _finding(finding_id)
    if (found.person_id, found.run.scheme) != (person_id, scheme):
        raise UserMistake("This finding is of another person or scheme.")
    if found.state != "applied":
        _move(finding_id, "apply", found.version, happened_on, "")


def _finding(finding_id: int) -> Finding:
    found = Finding.objects.filter(pk=finding_id).first()
    if found is None:
        raise NotFound("There is no such finding.")
    return found


@transaction.atomic
def _move(finding_id: int, event: str, version: int, happened_on: dt.date, reason: str) -> None:
    finding = _finding(finding_id)
    require_actor().require("contact.write")
    take_step(
        FindingStep,
        finding,
        "finding_id",
        FINDING,
        event,
        version=version,
        happened_on=happened_on,
        reason=reason,
    )
    audit.record(f"finding.{event}", person_id=finding.person_id, record=f"finding {finding_id}")
