"""The place's facts: what each must have, and the wards held to the list of wards."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from wholeplace.core.rules.facts import Area, FactSpec, fact_of
from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.scheme_loader import load_place
from wholeplace.core.rules.files.yaml import load_text

PLACE = Path(__file__).parents[4] / "places" / "birmingham"
FACTS = load_place(PLACE).facts
AGENCIES = {"open-data", "stated"} | set(
    load_text((PLACE / "governance" / "agencies.yaml").read_text(), "agencies").value["agencies"]
)
# Domestic abuse and time in care are safeguarding, P4 (brief 15); need for adapted homes is health.
SAFEGUARDING = {
    "care_leaver",
    "care_leaver_status",
    "fleeing_abuse",
    "left_care_on",
    "medical_need_to_move",
    "mobility_category",
    "pathway_plan_review",
    "personal_adviser",
    "staying_put",
    "suitable_home",
    "time_in_care",
}


@pytest.mark.parametrize("spec", FACTS.values(), ids=str)
def test_a_fact_says_what_it_is_and_asks_as_one_would(spec: FactSpec) -> None:
    assert spec.meaning[0].isupper() and spec.meaning.endswith(".")
    assert spec.question[0].isupper() and spec.question.endswith("?")
    assert spec.agency in AGENCIES


def test_what_is_safeguarding_and_nothing_else_is_p4() -> None:
    found = {name for name, spec in FACTS.items() if spec.information_class >= "P4"}
    assert found == SAFEGUARDING


def test_benefits_debt_work_and_the_right_to_work_are_sensitive() -> None:
    benefits = {
        name
        for name, spec in FACTS.items()
        if getattr(spec.derive, "table", "") in ("benefit_spells", "jobs", "accounts")
    }
    sensitive = {"right_to_work", "may_work", "priority_debts", "weekly_income", "savings"}
    assert len(benefits) > 30
    assert {FACTS[name].information_class for name in benefits | sensitive} == {"P3"}


def test_the_wards_are_those_of_the_list_and_one_that_ended() -> None:
    with (PLACE / "areas" / "wards.csv").open(encoding="utf-8", newline="") as file:
        wards = {row["ward_code"]: row["ward_name"] for row in csv.DictReader(file)}
    spec = FACTS["ward"]
    assert isinstance(spec.derive, Area)
    assert {code: spec.codes[named] for code, named in spec.derive.named.items()} == wards
    assert set(spec.codes) - set(spec.derive.named.values()) == {"tyburn"}


WARD = """name: ward
meaning: Which ward.
type: code
question: Which ward?
class: P2
agency: council-benefits
codes: {aston: Aston}
derive:
  area: {of: ward, named: {E05011121: aston}}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{E05011121: aston}", "{E05011121: astn}", "`named` has `astn`"),
        (", named: {E05011121: aston}", "", "either `indicator` (a figure) or `named`"),
        ("{of: ward,", "{of: ward, indicator: imd_decile,", "either `indicator`"),
        ("named: {E05011121: aston}", "indicator: imd_decile", "`named` is given for the type"),
        ("{E05011121: aston}", "{the aston: aston}", "no area's code; write it like"),
        ("type: code", "type: number", "`codes` is given for the type `code`"),
    ],
)
def test_an_area_is_a_figure_or_a_name_and_not_both(old: str, new: str, said: str) -> None:
    assert fact_of(load_text(WARD, "ward"), "ward").codes == {"aston": "Aston"}
    with pytest.raises(FileMistake) as refused:
        fact_of(load_text(WARD.replace(old, new), "ward"), "ward")
    assert said in str(refused.value)
