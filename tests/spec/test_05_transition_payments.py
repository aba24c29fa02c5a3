"""Scenario 05.1 on the scheme as it stands in the file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from wholeplace.core.money.awards import award_schedule
from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme, read_scheme
from wholeplace.core.rules.stated import StatedFacts

FOLDER = Path(__file__).parents[2] / "places" / "birmingham"
PLACE = load_place(FOLDER)
SCHEME = load_scheme(FOLDER / "schemes" / "transition-payments.yaml", PLACE)


FACTS = {
    "jobs_started": 1,
    "job_start_date": "2026-06-01",
    "job_expected_length": "104 weeks",
    "area_imd_decile": 1,
    "time_on(qualifying_benefits)": "since 2025-11-01",
    "weekly_rent": "£95.00",
    "weekly_rent_help": "£0.00",
    "weekly_council_tax": "£20.00",
    "weekly_council_tax_help": "£0.00",
}


@pytest.mark.scenario("05.1")
def test_05_1_thirty_weeks_on_benefit_and_a_permanent_job_in_a_flagged_area() -> None:
    """Given the facts of 05.1, when tested, then eligible; and both readings of 12 weeks."""
    found = explain(SCHEME, StatedFacts(FACTS, PLACE.facts), dt.date(2026, 6, 1))
    assert found.answer == "yes"
    assert found.criteria[2].facts[-1].shown.startswith("30 weeks")

    additional = read_scheme(
        SCHEME.text.replace("counting: total", "counting: additional", 1), PLACE
    )
    last_days = []
    for scheme in (SCHEME, additional):
        pay = scheme.pay("housing_support")
        amount = found.pays[0].amount_pence
        assert amount == 3_500
        schedule = award_schedule(
            dt.date(2026, 6, 1),
            amount,
            weeks=pay.weeks,
            counting="total" if pay.counting == "total" else "additional",
            statutory_weeks=pay.statutory_weeks,
        )
        assert schedule.statutory_last == dt.date(2026, 6, 28)
        assert schedule.first == dt.date(2026, 6, 29)
        last_days.append(schedule.last)
    assert last_days == [dt.date(2026, 8, 23), dt.date(2026, 9, 20)]
