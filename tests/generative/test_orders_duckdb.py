"""The order printed as SQL gives the places that the slow order gives."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.orders import rank
from wholeplace.core.rules.printing.order_printer import FactsTable, lot_sql, print_order
from wholeplace.core.rules.stated import StatedFacts

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
RULES = load_place(PLACE)
SCHEME = load_scheme(PLACE / "schemes" / "housing-transfer-priority.yaml", RULES)
DAY = dt.date(2026, 6, 1)
COLUMNS = {
    "secure_tenant": "BOOLEAN",
    "transfer_requested_on": "DATE",
    "medical_need_to_move": "VARCHAR",
    "homelessness_duty": "BOOLEAN",
    "unsatisfactory_housing": "BOOLEAN",
    "must_move_to_locality": "BOOLEAN",
    "bedrooms_lacking": "DECIMAL(18, 4)",
    "mobility_category": "VARCHAR",
}
MAYBE = st.sampled_from([True, False, None])
PERSON = st.fixed_dictionaries(
    {
        "secure_tenant": st.sampled_from([True, True, True, False, None]),
        "transfer_requested_on": st.sampled_from(
            [dt.date(2025, 1, 10), dt.date(2025, 1, 11), dt.date(2026, 7, 1), None]
        ),
        "medical_need_to_move": st.sampled_from(["none", "none", "some", "urgent", None]),
        "homelessness_duty": MAYBE,
        "unsatisfactory_housing": MAYBE,
        "must_move_to_locality": st.just(False),
        "bedrooms_lacking": st.sampled_from([0, 1, 2, None]),
        "mobility_category": st.sampled_from(["none", "wheelchair", None]),
    }
)
EVERYBODY = {
    "secure_tenant": True,
    "transfer_requested_on": dt.date(2024, 2, 29),
    "medical_need_to_move": "urgent",
    "homelessness_duty": False,
    "unsatisfactory_housing": False,
    "must_move_to_locality": False,
    "bedrooms_lacking": 0,
    "mobility_category": "wheelchair",
}


def column(use: t.FactUse, on: str) -> str:
    return use.key.slug


def table(engine: Any, people: dict[str, dict[str, Any]]) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    engine.execute(f"CREATE OR REPLACE TABLE people (ref VARCHAR, {columns})")
    marks = ", ".join("?" for _ in range(len(COLUMNS) + 1))
    rows = [[ref, *(facts[name] for name in COLUMNS)] for ref, facts in people.items()]
    engine.executemany(f"INSERT INTO people VALUES ({marks})", rows)


def stated(facts: dict[str, Any]) -> StatedFacts:
    told = {name: value for name, value in facts.items() if value is not None}
    return StatedFacts(told, RULES.facts)


@pytest.mark.parametrize("name", ["shortlist", "adapted_home"])
@settings(max_examples=60, deadline=None)
@given(people=st.lists(PERSON, max_size=12), lot=st.sampled_from(["B-07", "plot 3"]))
def test_places_agree(name: str, people: list[dict[str, Any]], lot: str) -> None:
    named = {f"p{number}": person for number, person in enumerate([*people, EVERYBODY])}
    order = SCHEME.order(name)
    slow = rank(SCHEME, order, [(r, stated(f)) for r, f in named.items()], DAY, lot=lot)
    with duckdb.connect() as engine:
        table(engine, named)
        facts = FactsTable("people", "ref", lot_sql(lot, "ref"), column)
        query = print_order(SCHEME, order, facts, as_at=DAY)
        fast = engine.execute(f"SELECT person, band, place FROM ({query}) AS it").fetchall()
    keys = [band.key for band in order.bands]
    assert {(one.ref, one.band, one.place) for one in slow.placed} == {
        (person, keys[band] if band < len(keys) else "", place) for person, band, place in fast
    }
    assert slow.placed, "the one who has everything always has a place"


def test_a_word_that_could_end_a_text_is_refused() -> None:
    with pytest.raises(UserMistake, match="cannot be drawn"):
        lot_sql("x'; DROP TABLE people", "ref")
