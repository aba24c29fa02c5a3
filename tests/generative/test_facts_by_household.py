"""Households of every shape: counted once a household in SQL, as for one person after another."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.population.facts_for_tests import fact
from tests.unit.population.people import PERSON_TABLES, City

from wholeplace.core.rules.computed import WorkedOut, Workings
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.schemes import AS_AT, FactNeed
from wholeplace.core.rules.tree import FactKey
from wholeplace.population.engines.duckdb import connect
from wholeplace.population.facts import FactQueries, PersonFacts, living
from wholeplace.population.facts.living_sql import SUBJECTS
from wholeplace.population.snapshot import Snapshot

DAY = date(2026, 5, 28)
WHO = ("partner", "children", "parents", "non_dependants", "household")
NUMBERS = {"sum": "job_hours + 1", "least": "age", "greatest": "weekly_rent"}
TYPES = {"any": "boolean", "all": "boolean", "count": "number"}
SHAPES = (
    ("claimant", "partner", "child", "child"),
    ("claimant", "claimant", "child", "non_dependant"),
    ("claimant", "child", "child"),
    ("claimant", "non_dependant", "non_dependant"),
    ("partner", "child", "lodger"),
    ("claimant",),
)


def _related(who: str, take: str, when: str | None) -> FactSpec:
    more = {"of": NUMBERS[take]} if take in NUMBERS else {}
    kind = TYPES.get(take, "money" if take == "greatest" else "number")
    derive = {"who": who, "take": take, **more, **({"when": when} if when else {})}
    return fact(f"{who}_{take}_{'some' if when else 'each'}", kind, {"related": derive})


def _sum(kind: str, column: str = "weekly_charge_pence") -> dict[str, Any]:
    return {
        "sum": {"table": "accounts", "column": column, "by": "as_at_date", "where": {"kind": kind}}
    }


HOURS = {"latest": {"table": "jobs", "column": "hours_a_week", "by": "start_date"}}
DEEP = {"related": {"who": "partner", "take": "sum", "of": "children_count_each"}}
WARDS = {"E05A": "a", "E05B": "b"}
FACTS = {
    spec.name: spec
    for spec in (
        fact("age", "number", {"age": {}}),
        fact("job_hours", "number", HOURS),
        fact("weekly_rent", "money", _sum("rent")),
        fact("council_tax_owed", "money", _sum("council_tax", "arrears_pence")),
        fact("ward", "code", {"area": {"of": "ward", "named": WARDS}}, codes={"a": "A", "b": "B"}),
        *(
            _related(who, take, when)
            for who, take, when in itertools.product(
                WHO, (*TYPES, *NUMBERS), (None, "age >= 18 or job_hours > 10")
            )
        ),
        fact("deep", "number", DEEP),
    )
}  # fmt: skip
WORKINGS = Workings(FACTS)
UNITS = {need: unit for unit in living.STANDS for need in SUBJECTS if unit.split()[0] in need}
NEEDS = [FactNeed(FactKey(name), AS_AT) for name in FACTS]


class Homes(City):
    """Households of the shapes above, and in some of them something out of the ordinary."""

    def __init__(self, seed: int, homes: int) -> None:
        self._random = Random(seed)
        self.tables = {name: [] for name in (*PERSON_TABLES, "indicators")}
        self._households = homes
        self._people = itertools.count(1)
        for household in range(homes):
            odd = self._random.choice([None, None, "two", "undated", "role", "lost", "moved"])
            for place, role in enumerate(self._random.choice(SHAPES)):
                self._member(household, role, odd if place == 0 or odd == "moved" else None)

    def _member(self, household: int, role: str, odd: str | None) -> None:
        number = next(self._people)
        born = DAY - timedelta(self._random.randrange(9000 if role == "child" else 14000))
        self._add(
            "persons", person_id=number, ref=f"P{number}", date_of_birth=self._some(lambda: born)
        )
        self._home(number, household, role, odd)
        if odd == "two":  # of which the second may be the same one
            other = self._random.randrange(self._households)
            self._home(number, other, self._random.choice([role, "child"]), None)
        if self._random.random() < 0.5:
            hours = self._some(lambda: Decimal(self._random.randrange(40)), 0.2)
            self._add("jobs", person_id=number, start_date=DAY - timedelta(9), hours_a_week=hours)
        for _ in range(self._random.choice([0, 0, 1, 2, 3])):
            self._bill(number, household)

    def _home(self, number: int, household: int, role: str, odd: str | None) -> None:
        self._add(
            "residences",
            person_id=number,
            household_id=None if odd == "lost" else household,
            role=None if odd == "role" else role,
            ward_code=self._some(lambda: self._random.choice([*WARDS, "E05C"])),
            from_date=None if odd == "undated" else DAY - timedelta(self._random.randrange(99)),
            to_date=DAY - timedelta(self._random.randrange(2)) if odd == "moved" else None,
        )

    def _bill(self, number: int, household: int) -> None:
        whose = self._random.choice([household, household, household, household, None, 0])
        self._add(
            "accounts",
            person_id=number,
            household_id=whose,
            kind=self._random.choice(["rent", "council_tax", "service"]),
            weekly_charge_pence=self._some(lambda: self._random.randrange(9000)),
            arrears_pence=self._some(lambda: self._random.randrange(9000)),
            as_at_date=self._some(lambda: DAY + timedelta(self._random.randrange(-3, 2)), 0.05),
        )


def by_duckdb(snapshot: Snapshot) -> dict[int, dict[str, Any]]:
    """Every fact and whom schemes about units ask, of everybody."""
    needs = [*NEEDS, *(FactNeed(FactKey(name), AS_AT) for name in UNITS)]
    with connect(snapshot.path) as engine:
        found = engine.execute(
            FactQueries(snapshot, FACTS, DAY, {}, workings=WORKINGS).facts(needs)
        )
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert len({row["person_id"] for row in rows}) == len(rows)
    return {row.pop("person_id"): row for row in rows}


def one_by_one(city: City) -> dict[int, dict[str, Any]]:
    """The same, slowly."""
    cells: dict[int, dict[str, Any]] = {}
    for number, person in city.people().items():
        known = WorkedOut(PersonFacts(FACTS, person), WORKINGS, DAY)
        cells[number] = {need.column: known.fact(need.key.name, (), DAY).value for need in NEEDS}
        for name, unit in UNITS.items():
            column = FactNeed(FactKey(name), AS_AT).column
            cells[number][column] = living.stands_for(person, unit, DAY)
    return cells


def exact(cells: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Fraction(v) if isinstance(v, Decimal) else v for name, v in cells.items()}


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_counting_households_tells_everybody_what_pairing_does(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    city = Homes(seed, 14)
    fast = by_duckdb(city.snapshot(tmp_path_factory.mktemp("homes") / "one"))
    slow = one_by_one(city)
    assert fast.keys() == slow.keys()
    for number, cells in slow.items():
        assert exact(fast[number]) == cells, number


def test_the_households_reach_every_kind_of_answer() -> None:
    """Agreement would mean little where nobody is related, or nothing is known."""
    cells = list(one_by_one(Homes(3, 120)).values())
    for name, spec in FACTS.items():
        values = [row[FactNeed(FactKey(name), AS_AT).column] for row in cells]
        assert None in values and any(value is not None for value in values), name
        if spec.type == "boolean":
            always = name.endswith("_all_each")  # all of them, whoever they are
            assert True in values and (always or False in values), name
