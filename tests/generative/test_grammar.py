"""The parser accepts exactly what the grammar file says, which stands in docs/language.md.

The grammar is run by another's parser (Lark's LALR) over the same words and signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, UnexpectedInput
from lark.lexer import Lexer
from tests.generative.rules.valid_rules import conditions, values

from wholeplace.core.rules import lexer, parser
from wholeplace.core.rules.lexer import UNITS, RuleMistake, tokens

ROOT = Path(__file__).parents[2]
GRAMMAR = (ROOT / "src/wholeplace/core/rules/grammar.lark").read_text()
NAMED = {"number": "NUMBER", "percent": "PERCENT", "money": "MONEY", "date": "DATE"}


def _kinds() -> dict[str, str]:
    """Each quoted word or sign of the grammar, and what Lark calls it."""
    quoted = dict.fromkeys(re.findall(r'"([^"]+)"', GRAMMAR))
    return {word: f"T{number}" for number, word in enumerate(quoted)}


KINDS = _kinds()


class OurWords(Lexer):
    """Gives Lark the words and signs that the lexer finds."""

    def __init__(self, conf: Any) -> None:
        del conf

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Token]:
        del parser_state
        for found in tokens(str(lexer_state)):
            if found.kind == "end":
                return
            if found.kind == "name":
                kind = "UNIT" if found.text in UNITS else "NAME"
            else:
                kind = NAMED.get(found.kind) or KINDS[found.text]
            yield Token(kind, found.text)


def _lark() -> Lark:
    text = re.sub(r'"([^"]+)"', lambda match: KINDS[match.group(1)], GRAMMAR)
    names = ["NAME", "UNIT", *NAMED.values(), *KINDS.values()]
    text += f"\n%declare {' '.join(names)}\n"
    return Lark(text, start="rule", parser="lalr", lexer=OurWords)


LARK = _lark()


def _by_grammar(text: str) -> bool:
    try:
        LARK.parse(text)
    except UnexpectedInput:
        return False
    return True


def _by_parser(text: str) -> bool:
    try:
        parser.parse(text)
    except RuleMistake as mistake:
        limits = ("200 years", "calendar", "whole numbers", "digits", "1800")
        if any(limit in mistake.fault_what for limit in limits):
            return _by_grammar(text)  # what a value may be is no matter of grammar
        return False
    return True


WORDS = st.sampled_from([
    "age", "weekly_rent", "days", "26", "3.5", "£35.00", "25.0%", "2026-06-01", "weeks",
    "as_at", "yes", "no", "and", "or", "not", "in", "between", "if", "then", "else", "min",
    "max", "time_on", "within", "(", ")", "[", "]", ",", ":", "+", "- ", "*", "=", "!=", "<",
    "<=", ">", ">=",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=14).map(" ".join))
def test_any_words_in_a_row_are_taken_or_refused_by_both(text: str) -> None:
    assert _by_parser(text) == _by_grammar(text), text


@settings(max_examples=150, deadline=None)
@given(st.one_of(conditions(3), values("money", 3)))
def test_what_the_type_rules_build_is_in_the_grammar(text: str) -> None:
    assert _by_grammar(text), text
    assert _by_parser(text), text


@settings(max_examples=300, deadline=None)
@given(text=conditions(2), data=st.data())
def test_a_word_changed_added_or_left_out_is_judged_alike(text: str, data: Any) -> None:
    found = [token.text for token in tokens(text)[:-1]]
    at = data.draw(st.integers(0, len(found) - 1))
    kept = data.draw(st.sampled_from([0, 1]))
    found[at : at + kept] = data.draw(st.lists(WORDS, max_size=2))
    changed = " ".join(found).replace("- -", "-  -")
    if not changed.strip() or "--" in changed:
        return
    assert _by_parser(changed) == _by_grammar(changed), changed


def test_every_sign_and_keyword_of_the_lexer_is_in_the_grammar() -> None:
    signs = {"<=", ">=", "!=", *"=<>+-*()[],:"}
    assert set(KINDS) == signs | lexer.KEYWORDS


def test_the_reference_shows_the_grammar_as_it_is() -> None:
    page = (ROOT / "docs" / "language.md").read_text()
    match = re.search(r"```lark\n(.*?)```", page, re.DOTALL)
    assert match is not None, "docs/language.md has no block of the grammar"
    assert match.group(1) == GRAMMAR


@pytest.mark.parametrize(
    "text",
    [
        "a = not b",
        "a + not b = c",
        "a = b in [c]",
        "a in [b] = c",
        "a between 1 and 2 = b",
        "- not a",
    ],
)
def test_what_used_to_slip_through_is_refused(text: str) -> None:
    assert not _by_parser(text)
    assert not _by_grammar(text)
