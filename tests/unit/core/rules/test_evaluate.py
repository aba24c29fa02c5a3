"""The interpreter on the cases that rules are known to trip over."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from tests.generative.rules.valid_rules import FACTS

from wholeplace.core.kernel.dates import add_months
from wholeplace.core.rules.check import Vocabulary, check_rule
from wholeplace.core.rules.evaluate import evaluate, truth_and, truth_not, truth_or
from wholeplace.core.rules.tree import Kind

AS_AT = dt.date(2026, 6, 1)
Y, N, U = True, False, None


def value_of(text: str, kind: Kind = Kind.BOOLEAN, **facts: Any) -> Any:
    tree = check_rule(text, Vocabulary(FACTS), kind).tree
    return evaluate(tree, AS_AT, lambda use: facts.get(use.key.slug))


def test_kleenes_tables() -> None:
    both = list(product((Y, N, U), repeat=2))
    assert [truth_and(pair) for pair in both] == [Y, N, U, N, N, N, U, N, U]
    assert [truth_or(pair) for pair in both] == [Y, Y, Y, Y, N, U, Y, U, U]
    assert [truth_not(value) for value in (Y, N, U)] == [N, Y, U]


@pytest.mark.parametrize(("one", "two"), list(product((Y, N, U), repeat=2)))
def test_rules_follow_the_tables(one: bool | None, two: bool | None) -> None:
    facts = {"employed": one, "has_partner": two}
    assert value_of("employed and has_partner", **facts) is truth_and([one, two])
    assert value_of("employed or has_partner", **facts) is truth_or([one, two])
    assert value_of("not employed", **facts) is truth_not(one)


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("tenure in [council, owned]", {}, U),
        ("tenure not in [council, owned]", {}, U),
        ("tenure in [council, owned]", {"tenure": "owned"}, Y),
        ("tenure not in [council]", {"tenure": "owned"}, Y),
        ("age between 18 and 24", {}, U),
        ("score between age and 24", {"score": Fraction(30)}, N),
        ("score between age and 24", {"score": Fraction(20)}, U),
        ("age between 18 and 24", {"age": 18}, Y),
        ("age between 18 and 24", {"age": 24}, Y),
        ("age between 18 and 24", {"age": 25}, N),
        ("employed or not employed", {}, U),
        ("age >= 18 or age < 18", {}, U),
        ("(employed = has_partner)", {"employed": Y}, U),
        ("(employed = has_partner)", {"employed": Y, "has_partner": N}, N),
        ("rate + 0.1% = 0.3%", {"rate": Fraction("0.2")}, Y),
    ],
)
def test_unknown_is_never_an_answer(text: str, facts: dict[str, Any], expected: Any) -> None:
    assert value_of(text, **facts) is expected


@pytest.mark.parametrize("name", ["min", "max"])
def test_min_and_max_of_an_unknown_are_unknown(name: str) -> None:
    assert value_of(f"{name}(weekly_rent, £35.00)", Kind.MONEY) is None
    assert value_of(f"{name}(£10.00, {name}(weekly_rent, £35.00)) > £1.00") is None


@pytest.mark.parametrize(("days", "expected"), [(181, N), (182, Y), (183, Y)])
def test_26_weeks_to_the_day(days: int, expected: bool) -> None:
    rule = "time_on(qualifying_benefits) >= 26 weeks"
    assert value_of(rule, qualifying_benefits=days) is expected


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -13, "2024-12-15"),
    ],
)
def test_months_clamp_to_the_last_day(start: str, months: int, expected: str) -> None:
    assert add_months(dt.date.fromisoformat(start), months) == dt.date.fromisoformat(expected)
    sign = "+" if months >= 0 else "-"
    rule = f"job_start_date {sign} {abs(months)} months = {expected}"
    assert value_of(rule, job_start_date=dt.date.fromisoformat(start)) is True


def test_three_months_are_not_thirteen_weeks() -> None:
    start = {"job_start_date": dt.date(2026, 3, 1)}
    assert value_of("job_start_date + 3 months = 2026-06-01", **start) is True
    assert value_of("job_start_date + 13 weeks = 2026-05-31", **start) is True


def test_over_18_and_18_or_over_differ_on_the_birthday() -> None:
    assert value_of("age > 18", age=18) is False
    assert value_of("age >= 18", age=18) is True


@pytest.mark.parametrize(("pence", "expected"), [(3499, N), (3500, Y), (3501, Y)])
def test_money_at_the_threshold(pence: int, expected: bool) -> None:
    assert value_of("weekly_rent >= £35.00", weekly_rent=pence) is expected


def test_percentages_of_money_are_exact() -> None:
    third = value_of("33.33% * weekly_rent", Kind.MONEY, weekly_rent=10_001)
    assert third == Fraction(3333, 10_000) * 10_001


def test_arguments_choose_another_fact() -> None:
    facts = {"jobs_started": 3, "jobs_started__within_days_35": 0}
    assert value_of("jobs_started >= 1", **facts) is True
    assert value_of("jobs_started(within: 5 weeks) >= 1", **facts) is False
