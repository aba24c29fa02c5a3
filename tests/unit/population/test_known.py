"""A snapshot as known at an earlier moment, against snapshots of only what stood then."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.population.rows import COUNCIL, KNOWN_AT, day, snapshot_of, table
from tests.unit.population.schemes_for_tests import scheme

from wholeplace.population.snapshot import (
    PUBLISHED,
    TABLES,
    Grouping,
    NotYetKnown,
    Snapshot,
    SnapshotRefused,
    SnapshotUnusable,
    open_snapshot,
    write_snapshot,
)
from wholeplace.population.snapshot.islands import merge_slowly
from wholeplace.population.snapshot.tables import KNOWN_FROM, KNOWN_TO, SOURCE_TABLES
from wholeplace.population.trawl import count_schemes, trawl, trawl_to_file

START = datetime(2026, 1, 1, tzinfo=UTC)
AS_AT = day("2026-06-01")
ADULTS = scheme({"adult": "age >= 18"})
GROUPINGS = (Grouping("any", ("uc", "jsa"), 14), Grouping("uc", ("uc",)))

Version = dict[str, Any]


def moment(number: int) -> datetime:
    return START + timedelta(hours=number)


def dated(name: str, versions: list[Version], *, before: bool) -> pa.Table:
    """Versions that stand, or that stood before, with their moments."""
    chosen = [one for one in versions if (one[KNOWN_TO] is not None) == before]
    whole = table(name, chosen)
    for column in (KNOWN_FROM, KNOWN_TO) if before else (KNOWN_FROM,):
        moments = [one[column].replace(tzinfo=None) for one in chosen]
        whole = whole.append_column(column, pa.array(moments, pa.timestamp("us")))
    return whole


def snapshot_with(
    out: Path, *, groupings: tuple[Grouping, ...] = (), **versions: list[Version]
) -> Snapshot:
    """A snapshot of versions; a table that is not named is empty."""
    return write_snapshot(
        {t.name: dated_or_plain(t.name, versions.get(t.name, [])) for t in SOURCE_TABLES},
        out,
        known_at=KNOWN_AT,
        agencies={t.name: (PUBLISHED if not t.history else COUNCIL,) for t in SOURCE_TABLES},
        groupings=groupings,
        history={name: dated(name, rows, before=True) for name, rows in versions.items()},
    )


def dated_or_plain(name: str, versions: list[Version]) -> pa.Table:
    return dated(name, versions, before=False) if TABLES[name].history else table(name, versions)


def version(first: int, last: int | None, **values: Any) -> Version:
    return {KNOWN_FROM: moment(first), KNOWN_TO: None if last is None else moment(last), **values}


def stood(versions: list[Version], at: datetime) -> list[Version]:
    return [
        one
        for one in versions
        if one[KNOWN_FROM] <= at and (one[KNOWN_TO] is None or at < one[KNOWN_TO])
    ]


def read(snapshot: Snapshot, name: str) -> list[tuple[Any, ...]]:
    """A table's rows in the order that settles ties."""
    columns = ", ".join(TABLES[name].columns)
    source = snapshot.source(name, row_numbers=True)
    query = f"SELECT {columns} FROM {source} AS held ORDER BY file_row_number"
    with duckdb.connect() as engine:
        return engine.execute(query).fetchall()


DAYS = st.none() | st.integers(0, 120).map(lambda n: date(2025, 1, 1) + timedelta(n))
MOMENTS = st.integers(0, 8)


@st.composite
def spells(draw: st.DrawFn) -> Version:
    first = draw(MOMENTS)
    last = draw(st.none() | st.integers(first + 1, 10))
    return version(
        first,
        last,
        person_id=draw(st.integers(1, 3)),
        benefit=draw(st.sampled_from(["uc", "jsa", "hb"])),
        start_date=draw(DAYS),
        end_date=draw(DAYS),
    )


PEOPLE = [version(0, None, person_id=number) for number in (1, 2, 3)]


@settings(max_examples=25, deadline=None)
@given(versions=st.lists(spells(), max_size=14), at=st.integers(0, 11).map(moment))
def test_spells_and_their_islands_are_those_of_the_moment(
    tmp_path_factory: pytest.TempPathFactory, versions: list[Version], at: datetime
) -> None:
    home = tmp_path_factory.mktemp("known")
    whole = snapshot_with(
        home / "whole", groupings=GROUPINGS, persons=PEOPLE, benefit_spells=versions
    )
    then = stood(versions, at)
    only = snapshot_of(home / "only", GROUPINGS, persons=PEOPLE, benefit_spells=then)

    known = whole.as_known(at)

    assert read(known, "benefit_spells") == read(only, "benefit_spells")
    assert read(known, "islands") == read(only, "islands")
    assert sorted(read(known, "islands"), key=str) == sorted(slow_islands(then), key=str)


def slow_islands(versions: list[Version]) -> list[tuple[Any, ...]]:
    found = []
    for made in GROUPINGS:
        mine = defaultdict(list)
        for one in versions:
            if one["benefit"] in made.kinds:
                mine[one["person_id"]].append((one["start_date"], one["end_date"]))
        found += [
            (person, made.name, island.start_date, island.end_date, island.stretch_start)
            for person, listed in mine.items()
            for island in merge_slowly(listed, made.permitted_gap_days)
        ]
    return found


def test_each_islands_moments_follow_each_other(tmp_path: Path) -> None:
    """A stretch that joins two by hindsight: what was known in between is kept, and to when."""
    one = {"person_id": 1, "benefit": "uc"}
    first = version(0, None, **one, start_date=day("2025-01-01"), end_date=day("2025-03-31"))
    third = version(0, None, **one, start_date=day("2025-05-01"))
    between = version(5, None, **one, start_date=day("2025-04-01"), end_date=day("2025-04-30"))
    made = snapshot_with(
        tmp_path / "one",
        groupings=GROUPINGS[1:],
        persons=PEOPLE,
        benefit_spells=[first, between, third],
    )
    kept = pq.read_table(made.history_file("islands")).to_pylist()
    naive = moment(0).replace(tzinfo=None)
    assert [(k["stretch_start"], k["end_date"], k[KNOWN_FROM], k[KNOWN_TO]) for k in kept] == [
        (day("2025-01-01"), day("2025-03-31"), naive, naive + timedelta(hours=5)),
        (day("2025-05-01"), None, naive, naive + timedelta(hours=5)),
    ]
    (now,) = pq.read_table(made.file("islands")).to_pylist()
    assert (now["stretch_start"], now["end_date"]) == (day("2025-01-01"), None)
    assert now[KNOWN_FROM] == naive + timedelta(hours=5)


ACCOUNT = {"person_id": 1, "household_id": 7, "kind": "rent", "arrears_pence": 5}


def test_equal_accounts_of_two_memberships_are_one_at_every_moment(tmp_path: Path) -> None:
    versions = [version(0, 4, **ACCOUNT), version(2, None, **ACCOUNT)]
    made = snapshot_with(tmp_path / "one", persons=PEOPLE, accounts=versions)
    assert [len(read(made.as_known(moment(n)), "accounts")) for n in (0, 3, 5)] == [1, 1, 1]


BORN = {"person_id": 4, "ref": "P4", "date_of_birth": day("1990-01-01")}
CHILD = {**BORN, "date_of_birth": day("2020-01-01")}


def test_people_are_found_by_what_was_known_of_them(tmp_path: Path) -> None:
    persons = [version(1, 3, **CHILD), version(3, 5, **BORN), version(7, None, **BORN)]
    made = snapshot_with(tmp_path / "one", persons=persons)
    for number, people, found in [
        (0, 0, []),
        (1, 1, []),
        (3, 1, [4]),
        (5, 0, []),
        (6, 0, []),
        (7, 1, [4]),
    ]:
        result = trawl(made, ADULTS, AS_AT, known_at=moment(number))
        assert (result.people, result.ids("yes")) == (people, found), number
        assert result.known_at == moment(number)
        (counted,) = count_schemes(made.as_known(moment(number)), [ADULTS], AS_AT)
        assert (counted.people, counted.yes) == (people, len(found))
    assert trawl(made, ADULTS, AS_AT, known_at=KNOWN_AT).ids("yes") == [4]
    filed = trawl_to_file(made, ADULTS, AS_AT, tmp_path / "list.parquet", known_at=moment(2))
    assert filed.yes == pq.read_table(tmp_path / "list.parquet").num_rows == 0


def test_what_is_yet_to_come_is_refused(tmp_path: Path) -> None:
    made = snapshot_with(tmp_path / "one", persons=PEOPLE)
    assert made.as_known(None) == made.as_known(KNOWN_AT) == made
    with pytest.raises(NotYetKnown, match="Ask for an earlier moment") as refused:
        trawl(made, ADULTS, AS_AT, known_at=KNOWN_AT + timedelta(seconds=60))
    assert "2026-07-01 00:00 UTC" in refused.value.why
    with pytest.raises(ValueError, match="time zone"):
        made.as_known(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


def test_rows_without_a_moment_were_recorded_when_the_snapshot_was_made(tmp_path: Path) -> None:
    made = snapshot_of(tmp_path / "one", persons=[BORN])
    assert made.manifest.history["persons"] == 0
    earlier = made.as_known(KNOWN_AT - timedelta(microseconds=1))
    assert (read(earlier, "persons"), len(read(made, "persons"))) == ([], 1)


def test_figures_of_areas_are_todays_at_every_moment(tmp_path: Path) -> None:
    made = snapshot_of(tmp_path / "one", indicators=[{"area_code": "E05A", "indicator": "rate"}])
    assert made.manifest.without_history == ("indicators",)
    assert len(read(made.as_known(moment(0)), "indicators")) == 1
    assert open_snapshot(made.path).manifest == made.manifest


@pytest.mark.parametrize(
    ("versions", "why"),
    [
        ({"persons": [version(1, 5, **BORN), version(4, None, **BORN)]}, "known as two"),
        ({"persons": [version(1, None, **BORN), version(4, 5, **BORN)]}, "known as two"),
        ({"persons": [version(5, 5, **BORN)]}, "do not say from when to when"),
        ({"persons": PEOPLE, "jobs": [version(1, 2, person_id=9)]}, "of nobody in persons"),
        (
            {"persons": PEOPLE, "benefit_spells": [version(1, 2, person_id=1)]},
            "superseded rows of benefit_spells",
        ),
    ],
)
def test_a_history_that_cannot_be_is_refused(
    tmp_path: Path, versions: dict[str, list[Version]], why: str
) -> None:
    with pytest.raises(SnapshotRefused, match=why):
        snapshot_with(tmp_path / "one", **versions)
    assert not (tmp_path / "one").exists()


def test_a_damaged_history_is_not_opened(tmp_path: Path) -> None:
    made = snapshot_with(tmp_path / "one", persons=PEOPLE)
    made.history_file("jobs").unlink()
    with pytest.raises(SnapshotUnusable, match=r"[Hh]istory_jobs\.parquet is missing"):
        open_snapshot(made.path)
