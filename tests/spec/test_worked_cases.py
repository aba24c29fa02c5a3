"""Every worked case of every scheme of every place, on the interpreter and on DuckDB."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.cases import run_case
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.files.scheme_file import CaseFile
from wholeplace.core.rules.files.scheme_loader import load_place, load_schemes
from wholeplace.core.rules.printing.printer import print_pence, print_sql
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.stated import StatedFacts

PLACES = Path(__file__).parents[2] / "places"
SCHEMES = [
    scheme
    for folder in sorted(PLACES.iterdir())
    for scheme in load_schemes(folder, load_place(folder))
]
CASES = [
    pytest.param(scheme, case, id=f"{scheme.key}: {case.name}")
    for scheme in SCHEMES
    for case in scheme.cases
]
SQL_TYPES = {
    "boolean": "BOOLEAN",
    "number": "DECIMAL(18, 4)",
    "percent": "DECIMAL(18, 4)",
    "money": "BIGINT",
    "date": "DATE",
    "duration": "BIGINT",
    "code": "VARCHAR",
}


def evaluation_of(scheme: Scheme, case: CaseFile) -> Evaluation:
    return Evaluation(scheme, StatedFacts(case.facts, scheme.place.facts), case.as_at)


@pytest.mark.parametrize(("scheme", "case"), CASES)
def test_a_worked_case_comes_to_what_it_says(scheme: Scheme, case: CaseFile) -> None:
    assert run_case(scheme, case).problems == ()


@pytest.mark.parametrize(("scheme", "case"), CASES)
def test_the_printed_rules_say_the_same(scheme: Scheme, case: CaseFile) -> None:
    run = evaluation_of(scheme, case)

    def column(use: t.FactUse, on: str) -> str:
        """The fact as a literal: what a column of one row would hold."""
        kind = SQL_TYPES[scheme.place.facts[use.name].type]
        value = run.fact(use.key, on).value
        value = float(value) if isinstance(value, Fraction) else value
        shown = "NULL" if value is None else f"'{value}'"
        return f"CAST({shown} AS {kind})"

    printed = {
        item.key: print_sql(item.rule.tree, as_at=case.as_at, fact_column=column, on=item.on)
        for item in scheme.used_criteria()
    }
    amounts = [
        print_pence(pay.amount.tree, as_at=case.as_at, fact_column=column, on=pay.on)
        for pay in scheme.pays.values()
    ]
    whole = scheme.eligible.sql(printed.__getitem__)
    row = (
        duckdb.connect()
        .execute(f"SELECT {', '.join([whole, *printed.values(), *amounts])}")
        .fetchone()
    )
    expected = [run.eligible, *(run.criteria[key] for key in printed)]
    assert list(row or ()) == [*expected, *(run.pence(pay) for pay in scheme.pays.values())]


def test_there_are_cases_of_every_answer() -> None:
    assert {run_case(*case.values).answer for case in CASES} == {"yes", "no", "possible"}
