"""Schemes that nobody, or everybody, can meet: what is pointed out, where, in which words."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.generative.rules.valid_rules import FACTS, RATES

from wholeplace.core.rules.files.scheme_file import BasisFile, ValidFile
from wholeplace.core.rules.files.scheme_loader import build_scheme
from wholeplace.core.rules.files.yaml import load_text
from wholeplace.core.rules.schemes import PlaceRules
from wholeplace.core.rules.warning.warnings import Warnings, warnings_of

GOLDEN = Path(__file__).parent / "golden" / "warnings.txt"
BASIS = BasisFile.model_validate(
    {
        "name": "Public task",
        "law": "The law",
        "purpose": "To help",
        "agencies": ["council-benefits"],
        "valid": {"from": "2013-04-01"},
    },
    strict=False,
)
PLACE = PlaceRules(FACTS, {"public-task": BASIS}, rates=RATES)
HEAD = """\
scheme: looked-at
name: Looked at
owner: benefits-service
source: For these tests
valid: {from: 2020-01-01}
about: person
lawful_basis: public-task
may_read: [council-benefits]
settings:
  oldest: {value: 16, meaning: An upper age}
  youngest: {value: 18, meaning: A lower age}
  limit: {value: £10.00, meaning: An amount}
found_by: [self_referral]
journey: {lead: benefits-assessor, decide_within: 5 working days}
cases:
  - {name: nothing is known, as_at: 2026-06-01, facts: {}, expect: {eligible: possible}}
"""


def _head(rules: str) -> str:
    """The head with the settings that the rules read; the others' lines are empty."""
    found = []
    for line in HEAD.splitlines():
        name, _, rest = line.strip().partition(":")
        unread = "meaning:" in rest and not re.search(rf"\b{name}\b", rules)
        found.append("" if unread else line)
    return "\n".join(found).replace("settings:\n\n\n\n", "\n\n\n\n") + "\n"


def pointed_out(written: str) -> Warnings:
    """`RULE [@ on] / RULE [@ on] [// eligible]`, the criteria called a, b, c and so on."""
    rules, _, eligible = written.partition(" // ")
    text = f"{_head(rules)}criteria:\n"
    names = []
    for name, rule in zip("abcdefghijklmnopqrstuvwxyz", rules.split(" / "), strict=False):
        when, _, on = rule.partition(" @ ")
        text += f'  {name}: {{text: it is so, on: {on or "as_at"}, when: "{when}"}}\n'
        names.append(name)
    text += f"eligible: {eligible or '{all: [' + ', '.join(names) + ']}'}\n"
    document = load_text(text, "scheme.yaml")
    return warnings_of(build_scheme(document, PLACE), document)


def _pairs() -> list[tuple[str, str]]:
    lines = [line for line in GOLDEN.read_text().splitlines() if line[:2] in ("> ", "< ")]
    return [(one[2:], two[2:]) for one, two in zip(lines[::2], lines[1::2], strict=True)]


def test_what_is_pointed_out() -> None:
    pairs = _pairs()
    said = [
        (written, " | ".join(map(str, pointed_out(written).found)) or "nothing")
        for written, _ in pairs
    ]
    if os.environ.get("WHOLEPLACE_GOLDEN") == "write":
        GOLDEN.write_text("\n\n".join(f"> {one}\n< {two}" for one, two in said) + "\n")
        pytest.fail(f"wrote {GOLDEN}: read it")
    assert said == pairs
    assert all(words != "nothing" for _, words in said)


@pytest.mark.parametrize(
    "written",
    [
        "age >= 18 / age < 25",
        "age >= 18 / age < 16 // {any: [a, b]}",
        "age >= 18 @ job_start_date / age < 16",
        "weekly_rent >= £0.00",
        "weekly_rent > £0.00 / weekly_rent < £0.02",
        "score > 17 / score < 18",
        "job_start_date + 13 weeks > as_at / job_start_date + 12 weeks < as_at",
        "tenure in [council, owned] / tenure not in [council]",
        "employed / has_partner",
        "weekly_rent < allowance / weekly_rent > £400.00",
        "min(weekly_rent, savings) > £10.00 / weekly_rent < £20.00",
        "age in [1, 2, 3] / age > 2",
        "jobs_started(within: 5 weeks) >= 3 / jobs_started < 1",
    ],
)
def test_what_can_be_is_not_pointed_out(written: str) -> None:
    assert pointed_out(written) == Warnings(())


def test_days_that_depend_on_each_other_are_not_seen_through() -> None:
    """True of nobody, and not seen: a birth date and an age are two facts here."""
    written = "date_of_birth > as_at / age >= 18"
    assert pointed_out(written) == Warnings(())


def test_a_rule_too_hard_to_look_through_is_named() -> None:
    """Ten numbers want nine counts: true of nobody, and found only by trying them all."""
    counts = [f"jobs_started(within: {days} days)" for days in range(1, 10)]
    wanted = [" or ".join(f"{count} = {n}" for count in counts) for n in range(10)]
    found = pointed_out(" and ".join(f"({one})" for one in wanted))
    assert found == Warnings((), ("a", "eligible"))


def _outside(old: str, new: str) -> list[str]:
    rule = 'criteria: {a: {text: it is so, when: "age >= 18"}}\neligible: a\n'
    text = _head(rule) + rule
    assert old in text
    document = load_text(text.replace(old, new, 1), "scheme.yaml")
    ends = BASIS.model_copy(
        update={"valid": ValidFile(from_=dt.date(2026, 1, 1), to=dt.date(2027, 3, 31))}
    )
    place = replace(PLACE, bases={"public-task": ends})
    return [str(each) for each in warnings_of(build_scheme(document, place), document).found]


def test_days_outside_the_lawful_basis_and_the_scheme_are_pointed_out() -> None:
    held = "`public-task` holds from 1 January 2026 to 31 March 2027"
    later = "no trawl is made of later days; end the scheme then, or name another basis"
    (said,) = _outside("valid", "valid")
    assert said == f"scheme.yaml:5:8: the scheme runs on after its lawful basis: {held}; {later}"
    assert _outside("{from: 2020-01-01}", "{from: 2020-01-01, to: 2027-03-31}") == []
    assert len(_outside("{from: 2020-01-01}", "{from: 2020-01-01, to: 2027-04-01}")) == 1

    early = _outside("as_at: 2026-06-01", "as_at: 2025-12-31")
    assert f"scheme.yaml:5:8: the scheme has cases before its lawful basis: {held}" in early[0]
    case = _outside("as_at: 2026-06-01", "as_at: 2019-12-31")
    assert case[1:] == [
        "scheme.yaml:16:37: the scheme takes nobody on 31 December 2019, the day of this case; "
        "the case “nothing is known” says what the rules would come to; choose another day"
    ]
