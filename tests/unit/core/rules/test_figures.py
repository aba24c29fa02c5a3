"""Choices, rounding, tables and dated figures: edges, unknowns, and days without a figure."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import duckdb
import pytest
from tests.generative.rules.valid_rules import FACTS, VOCABULARY

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import Vocabulary, check_rule
from wholeplace.core.rules.evaluate import evaluate
from wholeplace.core.rules.files.rates_file import rate_of
from wholeplace.core.rules.files.yaml import load_text
from wholeplace.core.rules.printing.printer import print_sql
from wholeplace.core.rules.rates import RateMissing
from wholeplace.core.rules.tree import Kind

AS_AT = dt.date(2026, 6, 1)


def value_of(text: str, kind: Kind, as_at: dt.date = AS_AT, **facts: Any) -> Any:
    tree = check_rule(text, VOCABULARY, kind).tree
    return evaluate(tree, as_at, lambda use: facts.get(use.key.slug))


@pytest.mark.parametrize(
    ("pence", "up", "down", "nearest"),
    [
        ("1000", 1000, 1000, 1000),
        ("1002", 1005, 1000, 1000),
        ("1002.5", 1005, 1000, 1005),
        ("1004", 1005, 1000, 1005),
        ("-1002", -1000, -1005, -1000),
        ("-1002.5", -1000, -1005, -1005),
        ("0", 0, 0, 0),
        ("0.0001", 5, 0, 0),
        ("-0.0001", 0, -5, 0),
    ],
)
def test_rounding_at_its_edges(pence: str, up: int, down: int, nearest: int) -> None:
    for how, expected in (("up", up), ("down", down), ("nearest", nearest)):
        text = f"round_{how}(score * £0.01, £0.05)"
        assert value_of(text, Kind.MONEY, score=Fraction(pence)) == expected


def test_rounding_days_numbers_and_percentages() -> None:
    spell = {"qualifying_benefits": 10}
    assert value_of("round_up(time_on(qualifying_benefits), 1 week)", Kind.DURATION, **spell) == 14
    assert value_of("round_down(score, 0.5)", Kind.NUMBER, score=Fraction("2.9")) == Fraction(5, 2)
    assert value_of("round_nearest(rate, 1%)", Kind.PERCENT, rate=Fraction("62.5")) == 63
    assert value_of("round_nearest(rate, taper)", Kind.PERCENT, rate=Fraction(60)) == Fraction(
        "55.25"
    )


def test_a_choice_needs_only_its_branch() -> None:
    text = "if employed then weekly_rent else savings"
    assert value_of(text, Kind.MONEY, employed=True, weekly_rent=100) == 100
    assert value_of(text, Kind.MONEY, employed=False, savings=7) == 7
    assert value_of(text, Kind.MONEY, weekly_rent=5, savings=5) is None
    assert value_of(text, Kind.MONEY, employed=True, savings=7) is None


def test_choices_one_after_another() -> None:
    text = "if age < 18 then 1 else if age < 65 then 2 else 3"
    assert [value_of(text, Kind.NUMBER, age=age) for age in (17, 18, 64, 65, None)] == [
        1,
        2,
        2,
        3,
        None,
    ]


@pytest.mark.parametrize(
    ("pence", "expected"),
    [(-1, 100), (0, 100), (1, "62.5"), (3500, "62.5"), (3501, 0), (None, None)],
)
def test_a_row_of_a_table_takes_its_upper_edge(pence: int | None, expected: Any) -> None:
    day = dt.date(2026, 4, 5)
    found = value_of("table(band_help, weekly_rent)", Kind.PERCENT, day, weekly_rent=pence)
    assert found == (None if expected is None else Fraction(expected))


def test_the_figure_is_that_of_the_day() -> None:
    last, first = dt.date(2026, 4, 5), dt.date(2026, 4, 6)
    assert value_of("allowance", Kind.MONEY, last) == 40_014
    assert value_of("allowance", Kind.MONEY, first) == 42_490


RATE = """
rate: benefit_cap
meaning: The most benefit a week
type: money
figures:
  - {from: 2026-04-06, to: 2027-04-05, value: £442.31, source: An act}
  - {from: 2024-04-08, to: 2025-04-05, value: £423.46, source: An act}
"""
CAP = rate_of(load_text(RATE), "benefit_cap")


@pytest.mark.parametrize("day", ["2024-04-07", "2025-04-06", "2026-04-05", "2027-04-06"])
@pytest.mark.parametrize(
    "text",
    [
        "weekly_rent > benefit_cap",
        "if yes then yes else weekly_rent > benefit_cap",
        "round_up(weekly_rent, benefit_cap) > £1.00",
    ],
)
def test_a_day_without_a_figure_is_an_error_in_every_engine(day: str, text: str) -> None:
    tree = check_rule(text, Vocabulary(FACTS, rates={"benefit_cap": CAP})).tree
    as_at = dt.date.fromisoformat(day)
    with pytest.raises(RateMissing, match="no figure of `benefit_cap` for"):
        evaluate(tree, as_at, lambda use: None)
    with pytest.raises(RateMissing) as missing:
        print_sql(tree, as_at=as_at, fact_column=lambda use, on: use.key.slug)
    assert "8 April 2024 to 5 April 2025 and 6 April 2026 to 5 April 2027" in missing.value.why
    assert "rates/benefit_cap.yaml" in missing.value.do


def test_figures_are_put_in_the_order_of_their_days() -> None:
    tree = check_rule("weekly_rent > benefit_cap", Vocabulary(FACTS, rates={"benefit_cap": CAP}))
    use = next(part for part in t.walk(tree.tree) if isinstance(part, t.RateUse))
    assert [figure.value for figure in use.figures] == [42_346, 44_231]


def _chained(depth: int) -> str:
    text = "weekly_rent"
    for at in range(depth):
        text = f"(if {text} > £{at}.00 then £{at}.00 else savings)"
    return text


def test_sql_grows_with_the_rule_and_not_faster() -> None:
    """What is chosen by something chosen, and so on, would double with each level."""
    tree = check_rule(_chained(16), VOCABULARY, Kind.MONEY).tree
    sql = print_sql(tree, as_at=AS_AT, fact_column=lambda use, on: use.key.slug)
    assert len(sql) < 20_000
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE people AS SELECT 700::BIGINT weekly_rent, 9::BIGINT savings")
        found = engine.execute(f"SELECT {sql} FROM people").fetchone()
    facts = {"weekly_rent": 700, "savings": 9}
    assert found == (evaluate(tree, AS_AT, lambda use: facts[use.name]),)
