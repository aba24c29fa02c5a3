"""Spark asks a made city what DuckDB asks it: same counts, same people, on one machine or more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.spark_sessions import cluster, need_spark

from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme, read_scheme
from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.city.make import Request, make_city
from wholeplace.population.engines.spark.session import SparkSettings, spark_session
from wholeplace.population.facts import groupings_of
from wholeplace.population.geography import demonstration_geography
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.snapshot.extract import snapshot_from_extract
from wholeplace.population.trawl import ready
from wholeplace.population.trawl.on_spark import SparkFacts, write_facts
from wholeplace.population.trawl.permission import TrawlRefused
from wholeplace.population.trawl.ready import ReadyFacts, ready_facts

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
AS_AT = date(2026, 5, 28)


@pytest.fixture(scope="module")
def schemes() -> list[Scheme]:
    """The real scheme, one for everybody, and one that asks in the alternative."""
    place = load_place(PLACE)
    real = load_scheme(PLACE / "schemes" / "transition-payments.yaml", place)
    all_of = "  all: [job_started, priority_area, on_benefit_26_weeks, job_expected_to_last, "
    all_of += "rent_or_council_tax]"
    assert all_of in real.text
    either = "  any: [{not: job_started}, priority_area, on_benefit_26_weeks, "
    either += "job_expected_to_last, rent_or_council_tax]"
    cases = real.text.index("\ncases:")
    text = real.text[:cases].replace(all_of, either) + (
        "\ncases:\n  - name: no job\n    as_at: 2026-06-08\n    facts: {jobs_started: 0}\n"
        "    expect: {eligible: yes}\n"
    )
    every = text.replace('when: "jobs_started >= 1"', 'when: "jobs_started < 0"')
    return [real, read_scheme(text, place), read_scheme(every, place)]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, schemes: list[Scheme]) -> Snapshot:
    need_spark()
    home = tmp_path_factory.mktemp("made")
    make_city(Request(2000, 5, date(2026, 6, 1), PLACE), home / "city")
    return snapshot_from_extract(
        home / "city" / "council-benefits",
        demonstration_geography(home / "city"),
        home / "snapshot",
        groupings=groupings_of(schemes[0].place.facts),
    )


@pytest.fixture(scope="module")
def facts(snapshot: Snapshot, schemes: list[Scheme]) -> Iterator[ReadyFacts]:
    with ready_facts(snapshot, schemes, AS_AT) as made:
        yield made


@pytest.fixture(scope="module", params=["one machine", "a cluster of two workers"])
def session(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    need_spark()
    home = tmp_path_factory.mktemp("spark")
    if request.param == "one machine":
        with spark_session(SparkSettings(home, master="local[1]", partitions=2)) as made:
            yield made
        return
    with cluster(home) as address:
        more = {"spark.executor.memory": "512m", "spark.executor.cores": "1"}
        with spark_session(SparkSettings(home, master=address, partitions=2, more=more)) as made:
            yield made


def test_counts_and_lists_are_those_of_duckdb(
    session: Any,
    facts: ReadyFacts,
    snapshot: Snapshot,
    schemes: list[Scheme],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ready, "_ROWS", 500)  # several files, so that several workers read
    folder = write_facts(facts, tmp_path / "facts")
    assert len(list(folder.glob("*.parquet"))) > 2
    spark = SparkFacts(session, folder, snapshot, AS_AT)
    counted = spark.count(schemes)
    assert counted == facts.count(schemes)
    assert counted[2].yes == counted[2].people, "everybody fits the last"
    assert counted[0].yes and counted[0].possible
    for scheme in schemes[:2]:
        listed = [row.asDict(recursive=True) for row in spark.found(scheme).collect()]
        assert listed == facts.found(scheme).to_pylist()
    if session.conf.get("spark.master").startswith("spark:"):
        hosts = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
        assert hosts == 3, "two workers and the program itself"


def test_a_scheme_that_may_not_be_trawled_is_not_asked(
    session: Any, facts: ReadyFacts, snapshot: Snapshot, schemes: list[Scheme], tmp_path: Path
) -> None:
    spark = SparkFacts(session, write_facts(facts, tmp_path / "facts"), snapshot, AS_AT)
    referred = read_scheme(
        schemes[0].text.replace("found_by: [trawl, ", "found_by: ["), schemes[0].place
    )
    with pytest.raises(TrawlRefused, match="found_by"):
        spark.found(referred)
