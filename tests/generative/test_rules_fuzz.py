"""Any text at all is accepted or refused at a place; nothing crashes or hangs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import fuzzing
from bench.fuzzing import Kind, Rules, Tally, Unmet, kinds, meet_all
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generative.rules.valid_rules import FACTS, RATES, conditions

from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.scheme_loader import load_place, read_scheme
from wholeplace.core.rules.files.yaml import load_text
from wholeplace.core.rules.schemes import PlaceRules

FOLDER = Path(__file__).parents[2] / "places" / "birmingham"
PLACE = load_place(FOLDER)
SCHEME = (FOLDER / "schemes" / "transition-payments.yaml").read_text()

WORDS = """
age weekly_rent tenure employed job_start_date as_at council time_on qualifying_benefits
and or not in between yes no min max weeks months 26 3.5 £35.00 25.0% 2026-06-01 ２６
if then else table round_up round_nearest allowance band_help taper
"""
SIGNS = """ ( ) [ ] , : + - * = != < <= > >= ; # -- ' " / % £ """
PIECES = [*WORDS.split(), *SIGNS.split(), "\n"]


RULES = Rules(PlaceRules(FACTS, rates=RATES))


def _meets_text(text: str) -> None:
    Tally().count(RULES.meet, text)


@pytest.fixture(autouse=True, scope="module")
def _what_was_accepted_runs() -> Iterator[None]:
    yield
    RULES.settle()


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


# -- the inputs of the benchmark, fewer ---------------------------------------------------------
KINDS = list(kinds(1, FOLDER.parent))


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_two_thousand_of_every_kind_together(kind: Kind) -> None:
    number = max(100, int(2_000 * kind.share))
    tally = meet_all(kind, number)
    assert tally.met == number
    assert 0 < tally.accepted < number


# -- the test itself sees what it is to see -----------------------------------------------------
def test_a_crash_a_delay_and_a_foreign_node_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "SLOW", 0.01)

    def crash(text: str) -> bool:
        raise IndexError(text)

    def dawdle(text: str) -> bool:
        return bool(sum(1 for _ in range(3_000_000)))

    for work, words in ((crash, "IndexError"), (dawdle, "took")):
        with pytest.raises(Unmet, match=words):
            Tally().count(work, "text")
    rules = Rules(PlaceRules(FACTS))
    for printed in (
        "(SELECT 1)",
        "random()",
        "age; SELECT 1",
        "other_column",
        "'O''Brien'",
        "md5('x')",
    ):
        with pytest.raises(Unmet):
            rules._check_printed("text", printed)
