"""The council tax reduction: other adults by the table, and years without figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from wholeplace.core.rules.cases import run_cases
from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.files.checked import checked_scheme
from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.files.yaml import load_text
from wholeplace.core.rules.rates import RateMissing
from wholeplace.core.rules.stated import Args, FactValue, StatedFacts

FOLDER = Path(__file__).parents[4] / "places" / "birmingham"
PLACE = load_place(FOLDER)
SCHEME = load_scheme(FOLDER / "schemes" / "council-tax-reduction.yaml", PLACE)
AS_AT = dt.date(2026, 6, 1)
KNOWN = {
    "age": 40,
    "weekly_council_tax": "£30.01",
    "savings": "£0.00",
    "has_partner": "no",
    "children_in_household": 0,
    "ctr_protected": "no",
    "weekly_income": "£200.00",
}


class LivingWith:
    """Somebody with stated facts, and the other adults of the household with theirs."""

    def __init__(self, facts: Mapping[str, Any], *others: Mapping[str, Any]) -> None:
        self._facts = StatedFacts(facts, PLACE.facts)
        self._others = [StatedFacts(other, PLACE.facts) for other in others]

    def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
        return self._facts.fact(name, args, day)

    def related(self, who: str, day: dt.date) -> Sequence[StatedFacts] | None:
        return self._others if who == "non_dependants" else None


def adult(gross: str, on_benefit: str = "0 days") -> dict[str, Any]:
    return {"weekly_gross_income": gross, "time_on(qualifying_benefits)": on_benefit}


def reduction(*others: Mapping[str, Any], as_at: dt.date = AS_AT) -> int | None:
    return explain(SCHEME, LivingWith(KNOWN, *others), as_at).pays[0].amount_pence


def test_its_worked_cases_come_true() -> None:
    assert [result.problems for result in run_cases(SCHEME) if result.problems] == []


@pytest.mark.parametrize(
    ("others", "pence"),
    [
        ((), 1200),  # 40% of £30.01
        ((adult("£270.00"),), 992),  # 40% of £24.81, at the edge of the first row
        ((adult("£270.01"),), 784),  # 40% of £19.61
        ((adult("£300.00"), adult("£500.00")), 264),  # £10.40 and £13.00
        ((adult("£900.00"), adult("£900.00")), 0),  # more than the bill
        ((adult("£900.00", "10 days"),), 1200),  # on an out-of-work benefit: nothing
        (({"weekly_gross_income": "£300.00"},), None),
    ],
)
def test_other_adults_pay_by_the_table(others: tuple[Any, ...], pence: int | None) -> None:
    assert reduction(*others) == pence


def test_nothing_is_expected_of_adults_beside_a_protected_household() -> None:
    person = LivingWith({**KNOWN, "ctr_protected": "yes"}, adult("£900.00"))
    pay = explain(SCHEME, person, AS_AT).pays[0]
    assert pay.amount_pence == 3001
    decided = {fact.fact for fact in pay.facts if fact.decided}
    assert decided == {"ctr_protected", "weekly_council_tax"}  # the branch that was chosen


def test_the_explanation_names_the_figures_of_its_day() -> None:
    found = explain(SCHEME, LivingWith(KNOWN, adult("£300.00")), AS_AT)
    savings = next(item for item in found.criteria if item.key == "savings_within")
    assert savings.settings[0].startswith(
        "ctr_savings_limit is £6,000.00 (1 April 2026 to 31 March 2027, this project's example"
    )
    named = [text.split(" ")[0] for text in found.pays[0].settings]
    assert named == ["ctr_bands_family", "ctr_bands_single", "ctr_non_dependants"]


def test_a_worked_case_in_such_a_year_is_a_fault_at_its_day() -> None:
    text = SCHEME.text.replace("as_at: 2026-03-31", "as_at: 2027-04-01")
    line = text[: text.index("as_at: 2027-04-01")].count("\n") + 1
    with pytest.raises(FileMistake) as mistake:
        checked_scheme(load_text(text, "reduction.yaml"), PLACE)
    assert [(fault.line, fault.column) for fault in mistake.value.faults] == [(line, 12)]
    assert "there is no figure of `ctr_savings_limit` for 1 April 2027" in str(mistake.value)


@pytest.mark.parametrize("day", [dt.date(2025, 3, 31), dt.date(2027, 4, 1)])
def test_a_year_without_figures_is_said_and_never_guessed(day: dt.date) -> None:
    with pytest.raises(RateMissing) as missing:
        explain(SCHEME, LivingWith(KNOWN), day)
    assert missing.value.day == day
    assert "1 April 2025 to 31 March 2026 and 1 April 2026 to 31 March 2027" in missing.value.why
