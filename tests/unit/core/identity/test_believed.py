"""What is believed where agencies disagree: examples, and any statements against a slow reading."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.identity.believed import (
    AGREED,
    CONFIRMED,
    LATEST,
    MOST,
    REGISTERS,
    UNDECIDED,
    UNSAID,
    Belief,
    Rule,
    Said,
    believed,
    same_value,
)
from wholeplace.core.identity.disagree import WRITTEN_OTHERWISE, closely

DAY = dt.date(2026, 6, 1)
HEALTH = Rule(REGISTERS, ("health", "schools"))


def said(agency: str, value: str, days: int | None = 0, *, confirmed: bool = False) -> Said:
    since = None if days is None else DAY + dt.timedelta(days=days)
    return Said(agency, value, since, confirmed)


def test_nobody_says_anything_and_all_say_the_same():
    assert believed([], [HEALTH]) == Belief(None, UNSAID)
    same = [said("police", "REHMAN"), said("schools", "Rehman"), said("health", "rehman")]
    assert believed(same, [HEALTH]) == Belief("Rehman", AGREED)


@pytest.mark.parametrize(
    ("rules", "value", "by", "place"),
    [
        ([Rule(LATEST)], "c", LATEST, 0),
        ([HEALTH, Rule(LATEST)], "b", REGISTERS, 0),
        ([Rule(REGISTERS, ("nobody",)), Rule(MOST)], "a", MOST, 1),
        ([Rule(CONFIRMED), HEALTH], "a", CONFIRMED, 0),
        ([Rule(REGISTERS, ("nobody",))], None, UNDECIDED, None),
        ([], None, UNDECIDED, None),
    ],
)
def test_the_first_rule_that_leaves_one_value_decides(rules, value, by, place):
    told = [
        said("police", "a", confirmed=True),
        said("housing", "a", 1),
        said("schools", "b", 2),
        said("benefits", "c", 3),
    ]
    assert believed(told, rules) == Belief(value, by, place)


def test_a_rule_that_leaves_several_hands_them_to_the_next():
    told = [said("police", "a"), said("housing", "a"), said("health", "b"), said("health", "c", 1)]
    assert believed(told, [HEALTH, Rule(MOST)]) == Belief(None, UNDECIDED)
    assert believed(told, [HEALTH, Rule(MOST), Rule(LATEST)]) == Belief("c", LATEST, 2)


def test_an_agency_counts_once_however_many_records_it_has():
    told = [said("police", "a"), said("police", "a"), said("housing", "b")]
    assert believed(told, [Rule(MOST)]).value is None


def test_a_day_that_nobody_knows_is_not_late():
    """A file that is loaded for the first time may say what it has said for years."""
    told = [said("police", "old road", None), said("housing", "new road", -900)]
    assert believed(told, [Rule(LATEST)]) == Belief("new road", LATEST, 0)
    assert believed([told[0], said("schools", "x", None)], [Rule(LATEST)]).value is None


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Flat 1, 2 High Street", "Flat 12, High Street", False),
        ("1-2 High Street", "12 High Street", False),
        ("Flat 1, 2 High Street, B6 5RQ", "FLAT 1 2 HIGH STREET B65RQ", True),
        ("QQ 12 34 56 C", "qq123456c", True),
        ("0121 496 0001", "01214960001", True),
        ("ann.hall@example.uk", "annhall@example.uk", False),
        ("Ann.Hall@example.uk", "ann.hall@example.uk", True),
    ],
)
def test_what_is_the_same_written_otherwise(a, b, same):
    assert same_value(a, b) is same
    assert (closely(a, b) == WRITTEN_OTHERWISE) is same


AGENCIES = ("health", "schools", "police", "housing")
VALUES = ("Ann", "ANN", "Anne", "Zoë", "zoe", "Ali", "-", "–")
statements = st.builds(
    said, st.sampled_from(AGENCIES), st.sampled_from(VALUES), st.none() | st.integers(0, 2)
) | st.builds(lambda one: Said(one.agency, one.value, one.since, True), st.builds(
    said, st.sampled_from(AGENCIES), st.sampled_from(VALUES), st.none() | st.integers(0, 2)
))  # fmt: skip
rules = st.sampled_from([CONFIRMED, LATEST, MOST]).map(Rule) | st.lists(
    st.sampled_from(AGENCIES), unique=True, min_size=1
).map(lambda names: Rule(REGISTERS, tuple(names)))


def slowly(told: list[Said], order: list[Rule]) -> tuple[set[str], int | None]:
    """The values left and the rule that left one: whatever another beats is struck out."""
    if all(same_value(a.value, b.value) for a in told for b in told):
        return {one.value for one in told}, None
    for place, rule in enumerate(order):
        told = [a for a in told if not any(beats(rule, b, a, told) for b in told)]
        if all(same_value(a.value, b.value) for a in told for b in told):
            return {one.value for one in told}, place
    return set(), None


def beats(rule: Rule, one: Said, other: Said, told: list[Said]) -> bool:
    """Whether a rule sets one statement above another, of those that are left."""
    if rule.kind == CONFIRMED:
        return one.confirmed and not other.confirmed
    if rule.kind == LATEST:
        return one.since is not None and (other.since is None or one.since > other.since)
    if rule.kind == MOST:
        return backers(one, told) > backers(other, told)
    ranks = {name: place for place, name in enumerate(rule.agencies)}
    return ranks.get(one.agency, 99) < ranks.get(other.agency, 99)


def backers(one: Said, told: list[Said]) -> int:
    return len({other.agency for other in told if same_value(other.value, one.value)})


@given(st.lists(statements, max_size=7), st.lists(rules, max_size=4), st.randoms())
def test_any_statements_come_to_the_slow_reading_in_any_order(told, order, draw):
    """Never a value that nobody says, and the order of rows makes no difference."""
    found = believed(told, order)
    values, place = slowly(told, order)
    assert found.place == place
    assert (found.value in values) if values else found.value is None
    mixed = list(told)
    draw.shuffle(mixed)
    assert believed(mixed, order) == found
