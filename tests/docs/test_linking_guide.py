"""The guide to linking tells of every comparison, block and limit that the program has."""

from __future__ import annotations

from wholeplace.population.identity import PEOPLE
from wholeplace.population.identity.block import Limits
from wholeplace.population.identity.guards import Guards

from .terminal import ROOT

PAGE = (ROOT / "docs" / "guides" / "linking.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())


def test_it_tells_of_every_comparison_and_of_no_other() -> None:
    table = PAGE.partition("## What is compared")[2].partition("## What meets")[0]
    told = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert told[1:] == [made.name.replace("_", " ") for made in PEOPLE.comparisons]


def test_it_tells_of_every_block_and_of_no_other() -> None:
    meets = PAGE.partition("## What meets")[2].partition("## What is left out")[0]
    told = [line.removeprefix("- ") for line in meets.splitlines() if line.startswith("- ")]
    assert told == [block.name for block in PEOPLE.blocks]


def test_its_limits_are_those_that_hold() -> None:
    guards, limits = Guards(), Limits()
    assert f"more than {guards.home} records of one agency, a telephone of more than" in TEXT
    assert f"a telephone of more than {guards.phone}, an e-mail address or a number" in TEXT
    assert guards.email == guards.number
    assert f"a number of one's own of more than {guards.email}:" in TEXT
    assert f"What more than {limits.records} records share" in TEXT
    assert f"gives at most {limits.pairs:g} pairs a record" in TEXT
