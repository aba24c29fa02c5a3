"""Orders: bands, steps, ties, who waits and why, and the same order by a second, dull method."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from wholeplace.cli.scheme import app
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.cases import run_order_cases
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.orders import Ranking, draw, rank, why
from wholeplace.core.rules.stated import StatedFacts

PLACE = Path(__file__).parents[4] / "places" / "birmingham"
RULES = load_place(PLACE)
SCHEME = load_scheme(PLACE / "schemes" / "housing-transfer-priority.yaml", RULES)
DAY = dt.date(2026, 6, 1)

NO_NEED = {
    "medical_need_to_move": "none",
    "homelessness_duty": "no",
    "unsatisfactory_housing": "no",
    "must_move_to_locality": "no",
    "bedrooms_lacking": 0,
}


def ranked(people: dict[str, dict[str, Any]], order: str = "shortlist", lot: str = "B") -> Ranking:
    tenant = {"secure_tenant": "yes", "transfer_requested_on": "2025-01-10"}
    known = [(ref, StatedFacts({**tenant, **facts}, RULES.facts)) for ref, facts in people.items()]
    return rank(SCHEME, SCHEME.order(order), known, DAY, lot=lot)


def test_the_worked_cases_of_the_shortlists_come_to_what_they_say() -> None:
    results = run_order_cases(SCHEME)
    assert [result.problems for result in results] == [(), ()]


def test_a_worked_case_that_is_wrong_is_told() -> None:
    found = ranked({"ann": {"medical_need_to_move": "some"}, "bob": NO_NEED})
    assert [one.ref for one in found.placed] == ["ann", "bob"]
    case = SCHEME.order("shortlist").cases[0]
    wrong = case.model_copy(
        update={"expect": case.expect.model_copy(update={"places": ["ada", "ben"]})}
    )
    order = SCHEME.order("shortlist")
    changed = replace(order, cases=(wrong,))
    scheme = replace(SCHEME, orders={"shortlist": changed})
    (result,) = run_order_cases(scheme)
    assert result.problems == ("the places come to ben, then dee, then cai, then eli, then ada",)


def test_a_band_that_is_open_leaves_its_person_waiting_and_asks_only_for_what_opens_it() -> None:
    found = ranked({"ann": {**NO_NEED, "homelessness_duty": "unknown"}})
    assert not found.placed
    (waiting,) = found.waiting
    assert waiting.open_steps == ("bands",)
    assert [key.name for key in waiting.missing] == ["homelessness_duty"]
    assert why(found, "ann") == ("No place yet: something must be asked first.",)


def test_an_unknown_band_below_the_one_that_is_sure_does_not_matter() -> None:
    found = ranked({"ann": {"medical_need_to_move": "urgent"}})
    assert [(one.ref, one.band) for one in found.placed] == [("ann", "one")]


def test_whoever_may_qualify_waits_with_the_question() -> None:
    found = ranked({"ann": {**NO_NEED, "secure_tenant": "unknown"}})
    assert [key.name for key in found.waiting[0].missing] == ["secure_tenant"]


def test_whoever_does_not_qualify_has_no_place_whatever_their_band() -> None:
    found = ranked({"ann": {"secure_tenant": "no", "medical_need_to_move": "urgent"}})
    assert found.left_out == ("ann",)
    assert why(found, "ann") == ("No place: the scheme does not fit.",)


def test_a_lot_needs_a_published_word_and_only_when_people_stand_equal() -> None:
    alone = ranked({"ann": NO_NEED}, lot="")
    assert alone.placed[0].lot == ""
    with pytest.raises(UserMistake, match="no word was given"):
        ranked({"ann": NO_NEED, "bob": NO_NEED}, lot="")


def test_the_same_word_draws_the_same_lot_and_another_word_another() -> None:
    people = {f"p{number}": NO_NEED for number in range(6)}
    first = [one.ref for one in ranked(people, lot="B-07").placed]
    turned = dict(reversed(people.items()))
    assert [one.ref for one in ranked(turned, lot="B-07").placed] == first
    others = {tuple(one.ref for one in ranked(people, lot=f"B-{n}").placed) for n in range(8)}
    assert len(others) > 1


def test_people_who_share_a_place_leave_the_next_one_out() -> None:
    both = {**NO_NEED, "mobility_category": "wheelchair"}
    later = {**both, "transfer_requested_on": "2025-02-01"}
    found = ranked({"ann": both, "bob": both, "cat": later}, order="adapted_home")
    assert [(one.ref, one.place) for one in found.placed] == [("ann", 1), ("bob", 1), ("cat", 3)]
    assert why(found, "ann")[-1] == "1 more share this place."


def test_nobody_stands_twice() -> None:
    known = StatedFacts({}, RULES.facts)
    with pytest.raises(UserMistake, match="stands twice"):
        rank(SCHEME, SCHEME.order("shortlist"), [("ann", known), ("ann", known)], DAY)


PERSON = st.fixed_dictionaries(
    {
        "medical_need_to_move": st.sampled_from(["none", "some", "urgent", "unknown"]),
        "homelessness_duty": st.sampled_from(["yes", "no", "unknown"]),
        "unsatisfactory_housing": st.sampled_from(["yes", "no"]),
        "must_move_to_locality": st.just("no"),
        "bedrooms_lacking": st.sampled_from([0, 1, 2, "unknown"]),
        "transfer_requested_on": st.sampled_from(["2025-01-10", "2025-01-11", "unknown"]),
        "secure_tenant": st.sampled_from(["yes", "yes", "no", "unknown"]),
    }
)


def beats(one: dict[str, Any], two: dict[str, Any], ones: str, twos: str) -> bool:
    """Whether the first stands before the second, written out for this one shortlist."""
    if band(one) != band(two):
        return band(one) < band(two)
    if one["transfer_requested_on"] != two["transfer_requested_on"]:
        return bool(one["transfer_requested_on"] < two["transfer_requested_on"])
    return draw("B", ones) < draw("B", twos)


def band(person: dict[str, Any]) -> int:
    """1 to 4, or 0 while it is open."""
    if person["medical_need_to_move"] == "unknown":
        return 0
    if person["medical_need_to_move"] == "urgent":
        return 1
    high = person["homelessness_duty"] == "yes" or person["unsatisfactory_housing"] == "yes"
    if high or person["medical_need_to_move"] == "some" or person["bedrooms_lacking"] == 2:
        return 2
    if "unknown" in (person["homelessness_duty"], person["bedrooms_lacking"]):
        return 0
    return 3 if person["bedrooms_lacking"] == 1 else 4


@given(st.lists(PERSON, max_size=8))
def test_everybody_stands_behind_exactly_those_who_beat_them(people: list[dict[str, Any]]) -> None:
    named = {f"p{number}": person for number, person in enumerate(people)}
    found = ranked(named)
    placed = {
        ref: person
        for ref, person in named.items()
        if person["secure_tenant"] == "yes"
        and person["transfer_requested_on"] != "unknown"
        and band(person)
    }
    assert {one.ref for one in found.placed} == set(placed)
    for one in found.placed:
        before = [
            ref
            for ref, person in placed.items()
            if ref != one.ref and beats(person, placed[one.ref], ref, one.ref)
        ]
        assert one.place == len(before) + 1
        counted = [int(words.split()[0]) for words in why(found, one.ref) if "before you" in words]
        assert sum(counted) == len(before)


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_prints_places_with_reasons_and_refuses_bad_people(tmp_path: Path) -> None:
    people = tmp_path / "people.yaml"
    people.write_text(
        "ann: {secure_tenant: yes, transfer_requested_on: 2024-03-01, medical_need_to_move: some}\n"
        "bob: {secure_tenant: yes, transfer_requested_on: 2024-03-02, medical_need_to_move: some}\n"
        "cat: {secure_tenant: yes, transfer_requested_on: 2024-03-01}\n"
    )
    ask = ["order", "housing-transfer-priority", "shortlist", "--people", people]
    ask += ["--as-at", "2026-06-01", "--place", PLACE]
    found = run(*ask)
    assert "2. bob" in found.output
    assert "1 person is before you: they asked for a transfer earlier." in found.output
    assert "cat: medical_need_to_move" in found.output
    data = json.loads(run(*ask, "--json").output)
    assert [one["ref"] for one in data["placed"]] == ["ann", "bob"]
    people.write_text("ann: {secure_tenent: yes}\nbob: 3\n")
    said = str(run(*ask).exception)
    assert "people.yaml:1:7: secure_tenent: there is no such fact" in said
    assert "people.yaml:2:6: `bob` has no facts" in said
