"""Many schemes in one pass come to what each comes to alone, and to what persons come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.test_trawl_agrees import ANSWERS, SCHEMES, one_by_one
from tests.unit.population.facts_for_tests import FACTS
from tests.unit.population.people import City
from tests.unit.population.rows import day
from tests.unit.population.schemes_for_tests import PEOPLE_IN_WORK, scheme

from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.engines.duckdb import EngineSettings
from wholeplace.population.facts import PersonRows, groupings_of
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.trawl import TrawlResult, count_schemes, ready_facts, trawl

EVERYBODY = scheme({"everybody": "age >= 0 or as_at > 2001-01-01"})
RULES: list[str | tuple[str, str]] = [
    *PEOPLE_IN_WORK.values(),
    "central_heating",
    "not central_heating or age < 30",
    "uc_pence > £80.00 or housing_costs",
    "newest_benefit in [jsa, uc]",
    "min(job_hours, 16) >= 16",
    ("job_end_date", "age >= 18 and job_hours < 30"),
    ("job_start_date", "jobs_started(within: 26 weeks) >= 1"),
    ("paid_since", "age >= 18 or job_hours > 10"),
    "time_on(any_benefit) >= 13 weeks",
]
DAYS = st.dates(date(2023, 12, 1), date(2026, 8, 1))


@st.composite
def schemes(draw: Any) -> Scheme:
    """Some of the rules above, put together in any way, on assumed days now and then."""
    rules = draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=6, unique=True))
    criteria = {f"c{number}": rule for number, rule in enumerate(rules)}
    assume = draw(st.sampled_from([{}, {"job_end_date": "2024-08-01"}, {"job_hours": 20}]))
    return scheme(criteria, _parts(draw, list(criteria)), assume=assume)


def _parts(draw: Any, keys: list[str]) -> Any:
    if len(keys) == 1:
        return draw(st.sampled_from([{"all": keys}, {"not": keys[0]}]))
    cut = draw(st.integers(1, len(keys) - 1))
    how = draw(st.sampled_from(["all", "any", "flat"]))
    if how == "flat":
        return {draw(st.sampled_from(["all", "any"])): keys}
    return {how: [_parts(draw, keys[:cut]), _parts(draw, keys[cut:])]}


def assert_agrees(
    tried: list[Scheme], snapshot: Snapshot, people: dict[int, PersonRows], as_at: date
) -> tuple[TrawlResult, ...]:
    engine = EngineSettings(threads=2)
    with ready_facts(snapshot, tried, as_at, settings=engine) as ready:
        counted = ready.count(tried)
        for each, result in zip(tried, counted, strict=True):
            alone = trawl(snapshot, each, as_at, count_everybody=True, settings=engine)
            assert result == replace(alone, found=None)
            found = ready.found(each)
            assert alone.found is not None and found.equals(alone.found)
            assert_persons(result, found.to_pylist(), each, people, as_at)
    return counted


def assert_persons(
    result: TrawlResult,
    listed: list[dict[str, Any]],
    tried: Scheme,
    people: dict[int, PersonRows],
    as_at: date,
) -> None:
    """Against the slow reference: everybody asked by the interpreter, one at a time."""
    expected = one_by_one(tried, people, as_at)
    assert [(row["person_id"], row["answer"], row["criteria"]) for row in listed] == [
        (number, ANSWERS[fits], criteria)
        for number, (fits, criteria) in sorted(expected.items())
        if fits is not False
    ]
    fell = Counter(fits for fits, _ in expected.values())
    assert (result.yes, result.possible, result.no) == (fell[True], fell[None], fell[False])
    for count in result.funnel:
        fell = Counter(criteria[count.key] for _, criteria in expected.values())
        assert (count.yes, count.unknown, count.no) == (fell[True], fell[None], fell[False])


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, dict[int, PersonRows]]:
    made = City(seed=20261122, people=2500)
    home = tmp_path_factory.mktemp("city")
    return made.snapshot(home / "one", groupings_of(FACTS)), made.people()


def test_all_schemes_at_once_are_each_scheme_alone_and_each_person_alone(
    city: tuple[Snapshot, dict[int, PersonRows]],
) -> None:
    snapshot, people = city

    counted = assert_agrees([*SCHEMES.values(), EVERYBODY], snapshot, people, day("2025-01-01"))

    assert counted[-1].yes == counted[-1].people == 2500
    assert sum(0 < result.yes < 2500 for result in counted) > 3
    assert sum(result.possible > 0 for result in counted) > 3


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    as_at=DAYS,
    tried=st.lists(schemes(), min_size=1, max_size=5),
    merged=st.booleans(),
)
def test_any_schemes_over_any_small_city_agree(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    as_at: date,
    tried: list[Scheme],
    merged: bool,
) -> None:
    made = City(seed, 30)
    home = tmp_path_factory.mktemp("city")
    snapshot = made.snapshot(home / "one", groupings_of(FACTS) if merged else ())

    counted = assert_agrees([*tried, EVERYBODY], snapshot, made.people(), as_at)

    assert counted[-1].yes == counted[-1].people


def test_an_empty_city_counts_nobody(tmp_path: Path) -> None:
    snapshot = City(1, 0).snapshot(tmp_path / "one")

    counted = assert_agrees([*SCHEMES.values()], snapshot, {}, day("2025-01-01"))

    assert {result.people for result in counted} == {0}


def test_spells_that_only_a_persons_own_day_rests_on_are_merged_too(tmp_path: Path) -> None:
    made = City(7, 200)
    dated = scheme({"adult": ("paid_since", "age >= 18")})

    (counted,) = assert_agrees(
        [dated], made.snapshot(tmp_path / "one"), made.people(), day("2025-01-01")
    )

    assert counted.yes > 100 and counted.possible


def test_no_scheme_at_all_is_no_count(tmp_path: Path) -> None:
    assert count_schemes(City(1, 3).snapshot(tmp_path / "one"), [], day("2025-01-01")) == ()
