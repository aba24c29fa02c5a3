"""The checker's messages, kept in golden files: where, what, and what to write instead.

A golden file holds pairs: a rule after `> `, and after `< ` what the checker says of it. In
`golden/schemes.txt` the pair is an edit of a good scheme: `> what stands there => what is
written instead`. Run with WHOLEPLACE_GOLDEN=write to write what is said now, and read it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.generative.rules.valid_rules import FACTS, RATES

from wholeplace.core.rules.check import Setting, Vocabulary, check_literal, check_rule
from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.rates_file import rate_of
from wholeplace.core.rules.files.scheme_loader import load_place, read_scheme
from wholeplace.core.rules.files.yaml import load_text
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.schemes import PlaceRules

GOLDEN = Path(__file__).parent / "golden"
PLACE = Path(__file__).parents[4] / "places" / "birmingham"
SETTINGS = {
    "most_a_week": Setting("most_a_week", check_literal("£35.00")),
    "renting": Setting("renting", codes=("council", "private_rent")),
}


def _rule(text: str) -> str:
    try:
        check_rule(text.replace("\\n", "\n"), Vocabulary(FACTS, SETTINGS, rates=RATES))
    except RuleMistake as mistake:
        return str(mistake)
    return "nothing wrong"


def _small_place(text: str) -> PlaceRules:
    """The place with the facts that the good scheme names, so that new facts change no words."""
    words = set(re.findall(r"[a-z_]+", text)) | {"age", "housing_benefit", "weekly_rent"}
    whole = load_place(PLACE)
    return replace(whole, facts={name: whole.facts[name] for name in words & set(whole.facts)})


def _scheme(edit: str, name: str = "transition-payments") -> str:
    text = (PLACE / "schemes" / f"{name}.yaml").read_text()
    old, _, new = edit.partition(" => ")
    old, new = old.replace("\\n", "\n"), new.replace("\\n", "\n")
    assert old in text, f"the scheme no longer says {old}"
    try:
        read_scheme(text.replace(old, new, 1), _small_place(text), "scheme.yaml")
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


RATE = """rate: allowance
meaning: What somebody gets
type: money
figures:
  - {from: 2025-04-06, to: 2026-04-05, value: £400.14, source: An act}
  - {from: 2026-04-06, to: 2027-04-05, value: £424.90, source: An act}
"""
TABLE = """table: bands
meaning: How much of the bill
by: money
gives: percent
tables:
  - from: 2025-04-06
    to: 2026-04-05
    source: A scheme
    rows:
      - {up_to: £100.00, gives: 80%}
      - {up_to: £150.00, gives: 40.5%}
      - {above: yes, gives: 0%}
"""


def _rate_file(edit: str, text: str) -> str:
    old, _, new = edit.partition(" => ")
    assert old in text, f"the file no longer says {old}"
    name = "allowance" if text is RATE else "bands"
    try:
        rate_of(load_text(text.replace(old, new, 1), "rate.yaml"), name, FACTS)
    except FileMistake as mistake:
        return " | ".join(str(fault) for fault in mistake.faults)
    return "nothing wrong"


def test_the_good_files_of_figures_are_right() -> None:
    assert _rate_file("meaning => meaning", RATE) == "nothing wrong"
    assert _rate_file("meaning => meaning", TABLE) == "nothing wrong"


def test_figures_are_refused_in_these_words() -> None:
    _compare("rates.txt", lambda edit: _rate_file(edit, RATE))


def test_tables_are_refused_in_these_words() -> None:
    _compare("tables.txt", lambda edit: _rate_file(edit, TABLE))


@pytest.mark.parametrize("text", ["(" * 10_000 + "age > 3" + ")" * 10_000, "(" * 1_999 + "1"])
def test_ten_thousand_parentheses_are_refused_at_a_place(text: str) -> None:
    with pytest.raises(RuleMistake) as mistake:
        check_rule(text, Vocabulary(FACTS))
    assert mistake.value.line == 1
    assert mistake.value.column in (4001, 51)
