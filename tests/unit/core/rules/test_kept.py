"""A kept explanation for readers who see less than who made it: nothing hidden is left in it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.kept import kept_for
from wholeplace.core.rules.stated import StatedFacts

PLACE = load_place(Path("places/birmingham"))
CTR = load_scheme(Path("places/birmingham/schemes/council-tax-reduction.yaml"), PLACE)
DAY = dt.date(2026, 6, 1)
SAID = {
    "age": 40,
    "weekly_council_tax": "£23.45",
    "savings": "£1,234.00",
    "has_partner": "no",
    "children_in_household": 0,
    "ctr_protected": "no",
    "weekly_income": "£101.00",
    "non_dependant_deductions": "£0.00",
}
ALL = {"P0", "P1", "P2", "P3", "P4", "P5"}


def kept(**said: Any) -> dict[str, Any]:
    found = explain(CTR, StatedFacts({**SAID, **said}, PLACE.facts), DAY, enough=True)
    data: dict[str, Any] = json.loads(json.dumps(found.as_data()))
    return data


def test_who_sees_every_class_sees_it_as_it_was_kept() -> None:
    assert kept_for(kept(), ALL) == kept()


@pytest.mark.parametrize("said", [{}, {"savings": "£60,000.00"}, {"savings": "unknown"}])
def test_no_value_name_or_amount_of_a_hidden_fact_is_left(said: dict[str, Any]) -> None:
    whole = kept(**said)
    classes = {"P0", "P1", "P2"}
    hidden = [f for c in whole["criteria"] for f in c["facts"] if f["information_class"] == "P3"]
    assert hidden
    found = kept_for(whole, classes)
    shown = [f for part in (*found["criteria"], *found["pays"]) for f in part["facts"]]
    assert all(f["protected"] or f["information_class"] in classes for f in shown)
    written = json.dumps([*shown, *(pay["shown"] for pay in found["pays"])])
    for fact in hidden:
        assert "£" not in fact["shown"] or fact["shown"] not in written
    assert found["pays"][0]["amount_pence"] is None
    assert found["missing"] == []
    assert found["next_question"] is None
    assert found["answer"] == whole["answer"]
    assert "savings_within" not in found["failed"]


def test_what_a_hidden_fact_is_worked_out_from_or_hides_behind_is_hidden_too() -> None:
    whole = kept()
    inner = {**whole["criteria"][0]["facts"][0], "information_class": "P4", "shown": "the secret"}
    whole["criteria"][0]["facts"][0]["came_from"] = [inner]
    found = kept_for(whole, {"P0", "P1", "P2", "P3"})
    assert "the secret" not in json.dumps(found)
    assert found["criteria"][0]["value"] == "protected"
    assert found["criteria"][1] == whole["criteria"][1]
