"""Brief 05's acceptance scenarios, through the actions that pages and commands call."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from tests.builders import SCHEME, make_budget, make_person, state_resident

from wholeplace.flows import apply_and_decide as flow
from wholeplace.flows import pay
from wholeplace.rooms.casework import queries
from wholeplace.rooms.ledger import queries as books

STATED = {
    "jobs_started": 1,
    "job_start_date": "2026-06-01",
    "job_expected_length": "52 weeks",
    "area_imd_decile": 1,
    "time_on(qualifying_benefits)": "since 2025-11-01",
    "weekly_rent": "£112.00",
    "weekly_rent_help": "£80.00",
    "weekly_council_tax": "£24.50",
    "weekly_council_tax_help": "£10.00",
}
MONDAY = dt.date(2026, 6, 1)


def apply(act, name: str) -> int:
    """Somebody who fits every rule applies; the application's number."""
    with act("system-loader"):
        person = make_person(name)
        state_resident(person)
    with act("amina.begum"):
        return flow.record_application(
            person_id=person.pk,
            scheme=SCHEME,
            source="self",
            received_on=dt.date(2026, 6, 8),
            answers=STATED,
        )


def decide(act, application: int, budget: int, weekly: int = 35_00) -> int:
    with act("amina.begum"):
        return flow.decide_award(
            application_id=application,
            version=1,
            reasons="Left benefit for work after thirty weeks, in a priority area.",
            weekly_pence=weekly,
            budget_id=budget,
            payee_kind="landlord",
            payee_name="Test Homes",
            payee_reference="T-1",
        )


def at_commit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.scenario("05.2")
def test_05_2_eight_weeks_at_35_pounds_spend_280_and_leave_nothing_committed(act):
    # Given an eight-week award of £35.00 a week
    with act("grace.lindqvist"):
        budget = make_budget(50_000_00)
    award = decide(act, apply(act, "Ada Eight"), budget)
    with act("amina.begum"):
        made = queries.award(award)
        assert [payment.amount_pence for payment in made.payments] == [35_00] * 8
        assert books.budget(budget).committed_pence == 280_00

    # When it is completed
    with act("grace.lindqvist"):
        for payment in made.payments:
            pay.release_payment(payment_id=payment.id)

    # Then £280.00 is paid, and the budget shows £280.00 spent and nothing committed
    with act("amina.begum"):
        done = queries.award(award)
        line = books.budget(budget)
        assert books.disagreements() == []
    assert (done.line.state, done.line.paid_pence) == ("completed", 280_00)
    assert (line.spent_pence, line.committed_pence) == (280_00, 0)
    assert line.available_pence == 50_000_00 - 280_00
    at_commit()


@pytest.mark.scenario("05.4")
def test_05_4_an_award_the_budget_cannot_cover_waits_and_is_offered_first(act):
    # Given a budget of £50,000.00 of which £49,800.00 is paid or committed
    with act("grace.lindqvist"):
        budget = make_budget(50_000_00)
    ending = fill(act, budget)
    with act("amina.begum"):
        line = books.budget(budget)
        assert line.spent_pence + line.committed_pence == 49_800_00
        assert line.spent_pence > 0

    # When an award of £280.00 is decided
    waiting = decide(act, apply(act, "Waits Longest"), budget)
    behind = decide(act, apply(act, "Waits Behind"), budget)

    # Then it cannot be confirmed, and queues with the reason
    with act("amina.begum"):
        found = queries.award(waiting)
        assert (found.line.state, found.line.place_in_queue, found.payments) == ("queued", 1, ())
        assert found.line.state_reason == "£280.00 is needed and £200.00 is available."
        assert queries.award(behind).line.place_in_queue == 2

        # When £300.00 is released by an award that ends
        released = [
            flow.end_award(
                award_id=award, version=2, happened_on=dt.date(2026, 6, 20), reason="Job ended"
            )
            for award in ending
        ]
        assert sum(released) == 300_00

        # Then the oldest queued award is offered first, and an assessor confirms it
        offered = queries.award(waiting)
        assert offered.line.state == "offered"
        assert queries.award(behind).line.state == "queued"
        flow.confirm_offer(award_id=waiting, version=offered.line.version)
        confirmed = queries.award(waiting)
        line = books.budget(budget)
    assert (confirmed.line.state, len(confirmed.payments)) == ("confirmed", 8)
    assert line.available_pence == 50_000_00 - 49_800_00 + 300_00 - 280_00
    at_commit()


def fill(act, budget: int) -> list[int]:
    """Hold or pay £49,800.00, £300.00 of it by two awards that can still be ended."""
    ending = [
        decide(act, apply(act, f"Ends {n}"), budget, weekly)
        for n, weekly in enumerate((35_00, 2_50))
    ]
    from wholeplace.rooms.ledger import actions

    with act("amina.begum"):
        paying = decide(act, apply(act, "Is Paid"), budget)
        first = queries.award(paying).payments[0].id
        actions.reserve(
            budget_id=budget,
            pence=49_800_00 - 300_00 - 280_00,
            happened_on=MONDAY,
            memo="Awards of the year so far",
            about="awards before",
        )
    with act("grace.lindqvist"):
        pay.release_payment(payment_id=first)
    return ending
