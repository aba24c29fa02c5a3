"""Merging spells: the hard cases one by one, and DuckDB against the slow merge on any spells."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.population.rows import day, table

from wholeplace.population.snapshot.islands import Grouping, Island, merge_slowly, merge_sql

Spell = tuple[date | None, date | None]

JANUARY = (day("2026-01-01"), day("2026-01-31"))


def by_duckdb(people: dict[int, list[Spell]], gap: int) -> dict[int, list[Island]]:
    rows = [
        {"person_id": person, "benefit": "uc", "start_date": first, "end_date": last}
        for person, spells in people.items()
        for first, last in spells
    ]
    with duckdb.connect() as engine:
        engine.register("spells", table("benefit_spells", rows))
        merged = engine.execute(
            "SELECT person_id, start_date, end_date, stretch_start "
            f"FROM ({merge_sql(Grouping('on', ('uc', 'jsa'), gap), 'spells')}) "
            "ORDER BY person_id, stretch_start NULLS FIRST"
        ).fetchall()
    found: dict[int, list[Island]] = defaultdict(list)
    for person, *dates in merged:
        found[person].append(Island(*dates))
    return found


def both(spells: list[Spell], gap: int) -> list[tuple[str, str, str]]:
    """The islands of these spells as texts, after asserting that both merges agree."""
    slow = merge_slowly(spells, gap)
    assert by_duckdb({1: spells}, gap)[1] == slow
    return [(str(i.start_date), str(i.end_date), str(i.stretch_start)) for i in slow]


CASES: dict[str, tuple[list[Spell], int, list[tuple[str, str, str]]]] = {
    "one spell": ([JANUARY], 0, [("2026-01-01", "2026-01-31", "2026-01-01")]),
    "overlapping": (
        [JANUARY, (day("2026-01-20"), day("2026-02-10"))],
        0,
        [("2026-01-01", "2026-02-10", "2026-01-01")],
    ),
    "nested": (
        [JANUARY, (day("2026-01-05"), day("2026-01-06"))],
        0,
        [("2026-01-01", "2026-01-31", "2026-01-01")],
    ),
    "after a nested one, touching the outer": (
        [JANUARY, (day("2026-01-05"), day("2026-01-06")), (day("2026-02-01"), None)],
        0,
        [("2026-01-01", "None", "2026-01-01")],
    ),
    "adjacent: a benefit switched without a gap": (
        [JANUARY, (day("2026-02-01"), day("2026-02-10"))],
        0,
        [("2026-01-01", "2026-02-10", "2026-01-01")],
    ),
    "duplicate": ([JANUARY, JANUARY], 0, [("2026-01-01", "2026-01-31", "2026-01-01")]),
    "one day apart and none permitted": (
        [JANUARY, (day("2026-02-02"), None)],
        0,
        [("2026-01-01", "2026-01-31", "2026-01-01"), ("2026-02-02", "None", "2026-02-02")],
    ),
    "gap = limit - 1": (
        [JANUARY, (day("2026-02-14"), None)],
        14,
        [("2026-01-01", "2026-01-31", "2026-01-01"), ("2026-01-01", "None", "2026-02-14")],
    ),
    "gap = limit": (
        [JANUARY, (day("2026-02-15"), None)],
        14,
        [("2026-01-01", "2026-01-31", "2026-01-01"), ("2026-01-01", "None", "2026-02-15")],
    ),
    "gap = limit + 1": (
        [JANUARY, (day("2026-02-16"), None)],
        14,
        [("2026-01-01", "2026-01-31", "2026-01-01"), ("2026-02-16", "None", "2026-02-16")],
    ),
    "end before start is left out": ([(day("2026-01-31"), day("2026-01-01"))], 0, []),
    "it does not bridge others either": (
        [JANUARY, (day("2026-02-20"), day("2026-02-01")), (day("2026-02-21"), None)],
        0,
        [("2026-01-01", "2026-01-31", "2026-01-01"), ("2026-02-21", "None", "2026-02-21")],
    ),
    "open end": ([(day("2026-01-01"), None)], 0, [("2026-01-01", "None", "2026-01-01")]),
    "an open end swallows what follows": (
        [(day("2026-01-01"), None), JANUARY, (day("2026-03-01"), day("2026-04-01"))],
        0,
        [("2026-01-01", "None", "2026-01-01")],
    ),
    "unknown start": (
        [(None, day("2026-03-01")), JANUARY],
        0,
        [("None", "None", "None"), ("2026-01-01", "2026-01-31", "2026-01-01")],
    ),
    "one day": (
        [(day("2024-02-29"), day("2024-02-29"))],
        0,
        [("2024-02-29", "2024-02-29", "2024-02-29")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_hard_case_merges_as_expected_in_both(name: str) -> None:
    spells, gap, expected = CASES[name]

    assert both(spells, gap) == expected


def test_only_the_chosen_kinds_are_merged() -> None:
    rows = [
        {"person_id": 1, "benefit": benefit, "start_date": first, "end_date": last}
        for benefit, first, last in (
            ("uc", day("2026-01-01"), day("2026-01-31")),
            ("hb", day("2025-01-01"), None),
            ("jsa", day("2026-02-01"), day("2026-02-28")),
        )
    ]
    with duckdb.connect() as engine:
        engine.register("spells", table("benefit_spells", rows))
        found = engine.execute(merge_sql(Grouping("on", ("uc", "jsa")), "spells")).fetchall()

    assert found == [(1, "on", day("2026-01-01"), day("2026-02-28"), day("2026-01-01"))]


DAYS = st.integers(0, 60).map(lambda days: date(2026, 1, 1) + timedelta(days))
EXTREMES = st.sampled_from([date.min, date(9999, 12, 30), date.max])
STARTS = st.one_of(DAYS, DAYS, DAYS, EXTREMES, st.none())
ENDS = st.one_of(DAYS, DAYS, DAYS, EXTREMES, st.none())
SPELLS = st.lists(st.tuples(STARTS, ENDS), max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(SPELLS, min_size=1, max_size=30), st.integers(0, 20))
def test_duckdb_merges_any_spells_as_the_slow_merge_does(
    people: list[list[Spell]], gap: int
) -> None:
    found = by_duckdb(dict(enumerate(people)), gap)

    assert {n: found[n] for n in range(len(people))} == {
        n: merge_slowly(spells, gap) for n, spells in enumerate(people)
    }
