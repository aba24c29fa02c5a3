"""A trawl: what it may read, whom it marks, how it counts, and that its file is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.unit.population.facts_for_tests import FACTS, fact
from tests.unit.population.rows import COUNCIL, KNOWN_AT, day, snapshot_of, table
from tests.unit.population.schemes_for_tests import BASIS, scheme

from wholeplace.core.rules.schemes import PlaceRules
from wholeplace.population.engines.duckdb import EngineSettings
from wholeplace.population.snapshot import PUBLISHED, Snapshot, open_snapshot, write_snapshot
from wholeplace.population.snapshot.tables import SOURCE_TABLES
from wholeplace.population.trawl import TrawlRefused, trawl, trawl_to_file

AS_AT = day("2026-06-08")
ADULTS = scheme({"adult": "age >= 18", "in_work": "jobs_started >= 1"})
PERSONS = [
    {"person_id": 5, "ref": "E", "date_of_birth": day("1990-01-01"), "died_on": day("2026-05-01")},
    {"person_id": 1, "ref": "A", "date_of_birth": day("1990-01-01"), "do_not_contact": True},
    {"person_id": 2, "ref": "B", "date_of_birth": None, "unsafe_address": True},
    {"person_id": 3, "ref": "C", "date_of_birth": day("2020-01-01"), "do_not_contact": True},
    {"person_id": 4, "ref": "D", "date_of_birth": day("1990-01-01"), "do_not_contact": False},
]
JOBS = [{"person_id": n, "start_date": day("2026-06-01"), "employer": "a"} for n in (1, 2, 3, 5)]


@pytest.fixture
def small(tmp_path: Path) -> Snapshot:
    return snapshot_of(tmp_path / "one", persons=PERSONS, jobs=JOBS)


def test_the_list_is_in_order_and_marks_whom_not_to_write_to(small: Snapshot) -> None:
    found = trawl(small, ADULTS, AS_AT).found
    assert found is not None

    rows = [tuple(row.values())[:6] for row in found.to_pylist()]

    assert rows == [
        (1, "A", "yes", False, True, None),
        (2, "B", "possible", False, None, True),
        (5, "E", "yes", True, None, None),
    ]


def test_the_counts_are_over_everybody_and_the_flags_over_the_list(small: Snapshot) -> None:
    result = trawl(small, ADULTS, AS_AT)

    assert (result.people, result.yes, result.possible, result.no) == (5, 2, 1, 2)
    assert [(c.key, c.yes, c.no, c.unknown, c.left) for c in result.funnel] == [
        ("adult", 3, 1, 1, 4),
        ("in_work", 4, 1, 0, 3),
    ]
    assert result.flagged == {"deceased": 1, "do_not_contact": 1, "unsafe_address": 1}
    assert result.ids("yes") == [1, 5]
    assert result.ids("possible") == [2]


def test_what_was_asked_and_on_what_basis_stands_in_the_result(small: Snapshot) -> None:
    data = trawl(small, ADULTS, AS_AT).as_data()

    assert data["lawful_basis"] == {"key": "public-task", "name": BASIS.name, "law": BASIS.law}
    assert data["agencies"] == [COUNCIL]
    assert data["facts"] == ["age__on__as_at", "jobs_started__on__as_at"]
    assert (data["as_at"], data["known_at"]) == ("2026-06-08", KNOWN_AT.isoformat())
    assert data["version"] == ADULTS.version


def test_a_costly_criterion_is_asked_of_those_still_in_unless_everybody_is_to_be_counted(
    small: Snapshot,
) -> None:
    asked = scheme({"long": "time_on(any_benefit) >= 1 days", "adult": "age >= 18"})

    def funnel(**options: bool) -> list[tuple[str, int, int | None]]:
        counts = trawl(small, asked, AS_AT, **options).funnel
        return [(count.key, count.asked, count.left) for count in counts]

    assert funnel() == [("adult", 5, 4), ("long", 4, 0)]
    assert funnel(count_everybody=True) == [("long", 5, 0), ("adult", 5, 0)]


def test_a_scheme_of_sixty_criteria_is_the_longest(small: Snapshot) -> None:
    rules = {f"c{number}": f"age >= {number - 42}" for number in range(60)}

    result = trawl(small, scheme(rules), AS_AT)

    assert result.ids("yes") == [1, 4, 5]
    assert [count.no for count in result.funnel][-1] == 1
    longer = scheme({**rules, "c60": "age >= 18"})
    assert "it has more than 60 criteria" in refusal(small, longer)


def test_where_criteria_are_not_all_needed_none_rules_anybody_out_alone(small: Snapshot) -> None:
    either = scheme(
        {"adult": "age >= 18", "in_work": "jobs_started >= 1"}, {"any": ["adult", "in_work"]}
    )

    assert [count.left for count in trawl(small, either, AS_AT).funnel] == [None, None]


def test_a_criterion_may_be_called_anything_a_column_is(small: Snapshot) -> None:
    names = ("person_id", "answer", "do_not_contact", "ref", "fits", "deceased")
    awkward = scheme(dict.fromkeys(names, "age >= 18"))

    found = trawl(small, awkward, AS_AT).found

    assert found is not None
    assert found.to_pylist()[0]["criteria"] == dict.fromkeys(names, True)


def refusal(snapshot: Snapshot, asked: Any, on: str = "2026-06-08") -> str:
    with pytest.raises(TrawlRefused) as caught:
        trawl(snapshot, asked, day(on))
    return str(caught.value)


def test_a_scheme_that_is_not_found_by_trawl_is_refused(small: Snapshot) -> None:
    asked = scheme({"adult": "age >= 18"}, found_by=["referral"])
    assert "its `found_by` does not name trawls" in refusal(small, asked)


def test_a_day_on_which_the_scheme_takes_nobody_is_refused(small: Snapshot) -> None:
    assert "it takes nobody on Sunday 31 December 2000" in refusal(small, ADULTS, "2000-12-31")


def test_rows_of_an_agency_that_the_scheme_may_not_read_are_not_read(tmp_path: Path) -> None:
    agencies = {made.name: (COUNCIL,) for made in SOURCE_TABLES} | {"jobs": (COUNCIL, "nhs")}
    snapshot = write_snapshot(
        {made.name: table(made.name, []) for made in SOURCE_TABLES},
        tmp_path / "one",
        known_at=KNOWN_AT,
        agencies=agencies,
    )

    assert "`jobs_started` is read from jobs, which hold rows of `nhs` here" in refusal(
        snapshot, ADULTS
    )
    assert trawl(snapshot, scheme({"adult": "age >= 18"}), AS_AT).people == 0
    both = scheme({"in_work": "jobs_started >= 1"}, may_read=[COUNCIL, "nhs"])
    assert trawl(snapshot, both, AS_AT).people == 0


def test_published_figures_are_for_every_scheme(tmp_path: Path) -> None:
    area = {"area": {"indicator": "claimant_rate", "of": "ward"}}
    rate = fact("rate", "percent", area).model_copy(update={"agency": PUBLISHED})
    place = PlaceRules({**FACTS, "rate": rate}, {"public-task": BASIS})
    snapshot = snapshot_of(
        tmp_path / "one",
        persons=PERSONS,
        residences=[{"person_id": 4, "ward_code": "W", "from_date": day("2020-01-01")}],
        indicators=[
            {
                "area_code": "W",
                "indicator": "claimant_rate",
                "value": 25,
                "from_date": day("2026-01-01"),
            }
        ],
    )

    result = trawl(snapshot, scheme({"poor": "rate >= 25.0%"}, place=place), AS_AT)

    assert (result.ids("yes"), result.possible) == ([4], 4)


def test_the_file_holds_the_same_list_and_is_its_owners_alone(
    small: Snapshot, tmp_path: Path
) -> None:
    out = tmp_path / "results" / "found.parquet"
    out.parent.mkdir()

    written = trawl_to_file(small, ADULTS, AS_AT, out, settings=EngineSettings(1, "200MB"))

    kept = trawl(small, ADULTS, AS_AT)
    assert kept.found is not None
    assert pq.read_table(out).to_pylist() == kept.found.to_pylist()
    assert written.as_data() == kept.as_data()
    assert [path.name for path in out.parent.iterdir() if path.is_file()] == ["found.parquet"]
    assert out.stat().st_mode & 0o777 == 0o600


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from tests.unit.population.test_trawl import ADULTS, AS_AT
    from wholeplace.population.snapshot import open_snapshot
    from wholeplace.population.trawl import trawl_to_file

    Path.chmod = lambda self, mode: os.kill(os.getpid(), signal.SIGKILL)
    trawl_to_file(open_snapshot(Path(sys.argv[1])), ADULTS, AS_AT, Path(sys.argv[2]))
"""


def test_a_trawl_killed_before_it_is_done_leaves_no_list_and_runs_again(
    small: Snapshot, tmp_path: Path
) -> None:
    root = Path(__file__).parents[3]
    out = tmp_path / "results" / "found.parquet"
    out.parent.mkdir()

    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(small.path), str(out)],
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"},
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert not out.exists()
    assert open_snapshot(small.path) == small
    assert trawl_to_file(small, ADULTS, AS_AT, out).yes == 2
    assert pq.read_table(out).num_rows == 3


FAMILY = [("claimant", "1980-01-01"), ("partner", "1982-01-01"), ("child", "2015-01-01"),
          ("child", None), ("non_dependant", "2004-01-01")]  # fmt: skip


@pytest.fixture
def family(tmp_path: Path) -> Snapshot:
    """Five persons in a home, and one who lived there before."""
    persons = [
        {"person_id": number, "ref": f"P{number}", "date_of_birth": born and day(born)}
        for number, (_, born) in enumerate(FAMILY, 1)
    ]
    homes = [
        {"person_id": number, "household_id": 7, "role": role, "from_date": day("2020-01-01")}
        for number, (role, _) in enumerate(FAMILY, 1)
    ]
    persons.append({"person_id": 6, "ref": "P6", "date_of_birth": day("1999-01-01")})
    homes.append(
        {
            "person_id": 6,
            "household_id": 7,
            "role": "claimant",
            "from_date": day("2010-01-01"),
            "to_date": day("2019-12-31"),
        }
    )
    return snapshot_of(tmp_path / "family", persons=persons, residences=homes)


@pytest.mark.parametrize(
    ("about", "found"),
    [
        ("household", [(1, "yes", [1, 2, 3, 4, 5])]),
        ("benefit unit", [(1, "yes", [1, 2, 3, 4]), (5, "yes", [5])]),
        ("child", [(3, "yes", None), (4, "possible", None)]),
    ],
)
def test_each_unit_is_listed_once_with_who_is_in_it(
    family: Snapshot, about: str, found: list[tuple[int, str, list[int] | None]]
) -> None:
    asked = scheme({"everyone": "age >= 0 or not central_heating or jobs_started = 0"}, about=about)

    result = trawl(family, asked, day("2026-06-08"))

    assert result.found is not None
    listed = [(r["person_id"], r["answer"], r.get("members")) for r in result.found.to_pylist()]
    assert listed == found
    assert (result.people, result.yes + result.possible + result.no) == (6, 6)


def test_whom_a_scheme_is_about_is_read_from_those_it_may_read(family: Snapshot) -> None:
    asked = scheme({"new": "as_at > 2001-01-01"}, about="household", may_read=["nhs"])
    assert (
        "which household there is is read from residences, which hold rows of `council-benefits`"
        in refusal(family, asked)
    )
