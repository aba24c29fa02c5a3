"""Actions on awards: hold money or queue, confirm what was offered, check, end."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from wholeplace.core.casework.journeys import AWARD, PAYMENT
from wholeplace.core.kernel.dates import add_working_days, show_day
from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake
from wholeplace.core.kernel.money import format_pence
from wholeplace.core.kernel.reasons import reason as checked
from wholeplace.core.money.awards import award_schedule
from wholeplace.core.money.books import Overspent
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.agencies.recorded import take_step
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.casework import applications
from wholeplace.rooms.casework.forms import earlier_sending, made, sent_before
from wholeplace.rooms.casework.models import Award, AwardCheck, Payment, Step
from wholeplace.rooms.casework.terms import Terms, check_terms, sending
from wholeplace.rooms.ledger import actions as ledger
from wholeplace.rooms.ledger import queries as books

BUDGET_LOCK = 7411004
SAME_PERSON, PAID_TWICE, DEAD = "WPS02", "WPS05", "WPS08"


@transaction.atomic
def award(
    *,
    application_id: int,
    version: int,
    reasons: str,
    explanation: Mapping[str, Any],
    as_at: dt.date,
    happened_on: dt.date,
    terms: Terms,
    key: uuid.UUID | None = None,
) -> int:
    """Decide to pay. The money is held at once, or the award queues and says why.

    Raises:
        UserMistake: the terms go beyond what a week or a job start may have.
        Stale: somebody else decided or changed the application first.
    """
    application = applications.find(application_id)
    require_actor().require("award.decide")
    said = sending(application_id, reasons, terms)
    if (earlier := sent_before(key, "application.award", **said)) is not None:
        return earlier
    check_terms(application.person_id, application.scheme, terms)
    decision = applications.decide(
        application,
        outcome="award",
        version=version,
        reasons=reasons,
        explanation=explanation,
        as_at=as_at,
        happened_on=happened_on,
    )
    made_award = _write(application, decision.pk, terms)
    _hold_or_queue(made_award, happened_on)
    return made(key, int(made_award.pk))


@contextmanager
def _refusing_in_words() -> Iterator[None]:
    """What the database refuses (`person_sql`), as a sentence."""
    try:
        yield
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state == DEAD:
            raise UserMistake(
                "This person is recorded as having died: no award is made."
            ) from error
        if state == PAID_TWICE:
            raise UserMistake("These weeks have been paid or promised already.") from error
        raise


@_refusing_in_words()
@transaction.atomic
def _write(application: Any, decision_id: int, terms: Terms) -> Award:
    schedule = terms.schedule
    return Award.objects.create(
        decision_id=decision_id,
        application=application,
        person_id=application.person_id,
        budget_id=books.budget(terms.budget_id).id,
        scheme=application.scheme,
        job_start=schedule.job_start,
        from_date=schedule.first,
        to_date=schedule.last,
        weeks=len(schedule.weeks),
        weekly_pence=schedule.weeks[0].amount_pence,
        limit_pence=terms.limit_pence,
        total_pence=schedule.total_pence,
        needs_check=schedule.total_pence > terms.check_over_pence,
        schedule_steps=list(schedule.steps),
        payee_kind=terms.payee_kind,
        payee_name=terms.payee_name.strip(),
        payee_reference=terms.payee_reference.strip(),
        state="decided",
    )


def _hold_or_queue(new: Award, happened_on: dt.date) -> None:
    """Money for it, or its place in the queue: nobody overtakes who has waited longer."""
    queued, promised = _waiting(new.budget_id)
    available = books.budget(new.budget_id).available_pence
    if queued:
        awards = "award has" if queued == 1 else "awards have"
        why = f"{queued} {awards} waited longer for this money."
    elif available - promised < new.total_pence:
        why = (
            f"{format_pence(new.total_pence)} is needed and {format_pence(available)} is available"
        )
        why += f", of which {format_pence(promised)} is offered to others." if promised else "."
    else:
        why = ""
    if not why:
        try:
            _confirm(new, new.version, happened_on)
            return
        except Overspent as short:
            why = short.what
            new.refresh_from_db()
    _move(new, "queue", new.version, happened_on, why)
    _offer(new.budget_id)  # of what came free while this award was being queued


def _offer(budget_id: int) -> None:
    """Offer what is free to whoever has waited longest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT casework_offer(%s)", [budget_id])


def _waiting(budget_id: int) -> tuple[int, int]:
    """How many wait for this budget's money and how much is offered to them.

    Deciders of one budget wait for each other here, so that what one sees stays true.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [BUDGET_LOCK, budget_id % 2_147_483_647]
        )
        cursor.execute("SELECT queued, promised FROM casework_waiting(%s)", [budget_id])
        queued, promised = cursor.fetchone()
    return int(queued), int(promised)


@transaction.atomic
def _confirm(held: Award, version: int, happened_on: dt.date) -> None:
    """Hold the money and write down every week; all or nothing.

    The step comes first, so that whoever clicks second is told that it is done.
    """
    _move(held, "confirm", version, happened_on, "The money is held.")
    ledger.reserve(
        budget_id=held.budget_id,
        pence=held.total_pence,
        happened_on=happened_on,
        memo=f"{held.weeks} weeks from {show_day(held.from_date)}",
        about=f"award {held.pk}",
    )
    with _refusing_in_words(), transaction.atomic():
        Payment.objects.bulk_create(_weeks(held))


def _weeks(held: Award) -> list[Payment]:
    schedule = award_schedule(
        held.from_date, held.weekly_pence, weeks=held.weeks, counting="total", statutory_weeks=0
    )
    return [
        Payment(
            award=held,
            person_id=held.person_id,
            budget_id=held.budget_id,
            week_number=week.number,
            weeks=held.weeks,
            period_from=week.first,
            period_to=week.last,
            due_on=add_working_days(week.first, 0).result,
            amount_pence=week.amount_pence,
            decided_by_id=held.decision.by_user_id,
            payee_kind=held.payee_kind,
            payee_name=held.payee_name,
            payee_reference=held.payee_reference,
            state="reserved",
        )
        for week in schedule.weeks
    ]


@transaction.atomic
def confirm_offer(*, award_id: int, version: int, happened_on: dt.date) -> None:
    """Take up the money that was offered to a queued award.

    Raises:
        Overspent: it has gone meanwhile; the award keeps its place.
    """
    offered = find(award_id)
    require_actor().require("award.decide")
    AWARD.after(offered.state, "confirm")
    _confirm(offered, version, applications.not_to_come(happened_on))


@transaction.atomic
def withdraw(*, award_id: int, version: int, reason: str) -> None:
    """Give up a queued or offered award; what was offered goes to the next."""
    given_up = find(award_id)
    require_actor().require("award.decide")
    _move(given_up, "withdraw", version, timezone.localdate(), checked(reason))
    _offer(given_up.budget_id)


@transaction.atomic
def end(*, award_id: int, version: int, happened_on: dt.date, reason: str) -> int:
    """End an award: nothing for weeks that begin after this day, and their money is released.

    Weeks that had begun stay due, and what was paid is not recovered (brief 05, rule 7).

    Returns:
        The pence released.
    """
    ended = find(award_id)
    require_actor().require("award.end")
    words = checked(reason)
    _move(ended, "end", version, applications.not_to_come(happened_on), words)
    released = 0
    later = ended.payments.filter(state="reserved", period_from__gt=happened_on)
    for payment in later.order_by("week_number"):
        take_step(
            Step,
            payment,
            "payment_id",
            PAYMENT,
            "cancel",
            version=payment.version,
            happened_on=happened_on,
            reason=words,
        )
        released += payment.amount_pence
    if released:
        ledger.release(
            budget_id=ended.budget_id,
            pence=released,
            happened_on=happened_on,
            memo="Award ended",
            about=f"award {award_id}",
        )
    return released


@transaction.atomic
def check(*, award_id: int, note: str) -> None:
    """Say that another person has looked at an award over the scheme's limit.

    Raises:
        Refused: who decided it does not check it; the database says so too.
    """
    looked_at = find(award_id)
    require_actor().require("award.check")
    if not looked_at.needs_check:
        raise UserMistake("This award needs no check.")
    if AwardCheck.objects.filter(award=looked_at).exists():
        raise UserMistake("This award has been checked.")
    try:
        with transaction.atomic():
            AwardCheck.objects.create(award=looked_at, note=checked(note))
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == SAME_PERSON:
            raise Refused(
                "Who decided an award does not check it.", do="Ask a colleague to look at it."
            ) from error
        raise
    audit.record("award.check", person_id=looked_at.person_id, record=f"award {award_id}")


def sent_again(key: uuid.UUID, said: Mapping[str, Any]) -> int:
    """The award that this very form made; raises Stale when it was another form."""
    earlier = earlier_sending(key, "application.award", **said)
    if earlier is None:
        raise Stale("This application has been decided.", do="Look at the decision.")
    return earlier


def find(award_id: int) -> Award:
    """The award; raises NotFound, also when it is hidden from this reader."""
    found = Award.objects.filter(pk=award_id).first()
    if found is None:
        raise NotFound("There is no such award.")
    return found


def _move(moved: Award, event: str, version: int, happened_on: dt.date, reason: str) -> None:
    take_step(
        Step,
        moved,
        "award_id",
        AWARD,
        event,
        version=version,
        happened_on=happened_on,
        reason=reason,
    )
    audit.record(f"award.{event}", person_id=moved.person_id, record=f"award {moved.pk}")
