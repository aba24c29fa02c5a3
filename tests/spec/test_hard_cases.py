"""The hard cases of hard_cases.txt each have a test; those without one elsewhere are here."""

from __future__ import annotations

import ast
import datetime as dt
import functools
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.generative.rules.valid_rules import FACTS as WORDS
from tests.generative.rules.valid_rules import VOCABULARY

from wholeplace.core.rules.check import check_rule
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.evaluate import evaluate, truth_and, truth_not, truth_or
from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.files.scheme_loader import (
    load_place,
    load_scheme,
    load_schemes,
    read_scheme,
)
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.printing.printer import print_sql
from wholeplace.core.rules.stated import FactMistake, StatedFacts
from wholeplace.core.rules.tree import FactKey
from wholeplace.population.facts import Gap, PersonRows, Row, derive

TESTS = Path(__file__).parents[1]
PLACES = TESTS.parent / "places"
PLACE = load_place(PLACES / "birmingham")
SECOND = load_place(PLACES / "solihull-example")
SCHEME = load_scheme(PLACES / "birmingham" / "schemes" / "transition-payments.yaml", PLACE)
TODAY = dt.date(2026, 6, 1)
Y, N, U = True, False, None


def _cases() -> dict[str, str]:
    """Line and case → where its test is."""
    found, line = {}, ""
    for text in (TESTS / "spec" / "hard_cases.txt").read_text(encoding="utf-8").splitlines():
        case, arrow, reference = text.partition(" => ")
        line = text[2:] if text.startswith("# ") else line
        if arrow:
            assert f"{line}: {case}" not in found
            found[f"{line}: {case}"] = reference
    return found


CASES = _cases()


# -- every case has its test ------------------------------------------------------------------
@functools.cache
def _read(file: str) -> tuple[str, frozenset[str]]:
    text = (TESTS / file).read_text(encoding="utf-8")
    tree = ast.walk(ast.parse(text))
    return text, frozenset(node.name for node in tree if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("case", "reference"), CASES.items(), ids=list(CASES))
def test_the_case_has_a_test(case: str, reference: str) -> None:
    file, _, rest = reference.partition("::")
    name, _, marked = rest.partition("[")
    text, names = _read(file)
    assert name in names, case
    assert marked.removesuffix("]") in text, case


def test_every_test_of_this_file_is_a_case() -> None:
    named = {where.split("::")[1].split("[")[0] for where in CASES.values()}
    own = {name for name in _read("spec/test_hard_cases.py")[1] if name.startswith("test_")}
    assert own - named == {"test_the_case_has_a_test", "test_every_test_of_this_file_is_a_case"}


# -- three values -----------------------------------------------------------------------------
def value_of(rule: str, **facts: Any) -> Any:
    tree = check_rule(rule, VOCABULARY).tree
    return evaluate(tree, TODAY, lambda use: facts.get(use.key.slug))


@functools.cache
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def sql_of(rule: str, **columns: str) -> Any:
    """The rule's value on DuckDB, over columns written as SQL."""
    printed = print_sql(
        check_rule(rule, VOCABULARY).tree,
        as_at=TODAY,
        fact_column=lambda use, on: f"({columns.get(use.name, 'NULL')})",
    )
    return engine().execute(f"SELECT {printed}").fetchall()[0][0]


@pytest.mark.parametrize(("one", "two"), list(product((Y, N, U), repeat=2)))
def test_the_printed_sql_follows_kleenes_tables(one: bool | None, two: bool | None) -> None:
    columns = {
        name: f"CAST({'NULL' if value is None else value} AS BOOLEAN)"
        for name, value in (("employed", one), ("has_partner", two))
    }
    assert sql_of("employed and has_partner", **columns) is truth_and([one, two])
    assert sql_of("employed or has_partner", **columns) is truth_or([one, two])
    assert sql_of("not employed", **columns) is truth_not(one)


@pytest.mark.parametrize("rule", ["not (age >= 18)", "not employed", "not (tenure = owned)"])
def test_not_over_an_unknown_is_unknown(rule: str) -> None:
    assert value_of(rule) is None


@pytest.mark.parametrize(
    "rule",
    ["tenure in []", "tenure in [unknown]", "tenure in [council, last_tenure]", "age in [null]"],
)
def test_a_list_is_of_plain_values(rule: str) -> None:
    with pytest.raises(RuleMistake):
        check_rule(rule, VOCABULARY)


# -- no value, for four reasons ---------------------------------------------------------------
FULL = dict(SCHEME.cases[0].facts)


@pytest.mark.parametrize("reason", ["unknown", "no record", "outside the data", "not applicable"])
@pytest.mark.parametrize("fact", ["area_imd_decile", "job_expected_length"])
def test_each_reason_leaves_the_answer_open(fact: str, reason: str) -> None:
    facts = StatedFacts({**FULL, fact: reason}, PLACE.facts)
    found = explain(SCHEME, facts, SCHEME.cases[0].as_at)
    assert found.answer == "possible"
    assert [question.fact for question in found.missing] == [fact]


# -- spells -----------------------------------------------------------------------------------
def row(**values: Any) -> Row:
    days = {k: dt.date.fromisoformat(v) for k, v in values.items() if k.endswith("_date") and v}
    return Row({**values, **days})


def derived(name: str, on: str, place: Any = PLACE, **rows: Any) -> Any:
    person = PersonRows(person=row(), **rows)
    return derive(place.facts[name], FactKey(name), person, dt.date.fromisoformat(on))


SWITCHED = (
    row(benefit="jsa", start_date="2025-10-01", end_date="2026-01-31"),
    row(benefit="uc", start_date="2026-02-01", end_date=None),
)
A_WEEK_APART = (SWITCHED[0], row(benefit="uc", start_date="2026-02-08", end_date=None))
NINE_DAYS_APART = (SWITCHED[0], row(benefit="uc", start_date="2026-02-10", end_date=None))


def test_a_benefit_switched_without_a_gap_goes_on() -> None:
    found = derived("qualifying_benefits", "2026-06-01", benefit_spells=SWITCHED)
    assert found.value == (TODAY - dt.date(2025, 10, 1)).days


def test_a_gap_of_a_week_is_permitted_in_one_place_and_not_in_the_other() -> None:
    def length(place: Any, spells: Any) -> int:
        return int(derived("qualifying_benefits", "2026-06-01", place, benefit_spells=spells).value)

    assert length(PLACE, A_WEEK_APART) == (TODAY - dt.date(2026, 2, 8)).days
    assert length(SECOND, A_WEEK_APART) == (TODAY - dt.date(2025, 10, 1)).days
    assert length(SECOND, NINE_DAYS_APART) == (TODAY - dt.date(2026, 2, 10)).days


# -- calendar ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "rule",
    [
        "time_on(qualifying_benefits) >= 3 months",
        "13 weeks = 3 months",
        "job_expected_length + 1 month > 5 weeks",
    ],
)
def test_weeks_are_not_compared_with_months(rule: str) -> None:
    with pytest.raises(RuleMistake, match="months"):
        check_rule(rule, VOCABULARY)


# -- jobs -------------------------------------------------------------------------------------
def test_a_job_that_ended_early_is_no_longer_held() -> None:
    job = row(start_date="2026-05-01", end_date="2026-05-10", expected_weeks=26)
    assert derived("jobs_held", "2026-05-10", jobs=(job,)).value == 1
    assert derived("jobs_held", "2026-06-01", jobs=(job,)).value == 0
    assert derived("jobs_started", "2026-06-01", jobs=(job,)).value == 1
    assert derived("job_end_date", "2026-06-01", jobs=(job,)).value == dt.date(2026, 5, 10)


# -- places and persons -----------------------------------------------------------------------
OLD, NEW = "E01000001", "E01099999"  # one place before and after its boundary was drawn anew
HOMES = (
    row(household_id=1, lsoa_code=OLD, from_date="2020-01-01", to_date="2026-03-31"),
    row(household_id=1, lsoa_code=NEW, from_date="2026-04-01", to_date=None),
)
FIGURES = {
    OLD: (row(value=1, from_date=None, to_date="2026-03-31"),),
    NEW: (row(value=3, from_date="2026-04-01", to_date=None),),
}


def decile(on: str, homes: Any) -> Any:
    def figures(code: str, indicator: str) -> Any:
        return FIGURES.get(code, ())

    return derived("area_imd_decile", on, residences=homes, indicators=figures)


@pytest.mark.parametrize(("on", "expected"), [("2026-03-31", 1), ("2026-04-01", 3)])
def test_an_area_is_the_one_of_the_homes_own_day(on: str, expected: int) -> None:
    assert decile(on, HOMES).value == expected


def test_an_area_of_another_code_is_outside_the_data() -> None:
    """The home's code is of the old list and the figures are of the new one: never guessed."""
    home = row(household_id=1, lsoa_code=OLD, from_date="2020-01-01", to_date=None)
    found = decile("2026-04-01", (home,))
    assert (found.value, found.gap) == (None, Gap.OUTSIDE)


def test_who_moved_out_has_no_area_of_today() -> None:
    gone = row(household_id=1, lsoa_code=NEW, from_date="2020-01-01", to_date="2026-04-30")
    assert decile("2026-04-30", (gone,)).value == 3
    assert decile("2026-05-01", (gone,)).gap == Gap.NO_RECORD


# -- rule versions ----------------------------------------------------------------------------
def test_the_first_and_the_last_day_of_a_scheme_are_in_it() -> None:
    text = SCHEME.text.replace("{from: 2009-04-01}", "{from: 2009-04-01, to: 2011-03-31}", 1)
    scheme = read_scheme(text, PLACE)
    days = ["2009-03-31", "2009-04-01", "2011-03-31", "2011-04-01"]
    assert [scheme.open_on(dt.date.fromisoformat(day)) for day in days] == [N, Y, Y, N]


def test_another_text_is_another_version() -> None:
    other = read_scheme(SCHEME.text.replace("value: £35.00", "value: £36.00", 1), PLACE)
    assert other.version != SCHEME.version
    assert read_scheme(SCHEME.text, PLACE).version == SCHEME.version


# -- codes ------------------------------------------------------------------------------------
ALMOST = ["Council", "COUNCIL", " council", "council ", "coun cil", "councíl", "ｃouncil", ""]


@pytest.mark.parametrize("written", ALMOST)
def test_a_stated_code_is_the_code_or_nothing(written: str) -> None:
    with pytest.raises(FactMistake):
        StatedFacts({"tenure": written}, WORDS)


@pytest.mark.parametrize("written", [w for w in ALMOST if w.strip() != "council"])
def test_a_rule_names_codes_as_they_are(written: str) -> None:
    with pytest.raises(RuleMistake):
        check_rule(f"tenure = {written}", VOCABULARY)


@pytest.mark.parametrize("held", ALMOST)
def test_data_that_only_looks_like_a_code_is_not_it(held: str) -> None:
    for rule in ("tenure = council", "tenure in [council, owned]"):
        assert value_of(rule, tenure=held) is False
        assert sql_of(rule, tenure=f"'{held}'") is False


# -- one by one and all at once ---------------------------------------------------------------
@pytest.mark.parametrize("scheme", load_schemes(PLACES / "birmingham", PLACE), ids=lambda s: s.key)
def test_somebody_of_whom_nothing_is_known_is_possible_everywhere(scheme: Any) -> None:
    found = Evaluation(scheme, StatedFacts({}, PLACE.facts), TODAY)
    assert found.eligible is None
    assert set(found.criteria.values()) == {None}


def test_a_rule_that_everybody_meets_is_met_by_who_is_not_known() -> None:
    assert value_of("yes") is True
    assert sql_of("yes") is True
    assert value_of("yes or age >= 18") is True
    assert sql_of("yes or age >= 18") is True


# -- hostile text -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "offset"),
    [
        ("age >= 18; drop table people", 9),
        ("1=1; drop table p", 3),
        ("select 1", 7),
        ("age >= 18 -- and so on", 10),
        ("age >= 18 /* and */", 10),
        ("age >= 18 union select 1", 10),
        ('"age" >= 18', 0),
        ("`age` >= 18", 0),
        ("age >= '18'", 7),
        ("{{age}} >= 18", 0),
        ("age ? 18", 4),
        ("age >= :n", 7),
        ("age >= $1", 7),
        ("age >= ２６", 7),
        ("аge >= 18", 0),
        ("age >= 18\u202e", 9),
        ("age is null", 4),
        ("coalesce(age, 0) >= 18", 0),
        ("tenure = 'a' 'b'", 9),
        ("age >= 1/0", 8),
        ("AGE >= 18", 0),
        ("age\x00 >= 18", 3),
    ],
)
def test_hostile_text_is_refused_at_its_place(rule: str, offset: int) -> None:
    with pytest.raises(RuleMistake) as caught:
        check_rule(rule, VOCABULARY)
    assert caught.value.offset == offset
    assert caught.value.fault_what
