"""Rules as closures say what the interpreter says; schemes that share what they know say the same.

Days off the calendar and days without a figure are among those drawn: both raise alike.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.generative.rules.valid_rules import VOCABULARY, conditions, days, people, values

from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import check_rule
from wholeplace.core.rules.computed import WorkedOut
from wholeplace.core.rules.evaluate import evaluate
from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.quick import quick
from wholeplace.core.rules.stated import StatedFacts
from wholeplace.core.rules.tree import Kind

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
RULES = load_place(PLACE)
SCHEMES = [load_scheme(file, RULES) for file in sorted((PLACE / "schemes").glob("*.yaml"))]
AS_AT = dt.date(2026, 6, 1)
ANY_DAY = st.one_of(days, st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)))


def _exact(value: Any) -> Any:
    return Fraction(value) if isinstance(value, Decimal) else value


def _said(of: Any) -> Any:
    """What it comes to, or how it fails."""
    try:
        found = of()
    except WholeplaceError as problem:
        return type(problem).__name__, str(problem)
    return type(found), found


def _agree(node: t.Node, day: dt.date, rows: list[dict[str, Any]]) -> None:
    made = quick(node, {})
    for row in rows:
        facts = {use.key: _exact(row[use.key.slug]) for use in t.fact_uses(node)}
        slow = _said(lambda: evaluate(node, day, lambda use: facts[use.key]))  # noqa: B023 - called at once
        assert _said(lambda: made(day, facts)) == slow  # noqa: B023 - called at once


@settings(max_examples=300, deadline=None)
@given(conditions(), ANY_DAY, people())
def test_a_condition_is_what_the_interpreter_says(
    text: str, day: dt.date, rows: list[dict[str, Any]]
) -> None:
    try:
        node = check_rule(text, VOCABULARY).tree
    except RuleMistake:
        assume(False)
    _agree(node, day, rows)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["money", "number", "percent", "date", "duration"]),
    st.data(),
    ANY_DAY,
    people(),
)
def test_a_value_is_what_the_interpreter_says(
    kind: str, data: Any, day: dt.date, rows: list[dict[str, Any]]
) -> None:
    try:
        node = check_rule(data.draw(values(kind, 3)), VOCABULARY, Kind(kind)).tree
    except RuleMistake:
        assume(False)
    _agree(node, day, rows)


STATED = {
    "date_of_birth": st.dates(dt.date(1930, 1, 1), dt.date(2026, 5, 1)).map(str),
    "weekly_rent": st.sampled_from(["£0.00", "£112.00", "£400.00"]),
    "tenure": st.sampled_from(sorted(RULES.facts["tenure"].codes)),
    "savings": st.sampled_from(["£0.00", "£5,999.99", "£20,000.00"]),
}
READERS = st.sets(st.sampled_from(["P0", "P1", "P2", "P3", "P4", "P5"])).map(sorted)


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries({}, optional={k: v for k, v in STATED.items() if k in RULES.facts}),
    st.lists(st.tuples(st.sampled_from(SCHEMES), st.one_of(st.none(), READERS)), min_size=3),
)
def test_what_schemes_and_readers_share_changes_no_explanation(
    stated: dict[str, Any], asked: list[tuple[Any, Any]]
) -> None:
    provider = StatedFacts(stated, RULES.facts)
    shared = WorkedOut(provider, RULES.workings, AS_AT)
    for scheme, classes in asked:
        found = explain(scheme, shared, AS_AT, classes=classes, ahead=False, enough=True)
        assert found == explain(scheme, provider, AS_AT, classes=classes, ahead=False, enough=True)
