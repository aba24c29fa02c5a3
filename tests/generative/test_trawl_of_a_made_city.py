"""The real scheme over a city of `city make`: the trawl is the city asked one by one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.city.make import Request, make_city
from wholeplace.population.facts import PersonFacts, PersonRows, Row, groupings_of
from wholeplace.population.geography import demonstration_geography
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.snapshot.extract import snapshot_from_extract
from wholeplace.population.trawl import trawl

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
MADE_FOR = date(2026, 6, 1)
TABLES = ("residences", "benefit_spells", "jobs", "accounts")


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_scheme(PLACE / "schemes" / "transition-payments.yaml", load_place(PLACE))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, scheme: Scheme) -> Snapshot:
    home = tmp_path_factory.mktemp("made")
    make_city(Request(3000, 3, MADE_FOR, PLACE), home / "city")
    return snapshot_from_extract(
        home / "city" / "council-benefits",
        demonstration_geography(home / "city"),
        home / "snapshot",
        groupings=groupings_of(scheme.place.facts),
    )


@pytest.fixture(scope="module")
def people(snapshot: Snapshot) -> dict[int, PersonRows]:
    figures = defaultdict(list)
    for row in pq.read_table(snapshot.file("indicators")).to_pylist():
        figures[row["area_code"], row["indicator"]].append(Row(row, source="published"))
    mine: dict[str, dict[int, list[Row]]] = {name: defaultdict(list) for name in TABLES}
    for name in TABLES:
        for row in pq.read_table(snapshot.file(name)).to_pylist():
            mine[name][row["person_id"]].append(Row(row, source=f"the extract's {name}"))
    return {
        row["person_id"]: PersonRows(
            person=Row(row),
            **{name: tuple(mine[name][row["person_id"]]) for name in TABLES},
            indicators=lambda code, indicator: figures[code, indicator],
        )
        for row in pq.read_table(snapshot.file("persons")).to_pylist()
    }


@pytest.mark.parametrize("as_at", [MADE_FOR, date(2025, 11, 30), date(2023, 2, 28)])
def test_transition_payments_find_the_same_people_both_ways(
    snapshot: Snapshot, people: dict[int, PersonRows], scheme: Scheme, as_at: date
) -> None:
    found = trawl(snapshot, scheme, as_at)
    facts = scheme.place.facts
    asked = {n: Evaluation(scheme, PersonFacts(facts, one), as_at) for n, one in people.items()}

    assert found.ids("yes") == [n for n, one in asked.items() if one.eligible is True]
    assert found.ids("possible") == [n for n, one in asked.items() if one.eligible is None]
    assert found.people == len(people) > 3000  # some have a second record
    assert found.yes + found.possible > 0


def test_whoever_is_found_can_be_explained_from_the_same_rows(
    snapshot: Snapshot, people: dict[int, PersonRows], scheme: Scheme
) -> None:
    found = trawl(snapshot, scheme, MADE_FOR)
    one = people[found.ids("yes")[0]]

    explained = explain(scheme, PersonFacts(scheme.place.facts, one), MADE_FOR)

    assert explained.answer == "yes"
    sources = {fact.fact: fact.source for item in explained.criteria for fact in item.facts}
    assert sources["job_start_date"] == "the extract's jobs"
    assert sources["area_imd_decile"] == "the extract's residences; published"
    assert sources["time_on(qualifying_benefits)"] == "the extract's benefit_spells"
