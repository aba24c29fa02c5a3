"""The interpreter and the SQL printed for DuckDB agree, cell by cell.

Rules are built by the type rules backwards; people have unknowns, edges and extremes, and
one who knows nothing is always among them, as is the rule that everybody meets.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.generative.rules.valid_rules import (
    FACTS,
    RATES,
    VOCABULARY,
    WHOLE,
    conditions,
    days,
    people,
    values,
)

from wholeplace.core.kernel.money import round_half_up
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import Vocabulary, check_rule
from wholeplace.core.rules.evaluate import evaluate
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.printing.printer import print_pence, print_sql
from wholeplace.core.rules.printing.printer_duckdb import DuckDBPrinter
from wholeplace.core.rules.tree import Kind

_SQL_TYPES = {
    "boolean": "BOOLEAN",
    "number": "DOUBLE",  # as indicators are held
    "percent": "DECIMAL(18, 4)",
    "money": "BIGINT",
    "date": "DATE",
    "duration": "BIGINT",
    "code": "VARCHAR",
}
COLUMNS = {spec.name: _SQL_TYPES[spec.type] for spec in FACTS.values()}
COLUMNS |= dict.fromkeys(WHOLE, "BIGINT")


@pytest.fixture(scope="module")
def engine() -> Any:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        connection.execute(f"CREATE TABLE people (row_number BIGINT, {columns})")
        yield connection


def _fill(engine: Any, rows: list[dict[str, Any]]) -> None:
    engine.execute("DELETE FROM people")
    marks = ", ".join("?" for _ in range(len(COLUMNS) + 1))
    held = [
        [number, *(_stored(name, row[name]) for name in COLUMNS)] for number, row in enumerate(rows)
    ]
    engine.executemany(f"INSERT INTO people VALUES ({marks})", held)


def _stored(name: str, value: Any) -> Any:
    return float(value) if COLUMNS[name] == "DOUBLE" and value is not None else value


def _column(use: t.FactUse, on: str) -> str:
    return f"people.{use.key.slug}"


def _read(row: dict[str, Any]) -> Any:
    def read(use: t.FactUse) -> Any:
        value = row[use.key.slug]
        return Fraction(value) if isinstance(value, Decimal) else value

    return read


def _both(engine: Any, sql: str) -> list[Any]:
    query = f"SELECT {sql} FROM people ORDER BY row_number"
    return [row[0] for row in engine.execute(query).fetchall()]


def _checked(text: str, kind: Kind, vocabulary: Vocabulary = VOCABULARY) -> t.Node:
    try:
        return check_rule(text, vocabulary, kind).tree
    except RuleMistake as mistake:
        # The only refusals of a well-typed rule are the documented limits.
        assume(not any(word in mistake.what for word in ("could", "nested")))
        raise


@settings(max_examples=150, deadline=None)
@given(rules=st.lists(conditions(), min_size=1, max_size=4), rows=people(), as_at=days)
def test_conditions_agree(
    engine: Any, rules: list[str], rows: list[dict[str, Any]], as_at: dt.date
) -> None:
    _fill(engine, rows)
    for text in [*rules, "yes"]:
        tree = _checked(text, Kind.BOOLEAN)
        slow = [evaluate(tree, as_at, _read(row)) for row in rows]
        fast = _both(engine, print_sql(tree, as_at=as_at, fact_column=_column))
        assert slow == fast, text
    assert slow == [True] * len(rows), "everybody meets the last rule"


@settings(max_examples=100, deadline=None)
@given(text=values("money", 3), rows=people(), as_at=days)
def test_amounts_agree_to_the_penny(
    engine: Any, text: str, rows: list[dict[str, Any]], as_at: dt.date
) -> None:
    _fill(engine, rows)
    tree = _checked(text, Kind.MONEY)
    found: list[Any] = [evaluate(tree, as_at, _read(row)) for row in rows]
    slow = [None if value is None else round_half_up(Fraction(value)) for value in found]
    fast = _both(engine, print_pence(tree, as_at=as_at, fact_column=_column))
    assert slow == fast, text


@settings(max_examples=60, deadline=None)
@given(text=conditions(3), amount=values("money", 3), rows=people(), as_at=days)
def test_what_is_named_once_is_what_is_repeated(
    engine: Any, text: str, amount: str, rows: list[dict[str, Any]], as_at: dt.date
) -> None:
    """However little may be repeated: long parts are named in a lambda, or sorted in a list."""
    _fill(engine, rows)
    for tree in (_checked(text, Kind.BOOLEAN), _checked(amount, Kind.MONEY)):
        slow = [evaluate(tree, as_at, _read(row)) for row in rows]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(DuckDBPrinter, "SHORT", 0)
            sql = print_sql(tree, as_at=as_at, fact_column=_column)
        fast = [Fraction(v) if isinstance(v, Decimal) else v for v in _both(engine, sql)]
        assert slow == fast, sql


@settings(max_examples=60, deadline=None)
@given(data=st.data(), rows=people(), as_at=days)
@pytest.mark.parametrize("kind", ["date", "duration", "number", "percent"])
def test_values_agree(
    engine: Any, kind: str, data: Any, rows: list[dict[str, Any]], as_at: dt.date
) -> None:
    _fill(engine, rows)
    text = data.draw(values(kind, 3))
    tree = _checked(text, Kind(kind))
    slow = [evaluate(tree, as_at, _read(row)) for row in rows]
    fast = _both(engine, print_sql(tree, as_at=as_at, fact_column=_column))
    assert slow == [Fraction(v) if isinstance(v, Decimal) else v for v in fast], text


@settings(max_examples=60, deadline=None)
@given(text=conditions(2), rows=people(), as_at=days, held=st.booleans())
def test_an_assumption_stands_in_alike(
    engine: Any, text: str, rows: list[dict[str, Any]], as_at: dt.date, held: bool
) -> None:
    _fill(engine, rows)
    vocabulary = Vocabulary(FACTS, {}, {"employed": held, "weekly_rent": 3500}, RATES)
    tree = _checked(f"({text}) or (employed and weekly_rent > £1.00)", Kind.BOOLEAN, vocabulary)
    slow = [evaluate(tree, as_at, _read(row)) for row in rows]
    assert slow == _both(engine, print_sql(tree, as_at=as_at, fact_column=_column))
