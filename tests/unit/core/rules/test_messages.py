"""The checker's messages, kept in golden files: where, what, and what to write instead.

A golden file holds pairs: a rule after `> `, and after `< ` what the checker says of it. In
`golden/schemes.txt` the pair is an edit of a good scheme: `> what stands there => what is
written instead`. Run with WHOLEPLACE_GOLDEN=write to write what is said now, and read it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.generative.rules.valid_rules import FACTS

from wholeplace.core.rules.check import Setting, Vocabulary, check_literal, check_rule
from wholeplace.core.rules.faults import FileMistake
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.scheme_loader import load_place, read_scheme

GOLDEN = Path(__file__).parent / "golden"
PLACE = Path(__file__).parents[4] / "places" / "birmingham"
SETTINGS = {
    "most_a_week": Setting("most_a_week", check_literal("£35.00")),
    "renting": Setting("renting", codes=("council", "private_rent")),
}


def _rule(text: str) -> str:
    try:
        check_rule(text.replace("\\n", "\n"), Vocabulary(FACTS, SETTINGS))
    except RuleMistake as mistake:
        return str(mistake)
    return "nothing wrong"


def _scheme(edit: str, name: str = "transition-payments") -> str:
    text = (PLACE / "schemes" / f"{name}.yaml").read_text()
    old, _, new = edit.partition(" => ")
    old, new = old.replace("\\n", "\n"), new.replace("\\n", "\n")
    assert old in text, f"the scheme no longer says {old}"
    try:
        read_scheme(text.replace(old, new, 1), load_place(PLACE), "scheme.yaml")
    except FileMistake as mistake:
        return " | ".join(str(fault) for fault in mistake.faults)
    return "nothing wrong"


def _pairs(file: Path) -> list[tuple[str, str]]:
    lines = [line for line in file.read_text().splitlines() if line[:2] in ("> ", "< ")]
    return [(one[2:], two[2:]) for one, two in zip(lines[::2], lines[1::2], strict=True)]


def _compare(name: str, say: Callable[[str], str]) -> None:
    file = GOLDEN / name
    pairs = _pairs(file)
    said = [(text, say(text)) for text, _ in pairs]
    if os.environ.get("WHOLEPLACE_GOLDEN") == "write":
        file.write_text("\n\n".join(f"> {text}\n< {words}" for text, words in said) + "\n")
        pytest.fail(f"wrote {file}: read it")
    assert said == pairs
    assert all(words != "nothing wrong" for _, words in said)


def test_rules_are_refused_in_these_words() -> None:
    _compare("rules.txt", _rule)


def test_schemes_are_refused_in_these_words() -> None:
    _compare("schemes.txt", _scheme)


def test_orders_are_refused_in_these_words() -> None:
    _compare("orders.txt", lambda edit: _scheme(edit, "housing-transfer-priority"))


@pytest.mark.parametrize("text", ["(" * 10_000 + "age > 3" + ")" * 10_000, "(" * 1_999 + "1"])
def test_ten_thousand_parentheses_are_refused_at_a_place(text: str) -> None:
    with pytest.raises(RuleMistake) as mistake:
        check_rule(text, Vocabulary(FACTS))
    assert mistake.value.line == 1
    assert mistake.value.column in (4001, 51)
