"""What an explanation says, asks, hides and leaves out."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.explain import Explanation, explain
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme, read_scheme
from wholeplace.core.rules.schemes import AS_AT, Scheme, needs
from wholeplace.core.rules.stated import FactState, FactValue, StatedFacts
from wholeplace.core.rules.wording import lines

PLACE_FOLDER = Path(__file__).parents[4] / "places" / "birmingham"
PLACE = load_place(PLACE_FOLDER)
SCHEME = load_scheme(PLACE_FOLDER / "schemes" / "transition-payments.yaml", PLACE)
DAY = dt.date(2026, 6, 8)
GOOD: dict[str, Any] = dict(SCHEME.cases[0].facts)


def said(scheme: Scheme = SCHEME, classes: Any = None, **changes: Any) -> Explanation:
    facts = {**GOOD, **changes.pop("facts", {})}
    return explain(scheme, StatedFacts(facts, PLACE.facts), DAY, classes=classes)


def changed(old: str, new: str) -> Scheme:
    assert old in SCHEME.text
    return read_scheme(SCHEME.text.replace(old, new, 1), PLACE)


def test_every_criterion_is_listed_with_its_day_and_facts() -> None:
    found = said()
    assert found.answer == "yes"
    assert [item.value for item in found.criteria] == ["yes"] * 5
    benefit = next(item for item in found.criteria if item.key == "on_benefit_26_weeks")
    assert benefit.day == "2026-06-01"
    assert [fact.shown for fact in benefit.facts] == ["1 June 2026", "30 weeks and 2 days"]
    assert benefit.settings == ("time_on_benefit is 26 weeks",)


def test_no_names_what_failed_and_asks_nothing() -> None:
    facts = {"area_imd_decile": 2, "job_expected_length": "unknown"}
    found = said(facts=facts)
    assert (found.answer, found.failed, found.missing) == ("no", ("priority_area",), ())


def test_possible_asks_only_what_is_open() -> None:
    facts = {"job_expected_length": "unknown", "weekly_rent": "unknown"}
    found = said(facts=facts)
    assert found.answer == "possible"
    assert [item.fact for item in found.missing] == ["job_expected_length"]
    assert found.missing[0].question == "How many weeks is the job expected to last?"
    assert found.pays[0].amount_pence is None
    assert [item.fact for item in found.pays[0].missing] == ["weekly_rent"]


def test_an_unknown_day_is_asked_first() -> None:
    found = said(facts={"job_start_date": "unknown"})
    assert [item.fact for item in found.missing] == ["job_start_date"]
    assert found.missing[0].criteria == ("priority_area", "on_benefit_26_weeks")
    area = next(item for item in found.criteria if item.key == "priority_area")
    assert (area.value, area.day) == ("unknown", None)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("unknown", "unknown"),
        ("no record", "no_record"),
        ("outside the data", "outside_data"),
        ("not applicable", "not_applicable"),
    ],
)
def test_four_reasons_for_having_no_value_are_told_apart(words: str, state: str) -> None:
    found = said(facts={"area_imd_decile": words})
    area = next(item for item in found.criteria if item.key == "priority_area")
    assert area.value == "unknown"
    assert area.facts[-1].state == state


def test_a_protected_fact_is_neither_named_nor_shown() -> None:
    found = said(classes=["P0", "P2"], facts={"job_expected_length": "4 weeks"})
    length = next(item for item in found.criteria if item.key == "job_expected_to_last")
    assert length.value == "protected"
    assert length.note == "A protected fact decided this; ask benefits-service."
    text = json.dumps(found.as_data())
    assert "28" not in text.replace("2026", "")
    assert "expected to last when it was reported" not in text
    assert found.answer == "no"
    assert found.failed == ()
    assert "4 weeks" not in "\n".join(lines(found))


def test_a_protected_question_says_whom_to_ask() -> None:
    found = said(classes=["P0"], facts={"job_expected_length": "unknown"})
    assert [item.question for item in found.missing] == [
        "A protected fact is needed; ask benefits-service."
    ]


def test_an_assumption_decides_and_is_shown() -> None:
    scheme = changed("criteria:", "assume: {job_expected_length: 26 weeks}\ncriteria:")
    found = said(scheme, facts={"job_expected_length": "unknown"})
    assert found.answer == "yes"
    assert found.assumed == ("job_expected_length: 26 weeks",)


def test_any_and_not_join_criteria() -> None:
    joined = "any: [priority_area, {not: job_expected_to_last}]"
    old = SCHEME.text[SCHEME.text.index("  all: [") : SCHEME.text.index("found_by:")]
    text = SCHEME.text.replace(
        old, f"  all: [job_started, on_benefit_26_weeks, rent_or_council_tax, {{{joined}}}]\n"
    )
    scheme = read_scheme(text, PLACE)
    assert said(scheme).answer == "yes"
    outside = {"area_imd_decile": 5}
    assert said(scheme, facts=outside).failed == ("priority_area", "job_expected_to_last")
    assert said(scheme, facts={**outside, "job_expected_length": "1 week"}).answer == "yes"


def test_a_source_and_its_age_are_passed_on() -> None:
    class Held:
        def fact(self, name: str, args: Any, day: dt.date) -> FactValue:
            if name != "area_imd_decile":
                return StatedFacts(GOOD, PLACE.facts).fact(name, args, day)
            return FactValue(1, FactState.KNOWN, "address of 3 May", recorded=dt.date(2026, 5, 9))

    found = explain(SCHEME, Held(), DAY)
    fact = found.criteria[1].facts[-1]
    assert (fact.source, fact.recorded, fact.age_days) == ("address of 3 May", "2026-05-09", 30)


def test_needs_name_each_fact_and_its_day_once() -> None:
    columns = [need.column for need in needs(SCHEME)]
    assert columns[0] == "job_start_date__on__as_at"
    assert "area_imd_decile__on__job_start_date" in columns
    assert len(columns) == len(set(columns)) == 7
    assert len(needs(SCHEME, amounts=True)) == 9
    assert {need.on for need in needs(SCHEME)} == {AS_AT, "job_start_date"}


def test_the_day_before_the_scheme_began_is_said() -> None:
    early = explain(SCHEME, StatedFacts(GOOD, PLACE.facts), dt.date(2009, 3, 31))
    told = "This scheme takes nobody on 31 March 2009: it opens on 1 April 2009."
    assert early.notes[0] == early.closed == told
    open_one = explain(SCHEME, StatedFacts(GOOD, PLACE.facts), DAY)
    assert (open_one.closed, open_one.notes) == ("", ())


def test_a_scheme_that_has_ended_says_its_last_day() -> None:
    ended = replace(SCHEME, valid_to=dt.date(2026, 3, 31))
    found = explain(ended, StatedFacts(GOOD, PLACE.facts), DAY)
    assert found.answer == "yes"  # of its tests alone
    assert found.closed.endswith(": its last day was 31 March 2026.")


def test_before_it_opens_who_qualifies_already_is_told_from_when() -> None:
    opens = replace(SCHEME, valid_from=dt.date(2026, 7, 1))
    facts = StatedFacts(GOOD, PLACE.facts)
    assert explain(opens, facts, DAY).notes[1:] == (
        "Eligible from 1 July 2026, if nothing else changes.",
    )
    poor = StatedFacts({}, PLACE.facts)
    assert len(explain(opens, poor, DAY).notes) == 1


def test_each_fact_is_asked_for_once() -> None:
    asked: list[tuple[str, dt.date]] = []

    class Counting(StatedFacts):
        def fact(self, name: str, args: Any, day: dt.date) -> FactValue:
            asked.append((name, day))
            return super().fact(name, args, day)

    Evaluation(SCHEME, Counting(GOOD, PLACE.facts), DAY)
    assert len(asked) == len(set(asked))


def test_a_no_says_nothing_of_amounts_and_what_is_open_would_be_paid() -> None:
    assert [line for line in lines(said()) if line.startswith("Pays ")]
    no = list(lines(said(facts={"area_imd_decile": 2})))
    assert "Answer: NO" in no
    assert not [line for line in no if line.startswith(("Pays ", "Would pay "))]
    possible = "\n".join(lines(said(facts={"job_expected_length": "unknown"})))
    assert "Would pay " in possible and "Pays " not in possible


def test_on_a_closed_day_the_reason_comes_first_and_the_answer_is_no_yes() -> None:
    opens = replace(SCHEME, valid_from=dt.date(2026, 7, 1))
    shown = list(lines(explain(opens, StatedFacts(GOOD, PLACE.facts), DAY)))
    assert shown[1:4] == [
        "This scheme takes nobody on 8 June 2026: it opens on 1 July 2026.",
        "Eligible from 1 July 2026, if nothing else changes.",
        "Answer: NO, not on this day (the tests of the scheme come to: yes)",
    ]
    assert [line for line in shown if line.startswith("Would pay ")]
    assert not [line for line in shown if line.startswith("Pays ")]
