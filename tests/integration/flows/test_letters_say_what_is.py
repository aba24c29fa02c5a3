"""A letter says what is true on the day on which it is written."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from tests.builders import (
    SCHEME,
    _state,
    make_area,
    make_budget,
    make_claimant,
    make_person,
    state_home,
    state_resident,
)

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows import apply_and_decide as flow
from wholeplace.flows import pay
from wholeplace.rooms.casework import queries
from wholeplace.rooms.documents import queries as letters
from wholeplace.rooms.records.models import BenefitSpell
from wholeplace.rooms.schemes import actions as schemes
from wholeplace.rooms.schemes.models import Finding, TrawlRun

DAY = dt.date(2026, 6, 8)


@pytest.fixture
def person(act):
    with act("system-loader"):
        make_area("T01", decile=1)
        return make_claimant("Ada Yes")


def without_a_job(name: str, **more):
    """Somebody on Universal Credit for a year, of whom no job is on record; as system-loader."""
    found = make_person(name)
    state_resident(found, **more)
    state_home(found)
    began = timezone.localdate() - dt.timedelta(days=365)
    _state(BenefitSpell, f"B{found.pk}", person=found, benefit="uc", start_date=began)
    return found


def apply(person, day: dt.date = DAY, **more) -> int:
    given = {"source": "self", "answers": {}}
    return flow.record_application(
        person_id=person.pk, scheme=SCHEME, received_on=day, **given | more
    )


def decide(application: int, budget: int) -> int:
    return flow.decide_award(
        application_id=application,
        version=1,
        reasons="Fits every rule.",
        weekly_pence=35_00,
        budget_id=budget,
        payee_kind="customer",
        payee_name="Somebody Else",
        happened_on=DAY,
    )


def text_of(letter: int) -> str:
    return " ".join(block.text for block in letters.letter(letter).blocks)


def test_an_ended_award_is_not_said_to_pay_on(act, person):
    with act("grace.lindqvist"):
        budget = make_budget(500_00)
    with act("amina.begum"):
        application = apply(person)
        award = decide(application, budget)
        payments = queries.award(award).payments
    with act("grace.lindqvist"):
        pay.release_payment(payment_id=payments[0].id)
    with act("amina.begum"):
        assert payments[0].payee_name == "Ada Yes"  # not what was typed
        flow.end_award(
            award_id=award, version=2, happened_on=dt.date(2026, 7, 8), reason="The job ended."
        )
        number = flow.decision_letter(application_id=application)
        said = text_of(number)
        assert letters.letter(number).happened_on == timezone.localdate()
    assert "We have paid £35.00." in said
    assert "still pay you £35.00 for weeks that had begun" in said
    assert "The job ended." in said
    assert "£280.00" not in said


def test_after_an_end_the_same_job_is_paid_the_weeks_that_are_left(act, person):
    with act("grace.lindqvist"):
        budget = make_budget(1_000_00)
    with act("amina.begum"):
        first = decide(apply(person), budget)
        flow.end_award(
            award_id=first, version=2, happened_on=dt.date(2026, 7, 20), reason="The job ended."
        )
        again = apply(person)
        proposed = flow.proposal(again)
        assert (proposed.weeks, proposed.from_date) == (4, dt.date(2026, 7, 27))
        second = queries.award(decide(again, budget))
        weeks = [*queries.award(first).payments[:4], *second.payments]
        assert len({week.period_from for week in weeks}) == 8
        assert second.line.total_pence == 4 * 35_00
        flow.end_award(
            award_id=second.line.id, version=2, happened_on=dt.date(2026, 9, 1), reason="Over"
        )
        with pytest.raises(UserMistake, match="No week is left"):
            flow.proposal(apply(person))


def test_nothing_is_written_about_an_award_that_was_given_up(act, person):
    with act("grace.lindqvist"):
        budget = make_budget(1_00)
    with act("amina.begum"):
        application = apply(person)
        award = decide(application, budget)
        flow.give_up_award(award_id=award, version=2, reason="Moved to another city")
        with pytest.raises(UserMistake, match="given up"):
            flow.decision_letter(application_id=application)


def test_a_refusal_says_which_money_has_an_appeal(act, person):
    with act("amina.begum"):
        application = apply(person)
        flow.decide_refusal(
            application_id=application, version=1, reasons="No rent.", happened_on=DAY
        )
        said = text_of(flow.decision_letter(application_id=application))
    assert "discretion: A refusal can be appealed to the Valuation Tribunal." in said
    assert "Housing Payments: The council reconsiders when asked" in said


@pytest.mark.parametrize(
    ("neet", "applied_ago", "said"),
    [
        (True, 0, "the rules would fit you from {day}. You can apply again on that day, or before"),
        (None, 0, "the rules may fit you from {day}. You can apply again on that day, or before"),
        (True, 30, "the rules fit you since {day}. You can apply again now."),
        (None, 30, "the rules may fit you since {day}. You can apply again now."),
        (False, 0, "You can apply again when something has changed."),
    ],
)
def test_a_refusal_says_from_when_time_alone_makes_the_rules_fit(act, neet, applied_ago, said):
    """Ten days after applying they are 18; where that day has passed, they may apply now."""
    applied = timezone.localdate() - dt.timedelta(days=applied_ago)
    eighteen = applied + dt.timedelta(days=10)
    born = dt.date(eighteen.year - 18, eighteen.month, min(eighteen.day, 28))
    day = dt.date(eighteen.year, eighteen.month, min(eighteen.day, 28))
    with act("system-loader"):
        make_area("T01", decile=1)
        young = without_a_job("Yan Young", date_of_birth=born)
    with act("amina.begum"):
        application = flow.record_application(
            person_id=young.pk,
            scheme="youth-enterprise",
            received_on=min(applied, day - dt.timedelta(days=1)),
            source="self",
            answers={} if neet is None else {"neet": neet},
        )
        flow.decide_refusal(application_id=application, version=1, reasons="Too young.")
        letter = text_of(flow.decision_letter(application_id=application))
    assert said.format(day=show_day(day)) in letter


def test_a_job_that_has_not_begun_is_not_applied_for(act, person):
    later = {"job_start_date": "2026-06-09"}
    with act("amina.begum"):
        with pytest.raises(UserMistake, match="has not begun"):
            apply(person, answers=later)
        application = apply(person)
        with pytest.raises(UserMistake, match="has not begun"):
            flow.information_received(
                application_id=application, version=1, answers=later, happened_on=DAY
            )


def test_a_finding_of_somebody_else_is_not_applied_from(act, person):
    with act("system-loader"):
        other = make_person("Ben Other")
    with act("amina.begum"):
        version = schemes.keep_version(scheme=SCHEME, name="Test", text="kept")
        run = TrawlRun.objects.create(scheme=SCHEME, version_id=version, as_at=DAY)
    with act("system-worker"):
        schemes.begin(run_id=run.pk)
        said = {"known_at": timezone.now(), "snapshot_made_at": timezone.now(), "basis": {}}
        said |= {"agencies": (), "people": 1, "yes": 1, "possible": 0, "funnel": [], "flagged": {}}
        schemes.finish(
            run_id=run.pk,
            outcome=schemes.Outcome(**said),
            found=[(other.pk, "yes", False, False, False, {})],
        )
    with act("amina.begum"):
        finding = Finding.objects.get(run=run).pk
        with pytest.raises(UserMistake, match="another person or scheme"):
            apply(person, source="trawl", finding_id=finding)
        with pytest.raises(UserMistake, match="another person or scheme"):
            schemes.note_applied(
                finding_id=finding, person_id=person.pk, scheme=SCHEME, happened_on=DAY
            )
        assert apply(other, source="trawl", finding_id=finding)
