"""Facts: the hard cases one by one, and SQL against the slow derivation, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.population.facts_for_tests import FACTS, JOB_BY, fact
from tests.unit.population.people import City
from tests.unit.population.rows import day

from wholeplace.core.rules.computed import WorkedOut, Workings
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.schemes import AS_AT, FactNeed
from wholeplace.core.rules.stated import Args
from wholeplace.core.rules.tree import FactKey
from wholeplace.population.engines.duckdb import connect
from wholeplace.population.facts import (
    FactQueries,
    FactRefused,
    Gap,
    PersonFacts,
    PersonRows,
    Row,
    check_fact,
    derive,
    groupings_of,
    living,
)
from wholeplace.population.snapshot import Snapshot, islands

AS_ATS = [day("2024-04-10"), day("2024-07-19"), day("2025-01-01"), day("2026-02-28")]
WORKINGS = Workings(FACTS)
NEEDS = [
    *(FactNeed(FactKey(name), AS_AT) for name in FACTS),
    *(FactNeed(FactKey(name), "job_start_date") for name in FACTS),
    FactNeed(FactKey("age"), "born"),
    FactNeed(FactKey("jobs_started", (("within_days", 91),)), AS_AT),
    FactNeed(FactKey("jobs_started", (("within_days", 91),)), "job_end_date"),
    FactNeed(FactKey("any_benefit"), "job_end_date"),
]


def by_duckdb(snapshot: Snapshot, as_at: date) -> dict[int, dict[str, Any]]:
    """Every need of everybody; spells are merged on the spot where the snapshot has none."""
    with connect(snapshot.path) as engine:
        merged = {}
        if not snapshot.manifest.groupings:
            for made in groupings_of(FACTS):
                spells = f"'{snapshot.file('benefit_spells')}'"
                merged[made.name] = f'"{made.name}"'
                engine.execute(
                    f'CREATE TEMP TABLE "{made.name}" AS {islands.merge_sql(made, spells)}'
                )
        queries = FactQueries(snapshot, FACTS, as_at, merged)
        for on in ("job_start_date", "job_end_date", "born"):
            engine.execute(f"CREATE TEMP TABLE {queries.days_table(on)} AS {queries.days(on)}")
        found = engine.execute(queries.facts(NEEDS))
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row.pop("person_id"): row for row in rows}


def slowly(person: PersonRows, as_at: date) -> dict[str, Any]:
    known = WorkedOut(PersonFacts(FACTS, person), WORKINGS, as_at)
    values = {}
    for need in NEEDS:
        at: Any = as_at
        if need.on != AS_AT:
            at = known.fact(need.on, (), as_at).value
        found = derive(FACTS[need.key.name], need.key, person, at)
        assert (found.value is None) == (found.gap is not None)
        values[need.column] = None if at is None else known.fact(*need_of(need), at).value
        if FACTS[need.key.name].derive.kind not in ("rule", "related"):
            assert values[need.column] == found.value
    return values


def need_of(need: FactNeed) -> tuple[str, Args]:
    return need.key.name, need.key.args


def alike(fast: Mapping[str, Any], slow: Mapping[str, Any]) -> bool:
    return {
        name: Fraction(v)
        if FACTS[name.split("__")[0]].type in ("number", "percent") and v is not None
        else v
        for name, v in fast.items()
    } == dict(slow)


@pytest.mark.parametrize("merged_when", ["made", "asked"])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), as_at=st.sampled_from(AS_ATS))
def test_sql_and_the_slow_derivation_agree_cell_by_cell(
    tmp_path_factory: pytest.TempPathFactory, merged_when: str, seed: int, as_at: date
) -> None:
    city = City(seed, 60)
    groupings = groupings_of(FACTS) if merged_when == "made" else ()
    snapshot = city.snapshot(tmp_path_factory.mktemp("city") / "one", groupings)

    fast = by_duckdb(snapshot, as_at)

    for number, person in city.people().items():
        slow = slowly(person, as_at)
        assert alike(fast[number], slow), (number, fast[number], slow)


def test_the_random_city_reaches_every_kind_of_value(tmp_path: Path) -> None:
    """Agreement would mean little among people of whom nothing is known."""
    city = City(1, 600)
    people = city.people().values()
    cells = [slowly(person, as_at) for person in people for as_at in AS_ATS]
    for name, spec in FACTS.items():
        known = {cell[f"{name}__on__as_at"] for cell in cells} - {None}
        assert spec.derive.kind == "stated" or len(known) > 1, name
        assert any(cell[f"{name}__on__as_at"] is None for cell in cells), name


# -- hard cases -------------------------------------------------------------------------


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


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), as_at=st.sampled_from(AS_ATS), days=st.integers(1, 400))
def test_the_same_people_are_lived_with_until_the_day_that_says_so(
    seed: int, as_at: date, days: int
) -> None:
    relations = ("partner", "children", "parents", "non_dependants", "household")
    for person in City(seed, 40).people().values():
        until = living.next_change(person, as_at)
        later = as_at + timedelta(days)
        if until is None or later < until:
            for who in relations:
                now, then = living.related(person, who, as_at), living.related(person, who, later)
                assert numbers(now) == numbers(then)
            for unit in living.STANDS:
                stands = living.stands_for(person, unit, as_at)
                assert living.stands_for(person, unit, later) is stands


def numbers(people: tuple[PersonRows, ...] | None) -> list[int] | None:
    return None if people is None else [person.number for person in people]


LIVED = [(1, "claimant"), (2, "partner"), (3, "child"), (4, "non_dependant")]


def lives_with(rows: dict[int, list[dict[str, Any]]], number: int, who: str) -> list[int] | None:
    """Whom a person lives with on 1 June 2026, among persons with these residences."""
    people = {
        each: PersonRows(
            Row({"person_id": each}),
            residences=tuple(map(Row, homes)),
            household=lambda household: [
                p for p in people.values() if household in [r["household_id"] for r in p.residences]
            ],
        )
        for each, homes in rows.items()
    }
    return numbers(living.related(people[number], who, day("2026-06-01")))


def home(
    role: str | None, start: str | None = "2020-01-01", end: str | None = None, of: int = 7
) -> dict[str, Any]:
    first, last = (day(text) if text else None for text in (start, end))
    return {"household_id": of, "role": role, "from_date": first, "to_date": last}


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (1, [[2], [3], [], [4], [2, 3, 4]]),
        (2, [[1], [3], [], [4], [1, 3, 4]]),
        (3, [[], [], [1, 2], [4], [1, 2, 4]]),
        (4, [[], [], [], [], [1, 2, 3]]),
    ],
)
def test_who_is_what_to_whom(number: int, found: list[list[int]]) -> None:
    rows = {each: [home(role)] for each, role in LIVED}
    relations = ("partner", "children", "parents", "non_dependants", "household")
    assert [lives_with(rows, number, who) for who in relations] == found


@pytest.mark.parametrize(
    ("change", "children"),
    [
        ({3: [home("child", "2026-06-01")]}, [3]),
        ({3: [home("child", "2026-06-02")]}, []),
        ({3: [home("child", "2020-01-01", "2026-06-01")]}, [3]),
        ({3: [home("child", "2020-01-01", "2026-05-31")]}, []),
        ({3: [home("child", None)]}, None),
        ({3: [home("child", None, "2026-05-31")]}, []),
        ({3: [home(None)]}, None),
        ({4: [home("non_dependant", None)]}, [3]),
        ({1: [home("claimant", None)]}, None),
        ({1: []}, None),
        ({1: [home("claimant", "2020-01-01", "2026-05-31")]}, None),
        ({1: [home("claimant"), home("claimant", of=8)], 5: [home("child", of=8)]}, [3, 5]),
    ],
    ids=[
        "moved in today",
        "moves in tomorrow",
        "the last day counts",
        "moved out yesterday",
        "a child since an unknown day",
        "since an unknown day, and gone",
        "somebody whose role is not recorded",
        "an undated row that cannot be a child",
        "one's own undated row",
        "no residence at all",
        "no residence any more",
        "two homes",
    ],
)
def test_the_children_one_lives_with(
    change: dict[int, list[dict[str, Any]]], children: list[int] | None
) -> None:
    rows = {each: [home(role)] for each, role in LIVED} | change
    assert lives_with(rows, 1, "children") == children


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
