"""What one person may have: a week once, one open application, a job start in 26 weeks."""

from __future__ import annotations

import datetime as dt
import threading
import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from tests.builders import (
    MONDAY,
    make_application,
    make_award,
    make_budget,
    make_person,
    state_resident,
)
from tests.waiting import PATIENCE

from wholeplace.core.kernel.errors import Stale, UserMistake
from wholeplace.rooms.casework import applications, awards, payments, queries

SECOND_JOB = MONDAY + dt.timedelta(weeks=26)


@pytest.fixture
def case(act):
    """A person and a budget of £1,000."""
    with act("system-loader"):
        person = make_person()
    with act("grace.lindqvist"):
        budget = make_budget(1_000_00)
    return person, budget


def test_the_database_refuses_a_week_a_second_time(act, case):
    person, budget = case
    with act("amina.begum"):
        make_award(person, budget)
        with pytest.raises(DatabaseError, match="paid or promised"), transaction.atomic():
            connection.cursor().execute(
                "INSERT INTO casework_payment (agency_id, by_id, by_user_id, recorded_at, state,"
                " state_reason, state_since, version, award_id, person_id, budget_id, week_number,"
                " weeks, period_from, period_to, due_on, amount_pence, decided_by_id, payee_kind,"
                " payee_name, payee_reference) SELECT 0, 0, 0, now(), 'reserved', '', now(), 1,"
                " award_id, person_id, budget_id, 99, weeks, period_to, period_to + 6, due_on,"
                " amount_pence, decided_by_id, payee_kind, payee_name, ''"
                " FROM casework_payment ORDER BY week_number DESC LIMIT 1"
            )


def test_a_second_job_start_within_26_weeks_waits_for_a_manager(act, case):
    person, budget = case
    with act("amina.begum"):
        make_award(person, budget)
        again = make_application(person)
        with pytest.raises(UserMistake, match="within 26 weeks needs a manager"):
            make_award(
                person, budget, application=again, job_start=SECOND_JOB - dt.timedelta(days=1)
            )
        assert make_award(person, budget, application=again, job_start=SECOND_JOB)


def test_one_application_for_a_scheme_is_open_at_a_time(act, case):
    person, _ = case
    with act("amina.begum"):
        first = make_application(person)
        with pytest.raises(UserMistake, match="that is open"):
            make_application(person)
        applications.withdraw(application_id=first, version=1, reason="Changed their mind")
        assert make_application(person) != first


def test_a_form_with_other_content_is_not_answered_as_done(act, case):
    person, budget = case
    key, award_key = uuid.uuid4(), uuid.uuid4()
    with act("amina.begum"):
        first = make_application(person, key=key)
        assert make_application(person, key=key) == first
        with pytest.raises(Stale, match="something else"):
            make_application(person, key=key, answers={"weekly_rent": "£1.00"})
        award = make_award(person, budget, application=first, key=award_key)
        assert make_award(person, budget, application=first, key=award_key) == award
        with pytest.raises(Stale, match="something else"):
            make_award(person, budget, application=first, key=award_key, weekly=34_00)


def test_a_release_form_with_another_payment_is_not_answered_as_done(act, case):
    person, budget = case
    key = uuid.uuid4()
    with act("amina.begum"):
        weeks = queries.award(make_award(person, budget)).payments
    with act("grace.lindqvist"):
        for _ in range(2):
            payments.release(payment_id=weeks[0].id, happened_on=weeks[0].due_on, key=key)
        with pytest.raises(Stale, match="something else"):
            payments.release(payment_id=weeks[1].id, happened_on=weeks[1].due_on, key=key)


def test_nothing_is_awarded_or_paid_to_the_dead(act, case):
    person, budget = case
    with act("amina.begum"):
        application = make_application(person)
        paid = queries.award(make_award(person, budget, application=application)).payments[0]
    with act("system-loader"):
        state_resident(person, date_of_death=dt.date(2026, 6, 20))
        other = make_person("Died Before")
        state_resident(other, date_of_death=dt.date(2026, 5, 1))
    with act("grace.lindqvist"):
        assert "died" in queries.payment(paid.id).why_not
        with pytest.raises(UserMistake, match="having died"):
            payments.release(payment_id=paid.id, happened_on=paid.due_on)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("SELECT casework_died(%s)", [person.pk])
    with act("amina.begum"):
        waiting = make_application(other)
        with pytest.raises(UserMistake, match="having died"):
            make_award(other, budget, application=waiting)
        assert queries.application(waiting).line.state == "received"


def test_a_queued_award_is_given_up_and_its_decision_stands(act, case):
    person, _ = case
    with act("grace.lindqvist"):
        budget = make_budget(100_00, source="crf-housing")
    with act("amina.begum"):
        application = make_application(person)
        award = make_award(person, budget, application=application)
        awards.withdraw(award_id=award, version=2, reason="Moved to another city")
        assert queries.award(award).line.state == "withdrawn"
        assert queries.application(application).line.state == "awarded"
        assert queries.queue(budget) == []
        assert make_application(person) != application  # may ask again


def test_confirming_twice_tells_the_second(act, case):
    person, _ = case
    with act("grace.lindqvist"):
        budget = make_budget(100_00, source="crf-housing")
    with act("amina.begum"):
        award = make_award(person, budget)
    with act("grace.lindqvist"):
        make_budget(1_000_00, source="crf-housing")
    with act("amina.begum"):
        seen = awards.find(award)
        awards.confirm_offer(award_id=award, version=3, happened_on=MONDAY)
        with pytest.raises(Stale):  # the second had read the award before the first confirmed
            awards._confirm(seen, 3, MONDAY)


def test_money_freed_while_an_award_is_queued_is_offered_to_it(committed, act):
    with act("system-loader"):
        first, second = make_person("Ends First"), make_person("Waits For It")
    with act("grace.lindqvist"):
        budget = make_budget(280_00)
    with act("amina.begum"):
        ending = make_award(first, budget)
    freed = threading.Event()
    made: list[int] = []

    def decide() -> None:
        try:
            freed.wait(PATIENCE)
            with act("tom.okafor"):
                made.append(make_award(second, budget))
        finally:
            connection.close()

    decider = threading.Thread(target=decide)
    decider.start()
    with act("amina.begum"):
        awards.end(award_id=ending, version=2, happened_on=MONDAY, reason="Job ended")
        freed.set()
        decider.join(0.5)  # it waits for the account, or has queued without seeing the money
    decider.join(PATIENCE)
    with act("tom.okafor"):
        assert queries.award(made[0]).line.state in ("offered", "confirmed")
