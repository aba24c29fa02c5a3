"""When time alone changes a no, what is asked first, what is enough, and what stays hidden."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from wholeplace.core.rules.asking.later import slowly
from wholeplace.core.rules.explain import Explanation, explain
from wholeplace.core.rules.files.scheme_loader import load_place, read_scheme
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.stated import (
    Args,
    FactsProvider,
    FactState,
    FactValue,
    Layered,
    Motion,
    StatedFacts,
)
from wholeplace.core.rules.wording import lines

PLACE = load_place(Path(__file__).parents[4] / "places" / "birmingham")
DAY = dt.date(2026, 6, 1)
HEAD = """
scheme: a-test
name: A test
owner: benefits-service
source: "A test"
valid: {from: 2009-04-01}
about: person
lawful_basis: public-task-benefits
may_read: [council-benefits]
found_by: [self_referral]
journey: {lead: benefits-assessor, decide_within: 5 working days}
cases: [{name: any, as_at: 2026-06-01, facts: {}, expect: {eligible: possible}}]
"""


def scheme(
    eligible: str, *, valid: str = "", ons: Mapping[str, str] | None = None, **rules: str
) -> Scheme:
    criteria = "criteria:\n"
    for key, rule in rules.items():
        on = f", on: {(ons or {})[key]}" if key in (ons or {}) else ""
        criteria += f'  {key}: {{text: {key} holds, when: "{rule}"{on}}}\n'
    text = f"{HEAD}{criteria}eligible: {eligible}\n"
    return read_scheme(text.replace("from: 2009-04-01", f"from: 2009-04-01{valid}"), PLACE)


def said(found: Scheme, facts: Mapping[str, Any], **more: Any) -> Explanation:
    return explain(found, StatedFacts(facts, PLACE.facts), DAY, **more)


GROWN = {"grown": "age >= 19", "claims": "time_on(qualifying_benefits) >= 26 weeks"}


def test_a_no_says_from_when_time_alone_makes_it_a_yes() -> None:
    found = said(
        scheme("{all: [grown, claims]}", **GROWN),
        {"date_of_birth": "2007-06-15", "time_on(qualifying_benefits)": "since 2025-12-01"},
    )
    assert found.later is not None
    assert (found.later.day, found.later.answer) == ("2026-06-15", "yes")
    assert found.later.shown == "eligible from 15 June 2026"
    assert found.later.criteria == ("grown",)
    grown, claims = found.criteria
    assert (grown.from_day, grown.becomes, claims.from_day) == ("2026-06-15", "yes", None)
    assert "Eligible from 15 June 2026, if nothing else changes." in list(lines(found))


def test_each_criterion_that_failed_has_its_own_day_and_the_last_decides() -> None:
    facts = {
        "date_of_birth": "2007-06-15",
        "time_on(qualifying_benefits)": "since 2026-05-01",
        "weekly_rent": "£0.00",
    }
    both = scheme("{all: [grown, claims]}", **GROWN)
    found = said(both, facts)
    assert [item.from_day for item in found.criteria] == ["2026-06-15", "2026-10-30"]
    assert found.later is not None and found.later.day == "2026-10-30"
    never = scheme("{all: [grown, claims, pays]}", **GROWN, pays="weekly_rent > £0.00")
    found = said(never, facts)
    assert [item.from_day for item in found.criteria] == ["2026-06-15", "2026-10-30", None]
    assert found.failed == ("grown", "claims", "pays")
    assert found.later is None
    assert found.ahead == "Time alone does not change this within 10 years."


def test_a_window_that_closes_before_another_opens_never_meets_it() -> None:
    windows = scheme(
        "{all: [grown, recent]}", grown="age >= 19", recent="job_start_date + 13 weeks > as_at"
    )
    late = {"date_of_birth": "2007-09-15", "job_start_date": "2026-05-01"}
    assert said(windows, late).later is None
    soon = {"date_of_birth": "2007-06-15", "job_start_date": "2026-05-01"}
    found = said(windows, soon).later
    assert found is not None and found.day == "2026-06-15"


def test_the_scheme_s_last_day_ends_it() -> None:
    facts = {"date_of_birth": "2007-06-15"}
    ends = scheme("{all: [grown]}", grown="age >= 19", valid=", to: 2026-06-14")
    assert said(ends, facts).later is None
    assert "before the scheme ends on 14 June 2026" in said(ends, facts).ahead
    last = scheme("{all: [grown]}", grown="age >= 19", valid=", to: 2026-06-15")
    assert said(last, facts).later is not None


def test_what_is_unknown_then_makes_it_possible_and_no_more() -> None:
    found = said(
        scheme("{all: [grown, pays]}", grown="age >= 19", pays="weekly_rent > £0.00"),
        {"date_of_birth": "2007-06-15"},
    )
    assert found.later is not None
    assert found.later.shown == "may be eligible from 15 June 2026"


def test_an_age_stated_as_a_number_is_taken_to_stay_and_that_is_said() -> None:
    found = said(scheme("{all: [grown]}", grown="age >= 19"), {"age": 18})
    assert found.later is None
    assert found.ahead.endswith("This takes age to stay as stated.")


def test_nobody_looks_ahead_of_a_yes_or_for_a_list() -> None:
    grown = scheme("{all: [grown]}", grown="age >= 19")
    assert said(grown, {"age": 19}).later is None
    assert said(grown, {"age": 19}).ahead == ""
    assert said(grown, {"date_of_birth": "2007-06-15"}, ahead=False).later is None


def test_the_question_that_settles_most_often_is_asked_first() -> None:
    asked = scheme(
        "{all: [{any: [low, young]}, grown]}",
        low="weekly_rent < £50.00",
        young="tenure = council",
        grown="age >= 18",
    )
    found = said(asked, {}, enough=True)
    first = found.next_question
    assert first is not None
    assert (first.question.fact, first.settling, first.answers) == ("age", 1, 2)
    assert found.enough is not None
    assert [q.fact for q in found.enough.questions] == ["weekly_rent", "tenure", "age"]
    assert found.enough.smallest and found.enough.exact
    settled = said(asked, {"age": 17}, enough=True)
    assert (settled.next_question, settled.enough, settled.missing) == (None, None, ())


def test_a_fact_at_two_days_is_two_questions_and_the_day_comes_first() -> None:
    two = scheme(
        "{all: [then, now]}",
        then="area_imd_decile <= 1",
        now="area_imd_decile <= 2",
        ons={"then": "job_start_date"},
    )
    found = said(two, {}, enough=True)
    assert found.enough is not None
    assert [(q.fact, q.on) for q in found.enough.questions] == [
        ("job_start_date", "as_at"),
        ("area_imd_decile", "job_start_date"),
        ("area_imd_decile", "as_at"),
    ]


# -- what a reader may not see ---------------------------------------------------------------
P4 = "medical_need_to_move"
SEEN = ["P0", "P1", "P2", "P3"]
HIDING = [
    "{all: [cared, grown]}",
    "{any: [cared, grown]}",
    "{all: [{any: [cared, claims]}, {any: [uncared, pays]}, grown]}",
    "{all: [mixed, grown]}",
    "{not: mixed}",
    "{all: [{any: [cared, grown]}, {any: [uncared, claims]}]}",
]


def _hiding(eligible: str) -> Scheme:
    codes = sorted(PLACE.facts[P4].codes)
    rules = {
        "cared": f"{P4} = {codes[0]}",
        "uncared": f"{P4} != {codes[0]}",
        "grown": "age >= 19",
        "claims": "time_on(qualifying_benefits) >= 26 weeks",
        "pays": "weekly_rent > £0.00",
        "mixed": f"{P4} = {codes[0]} or weekly_rent > £0.00",
    }
    text = f"{HEAD}criteria:\n"
    for key in rules:
        if key in eligible:
            text += f'  {key}: {{text: {key} holds, when: "{rules[key]}"}}\n'
    return read_scheme(f"{text}eligible: {eligible}\n", PLACE)


VISIBLE: list[dict[str, Any]] = [
    {},
    {"date_of_birth": "2007-06-15"},
    {"date_of_birth": "2000-06-15"},
    {"date_of_birth": "2007-06-15", "weekly_rent": "£0.00"},
    {"date_of_birth": "2000-06-15", "time_on(qualifying_benefits)": "since 2026-05-01"},
    {"weekly_rent": "£80.00", "time_on(qualifying_benefits)": "since 2026-05-01"},
]


@pytest.mark.parametrize("eligible", HIDING)
@pytest.mark.parametrize("visible", VISIBLE)
def test_two_people_who_differ_in_a_protected_fact_alone_are_told_the_same(
    eligible: str, visible: dict[str, Any]
) -> None:
    """But for the answer itself; not even whether the fact is held is told."""
    told: dict[str, set[str]] = {}
    for code in [*sorted(PLACE.facts[P4].codes), None]:
        held = {} if code is None else {P4: code}
        found = said(_hiding(eligible), {**visible, **held}, classes=SEEN, enough=True)
        data = found.as_data()
        told.setdefault(found.answer, set()).add(json.dumps(data, sort_keys=True))
        text = json.dumps({key: data[key] for key in ("later", "next_question", "enough", "ahead")})
        assert P4 not in text and (code is None or code not in text)
    assert [len(texts) for texts in told.values()] == [1] * len(told)


def test_the_day_on_which_a_hidden_date_counts_is_not_told() -> None:
    class Born:
        """An age that moves, for a reader who may see neither it nor the date of birth."""

        def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
            years = day.year - 2007 - (0 if (day.month, day.day) >= (6, 15) else 1)
            return FactValue(years if name == "age" else None)

        def motion(self, name: str, args: Args, day: dt.date) -> Motion:
            return Motion(dt.date(2026, 6, 15) if day < dt.date(2026, 6, 15) else None)

    grown = scheme("{all: [grown]}", grown="age >= 19")
    assert explain(grown, Born(), DAY).later is not None
    hidden = explain(grown, Born(), DAY, classes=["P0", "P1"])
    assert (hidden.answer, hidden.later, hidden.ahead) == ("no", None, "")
    assert "2026-06-15" not in json.dumps(hidden.as_data())


def test_that_a_hidden_fact_was_stated_is_not_told() -> None:
    found = scheme("{all: [claims, grown]}", **GROWN)
    for length in ("30 weeks", "1 week", "since 2026-05-01", "unknown"):
        facts = {"date_of_birth": "2026-01-01", "time_on(qualifying_benefits)": length}
        told = said(found, facts, classes=["P0", "P1", "P2"])
        assert told.ahead == "Time alone does not change this within 10 years."
    plain = {"date_of_birth": "2026-01-01", "time_on(qualifying_benefits)": "1 week"}
    assert "time_on(qualifying_benefits) to stay as stated" in said(found, plain).ahead


def test_looking_ahead_of_what_was_stated_asks_what_is_held_whom_they_live_with() -> None:
    class Held:
        """Somebody who lives alone for good."""

        def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
            return FactValue(None, FactState.NO_RECORD)

        def related(self, who: str, day: dt.date) -> list[FactsProvider]:
            return []

        def motion(self, name: str, args: Args, day: dt.date) -> Motion:
            return Motion()

        def household_until(self, day: dt.date) -> None:
            return None

    parent = scheme("{all: [parent]}", parent="children_in_household >= 1")
    stated = StatedFacts({"weekly_rent": "£90.00"}, PLACE.facts)
    for known in (Held(), Layered(stated, Held())):
        told = explain(parent, known, DAY)
        assert told.ahead == "Time alone does not change this within 10 years."


def test_leaping_over_stated_facts_agrees_with_day_by_day() -> None:
    found = scheme("{all: [grown, claims]}", **GROWN)
    facts = StatedFacts(
        {"date_of_birth": "2007-06-15", "time_on(qualifying_benefits)": "since 2026-05-01"},
        PLACE.facts,
    )
    slow = slowly(found, facts, DAY, dt.timedelta(200))
    fast = explain(found, facts, DAY).later
    assert slow.change is not None and fast is not None
    assert slow.change.day.isoformat() == fast.day
