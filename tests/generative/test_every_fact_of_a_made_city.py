"""Every fact file of the place over a made city: for everybody at once as for one after another."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from wholeplace.core.rules.computed import WorkedOut
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.files.scheme_loader import load_place, load_schemes
from wholeplace.core.rules.schemes import AS_AT, FactNeed
from wholeplace.core.rules.tree import FactKey
from wholeplace.population.city.make import Request, make_city
from wholeplace.population.engines.duckdb import connect
from wholeplace.population.facts import (
    FactQueries,
    PersonFacts,
    PersonRows,
    Row,
    check_fact,
    groupings_of,
)
from wholeplace.population.geography import demonstration_geography
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.snapshot.extract import snapshot_from_extract
from wholeplace.population.trawl import trawl

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
RULES = load_place(PLACE)
MADE_FOR = date(2026, 6, 1)
DAYS = (MADE_FOR, date(2026, 5, 10))
TABLES = ("residences", "benefit_spells", "jobs", "accounts")
# Held by no extract that is loaded: known only when somebody says.
ASKED = {name for name, spec in RULES.facts.items() if spec.derive.kind == "stated"}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    home = tmp_path_factory.mktemp("made")
    make_city(Request(1200, 7, MADE_FOR, PLACE), home / "city")
    geography = demonstration_geography(home / "city")
    groupings = groupings_of(RULES.facts)
    extract = home / "city" / "council-benefits"
    return snapshot_from_extract(extract, geography, home / "one", groupings=groupings)


@pytest.fixture(scope="module")
def people(snapshot: Snapshot) -> dict[int, PersonRows]:
    figures = defaultdict(list)
    for row in pq.read_table(snapshot.file("indicators")).to_pylist():
        figures[row["area_code"], row["indicator"]].append(Row(row))
    mine: dict[str, dict[int, list[Row]]] = {name: defaultdict(list) for name in TABLES}
    homes: dict[int | None, set[int]] = defaultdict(set)
    for name in TABLES:
        for row in pq.read_table(snapshot.file(name)).to_pylist():
            mine[name][row["person_id"]].append(Row(row))
            if name == "residences":
                homes[row["household_id"]].add(row["person_id"])
    found: dict[int, PersonRows] = {}
    for row in pq.read_table(snapshot.file("persons")).to_pylist():
        found[row["person_id"]] = PersonRows(
            person=Row(row),
            **{name: tuple(mine[name][row["person_id"]]) for name in TABLES},
            indicators=lambda code, indicator: figures[code, indicator],
            household=lambda household: [found[one] for one in sorted(homes[household])],
        )
    return found


def exact(name: str, value: Any) -> Any:
    number = RULES.facts[name].type in ("number", "percent")
    return Fraction(value) if number and value is not None else value


def test_a_snapshot_has_what_every_fact_is_read_from() -> None:
    for spec in RULES.facts.values():
        check_fact(spec)


@pytest.mark.parametrize("as_at", DAYS)
def test_every_fact_is_the_same_for_everybody_and_for_one(
    snapshot: Snapshot, people: dict[int, PersonRows], as_at: date
) -> None:
    needs = [FactNeed(FactKey(name), AS_AT) for name in RULES.facts]
    with connect(snapshot.path) as engine:
        queries = FactQueries(snapshot, RULES.facts, as_at, {}, workings=RULES.workings)
        found = engine.execute(queries.facts(needs))
        names = [column[0] for column in found.description or ()]
        rows = {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}
    known: set[str] = set()
    for number, person in people.items():
        slow = WorkedOut(PersonFacts(RULES.facts, person), RULES.workings, as_at)
        for need in needs:
            name = need.key.name
            value = slow.fact(name, (), as_at).value
            assert exact(name, rows[number][need.column]) == value, (number, name)
            known |= {name} if value is not None else set()
    residents = snapshot.path.parent / "city" / "council-benefits" / "residents.csv"
    assert len(people) == residents.read_text().count("\n") - 1 > 1200
    assert not known & ASKED
    # What rests on an answer that nobody has given stays unknown for all but some.
    assert sorted(set(RULES.facts) - known - ASKED) == sorted(UNKNOWN_HERE)


# Worked out from what only people say (care, the right to work, tests of English).
UNKNOWN_HERE = {"care_leaver", "may_work", "ielts_lowest"}


@pytest.mark.parametrize("key", ["lone-parent-support", "youth-enterprise"])
def test_a_scheme_finds_the_same_people_both_ways(
    snapshot: Snapshot, people: dict[int, PersonRows], key: str
) -> None:
    scheme = next(one for one in load_schemes(PLACE, RULES) if one.key == key)
    found = trawl(snapshot, scheme, MADE_FOR)
    asked = {
        number: Evaluation(scheme, PersonFacts(RULES.facts, one), MADE_FOR).eligible
        for number, one in people.items()
    }
    assert found.ids("yes") == [number for number, fits in asked.items() if fits is True]
    assert found.ids("possible") == [number for number, fits in asked.items() if fits is None]
    assert found.possible > 0  # nobody has said whether they have other work
