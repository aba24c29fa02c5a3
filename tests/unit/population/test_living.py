"""Who lives with whom on a day, and until when that is so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.population.people import City
from tests.unit.population.rows import day
from tests.unit.population.test_facts_agree import AS_ATS

from wholeplace.population.facts import PersonRows, Row, living


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), as_at=st.sampled_from(AS_ATS), days=st.integers(1, 400))
def test_the_same_people_are_lived_with_until_the_day_that_says_so(
    seed: int, as_at: date, days: int
) -> None:
    relations = ("partner", "children", "parents", "non_dependants", "household")
    for person in City(seed, 40).people().values():
        until = living.next_change(person, as_at)
        later = as_at + timedelta(days)
        if until is None or later < until:
            for who in relations:
                now, then = living.related(person, who, as_at), living.related(person, who, later)
                assert numbers(now) == numbers(then)
            for unit in living.STANDS:
                stands = living.stands_for(person, unit, as_at)
                assert living.stands_for(person, unit, later) is stands


def numbers(people: tuple[PersonRows, ...] | None) -> list[int] | None:
    return None if people is None else [person.number for person in people]


LIVED = [(1, "claimant"), (2, "partner"), (3, "child"), (4, "non_dependant")]


def lives_with(rows: dict[int, list[dict[str, Any]]], number: int, who: str) -> list[int] | None:
    """Whom a person lives with on 1 June 2026, among persons with these residences."""
    people = {
        each: PersonRows(
            Row({"person_id": each}),
            residences=tuple(map(Row, homes)),
            household=lambda household: [
                p for p in people.values() if household in [r["household_id"] for r in p.residences]
            ],
        )
        for each, homes in rows.items()
    }
    return numbers(living.related(people[number], who, day("2026-06-01")))


def home(
    role: str | None, start: str | None = "2020-01-01", end: str | None = None, of: int = 7
) -> dict[str, Any]:
    first, last = (day(text) if text else None for text in (start, end))
    return {"household_id": of, "role": role, "from_date": first, "to_date": last}


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (1, [[2], [3], [], [4], [2, 3, 4]]),
        (2, [[1], [3], [], [4], [1, 3, 4]]),
        (3, [[], [], [1, 2], [4], [1, 2, 4]]),
        (4, [[], [], [], [], [1, 2, 3]]),
    ],
)
def test_who_is_what_to_whom(number: int, found: list[list[int]]) -> None:
    rows = {each: [home(role)] for each, role in LIVED}
    relations = ("partner", "children", "parents", "non_dependants", "household")
    assert [lives_with(rows, number, who) for who in relations] == found


@pytest.mark.parametrize(
    ("change", "children"),
    [
        ({3: [home("child", "2026-06-01")]}, [3]),
        ({3: [home("child", "2026-06-02")]}, []),
        ({3: [home("child", "2020-01-01", "2026-06-01")]}, [3]),
        ({3: [home("child", "2020-01-01", "2026-05-31")]}, []),
        ({3: [home("child", None)]}, None),
        ({3: [home("child", None, "2026-05-31")]}, []),
        ({3: [home(None)]}, None),
        ({4: [home("non_dependant", None)]}, [3]),
        ({1: [home("claimant", None)]}, None),
        ({1: []}, None),
        ({1: [home("claimant", "2020-01-01", "2026-05-31")]}, None),
        ({1: [home("claimant"), home("claimant", of=8)], 5: [home("child", of=8)]}, [3, 5]),
    ],
    ids=[
        "moved in today",
        "moves in tomorrow",
        "the last day counts",
        "moved out yesterday",
        "a child since an unknown day",
        "since an unknown day, and gone",
        "somebody whose role is not recorded",
        "an undated row that cannot be a child",
        "one's own undated row",
        "no residence at all",
        "no residence any more",
        "two homes",
    ],
)
def test_the_children_one_lives_with(
    change: dict[int, list[dict[str, Any]]], children: list[int] | None
) -> None:
    rows = {each: [home(role)] for each, role in LIVED} | change
    assert lives_with(rows, 1, "children") == children
