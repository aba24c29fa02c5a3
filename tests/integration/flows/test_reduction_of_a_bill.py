"""A scheme whose payment has no number of weeks: explained, trawled, and not awarded here."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.builders import make_area, make_claimant

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.rates import RateMissing
from wholeplace.flows import apply_and_decide as flow
from wholeplace.flows import run_trawl
from wholeplace.flows.explain import explain_person
from wholeplace.rooms.schemes import queries as trawls

REDUCTION = "council-tax-reduction"
DAY = dt.date(2026, 6, 8)
SAID = {
    "age": 40,
    "has_partner": "no",
    "children_in_household": 0,
    "non_dependant_deductions": "£0.00",
    "weekly_income": "£100.00",
    "savings": "£0.00",
    "ctr_protected": "no",
    "weekly_council_tax": "£25.00",
}


@pytest.fixture
def person(act, settings, tmp_path):
    settings.HOME = tmp_path
    with act("system-loader"):
        make_area("T01", decile=1)
        return make_claimant("Ada Single")


def test_it_is_explained_by_the_week_and_without_an_end(act, person):
    with act("amina.begum"):
        found = explain_person(person_id=person.pk, scheme=REDUCTION, as_at=DAY, answers=SAID)
    pay = found.pays[0]
    assert (found.answer, pay.shown, pay.every, pay.weeks) == ("yes", "£20.00 a week", "week", None)


def test_it_is_not_awarded(act, person):
    with act("amina.begum"):
        number = flow.record_application(
            person_id=person.pk, scheme=REDUCTION, source="self", received_on=DAY, answers=SAID
        )
        with pytest.raises(UserMistake, match="pays nothing for a number of weeks") as refused:
            flow.proposal(number)
    assert "Grant it: that records a yes" in refused.value.do


def test_a_negative_income_is_refused_where_it_is_said(act, person):
    said = {**SAID, "weekly_income": "-£1.00"}
    with act("amina.begum"), pytest.raises(UserMistake, match="less than £0"):
        flow.record_application(
            person_id=person.pk, scheme=REDUCTION, source="self", received_on=DAY, answers=said
        )


def _trawl(act, day: dt.date) -> int:
    with act("amina.begum") as actor:
        number = actor.membership_id
    run = run_trawl.start(REDUCTION, as_at=day, membership_id=number, route="test")
    return run_trawl.carry_out(run, membership_id=number, route="test")


def test_a_trawl_finds_who_may_have_it(act, person):
    run = _trawl(act, DAY)
    with act("amina.begum"):
        line = trawls.run(run).line
    assert (line.state, line.yes, line.possible) == ("whole", 0, 1)


def test_a_trawl_in_a_year_without_figures_fails_and_names_the_figure(act, person):
    with pytest.raises(RateMissing, match="no figure of `ctr_"):
        _trawl(act, dt.date(2027, 4, 1))
