"""Facts of one person: the hard cases one by one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.unit.population.facts_for_tests import FACTS, JOB_BY, fact
from tests.unit.population.rows import day

from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.tree import FactKey
from wholeplace.population.facts import FactRefused, Gap, PersonRows, Row, check_fact, derive


def value(spec: FactSpec, on: str, **rows: list[dict[str, Any]]) -> Any:
    person = PersonRows(
        person=Row(rows.pop("person", [{}])[0]),
        **{name: tuple(map(Row, listed)) for name, listed in rows.items()},
    )
    return derive(spec, FactKey(spec.name), person, day(on)).value


def spell(first: str | None, last: str | None, benefit: str = "uc") -> dict[str, Any]:
    return {
        "benefit": benefit,
        "start_date": day(first) if first else None,
        "end_date": day(last) if last else None,
    }


TIME_ON = [
    ("26 weeks exactly", [spell("2025-12-01", None)], "2026-06-01", 182),
    ("a day less", [spell("2025-12-02", None)], "2026-06-01", 181),
    ("a day more", [spell("2025-11-30", None)], "2026-06-01", 183),
    ("the end is included", [spell("2025-12-01", "2026-05-31")], "2026-06-01", 182),
    ("today is the last day", [spell("2025-12-01", "2026-06-01")], "2026-06-01", 182),
    ("it ended two days ago", [spell("2025-12-01", "2026-05-30")], "2026-06-01", 0),
    ("it begins today", [spell("2026-06-01", None)], "2026-06-01", 0),
    ("it begins tomorrow", [spell("2026-06-02", None)], "2026-06-01", 0),
    ("no spell at all", [], "2026-06-01", 0),
    ("unknown start", [spell(None, None)], "2026-06-01", None),
    ("unknown start of another benefit", [spell(None, None, "hb")], "2026-06-01", 0),
    (
        "a spell after the day does not bridge the gap it is read in",
        [spell("2025-12-01", "2026-05-20"), spell("2026-06-03", None)],
        "2026-06-01",
        0,
    ),
    (
        "seen later, the same gap is bridged",
        [spell("2025-12-01", "2026-05-20"), spell("2026-06-03", None)],
        "2026-06-03",
        184,
    ),
]


@pytest.mark.parametrize(
    ("spells", "on", "days"), [c[1:] for c in TIME_ON], ids=[c[0] for c in TIME_ON]
)
def test_time_on_a_benefit(spells: list[dict[str, Any]], on: str, days: int | None) -> None:
    assert value(FACTS["qualifying_benefits"], on, benefit_spells=spells) == days


@pytest.mark.parametrize(
    ("on", "days"), [("2026-03-02", 59), ("2026-04-01", 59), ("2026-04-02", 0)]
)
def test_a_spell_counts_for_so_long_after_its_end_and_does_not_grow(on: str, days: int) -> None:
    """Ended 28 February; 60 days after 1 March are up on 30 April; here the limit is 31 days."""
    spec = fact(
        "recent",
        "duration",
        {
            "spells": {
                "table": "benefit_spells",
                "column": "benefit",
                "kinds": ["uc"],
                "counts_until_days": 31,
            }
        },
        unit="days",
    )
    assert value(spec, on, benefit_spells=[spell("2026-01-01", "2026-02-28")]) == days


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-29", 20),
        ("2008-06-01", "2026-05-31", 17),
        ("2008-06-01", "2026-06-01", 18),
        ("2026-06-01", "2026-06-01", 0),
        ("2026-06-02", "2026-06-01", None),
    ],
)
def test_age_in_whole_years(born: str, on: str, age: int | None) -> None:
    assert value(FACTS["age"], on, person=[{"date_of_birth": day(born)}]) == age


def job(start: str | None, weeks: int | None, **more: Any) -> dict[str, Any]:
    return {"start_date": day(start) if start else None, "expected_weeks": weeks, **more}


@pytest.mark.parametrize(
    ("jobs", "days"),
    [
        ([job("2026-05-01", 5)], 35),
        ([job("2026-06-02", 5)], None),
        ([job("2026-05-01", 5), job("2026-06-02", 30)], 35),
        ([job("2026-01-01", 30), job("2026-05-01", None)], None),
        ([job("2026-05-01", 5), job(None, 9)], None),
        ([job("2026-05-01", 9), job("2026-05-01", 5)], 63),
        (
            [
                job("2026-05-01", 9, reported_on=day("2026-05-02")),
                job("2026-05-01", 5, reported_on=day("2026-05-03")),
            ],
            35,
        ),
    ],
    ids=[
        "known",
        "future start",
        "a future one does not hide it",
        "unknown length is not the last job's",
        "a job of an unknown day may be the latest",
        "two on a day: the longer",
        "two on a day: the one reported last",
    ],
)
def test_the_latest_job(jobs: list[dict[str, Any]], days: int | None) -> None:
    assert value(FACTS["job_expected_length"], "2026-06-01", jobs=jobs) == days


def test_rent_is_that_of_the_home_of_the_day() -> None:
    """Someone who moved owes the new home's rent, not both."""
    homes = [
        {"household_id": 1, "from_date": day("2025-01-01"), "to_date": day("2026-04-30")},
        {"household_id": 2, "from_date": day("2026-05-01"), "to_date": None},
    ]
    accounts = [
        {"household_id": h, "kind": "rent", "weekly_charge_pence": p, "as_at_date": day(d)}
        for h, p, d in ((1, 9000, "2025-02-01"), (1, 9500, "2026-02-01"), (2, 12000, "2026-05-03"))
    ]
    rent = FACTS["weekly_rent"]
    assert value(rent, "2026-04-30", residences=homes, accounts=accounts) == 9500
    assert value(rent, "2026-05-01", residences=homes, accounts=accounts) is None
    assert value(rent, "2026-05-03", residences=homes, accounts=accounts) == 12000


def test_every_unknown_says_why_and_a_value_names_its_row() -> None:
    spec = FACTS["job_expected_length"]
    source = Row(job("2026-05-01", 5), source="line 42")
    person = PersonRows(person=Row({}), jobs=(source,))

    assert derive(spec, FactKey(spec.name), person, day("2026-06-01")).rows == (source,)
    assert derive(spec, FactKey(spec.name), person, day("2026-04-01")).gap == Gap.NO_RECORD
    assert derive(spec, FactKey(spec.name), person, None).gap == Gap.NO_DAY
    assert derive(FACTS["central_heating"], FactKey("x"), person, None).gap == Gap.ONLY_ASKED


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (fact("a", "date", {"latest": {"table": "work", "column": "x", "by": "y"}}), "no table"),
        (
            fact("a", "date", {"latest": {"table": "jobs", "column": "hours", "by": "start_date"}}),
            "columns of jobs that hold a date: start_date, end_date",
        ),
        (
            fact(
                "a", "date", {"latest": {"table": "jobs", "column": "end_date", "by": "employer"}}
            ),
            "`by` in jobs is one of",
        ),
        (
            fact(
                "a",
                "number",
                {
                    "count": {
                        "table": "jobs",
                        "by": "end_date",
                        "within_days": 1,
                        "where": {"x": "y"},
                    }
                },
            ),
            "`where` in jobs asks about: employer",
        ),
        (
            fact("a", "money", {"sum": {"table": "jobs", "column": "hours", "by": "end_date"}}),
            "only accounts",
        ),
    ],
)
def test_a_fact_that_a_snapshot_cannot_give_is_refused_with_the_reason(
    spec: FactSpec, why: str
) -> None:
    with pytest.raises(FactRefused, match=f"(?i){why}"):
        check_fact(spec)


def test_the_facts_of_these_tests_can_all_be_derived() -> None:
    for spec in FACTS.values():
        check_fact(spec)


def test_days_beyond_years_1800_to_2200_are_unknown() -> None:
    end = {"employer": "b", "start_date": day("2026-01-01"), "end_date": date.max}
    assert value(FACTS["job_end_date"], "2026-06-01", jobs=[end]) is None
    near = {**end, "end_date": day("2200-12-31")}
    assert value(FACTS["job_end_date"], "2026-06-01", jobs=[near]) == near["end_date"]
    late = {**end, "end_date": near["end_date"] + timedelta(1)}
    assert value(FACTS["job_end_date"], "2026-06-01", jobs=[late]) is None


@pytest.mark.parametrize(
    ("spells", "pence"),
    [
        ([], 0),
        ([("2026-01-01", None, 900), ("2026-06-01", "2026-06-01", 50)], 950),
        ([("2026-01-01", "2026-05-31", 900), ("2026-06-02", None, 50)], 0),
        ([("2026-01-01", None, None)], None),
        ([(None, None, 900)], None),
        ([(None, "2026-05-31", 900)], 0),
    ],
)
def test_what_is_paid_on_the_day(spells: list[Any], pence: int | None) -> None:
    rows = [{**spell(first, last), "weekly_pence": each} for first, last, each in spells]
    assert value(FACTS["paid_now"], "2026-06-01", benefit_spells=rows) == pence


def test_until_is_a_day_of_the_table() -> None:
    derive = {**JOB_BY, "column": "hours_a_week", "until": "to_date"}
    with pytest.raises(
        FactRefused, match="`until` in jobs is one of: start_date, end_date, reported_on"
    ):
        check_fact(fact("hours", "number", {"sum": derive}))
