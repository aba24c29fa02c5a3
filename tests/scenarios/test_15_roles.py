"""Brief 15's acceptance scenarios, through the actions that pages and commands call."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from tests.builders import make_award, make_budget, make_person

from wholeplace.core.kernel.errors import Refused
from wholeplace.flows import pay
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.actions import put_member
from wholeplace.rooms.agencies.models import Membership
from wholeplace.rooms.casework import queries
from wholeplace.rooms.casework.models import Release
from wholeplace.rooms.ledger import actions as ledger
from wholeplace.rooms.ledger import queries as books

BOTH = {"name": "Both Hats", "agency": "council-benefits", "team": "Transition payments"}


@pytest.fixture
def both_hats(committed) -> tuple[int, int]:
    """One user who is assessor and finance officer: the two memberships."""
    for role in ("benefits-assessor", "finance-officer"):
        put_member("both.hats", BOTH | {"role": role}, password=None)
    found = Membership.objects.filter(user__username="both.hats").order_by("id")
    assessor, finance = found.values_list("pk", flat=True)
    return assessor, finance


@pytest.mark.scenario("15.2")
def test_15_2_whoever_makes_an_award_cannot_release_its_payments(act, both_hats):
    assessor, finance = both_hats
    # Given an award made by a benefits assessor
    with act("system-loader"):
        person = make_person()
    with act("grace.lindqvist"):
        budget = make_budget(1_000_00)
    with acting(assessor, purpose="casework", route="test"):
        payment = queries.award(make_award(person, budget)).payments[0].id

        # When the same user tries to release a payment, then it is refused
        with pytest.raises(Refused):
            pay.release_payment(payment_id=payment)

    # Also when they act in a role that does release payments
    with acting(finance, purpose="casework", route="test"):
        assert queries.payment(payment).why_not
        with pytest.raises(Refused, match="You decided this award"):
            pay.release_payment(payment_id=payment)
    with acting(finance, purpose="casework", route="test"):
        assert books.budget(budget).spent_pence == 0

    # And when they go round the program, the database refuses
    day = dt.date(2026, 7, 1)
    with (
        acting(finance, purpose="casework", route="test"),
        pytest.raises(DatabaseError, match="does not release"),
        transaction.atomic(),
    ):
        transfer = ledger.pay(
            budget_id=budget,
            pence=35_00,
            happened_on=day,
            memo="Round the back",
            about=f"payment {payment}",
        )
        Release.objects.create(payment_id=payment, transfer_id=transfer, happened_on=day)

    # While a colleague may
    with act("grace.lindqvist"):
        pay.release_payment(payment_id=payment)
        assert queries.payment(payment).state == "released"


@pytest.mark.scenario("15.2")
def test_15_2_money_does_not_leave_without_a_release(act, both_hats):
    with act("grace.lindqvist"):
        budget = make_budget(1_000_00)
    with act("system-loader"):
        person = make_person()
    with act("amina.begum"):
        make_award(person, budget)
    with pytest.raises(DatabaseError, match="release of one payment"), act("grace.lindqvist"):
        ledger.pay(
            budget_id=budget,
            pence=35_00,
            happened_on=dt.date(2026, 7, 1),
            memo="Round the back",
            about="payment 1",
        )
