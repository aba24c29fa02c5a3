"""Actions on applications: record, ask for more, decide, withdraw (brief 05, Lifecycle)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from wholeplace.core.casework.journeys import APPLICATION
from wholeplace.core.kernel.dates import due_date
from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.core.kernel.reasons import reason as checked
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.agencies.recorded import take_step
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.casework.forms import made, sent_before
from wholeplace.rooms.casework.models import Application, Decision, Information, Step
from wholeplace.rooms.people.models import Person

SOURCES = ("trawl", "self", "referral")
_REFUSALS = {
    "WPS06": ("This finding is of another person or scheme.", "Begin at the person's finding."),
    "WPS07": (
        "This person has an application for this scheme that is open.",
        "Decide or withdraw that one first.",
    ),
}


def not_to_come(day: dt.date) -> dt.date:
    """The day; raises UserMistake when it has not come yet."""
    if day > timezone.localdate():
        raise UserMistake("This day has not come yet.", do="Give the day on which it happened.")
    return day


def find(application_id: int) -> Application:
    """The application; raises NotFound, also when it is hidden from this reader."""
    found = Application.objects.filter(pk=application_id).first()
    if found is None:
        raise NotFound("There is no such application.")
    return found


def move(
    application: Application, event: str, version: int, happened_on: dt.date, reason: str = ""
) -> None:
    """One step of an application, with its audit event."""
    take_step(
        Step,
        application,
        "application_id",
        APPLICATION,
        event,
        version=version,
        happened_on=happened_on,
        reason=reason,
    )
    _audit(event, application)


def _audit(event: str, application: Application) -> None:
    record = f"application {application.pk}"
    audit.record(f"application.{event}", person_id=application.person_id, record=record)


@transaction.atomic
def record(
    *,
    person_id: int,
    scheme: str,
    scheme_version_id: int,
    source: str,
    referrer: str = "",
    received_on: dt.date,
    answers: Mapping[str, Any],
    finding_id: int | None = None,
    decide_within: str,
    key: uuid.UUID | None = None,
) -> int:
    """Record an application, with what was stated and the day by which it must be decided.

    Args:
        source: trawl, self or referral (then `referrer` says who).
        received_on: when it arrived; when it was recorded is the database's to say.
        decide_within: such as `10 working days`, from the day the information is complete.

    Raises:
        NotFound: no such person for this reader.
        UserMistake: an unknown source, a referral without a referrer, a day to come, a finding
            of somebody else or of another scheme, an application that is open already.
    """
    _check_person(person_id)
    head = {"person_id": person_id, "scheme": scheme, "source": source, "finding_id": finding_id}
    head |= {"referrer": referrer.strip(), "received_on": received_on}
    said = head | {"answers": dict(answers)}
    if (earlier := sent_before(key, "application.record", **said)) is not None:
        return earlier
    _check_source(source, referrer, finding_id)
    application = _put(**head, scheme_version_id=scheme_version_id)
    _inform(application, answers, received_on, decide_within)
    _audit("record", application)
    return made(key, application.pk)


def _put(**values: Any) -> Application:
    """The new row; what the database refuses (`person_sql.APPLIES`) is said in words."""
    try:
        with transaction.atomic():
            return Application.objects.create(**values)
    except DatabaseError as error:
        refusal = _REFUSALS.get(getattr(error.__cause__, "sqlstate", ""))
        if refusal is None:
            raise
        raise UserMistake(refusal[0], do=refusal[1]) from error


def _check_person(person_id: int) -> None:
    if not Person.objects.filter(pk=person_id).exists():
        raise NotFound("There is no such record.")
    require_actor().require("application.record")


def _check_source(source: str, referrer: str, finding_id: int | None) -> None:
    if source not in SOURCES:
        raise UserMistake(f"{source!r} is no source.", do=f"Use one of {', '.join(SOURCES)}.")
    if (source == "referral") != bool(referrer.strip()):
        raise UserMistake("A referral, and nothing else, has a referrer.", do="Say who referred.")
    if finding_id and source != "trawl":
        raise UserMistake("An application from a finding has the source trawl.")
    if finding_id and Application.objects.filter(finding_id=finding_id).exists():
        raise UserMistake("This finding has an application already.")


def _inform(
    application: Application, answers: Mapping[str, Any], day: dt.date, decide_within: str
) -> None:
    due = due_date(not_to_come(day), decide_within)
    Information.objects.create(
        application=application,
        happened_on=day,
        answers=dict(answers),
        due_on=due.result,
        due_steps=list(due.steps),
    )


@transaction.atomic
def ask(*, application_id: int, version: int, what: str, happened_on: dt.date) -> None:
    """Ask the applicant for something; the clock stands still until it comes."""
    application = find(application_id)
    require_actor().require("application.record")
    move(application, "ask", version, not_to_come(happened_on), checked(what))


@transaction.atomic
def receive(
    *,
    application_id: int,
    version: int,
    answers: Mapping[str, Any],
    happened_on: dt.date,
    decide_within: str,
) -> None:
    """Add what came; the clock begins anew on the day on which it did."""
    application = find(application_id)
    require_actor().require("application.record")
    _inform(application, answers, happened_on, decide_within)
    move(application, "receive", version, happened_on)


@transaction.atomic
def withdraw(*, application_id: int, version: int, reason: str) -> None:
    """The applicant no longer asks."""
    application = find(application_id)
    require_actor().require("application.record")
    move(application, "withdraw", version, timezone.localdate(), checked(reason))


def decide(
    application: Application,
    *,
    outcome: str,
    version: int,
    reasons: str,
    explanation: Mapping[str, Any],
    as_at: dt.date,
    happened_on: dt.date,
) -> Decision:
    """Write the decision down, with every criterion as it stood, and move the application."""
    if happened_on < application.received_on:
        raise UserMistake("A decision cannot come before the application.")
    words = checked(reasons)
    not_to_come(happened_on)
    move(application, outcome, version, happened_on, words)  # first: the second writer stops here
    return Decision.objects.create(
        application=application,
        outcome=outcome,
        reasons=words,
        explanation=dict(explanation),
        as_at=as_at,
        happened_on=happened_on,
    )


@transaction.atomic
def settle(
    *,
    application_id: int,
    outcome: str,
    version: int,
    reasons: str,
    explanation: Mapping[str, Any],
    as_at: dt.date,
    happened_on: dt.date,
    key: uuid.UUID | None = None,
) -> int:
    """Decide without a payment, with reasons that the applicant will read.

    Args:
        outcome: `refuse`, or `grant`: yes, and what it is worth is given elsewhere.

    Returns:
        The decision's number.
    """
    application = find(application_id)
    require_actor().require("award.decide")
    said = {"application": application_id, "reasons": reasons}
    if (earlier := sent_before(key, f"application.{outcome}", **said)) is not None:
        return earlier
    decision = decide(
        application,
        outcome=outcome,
        version=version,
        reasons=reasons,
        explanation=explanation,
        as_at=as_at,
        happened_on=happened_on,
    )
    return made(key, int(decision.pk))
