"""Awards: money held or queued, weeks written down, ended, offered to who waited longest."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from tests.builders import MONDAY, make_application, make_award, make_budget, make_person

from wholeplace.core.casework.states import NotAllowed
from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake
from wholeplace.rooms.casework import applications, awards, payments, queries
from wholeplace.rooms.ledger import queries as books


@pytest.fixture
def case(act):
    """A person and a budget of £1,000."""
    with act("system-loader"):
        person = make_person()
    with act("grace.lindqvist"):
        budget = make_budget(1_000_00)
    return person, budget


def settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_an_award_holds_its_money_and_writes_down_its_weeks(act, case):
    person, budget = case
    with act("amina.begum"):
        made = queries.award(make_award(person, budget))
        line = books.budget(budget)
        memos = [moved.memo for moved in books.transfers(budget)]
    settle()
    assert (made.line.state, made.line.total_pence, made.line.left_pence) == (
        "confirmed",
        280_00,
        280_00,
    )
    assert [p.amount_pence for p in made.payments] == [35_00] * 8
    assert sum(p.amount_pence for p in made.payments) == made.line.total_pence
    assert (made.payments[0].period_from, made.payments[-1].period_to) == (
        dt.date(2026, 6, 29),
        dt.date(2026, 8, 23),
    )
    assert (line.committed_pence, line.available_pence) == (280_00, 720_00)
    assert memos[0] == "8 weeks from Monday 29 June 2026"
    assert [s.event for s in made.steps] == ["confirm"]
    assert made.decision.decided_by == "Amina Begum"


def test_a_week_that_begins_on_a_bank_holiday_is_due_the_next_working_day(act, case):
    person, budget = case
    with act("amina.begum"):
        made = queries.award(make_award(person, budget, job_start=dt.date(2026, 7, 6)))
    due = {p.period_from: p.due_on for p in made.payments}
    assert due[dt.date(2026, 8, 31)] == dt.date(2026, 9, 1)  # summer bank holiday


def test_the_form_sent_twice_makes_one_award(act, case):
    person, budget = case
    key = uuid.uuid4()
    with act("amina.begum"):
        application = make_application(person)
        first = make_award(person, budget, application=application, key=key)
        again = make_award(person, budget, application=application, key=key)
    assert first == again


def test_the_second_decider_is_told(act, case):
    person, budget = case
    with act("amina.begum"):
        application = make_application(person)
        applications.ask(
            application_id=application, version=1, what="Your payslip", happened_on=MONDAY
        )
    with act("tom.okafor"), pytest.raises(Stale):
        make_award(person, budget, application=application, version=1)


def test_a_decided_application_is_not_decided_again(act, case):
    person, budget = case
    with act("amina.begum"):
        application = make_application(person)
        make_award(person, budget, application=application)
        with pytest.raises(NotAllowed):
            applications.settle(
                application_id=application,
                outcome="refuse",
                version=2,
                reasons="Changed my mind",
                explanation={},
                as_at=MONDAY,
                happened_on=MONDAY,
            )


def test_a_week_is_never_paid_more_than_the_rent_needs(act, case):
    person, budget = case
    with act("amina.begum"), pytest.raises(UserMistake, match=r"£35.01 a week is more"):
        make_award(person, budget, weekly=35_01)


def test_one_job_start_has_one_award_and_its_weeks_once(act, case):
    person, budget = case
    with act("amina.begum"):
        first = make_award(person, budget)
        again = make_application(person)
        with pytest.raises(UserMistake, match="has an award already"):
            make_award(person, budget, application=again)
        awards.end(award_id=first, version=2, happened_on=dt.date(2026, 7, 20), reason="Job ended")
        with pytest.raises(UserMistake, match=r"paid 8 weeks.*4 were paid"):
            make_award(person, budget, application=again)  # 8 weeks more after 4 paid or due
        with pytest.raises(UserMistake, match="paid or promised already"):
            make_award(person, budget, application=again, weeks=8)  # 4 weeks, the same ones


def test_ending_stops_from_the_next_week_and_releases_the_rest(act, case):
    person, budget = case
    with act("amina.begum"):
        award = make_award(person, budget)
        wednesday_of_week_two = dt.date(2026, 7, 8)
        released = awards.end(
            award_id=award, version=2, happened_on=wednesday_of_week_two, reason="Job ended"
        )
        made = queries.award(award)
        line = books.budget(budget)
    settle()
    assert released == 6 * 35_00
    assert [p.state for p in made.payments] == ["reserved"] * 2 + ["cancelled"] * 6
    assert (line.committed_pence, line.available_pence) == (70_00, 930_00)


def test_nobody_overtakes_who_has_waited_longer(act, case):
    person, _ = case
    with act("system-loader"):
        others = [make_person(f"Other {n}") for n in range(2)]
    with act("grace.lindqvist"):
        budget = make_budget(100_00, source="crf-housing")
    with act("amina.begum"):
        first = make_award(person, budget)  # £280 does not fit
        small = make_award(others[0], budget, weekly=1_00)  # £8 would
        line = queries.award(small)
        assert line.line.state == "queued"
        assert line.line.state_reason == "1 award has waited longer for this money."
        assert [entry.award_id for entry in queries.queue(budget)] == [first, small]
        assert [entry.place for entry in queries.queue(budget)] == [1, 2]


def test_money_offered_to_one_is_not_taken_by_another(act, case):
    person, _ = case
    with act("system-loader"):
        other = make_person("Other One")
    with act("grace.lindqvist"):
        budget = make_budget(100_00, source="crf-housing")
    with act("amina.begum"):
        waiting = make_award(person, budget)
    with act("grace.lindqvist"):
        make_budget(200_00, source="crf-housing")
    with act("amina.begum"):
        assert queries.award(waiting).line.state == "offered"
        late = queries.award(make_award(other, budget))
        assert late.line.state == "queued"
        assert "of which £280.00 is offered to others" in late.line.state_reason
        awards.confirm_offer(award_id=waiting, version=3, happened_on=MONDAY)
        assert queries.award(waiting).line.state == "confirmed"
    settle()


def test_an_offer_given_up_goes_to_the_next(act, case):
    person, _ = case
    with act("system-loader"):
        other = make_person("Other One")
    with act("grace.lindqvist"):
        budget = make_budget(100_00, source="crf-housing")
    with act("amina.begum"):
        waiting = make_award(person, budget)
        behind = make_award(other, budget)
    with act("grace.lindqvist"):
        make_budget(200_00, source="crf-housing")
    with act("amina.begum"):
        awards.withdraw(award_id=waiting, version=3, reason="Moved to another city")
        assert queries.award(behind).line.state == "offered"


def test_a_refusal_needs_reasons(act, case):
    person, _ = case
    with act("amina.begum"):
        application = make_application(person)
        with pytest.raises(UserMistake, match="reason is needed"):
            applications.settle(
                application_id=application,
                outcome="refuse",
                version=1,
                reasons="  ",
                explanation={},
                as_at=MONDAY,
                happened_on=MONDAY,
            )


def test_the_clock_stands_still_while_information_is_awaited(act, case):
    person, _ = case
    with act("amina.begum"):
        application = make_application(person)
        assert queries.application(application).line.due_on == dt.date(2026, 6, 15)
        applications.ask(
            application_id=application, version=1, what="Your payslip", happened_on=MONDAY
        )
        assert queries.application(application).line.due_on is None
        applications.receive(
            application_id=application,
            version=2,
            answers={"weekly_rent": "£112.00"},
            happened_on=dt.date(2026, 6, 10),
            decide_within="10 working days",
        )
        found = queries.application(application)
    assert found.line.due_on == dt.date(2026, 6, 24)
    assert found.answers == {"weekly_rent": "£112.00"}
    assert [s.event for s in found.steps] == ["ask", "receive"]
    assert len(found.information[-1].due_steps) >= 10


def test_an_award_over_the_limit_waits_for_another_persons_check(act, case):
    person, budget = case
    with act("amina.begum"):
        award = make_award(person, budget, check_over_pence=279_99)
        with pytest.raises(Refused, match="does not check it"):
            awards.check(award_id=award, note="Looks right to me")
        payment = queries.award(award).payments[0].id
    with act("grace.lindqvist"):
        assert "check" in queries.payment(payment).why_not
        with pytest.raises(UserMistake, match="waiting for a check"):
            payments.release(payment_id=payment, happened_on=dt.date(2026, 6, 29))
    with act("harpreet.gill"):
        awards.check(award_id=award, note="Rent checked against the tenancy")
        assert queries.award(award).checked_by == "Harpreet Gill"
    with act("grace.lindqvist"):
        payments.release(payment_id=payment, happened_on=dt.date(2026, 6, 29))
    settle()


SQL_REFUSED = [
    "UPDATE casework_award SET state = 'completed'",
    "UPDATE casework_payment SET amount_pence = 1",
    "UPDATE casework_payment SET state = 'released'",
    "UPDATE casework_decision SET reasons = 'other'",
    "DELETE FROM casework_step",
    "DELETE FROM casework_application",
    "INSERT INTO casework_step (agency_id, by_id, by_user_id, recorded_at, event, from_state,"
    " to_state, version_before, happened_on, reason, payment_id) SELECT 0, 0, 0, now(),"
    " 'release', 'reserved', 'released', 1, '2026-06-01', '', min(id) FROM casework_payment",
]


@pytest.mark.parametrize("sql", SQL_REFUSED)
@pytest.mark.parametrize("username", ["amina.begum", "grace.lindqvist"])
def test_the_database_refuses_a_way_round_the_actions(act, case, username, sql):
    person, budget = case
    with act("amina.begum"):
        make_award(person, budget)
    with act(username), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(sql)
        settle()


def test_a_confirmed_award_without_its_money_is_refused(act, case):
    person, _ = case
    with act("grace.lindqvist"):
        budget = make_budget(0, source="crf-housing")
    with act("amina.begum"):
        make_award(person, budget)  # queued
        with pytest.raises(DatabaseError, match="held"), transaction.atomic():
            connection.cursor().execute(
                "INSERT INTO casework_step (agency_id, by_id, by_user_id, recorded_at, event,"
                " from_state, to_state, version_before, happened_on, reason, award_id)"
                " SELECT 0, 0, 0, now(), 'confirm', 'queued', 'confirmed', version,"
                " '2026-06-01', '', id FROM casework_award"
            )
            settle()


def test_what_is_hidden_is_absent(act, case):
    person, budget = case
    with act("amina.begum"):
        application = make_application(person)
        award = make_award(person, budget, application=application)
    for username in ("kezia.brown", "sam.admin", "owen.pryce", "grace.lindqvist"):
        with act(username):
            with pytest.raises(NotFound):
                queries.application(application)
            with pytest.raises(NotFound):
                queries.award(award)
            assert queries.queue() == []
            assert queries.applications() == []
