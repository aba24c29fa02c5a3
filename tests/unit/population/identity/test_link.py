"""Linking a small city and what is awkward: same bytes, guards, limits, faults, kill -9."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.population.engines.duckdb import EngineSettings
from wholeplace.population.identity import (
    PEOPLE,
    Linked,
    LinkSettings,
    explain_pair,
    link,
    score,
)
from wholeplace.population.identity.explain import explain
from wholeplace.population.identity.guards import guard
from wholeplace.population.identity.kept import read_learnt, read_tables
from wholeplace.population.identity.linking import STAGES, UNFINISHED

ANN = {
    "source": "a",
    "given_names": "Ann Mary",
    "family_name": "Oduya",
    "date_of_birth": date(1980, 3, 9),
    "sex": "F",
    "line_1": "4 Mill Road",
    "postcode": "B6 5RQ",
}


def clusters(linked: Linked) -> list[int]:
    """The cluster of each record, in the order of records."""
    file = linked.folder / "clusters.parquet"
    rows = duckdb.execute(f"SELECT cluster FROM '{file}' ORDER BY record_id").fetchall()
    return [row[0] for row in rows]


def crowd(count: int, **more: Any) -> list[dict[str, Any]]:
    """People with names, dates and homes of their own."""
    chance = random.Random(7)
    letters = "abcdefghijklmnoprstuw"
    return [
        {
            "source": "ab"[n % 2],
            "given_names": "".join(chance.choices(letters, k=7)),
            "family_name": "".join(chance.choices(letters, k=8)),
            "date_of_birth": date(1940, 1, 1) + timedelta(days=chance.randrange(25_000)),
            "sex": "MF"[n % 2],
            "line_1": f"{n} Long Lane",
            "postcode": f"B{n % 40 + 1} {n % 9 + 1}AD",
            **more,
        }
        for n in range(count)
    ]


def test_a_city_of_five_agencies_is_linked(city: Path, linked: Linked) -> None:
    found = score(linked.folder, city / "records.parquet", city / "truth.csv")
    assert found.known == found.records == linked.records
    assert found.clustered.pairs.f1 >= 0.985
    assert found.pairs.f1 >= 0.98
    assert found.clustered.largest <= 9
    assert tuple(linked.seconds) == STAGES
    assert all(took > 0 for took in linked.seconds.values())
    assert linked.peak_bytes > 50_000_000
    assert linked.clusters == found.clustered.clusters
    # 1910-01-01 and 1 January are what this city's agencies write for a date not known.
    assert {"01-01"} <= {day for _, day in linked.emptied.dates}


def test_the_same_records_give_the_same_bytes(city: Path, linked: Linked, tmp_path: Path) -> None:
    settings = LinkSettings(engine=EngineSettings(threads=1, memory_limit="1GB"))
    again = link(city / "records.parquet", tmp_path / "again", settings)
    for name in ("clusters.parquet", "edges.parquet", "model.json"):
        assert (again.folder / name).read_bytes() == (linked.folder / name).read_bytes(), name
    assert sorted(p.name for p in tmp_path.iterdir()) == ["again"]


def test_a_pair_is_explained_by_bits_that_add_up_to_splink_s_weight(linked: Linked) -> None:
    """A pair for each level of each comparison that any pair here stands at."""
    learnt = read_learnt(linked.folder)
    with duckdb.connect() as engine:
        engine.execute(f"CREATE VIEW edges AS FROM '{linked.folder / 'edges.parquet'}'")
        engine.execute(f"CREATE TABLE people AS FROM '{linked.folder / 'people.parquet'}'")
        guard(engine, "people", LinkSettings().guards)
        read_tables(engine, linked.folder)
        each = " UNION ".join(
            f"SELECT DISTINCT ON (gamma_{made.name}) a, b, weight, probability FROM edges"
            for made in PEOPLE.comparisons
        )
        edges = engine.execute(each).fetchall()
        assert len(edges) > 20
        for a, b, weight, probability in edges:
            found = explain(engine, LinkSettings(), learnt, a, b)
            assert found.weight == pytest.approx(weight, abs=1e-9)
            assert found.probability == pytest.approx(probability, abs=1e-9)
            assert all(reason.words for reason in found.reasons)
    one = explain_pair(linked.folder, a, b)
    assert one == found
    with pytest.raises(NotFound):
        explain_pair(linked.folder, 1, 999_999_999)


def test_few_records_are_linked_by_given_figures(write, tmp_path: Path) -> None:
    short = ANN | {"source": "b", "given_names": "Annie", "line_1": "Flat 4"}
    other = ANN | {"source": "b", "given_names": "Joan", "date_of_birth": date(1951, 7, 2)}
    found = link(write([ANN, short, other, *crowd(47)]), tmp_path / "out")
    assert clusters(found)[:3] == [1, 1, 3]
    assert found.learnt.pairs == 0


def test_empty_fields_join_nobody(write, tmp_path: Path) -> None:
    nothing = [{"source": "a"}] * 200
    blank = [{"given_names": "", "family_name": " ", "postcode": "-", "phone": "none"}] * 200
    found = link(write([*nothing, *blank]), tmp_path / "out")
    assert found.comparisons == found.edges == 0
    assert found.clusters == 400


def test_no_records_at_all(write, tmp_path: Path) -> None:
    assert link(write([]), tmp_path / "out").clusters == 0


def test_long_right_to_left_and_emoji_names(write, tmp_path: Path) -> None:
    odd = [
        ANN | {"given_names": "x" * 10_000, "family_name": "y" * 10_000},
        ANN | {"given_names": "محمد", "family_name": "الحسيني", "date_of_birth": date(1961, 1, 2)},
        ANN | {"given_names": "🙂", "family_name": "😀😀", "date_of_birth": date(1999, 8, 7)},
    ]
    again = [{**row, "source": "b"} for row in odd]
    found = link(write([*odd, *again, *crowd(20)]), tmp_path / "out")
    assert clusters(found)[:6] == [1, 2, 3, 1, 2, 3]


def test_a_crowd_of_one_name_is_compared_within_limits(write, tmp_path: Path) -> None:
    rows = crowd(3_000, given_names="Mohammed", family_name="Ali", sex="M")
    twice = [{**row, "source": "c"} for row in rows[:30]]
    found = link(write([*rows, *twice]), tmp_path / "out")
    assert found.comparisons < 6 * 16 * 3_030
    by_name = {block.name: block for block in found.blocks}
    assert by_name["names and birth year"].records_left_out > 0
    assert clusters(found)[3_000:] == list(range(1, 31))


def test_default_dates_and_mass_addresses_count_for_nothing(write, tmp_path: Path) -> None:
    rows = crowd(1_500)
    for row in rows[:80]:
        row["date_of_birth"] = date(1901, 1, 1)
    for row in rows[100:160]:
        row |= {"line_1": "The Hostel, 9 High Street", "postcode": "B1 1AA"}
    for row in rows[200:260]:
        row["phone"] = "0121 496 0000"
    found = link(write(rows), tmp_path / "out")
    assert {day for _, day in found.emptied.dates} == {"1901-01-01"}
    assert found.emptied.rows["birth_date"] == found.emptied.rows["birth_year"] == 80
    assert found.emptied.rows["home"] == 60
    assert found.emptied.rows["phone"] == 60
    assert found.clusters == 1_500


def test_two_numbers_of_one_kind_are_never_in_one_cluster(write, tmp_path: Path) -> None:
    rows = [
        ANN | {"nhs_number": "9434765919"},
        ANN | {"nhs_number": "4010232137", "source": "b"},
        ANN | {"source": "c"},
    ]
    found = clusters(link(write([*rows, *crowd(30)]), tmp_path / "out"))
    assert found[0] != found[1]
    assert found[2] == 1  # ties go to the smaller records


def test_a_pair_that_somebody_parted_is_not_joined(write, tmp_path: Path) -> None:
    records = write([ANN, ANN | {"source": "b"}, *crowd(30)])
    assert clusters(link(records, tmp_path / "one"))[:2] == [1, 1]
    parted = link(records, tmp_path / "two", LinkSettings(never=((2, 1),)))
    assert clusters(parted)[:2] == [1, 2]


def test_a_pair_that_somebody_joined_is_one_whatever_speaks_against_it(
    write, tmp_path: Path
) -> None:
    other = {"source": "b", "given_names": "Joan", "nhs_number": "4010232137"}
    records = write([ANN | {"nhs_number": "9434765919"}, other, ANN | {"source": "c"}, *crowd(30)])
    assert clusters(link(records, tmp_path / "one"))[:3] == [1, 2, 1]
    joined = LinkSettings(must=((2, 3),))
    assert clusters(link(records, tmp_path / "two", joined))[:3] == [1, 1, 1]
    against = LinkSettings(must=((1, 2), (2, 3)), never=((3, 1),))
    with pytest.raises(UserMistake, match="said to be two people, and to be one"):
        link(records, tmp_path / "three", against)
    assert not (tmp_path / "three").exists()


def test_what_is_unsure_is_kept_for_people(linked: Linked) -> None:
    """Pairs between the two thresholds, and those that a conflict kept apart."""
    edges, unsure = (linked.folder / f"{name}.parquet" for name in ("edges", "unsure"))
    of = dict(duckdb.execute(f"FROM '{linked.folder / 'clusters.parquet'}'").fetchall())
    pairs = duckdb.execute(f"FROM '{edges}' ORDER BY a, b").fetchall()
    settings = LinkSettings()
    expected = [
        (a, b, weight, levels, "refused" if weight >= settings.join_bits else "between")
        for a, b, weight, _, *levels in pairs
        if weight >= settings.review_bits and of[a] != of[b]
    ]
    assert duckdb.execute(f"FROM '{unsure}' ORDER BY a, b").fetchall() == expected
    assert {row[-1] for row in expected} == {"refused", "between"}


def test_a_linking_by_another_s_figures_learns_nothing(
    city: Path, linked: Linked, tmp_path: Path
) -> None:
    """The same records again, and then a tenth of them, which alone would teach otherwise."""
    records = city / "records.parquet"
    again = link(records, tmp_path / "again", given=linked.folder)
    for file in sorted(linked.folder.glob("*.*")):
        assert (again.folder / file.name).read_bytes() == file.read_bytes(), file.name
    few = tmp_path / "few.parquet"
    duckdb.execute(f"COPY (FROM '{records}' WHERE record_id % 10 = 0) TO '{few}'")
    part = link(few, tmp_path / "part", given=linked.folder)
    both = (
        f"FROM '{part.folder / 'edges.parquet'}' AS x JOIN '{linked.folder / 'edges.parquet'}' AS y"
        " ON x.a = y.a AND x.b = y.b"
    )
    assert duckdb.execute(f"SELECT count(*) > 20, max(abs(x.weight - y.weight)) {both}").fetchall(
    ) == [(True, 0.0)]  # fmt: skip
    (part.folder / "guards.json").write_text("{}")
    with pytest.raises(UserMistake, match="no linking that can be read"):
        link(few, tmp_path / "none", given=part.folder)


def test_twins_are_two_people(write, tmp_path: Path) -> None:
    twins = [ANN | {"given_names": name, "sex": "M"} for name in ("Kofi", "Reuben")]
    found = link(write([*twins, *({**twin, "source": "b"} for twin in twins)]), tmp_path / "out")
    assert clusters(found) == [1, 2, 1, 2]


def test_a_record_twice_or_without_a_number_is_refused(write, tmp_path: Path) -> None:
    twice = write([{"record_id": 1}, {"record_id": 1}])
    with pytest.raises(UserMistake, match="1 have no record_id of their own"):
        link(twice, tmp_path / "out")
    duckdb.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path / 'bare.parquet'}'")
    with pytest.raises(UserMistake, match="no column record_id"):
        link(tmp_path / "bare.parquet", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_left_alone(write, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("do not lose")
    with pytest.raises(UserMistake, match="did not make"):
        link(write([ANN]), mine)
    assert (mine / "thesis.txt").read_text() == "do not lose"


_RUN = """
import sys
from pathlib import Path
from wholeplace.population.identity import link
link(Path(sys.argv[1]), Path(sys.argv[2]), progress=lambda stage: print(stage, flush=True))
"""


def test_killed_at_any_moment_nothing_looks_whole_and_the_next_run_is_the_same(
    city: Path, linked: Linked, tmp_path: Path
) -> None:
    chance, out = random.Random(3), tmp_path / "out"
    command = [sys.executable, "-c", _RUN, str(city / "records.parquet"), str(out)]
    for stage in ("train", "write"):
        shutil.rmtree(out, ignore_errors=True)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            for line in run.stdout:
                if line.strip() == stage:
                    break
            time.sleep(chance.random() * 0.1)
            os.kill(run.pid, signal.SIGKILL)
            run.wait()
        if out.exists():  # it had come to its end: then it is whole
            assert (out / "clusters.parquet").stat().st_size > 0
        assert all(p == out or p.name.startswith(UNFINISHED) for p in tmp_path.iterdir())
    link(city / "records.parquet", out)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    for name in ("clusters.parquet", "edges.parquet"):
        assert (out / name).read_bytes() == (linked.folder / name).read_bytes()
