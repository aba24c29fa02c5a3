"""Brief 04's acceptance scenario 1, asked of the scheme files themselves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wholeplace.cli.scheme import app
from wholeplace.core.rules.alternatives import alternatives
from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme, load_schemes
from wholeplace.core.rules.stated import StatedFacts

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
PARENT = {
    "date_of_birth": "2007-07-01",  # eighteen years and eleven months on 1 June 2026
    "ward": "tyburn",
    "children_in_household": 1,
    "has_partner": "no",
    "time_on(qualifying_benefits)": "since 2026-01-05",
    "in_work": "no",
    "in_education_or_training": "no",
}


@pytest.mark.scenario("04.1")
def test_04_1_a_lone_parent_of_eighteen_waits_for_their_birthday_and_is_offered_yeer(tmp_path):
    # Given a lone parent aged 18 years and 11 months in Tyburn
    rules = load_place(PLACE)
    scheme = load_scheme(PLACE / "schemes" / "lone-parent-support.yaml", rules)
    parent = StatedFacts(PARENT, rules.facts)
    today = dt.date(2026, 6, 1)

    # When they are checked
    found = explain(scheme, parent, today)

    # Then they are not eligible, by age alone
    assert (found.answer, found.failed) == ("no", ("nineteen_or_over",))

    # ... and eligible on their 19th birthday, 1 July 2026
    assert found.later is not None
    assert (found.later.day, found.later.shown) == ("2026-07-01", "eligible from 1 July 2026")
    answers = [explain(scheme, parent, dt.date(2026, *day)).answer for day in ((6, 30), (7, 1))]
    assert answers == ["no", "yes"]

    # ... and offered YEER or another scheme meanwhile
    offered = alternatives(load_schemes(PLACE, rules), parent, today)
    assert (offered[0].scheme, offered[0].answer) == ("youth-enterprise", "yes")
    file = tmp_path / "parent.yaml"
    file.write_text("".join(f"{name}: {value}\n" for name, value in PARENT.items()))
    said = CliRunner().invoke(
        app, ["explain", "lone-parent-support", "--facts", str(file), "--as-at", "2026-06-01"]
    )
    assert "Meanwhile: Youth Employment and Enterprise Rehearsal fits" in said.output
