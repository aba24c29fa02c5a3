"""Facts of everybody: SQL against the slow derivation, cell by cell, among random people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.population.facts_for_tests import FACTS
from tests.unit.population.people import City
from tests.unit.population.rows import day

from wholeplace.core.rules.computed import WorkedOut, Workings
from wholeplace.core.rules.schemes import AS_AT, FactNeed
from wholeplace.core.rules.stated import Args
from wholeplace.core.rules.tree import FactKey
from wholeplace.population.engines.duckdb import connect
from wholeplace.population.facts import FactQueries, PersonFacts, PersonRows, derive, groupings_of
from wholeplace.population.snapshot import Snapshot, islands

AS_ATS = [day("2024-04-10"), day("2024-07-19"), day("2025-01-01"), day("2026-02-28")]
WORKINGS = Workings(FACTS)
NEEDS = [
    *(FactNeed(FactKey(name), AS_AT) for name in FACTS),
    *(FactNeed(FactKey(name), "job_start_date") for name in FACTS),
    FactNeed(FactKey("age"), "born"),
    FactNeed(FactKey("jobs_started", (("within_days", 91),)), AS_AT),
    FactNeed(FactKey("jobs_started", (("within_days", 91),)), "job_end_date"),
    FactNeed(FactKey("any_benefit"), "job_end_date"),
]


def by_duckdb(snapshot: Snapshot, as_at: date) -> dict[int, dict[str, Any]]:
    """Every need of everybody; spells are merged on the spot where the snapshot has none."""
    with connect(snapshot.path) as engine:
        merged = {}
        if not snapshot.manifest.groupings:
            for made in groupings_of(FACTS):
                spells = f"'{snapshot.file('benefit_spells')}'"
                merged[made.name] = f'"{made.name}"'
                engine.execute(
                    f'CREATE TEMP TABLE "{made.name}" AS {islands.merge_sql(made, spells)}'
                )
        queries = FactQueries(snapshot, FACTS, as_at, merged)
        for on in ("job_start_date", "job_end_date", "born"):
            engine.execute(f"CREATE TEMP TABLE {queries.days_table(on)} AS {queries.days(on)}")
        found = engine.execute(queries.facts(NEEDS))
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row.pop("person_id"): row for row in rows}


def slowly(person: PersonRows, as_at: date) -> dict[str, Any]:
    known = WorkedOut(PersonFacts(FACTS, person), WORKINGS, as_at)
    values = {}
    for need in NEEDS:
        at: Any = as_at
        if need.on != AS_AT:
            at = known.fact(need.on, (), as_at).value
        found = derive(FACTS[need.key.name], need.key, person, at)
        assert (found.value is None) == (found.gap is not None)
        values[need.column] = None if at is None else known.fact(*need_of(need), at).value
        if FACTS[need.key.name].derive.kind not in ("rule", "related"):
            assert values[need.column] == found.value
    return values


def need_of(need: FactNeed) -> tuple[str, Args]:
    return need.key.name, need.key.args


def alike(fast: Mapping[str, Any], slow: Mapping[str, Any]) -> bool:
    return {
        name: Fraction(v)
        if FACTS[name.split("__")[0]].type in ("number", "percent") and v is not None
        else v
        for name, v in fast.items()
    } == dict(slow)


@pytest.mark.parametrize("merged_when", ["made", "asked"])
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), as_at=st.sampled_from(AS_ATS))
def test_sql_and_the_slow_derivation_agree_cell_by_cell(
    tmp_path_factory: pytest.TempPathFactory, merged_when: str, seed: int, as_at: date
) -> None:
    city = City(seed, 60)
    groupings = groupings_of(FACTS) if merged_when == "made" else ()
    snapshot = city.snapshot(tmp_path_factory.mktemp("city") / "one", groupings)

    fast = by_duckdb(snapshot, as_at)

    for number, person in city.people().items():
        slow = slowly(person, as_at)
        assert alike(fast[number], slow), (number, fast[number], slow)


def test_the_random_city_reaches_every_kind_of_value(tmp_path: Path) -> None:
    """Agreement would mean little among people of whom nothing is known."""
    city = City(1, 600)
    people = city.people().values()
    cells = [slowly(person, as_at) for person in people for as_at in AS_ATS]
    for name, spec in FACTS.items():
        known = {cell[f"{name}__on__as_at"] for cell in cells} - {None}
        assert spec.derive.kind == "stated" or len(known) > 1, name
        assert any(cell[f"{name}__on__as_at"] is None for cell in cells), name
