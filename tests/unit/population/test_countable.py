"""Which of many schemes can be counted: each by its own permission, figures of the day there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.unit.population.facts_for_tests import FACTS, fact
from tests.unit.population.people import City
from tests.unit.population.rows import day
from tests.unit.population.schemes_for_tests import BASIS, PLACE, scheme

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.files.scheme_file import ValidFile
from wholeplace.core.rules.rates import Rate, RateMissing
from wholeplace.core.rules.schemes import Funding
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.trawl import (
    FactsNotReady,
    TrawlRefused,
    check_trawl,
    countable,
    ready_facts,
    trawl,
)

LEVY = Rate(
    "levy",
    "a levy",
    t.Type(t.Kind.MONEY, bound=500),
    (t.DatedFigure(date(2024, 4, 6), date(2025, 4, 5), Fraction(500), "these tests"),),
)
OLD = scheme({"old": "age >= 60"})
WORKING = scheme({"working": "jobs_started >= 1"})
LEVIED = scheme({"levied": "weekly_rent > levy"}, place=replace(PLACE, rates={"levy": LEVY}))


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return City(1, 20).snapshot(tmp_path / "one")


def test_each_scheme_is_let_in_or_left_out_by_itself(snapshot: Snapshot) -> None:
    agencies = {**snapshot.manifest.agencies, "jobs": ("nhs",)}
    snapshot = replace(snapshot, manifest=replace(snapshot.manifest, agencies=agencies))

    those, others = countable(snapshot, [WORKING, OLD, LEVIED], day("2025-01-01"))

    assert those == [OLD, LEVIED]
    ((left_out, why),) = others
    assert left_out is WORKING
    assert "is read from jobs, which hold rows of `nhs` here" in str(why)


def test_a_scheme_without_this_years_figure_is_left_out_and_says_so(snapshot: Snapshot) -> None:
    those, others = countable(snapshot, [OLD, LEVIED], day("2025-04-06"))

    assert those == [OLD]
    ((left_out, why),) = others
    assert left_out is LEVIED
    assert "There is no figure of `levy` for 6 April 2025." in str(why)


def test_facts_made_ready_for_one_scheme_are_not_asked_for_another(snapshot: Snapshot) -> None:
    with ready_facts(snapshot, [OLD], day("2025-01-01")) as ready:
        assert ready.count([OLD])[0].people == 20
        with pytest.raises(FactsNotReady, match="jobs_started__on__as_at"):
            ready.count([OLD, WORKING])
        with pytest.raises(FactsNotReady, match="jobs_started__on__as_at"):
            ready.found(WORKING)


def test_nothing_is_read_for_a_scheme_that_may_not(snapshot: Snapshot) -> None:
    asked_for_only = scheme({"old": "age >= 60"}, found_by=["referral"])
    with (
        pytest.raises(TrawlRefused),
        ready_facts(snapshot, [OLD, asked_for_only], day("2025-01-01")),
    ):
        raise AssertionError("it was let in")
    with ready_facts(snapshot, [OLD], day("2025-01-01")) as ready, pytest.raises(TrawlRefused):
        ready.count([asked_for_only])


def test_a_figure_that_only_an_amount_names_must_be_there_too(snapshot: Snapshot) -> None:
    local = Funding("local", "Local", "us", "ask", date(2001, 1, 1), None, ())
    place = replace(PLACE, rates={"levy": LEVY}, funding={"local": local})
    paid = scheme(
        {"old": "age >= 60"}, place=place, pays={"help": {"amount": "levy", "funding": ["local"]}}
    )

    assert countable(snapshot, [paid], day("2025-04-05")) == ([paid], [])
    ((_, why),) = countable(snapshot, [paid], day("2025-04-06"))[1]
    assert isinstance(why, RateMissing)
    with pytest.raises(RateMissing, match="no figure of `levy` for 6 April 2025"):
        trawl(snapshot, paid, day("2025-04-06"))


def test_so_must_one_that_only_a_persons_own_day_is_worked_out_with(snapshot: Snapshot) -> None:
    rule = {"rule": {"of": "if weekly_rent > levy then job_start_date else job_end_date"}}
    facts = {**FACTS, "charged_on": fact("charged_on", "date", rule)}
    place = replace(PLACE, facts=facts, rates={"levy": LEVY})
    dated = scheme({"old": ("charged_on", "age >= 60")}, place=place)

    assert countable(snapshot, [dated], day("2025-04-05")) == ([dated], [])
    with pytest.raises(RateMissing, match="no figure of `levy` for 6 April 2025"):
        check_trawl(snapshot, dated, day("2025-04-06"))


@pytest.mark.parametrize(
    ("on", "holds"),
    [("2024-11-30", False), ("2024-12-01", True), ("2025-03-31", True), ("2025-04-01", False)],
)
def test_nobody_is_looked_for_outside_the_days_of_the_lawful_basis(
    snapshot: Snapshot, on: str, holds: bool
) -> None:
    valid = ValidFile(from_=date(2024, 12, 1), to=date(2025, 3, 31))
    basis = BASIS.model_copy(update={"valid": valid})
    winter = scheme({"old": "age >= 60"}, place=replace(PLACE, bases={"public-task": basis}))

    assert bool(countable(snapshot, [winter], day(on))[0]) is holds
    if not holds:
        words = "`public-task` holds from 1 December 2024 to 31 March 2025, not on "
        with pytest.raises(TrawlRefused, match=words):
            trawl(snapshot, winter, day(on))
