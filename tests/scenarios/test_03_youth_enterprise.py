"""Brief 03's acceptance scenario 1, asked of the scheme file itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.stated import StatedFacts

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
APPLICANT = {
    "date_of_birth": "2008-05-10",
    "time_on(qualifying_benefits)": "since 2026-03-15",  # their first claim, of Universal Credit
    "in_work": "no",
    "in_education_or_training": "no",
}


@pytest.mark.scenario("03.1")
def test_03_1_three_months_on_benefit_are_full_on_15_june_2026():
    # Given an applicant born 10 May 2008 who first claimed UC on 15 March 2026
    rules = load_place(PLACE)
    scheme = load_scheme(PLACE / "schemes" / "youth-enterprise.yaml", rules)
    applicant = StatedFacts(APPLICANT, rules.facts)

    # When eligibility runs on 1 June 2026, the day they apply
    found = explain(scheme, applicant, dt.date(2026, 6, 1))

    # Then age passes (18), and benefit duration fails (under 3 months)
    criteria = {each.key: each for each in found.criteria}
    assert found.answer == "no"
    assert (criteria["old_enough"].value, criteria["neet"].value) == ("yes", "yes")
    assert [fact.shown for fact in criteria["old_enough"].facts] == ["18 years"]
    assert found.failed == ("three_months_on_benefit",)

    # ... with "eligible from 15 June 2026"
    assert found.later is not None
    assert (found.later.day, found.later.shown) == ("2026-06-15", "eligible from 15 June 2026")

    # ... and that day is the first: the day before it is still no
    answers = [explain(scheme, applicant, dt.date(2026, 6, day)).answer for day in (14, 15)]
    assert answers == ["no", "yes"]
