"""Actions on payments: release one, or all that are due, each once."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from wholeplace.core.casework.journeys import PAYMENT
from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake, WholeplaceError
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.agencies.recorded import take_step
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.casework.forms import made, sent_before
from wholeplace.rooms.casework.models import NotReleased, Payment, PaymentRun, Release, Step
from wholeplace.rooms.ledger import actions as ledger

PAYMENT_LOCK, RUN_LOCK = 7411003, 7411005
INT4 = 2_147_483_647


def _refusals(payment: Payment) -> dict[str, WholeplaceError]:
    """What the database says no with, in words."""
    return {
        "WPS01": Stale("This payment is not waiting to be released any more."),
        "WPS02": Refused(
            "You decided this award, so you cannot release its payments.",
            do="Ask another finance officer to release it.",
        ),
        "WPS03": UserMistake(
            "This award is waiting for a check by another person.",
            why="It is over the scheme's limit.",
        ),
        "WPS04": UserMistake(
            "This payment is not due yet.", why=f"It falls due on {show_day(payment.due_on)}."
        ),
        "WPS08": UserMistake(
            "This person is recorded as having died.", do="Ask the assessor to end the award."
        ),
    }


@transaction.atomic
def release(
    *,
    payment_id: int,
    happened_on: dt.date,
    run_id: int | None = None,
    key: uuid.UUID | None = None,
) -> None:
    """Let one payment go, in one transaction: the money, the release, its step, its event.

    Raises:
        NotFound: no such payment for this reader.
        Refused: the role may not, or this user had a part in the award.
        Stale: it has been released or cancelled.
        UserMistake: it is not due, waits for a check, or the person has died.
    """
    require_actor().require("payment.release")
    _one_at_a_time(payment_id)
    if sent_before(key, "payment.release", payment=payment_id) is not None:
        return
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None:
        raise NotFound("There is no such payment.")
    if payment.state != "reserved":
        raise Stale(f"This payment is {payment.state} already.", do="Nothing needs to be done.")
    try:
        with transaction.atomic():
            _let_go(payment, happened_on, run_id)
    except DatabaseError as error:
        refusal = _refusals(payment).get(getattr(error.__cause__, "sqlstate", ""))
        if refusal is None:
            raise
        raise refusal from error
    audit.record("payment.release", person_id=payment.person_id, record=f"payment {payment_id}")
    made(key, payment_id)


def _let_go(payment: Payment, happened_on: dt.date, run_id: int | None) -> None:
    transfer = ledger.pay(
        budget_id=payment.budget_id,
        pence=payment.amount_pence,
        happened_on=happened_on,
        memo=f"Week {payment.week_number} of {payment.weeks}",
        about=f"payment {payment.pk}",
    )
    Release.objects.create(
        payment=payment, transfer_id=transfer, run_id=run_id, happened_on=happened_on
    )
    take_step(
        Step,
        payment,
        "payment_id",
        PAYMENT,
        "release",
        version=payment.version,
        happened_on=happened_on,
    )


def _one_at_a_time(payment_id: int) -> None:
    """Whoever else releases this payment at this moment is waited for, and then seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PAYMENT_LOCK, payment_id % INT4])


@transaction.atomic
def start_run(*, as_at: dt.date, key: uuid.UUID | None = None) -> int:
    """Ask for all that is due by a day; returns the run's number. Nothing is paid yet."""
    actor = require_actor()
    actor.require("payment.release")
    if as_at > timezone.localdate():
        raise UserMistake("This day has not come yet.", do="Payments are released when due.")
    if (earlier := sent_before(key, "payments.run", as_at=as_at)) is not None:
        return earlier
    amounts = [pence for _, pence in due(as_at)]
    run = PaymentRun.objects.create(as_at=as_at, key=key, total=len(amounts), pence=sum(amounts))
    audit.record("payments.run", record=f"payment run {run.pk}", detail={"total": len(amounts)})
    return made(key, int(run.pk))


def due(as_at: dt.date) -> list[tuple[int, int]]:
    """(payment, pence) of everything due by a day, oldest first."""
    rows = Payment.objects.filter(state="reserved", due_on__lte=as_at)
    return list(rows.order_by("due_on", "id").values_list("pk", "amount_pence"))


def unfinished_run(as_at: dt.date) -> int | None:
    """A run of this officer's for this day that stopped before it finished, if any."""
    rows = PaymentRun.objects.filter(
        by_id=require_actor().membership_id, as_at=as_at, state="running"
    )
    return rows.order_by("id").values_list("pk", flat=True).first()


def run_day(run_id: int) -> tuple[dt.date, str]:
    """(day, state) of a run; raises NotFound."""
    found = PaymentRun.objects.filter(pk=run_id).values_list("as_at", "state").first()
    if found is None:
        raise NotFound("There is no such payment run.")
    return found


def take_up(run_id: int) -> bool:
    """Hold a run for this session; False when another session carries it out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [RUN_LOCK, run_id % INT4])
        return bool(cursor.fetchone()[0])


def put_down(run_id: int) -> None:
    """Let go of a run; a session that dies lets go by dying."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [RUN_LOCK, run_id % INT4])


@transaction.atomic
def note_refusal(*, run_id: int, payment_id: int, why: str) -> None:
    """Write down why a run left a payment, so that it is not left silently."""
    if not NotReleased.objects.filter(run_id=run_id, payment_id=payment_id).exists():
        NotReleased.objects.create(run_id=run_id, payment_id=payment_id, why=why)


@transaction.atomic
def finish_run(*, run_id: int) -> None:
    """Say that a run has been through everything that was due."""
    PaymentRun.objects.filter(pk=run_id, state="running").update(
        state="finished", finished_at=timezone.now()
    )
    audit.record("payments.finish", record=f"payment run {run_id}")
