"""What is said never to be, or always to be, is so for everybody; and what is so is seen."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.rules.valid_rules import FACTS, VOCABULARY, conditions, days, people

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import check_rule
from wholeplace.core.rules.evaluate import evaluate
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.warning.atoms import AtomReader
from wholeplace.core.rules.warning.search import Budget, TooHard, can_hold


def claims(text: str) -> tuple[bool, bool]:
    """(can be yes, can be no), as the search has it."""
    formula = AtomReader(FACTS, "as_at").formula(check_rule(text, VOCABULARY).tree)
    return can_hold([formula], Budget()), can_hold([formula], Budget(), truth=False)


def _number(row: dict[str, Any], use: t.FactUse) -> Any:
    value = row[use.key.slug]
    whole = isinstance(value, bool) or use.type.kind == t.Kind.DURATION
    return Fraction(value) if isinstance(value, (Decimal, int)) and not whole else value


# -- certain ----------------------------------------------------------------------------------
@settings(max_examples=400, deadline=None)
@given(st.lists(conditions(2), min_size=1, max_size=3), people(), days)
def test_nobody_contradicts_a_claim(
    texts: list[str], rows: list[dict[str, Any]], as_at: dt.date
) -> None:
    text = " and ".join(f"({one})" for one in texts)
    try:
        tree = check_rule(text, VOCABULARY).tree
        can_be_yes, can_be_no = claims(text)
    except (RuleMistake, TooHard):
        return
    found = {evaluate(tree, as_at, lambda use, row=row: _number(row, use)) for row in rows}
    assert can_be_yes or True not in found
    assert can_be_no or False not in found


# -- complete, where facts stand by themselves ------------------------------------------------
FIGURES = st.integers(0, 3)
SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
CODES = ["council", "private_rent", "owned"]
SIMPLE = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(["age", "jobs_started"]), SIGNS, FIGURES),
    st.builds(lambda a, b: f"age between {a} and {b}", FIGURES, FIGURES),
    st.builds(lambda n: f"jobs_started not in [{n}, {n + 1}]", FIGURES),
    st.just("employed"),
    st.builds(
        lambda word, codes: f"tenure {word} [{', '.join(codes)}]",
        st.sampled_from(["in", "not in"]),
        st.lists(st.sampled_from(CODES), min_size=1, max_size=3),
    ),
)
NESTED = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.builds(
            lambda word, parts: f" {word} ".join(f"({part})" for part in parts),
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=4),
        ),
        st.builds(lambda a, b: f"({a}) = ({b})", inner, inner),
    ),
    max_leaves=10,
)
GRID = [
    dict(zip(("age", "jobs_started", "employed", "tenure"), row, strict=True))
    for row in itertools.product(range(6), range(6), (False, True), CODES)
]


@settings(max_examples=300, deadline=None)
@given(NESTED)
def test_the_search_says_what_trying_everything_says(text: str) -> None:
    tree = check_rule(text, VOCABULARY).tree
    as_at = dt.date(2026, 6, 1)
    found = {evaluate(tree, as_at, lambda use, row=row: row[use.key.slug]) for row in GRID}
    assert claims(text) == (True in found, False in found)


# -- sums of facts ----------------------------------------------------------------------------
SUMS = st.builds(
    "{} {} {}".format,
    st.sampled_from(["age + jobs_started", "jobs_started - age", "age - jobs_started", "age * 2"]),
    SIGNS,
    FIGURES,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(SUMS, min_size=1, max_size=4).map(" and ".join))
def test_what_is_said_of_sums_is_so(text: str) -> None:
    tree = check_rule(text, VOCABULARY).tree
    as_at = dt.date(2026, 6, 1)
    found = {evaluate(tree, as_at, lambda use, row=row: row[use.key.slug]) for row in GRID}
    can_be_yes, can_be_no = claims(text)
    assert can_be_yes or True not in found
    assert can_be_no or False not in found
