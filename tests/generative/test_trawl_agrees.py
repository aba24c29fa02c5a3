"""A trawl finds exactly those whom asking one by one finds, criterion by criterion."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.population.facts_for_tests import FACTS
from tests.unit.population.people import City
from tests.unit.population.rows import day
from tests.unit.population.schemes_for_tests import PEOPLE_IN_WORK, scheme

from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.engines.duckdb import EngineSettings
from wholeplace.population.facts import PersonFacts, PersonRows, groupings_of, living
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.trawl import TrawlResult, trawl
from wholeplace.population.trawl.ready import ready_facts

ANSWERS = {True: "yes", None: "possible"}

EVERYONE = scheme({"everyone": "age >= 0 or not age >= 0"})
SCHEMES = {
    "people in work": scheme(PEOPLE_IN_WORK),
    "any of them": scheme(PEOPLE_IN_WORK, {"any": list(PEOPLE_IN_WORK)}),
    "neither": scheme(
        {key: PEOPLE_IN_WORK[key] for key in ("young_or_old", "lasting_job")},
        {"not": {"any": ["young_or_old", "lasting_job"]}},
    ),
    "everyone whose age is known": EVERYONE,
    "nobody": scheme({"nobody": "as_at < 2001-01-01 and age >= 0"}),
    "everyone": scheme({"everyone": "jobs_started >= 0 or jobs_started < 0 or central_heating"}),
    "worked out": scheme(
        {
            "families": "toddlers >= 1 or young_home or met_lately",
            "on_day": ("job_start_date", "in_need or half_rent > £20.00 or parents_began < as_at"),
            "on_far_day": ("parents_began", "days_in_job > 0 days or renting"),
            "many": "others_toddlers < 3 and home_rents >= £0.00",
        },
        {"any": ["families", {"all": ["on_day", "on_far_day"]}, {"not": "many"}]},
    ),
    "households": scheme(
        {
            "renting": "renting or toddlers > 0",
            "not_rich": "home_rents < £400.00 or partners = 0",
            "young": "age < 90",
        },
        about="household",
    ),
    "benefit units": scheme({"some": "age >= 20 or partners >= 1"}, about="benefit unit"),
    "children": scheme({"with_parents": "not all_grown or age > 3"}, about="child"),
    "assumed": scheme(
        {
            "on_day": ("job_end_date", "time_on(any_benefit) >= 1 days and age >= 18"),
            "long_enough": "max(job_expected_length, 4 weeks) > 6 weeks or job_hours < 20",
            "few_jobs": "jobs_started(within: 13 weeks) < 2 or newest_benefit in [uc, jsa]",
        },
        {"any": ["on_day", {"all": ["long_enough", "few_jobs"]}]},
        assume={"job_end_date": "2024-08-01", "job_hours": 16},
    ),
}


def one_by_one(
    tried: Scheme, people: dict[int, PersonRows], as_at: date
) -> dict[int, tuple[bool | None, dict[str, bool | None]]]:
    asked = each_asked(tried, people, as_at)
    return {number: (each.eligible, each.criteria) for number, each in asked.items()}


def each_asked(tried: Scheme, people: dict[int, PersonRows], as_at: date) -> dict[int, Evaluation]:
    return {
        number: Evaluation(tried, PersonFacts(FACTS, person), as_at)
        for number, person in people.items()
    }


def assert_agrees(
    tried: Scheme, snapshot: Snapshot, people: dict[int, PersonRows], as_at: date
) -> TrawlResult:
    expected = each_asked(tried, people, as_at)
    for everybody in (False, True):
        found = trawl(
            snapshot, tried, as_at, count_everybody=everybody, settings=EngineSettings(threads=2)
        )
        assert found.found is not None
        listed = found.found.to_pylist()
        assert [(row["person_id"], row["answer"], row["criteria"]) for row in listed] == [
            (number, ANSWERS[asked.eligible], asked.criteria)
            for number, asked in sorted(expected.items())
            if asked.eligible is not False
        ]
        for row in listed if tried.about in ("household", "benefit unit") else ():
            unit = living.members(people[row["person_id"]], tried.about, as_at)
            assert row["members"] == list(unit)
        counted = Counter(asked.eligible for asked in expected.values())
        answers = (counted[True], counted[None], counted[False])
        assert (found.yes, found.possible, found.no) == answers
        assert_counts(found, list(expected.values()), everybody)
    return found


def assert_counts(found: TrawlResult, asked: list[Evaluation], everybody: bool) -> None:
    """Each criterion's counts over those it was asked of, and how many it leaves."""
    left = [each.criteria for each in asked if each.subject is not False]
    people = [each.criteria for each in asked] if everybody else left
    for count in found.funnel:
        if everybody or count.asked == len(people):
            those = people
        else:
            those = [person for person in people if all_in(person, found, count.asked)]
        fell = Counter(person[count.key] for person in those)
        assert (count.yes, count.no, count.unknown) == (fell[True], fell[False], fell[None])
        left = [person for person in left if person[count.key] is not False]
        assert count.left in (len(left), None)


def all_in(person: dict[str, bool | None], found: TrawlResult, asked: int) -> bool:
    """Whether no criterion that was asked of more persons than `asked` ruled this one out."""
    earlier = [count.key for count in found.funnel if count.asked > asked]
    return all(person[key] is not False for key in earlier)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, dict[int, PersonRows]]:
    made = City(seed=20260601, people=3000)
    home = tmp_path_factory.mktemp("city")
    return made.snapshot(home / "one", groupings_of(FACTS)), made.people()


@pytest.mark.parametrize("name", SCHEMES)
def test_a_city_of_3000_trawled_is_the_city_asked_one_by_one(
    city: tuple[Snapshot, dict[int, PersonRows]], name: str
) -> None:
    snapshot, people = city
    found = assert_agrees(SCHEMES[name], snapshot, people, day("2025-01-01"))
    if name == "nobody":
        assert (found.yes, found.possible) == (0, 0)
    elif name == "everyone whose age is known":
        assert found.no == 0 and found.yes > 2000 and found.possible > 100
    else:
        assert found.yes > 0 and found.possible > 0


DAYS = st.dates(date(2023, 12, 1), date(2026, 8, 1))
NAMES = st.sampled_from(sorted(SCHEMES))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), as_at=DAYS, name=NAMES, merged=st.booleans())
def test_any_small_city_on_any_day_agrees(
    tmp_path_factory: pytest.TempPathFactory, seed: int, as_at: date, name: str, merged: bool
) -> None:
    made = City(seed, 40)
    home = tmp_path_factory.mktemp("city")
    snapshot = made.snapshot(home / "one", groupings_of(FACTS) if merged else ())

    assert_agrees(SCHEMES[name], snapshot, made.people(), as_at)


def test_an_empty_city_has_nobody_in_it(tmp_path: Path) -> None:
    snapshot = City(1, 0).snapshot(tmp_path / "one")

    found = assert_agrees(SCHEMES["people in work"], snapshot, {}, day("2025-01-01"))

    assert found.people == 0


@pytest.mark.parametrize("name", ["worked out", "households", "benefit units", "children"])
def test_facts_made_ready_give_the_same_units(
    city: tuple[Snapshot, dict[int, PersonRows]], name: str
) -> None:
    snapshot, _ = city
    tried, as_at = SCHEMES[name], day("2025-01-01")
    whole = trawl(snapshot, tried, as_at, count_everybody=True)
    assert whole.found is not None

    with ready_facts(snapshot, [EVERYONE, tried], as_at) as ready:
        assert ready.count([EVERYONE, tried])[1] == replace(whole, found=None)
        assert ready.found(tried).to_pylist() == whole.found.to_pylist()
