"""Which of many schemes can be counted: each by its own permission, figures of the day there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.unit.population.people import City
from tests.unit.population.rows import day
from tests.unit.population.schemes_for_tests import PLACE, scheme

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.rates import Rate
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.trawl import FactsNotReady, TrawlRefused, countable, ready_facts

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
