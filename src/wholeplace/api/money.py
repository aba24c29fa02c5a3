"""Payments and the fund."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema

from wholeplace.api.app import api
from wholeplace.api.problems import answers
from wholeplace.api.sent import Number
from wholeplace.flows import pay
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.casework.queries import DueWeeks
from wholeplace.rooms.casework.shown import DuePayments, PaymentLine, QueueLine
from wholeplace.rooms.ledger import queries as ledger
from wholeplace.rooms.ledger.queries import BudgetLine, TransferLine
from wholeplace.rooms.ledger.week_queries import Week, paid_by_week


class Key(Schema):
    """A fresh identifier of this request; sent again, the first answer is given again."""

    key: uuid.UUID


class Fund(Schema):
    """A budget with its latest lines, who waits for it, and its weeks.

    `due_by_week` is null for a reader who does not read payments.
    """

    budget: BudgetLine
    lines: list[TransferLine]
    queue: list[QueueLine]
    paid_by_week: list[Week]
    due_by_week: DueWeeks | None


@api.get("/payments", response=answers(DuePayments), tags=["money"], operation_id="payments")
def payments(request: HttpRequest, as_at: dt.date | None = None, after: Number = 0) -> DuePayments:
    """What is due by a day, oldest first."""
    require_actor().require("payment.read")
    return casework.due_payments(as_at or timezone.localdate(), after=after)


@api.get(
    "/payments/{payment_id}", response=answers(PaymentLine), tags=["money"], operation_id="payment"
)
def payment(request: HttpRequest, payment_id: Number) -> PaymentLine:
    """One payment."""
    return casework.payment(payment_id)


@api.post(
    "/payments/{payment_id}/release",
    response=answers(PaymentLine),
    tags=["money"],
    operation_id="release_payment",
)
def release(request: HttpRequest, payment_id: Number, sent: Key) -> PaymentLine:
    """Release one payment, once."""
    casework.payment(payment_id)
    pay.release_payment(payment_id=payment_id, key=sent.key)
    return casework.payment(payment_id)


@api.get("/fund", response=answers(list[BudgetLine]), tags=["money"], operation_id="funds")
def funds(request: HttpRequest) -> list[BudgetLine]:
    """Every budget of the agency."""
    require_actor().require("fund.read")
    return ledger.budgets()


@api.get("/fund/{budget_id}", response=answers(Fund), tags=["money"], operation_id="fund")
def fund(request: HttpRequest, budget_id: Number) -> Fund:
    """One budget."""
    found = ledger.budget(budget_id)
    today, reads = timezone.localdate(), require_actor().can("payment.read")
    return Fund(
        budget=found,
        lines=ledger.transfers(budget_id),
        queue=casework.queue(budget_id),
        paid_by_week=paid_by_week(today, budget_id=budget_id),
        due_by_week=casework.due_by_week(today, budget_id=budget_id) if reads else None,
    )
