"""The schemes of a place that inherits, pinned as they are once everything is amended."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wholeplace.core.rules.files.inherit import is_amendment
from wholeplace.core.rules.files.places import place_chain, place_files
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme, scheme_names
from wholeplace.core.rules.files.yaml import load

PLACES = Path(__file__).parents[2] / "places"
RESOLVED = Path(__file__).parent / "resolved"
AMENDED = [
    (folder.name, name)
    for folder in sorted(PLACES.iterdir())
    if len(place_chain(folder)) > 1
    for name, path in place_files(folder, "schemes").items()
    if path.parents[1] == folder and is_amendment(load(path))
]


def test_there_is_a_place_that_amends() -> None:
    assert ("solihull-example", "transition-payments") in AMENDED
    assert len(list(RESOLVED.glob("*/*.yaml"))) == len(AMENDED)


@pytest.mark.parametrize(("place", "name"), AMENDED)
def test_the_resolved_scheme_is_the_pinned_one(place: str, name: str) -> None:
    folder, pinned = PLACES / place, RESOLVED / place / f"{name}.yaml"
    found = load_scheme(folder / "schemes" / f"{name}.yaml", load_place(folder))
    if os.environ.get("WHOLEPLACE_GOLDEN") == "write":
        pinned.parent.mkdir(parents=True, exist_ok=True)
        pinned.write_text(found.text, encoding="utf-8")
        pytest.fail(f"wrote {pinned}: read it")
    assert found.text == pinned.read_text(encoding="utf-8")


def test_what_the_example_differs_in() -> None:
    base, second = PLACES / "birmingham", PLACES / "solihull-example"
    ours = load_scheme(base / "schemes" / "transition-payments.yaml", load_place(base))
    rules = load_place(second)
    theirs = load_scheme(second / "schemes" / "transition-payments.yaml", rules)
    pay = theirs.pays["housing_support"]
    assert (pay.counting, pay.weeks) == ("additional", ours.pays["housing_support"].weeks)
    assert theirs.settings["most_a_week"] != ours.settings["most_a_week"]
    assert theirs.settings["time_on_benefit"] == ours.settings["time_on_benefit"]
    assert "52 weeks" in theirs.criteria["priority_area"].rule.text
    derive = rules.facts["qualifying_benefits"].derive
    assert derive == ours.place.facts["qualifying_benefits"].derive.model_copy(
        update={"permitted_gap_days": 7}
    )
    assert rules.rates["ctr_savings_limit"] != ours.place.rates["ctr_savings_limit"]
    left_out = set(scheme_names(base)) - set(scheme_names(second))
    assert left_out == {"housing-transfer-priority"}
