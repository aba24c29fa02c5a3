"""Money week by week: what left, what falls due, and who may count what."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.builders import make_award, make_budget, make_person

from wholeplace.flows import pay
from wholeplace.rooms.casework import queries
from wholeplace.rooms.ledger import actions as ledger
from wholeplace.rooms.ledger.models import Transfer
from wholeplace.rooms.ledger.week_queries import monday_of, paid_by_week

FIRST = dt.date(2026, 6, 29)  # the first of eight weeks; a Monday
WEEK = dt.timedelta(weeks=1)


@pytest.fixture
def case(act):
    """Two budgets with an award of 8 × £35.00 each; of the first two weeks are paid."""
    with act("system-loader"):
        people = [make_person("Ada One"), make_person("Bert Two")]
    with act("grace.lindqvist"):
        budgets = [make_budget(300_00), make_budget(300_00, source="crf-housing")]
    with act("amina.begum"):
        awards = [
            make_award(person, budget) for person, budget in zip(people, budgets, strict=True)
        ]
        weeks = queries.award(awards[0]).payments
    with act("grace.lindqvist"):
        pay.release_payment(payment_id=weeks[0].id, happened_on=FIRST + dt.timedelta(days=6))
        pay.release_payment(payment_id=weeks[1].id, happened_on=FIRST + WEEK)
    return budgets


def test_a_week_runs_from_its_monday_to_its_sunday(act, case):
    with act("harpreet.gill"):
        found = paid_by_week(FIRST + 2 * WEEK, weeks=4)
        assert [(w.monday, w.pence) for w in found] == [
            (FIRST - WEEK, 0),
            (FIRST, 35_00),
            (FIRST + WEEK, 35_00),
            (FIRST + 2 * WEEK, 0),
        ]
        assert [w.pence for w in paid_by_week(FIRST, weeks=1, budget_id=case[0])] == [35_00]
        assert [w.pence for w in paid_by_week(FIRST, weeks=1, budget_id=case[1])] == [0]


def test_what_was_reversed_is_not_counted_as_paid(act, case):
    with act("grace.lindqvist"):
        paid = Transfer.objects.filter(kind="pay").order_by("id").first()
        ledger.reverse(transfer_id=paid.pk, happened_on=FIRST + WEEK, memo="Wrong account")
        assert [w.pence for w in paid_by_week(FIRST + WEEK, weeks=2)] == [0, 35_00]


def test_what_falls_due_is_what_waits_and_what_is_late_is_said_apart(act, case):
    with act("grace.lindqvist"):
        found = queries.due_by_week(FIRST + 3 * WEEK + dt.timedelta(days=3), weeks=6)
    assert [w.monday for w in found.weeks] == [FIRST + n * WEEK for n in range(3, 9)]
    assert [w.pence for w in found.weeks] == [70_00] * 5 + [0]
    assert found.before_pence == 35_00 + 3 * 35_00  # the third week of one, three of the other
    with act("grace.lindqvist"):
        one = queries.due_by_week(FIRST, budget_id=case[0])
    assert ([w.pence for w in one.weeks], one.before_pence) == ([0, 0] + [35_00] * 6, 0)


@pytest.mark.parametrize("username", ["kezia.brown", "owen.pryce", "sam.admin"])
def test_who_reads_no_money_counts_none(act, case, username):
    with act(username):
        assert sum(w.pence for w in paid_by_week(FIRST + WEEK)) == 0
        found = queries.due_by_week(FIRST)
        assert sum(w.pence for w in found.weeks) + found.before_pence == 0


def test_a_sunday_belongs_to_the_monday_before():
    assert monday_of(dt.date(2026, 7, 5)) == FIRST
    assert monday_of(FIRST) == FIRST
