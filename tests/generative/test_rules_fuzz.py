"""Any text at all is accepted or refused at a place; nothing crashes or hangs."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.rules.valid_rules import VOCABULARY, conditions

from wholeplace.core.rules.check import check_rule
from wholeplace.core.rules.evaluate import CannotEvaluate, evaluate
from wholeplace.core.rules.faults import FileMistake
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.printer import print_sql
from wholeplace.core.rules.scheme_loader import load_place, read_scheme
from wholeplace.core.rules.yaml import load_text

FOLDER = Path(__file__).parents[2] / "places" / "birmingham"
PLACE = load_place(FOLDER)
SCHEME = (FOLDER / "schemes" / "transition-payments.yaml").read_text()

WORDS = """
age weekly_rent tenure employed job_start_date as_at council time_on qualifying_benefits
and or not in between yes no min max weeks months 26 3.5 £35.00 25.0% 2026-06-01 ２６
"""
SIGNS = """ ( ) [ ] , : + - * = != < <= > >= ; # -- ' " / % £ """
PIECES = [*WORDS.split(), *SIGNS.split(), "\n"]


def _meets_text(text: str) -> None:
    began = time.perf_counter()
    try:
        tree = check_rule(text, VOCABULARY).tree
    except RuleMistake as mistake:
        assert 0 <= mistake.offset <= len(text)
        assert mistake.line >= 1
        assert mistake.column >= 1
        assert mistake.fault_what
    else:
        print_sql(tree, as_at=dt.date(2026, 6, 1), fact_column=lambda use, on: use.key.slug)
        with_nothing_known(tree)
    assert time.perf_counter() - began < 1


def with_nothing_known(tree: Any) -> None:
    try:
        assert evaluate(tree, dt.date(2026, 6, 1), lambda use: None) in (True, False, None)
    except CannotEvaluate:
        raise AssertionError("a checked rule left the calendar") from None


@settings(max_examples=700, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))
def test_shuffled_words(text: str) -> None:
    _meets_text(text)


@settings(max_examples=700, deadline=None)
@given(st.text(max_size=80))
def test_any_characters(text: str) -> None:
    _meets_text(text)


@settings(max_examples=600, deadline=None)
@given(conditions(2), st.integers(0, 400), st.integers(0, 3), st.text(max_size=3))
def test_valid_rules_with_a_slip(text: str, at: int, cut: int, put: str) -> None:
    at %= len(text) + 1
    _meets_text(text[:at] + put + text[at + cut :])


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "not " * 999 + "yes",
        "age+" * 999 + "1 > 1",
        "-" + " -" * 1_900 + "1",
        "min(" * 900 + "1",
        " and ".join(["yes"] * 500),
        "yes or " * 571 + "no",
        "tenure in [" + "council, " * 440 + "owned]",
        "\t" * 4_000,
        "£" * 4_000,
    ],
)
def test_long_and_deep_texts(text: str) -> None:
    _meets_text(text)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SCHEME)), st.integers(0, 40), st.text(max_size=5))
def test_a_scheme_with_a_slip(at: int, cut: int, put: str) -> None:
    try:
        read_scheme(SCHEME[:at] + put + SCHEME[at + cut :], PLACE)
    except FileMistake as mistake:
        assert all(fault.line >= 1 and fault.what for fault in mistake.faults)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,? \n\t0", max_size=60))
def test_any_yaml(text: str) -> None:
    try:
        load_text(text)
    except FileMistake as mistake:
        assert mistake.faults[0].what
