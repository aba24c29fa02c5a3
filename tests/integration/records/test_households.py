"""Who lives with whom, as the records have it: for one person and in a snapshot alike."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.conf import settings
from tests.integration.records.extracts import load, row, small_extract, write

from wholeplace.core.rules.computed import WorkedOut
from wholeplace.core.rules.files.scheme_loader import load_place
from wholeplace.core.rules.schemes import AS_AT, FactNeed
from wholeplace.core.rules.tree import FactKey
from wholeplace.flows.load_places import load_demonstration_places
from wholeplace.flows.take_snapshot import take_snapshot
from wholeplace.population.engines.duckdb import connect
from wholeplace.population.facts import FactQueries, PersonFacts
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records import one_person, queries

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 15)
NAMES = ("children_in_household", "children_under_five", "has_partner", "people_in_household")
WORKINGS = load_place(settings.PLACE).workings


@pytest.fixture
def family(tmp_path):
    """R1 and R2 live together; a child of four, and one who moves in next month, with them."""
    tables = small_extract()
    tables["residents"] += [
        tables["residents"][2] | {"person_key": key, "given_names": name, "ni_number": "",
                                  "date_of_birth": born}
        for key, name, born in [("R4", "Bea", "2022-03-01"), ("R5", "Cal", "2024-03-01")]
    ]  # fmt: skip
    tables["household_members"][1]["role"] = "partner"
    tables["household_members"] += [
        row("household_members", member_key=f"M{key}", household_key="H1", person_key=f"R{key}",
            role="child", from_date=start)
        for key, start in [(4, "2022-03-01"), (5, "2026-07-01")]
    ]  # fmt: skip
    load_demonstration_places(settings.PLACE)
    load(write(tables, tmp_path))


def person(name: str) -> int:
    return Person.objects.get(name=name).pk


def known(name: str, day: dt.date = DAY) -> list[object]:
    facts = PersonFacts(WORKINGS.facts, queries.person_rows(person(name)))
    return [WorkedOut(facts, WORKINGS, day).fact(fact, (), day).value for fact in NAMES]


def test_a_household_is_known_to_those_who_see_everybody(act, family):
    with act("amina.begum"):
        assert known("Amina O'Brien-Khan") == [1, 1, True, 3]
        assert known("Amina O'Brien-Khan", dt.date(2026, 7, 1)) == [2, 2, True, 4]
        assert known("Bea Smith") == [0, 0, False, 3]
        assert known("John Smith") == [0, 0, False, 1]


def test_whoever_sees_only_their_own_record_is_told_nothing_of_others(act, family, monkeypatch):
    with act("amina.begum"):
        actor = dataclasses.replace(one_person.require_actor(), reach="own")
        monkeypatch.setattr(one_person, "require_actor", lambda: actor)
        assert known("Amina O'Brien-Khan") == [None, None, None, None]


def test_the_snapshot_says_the_same_of_everybody(act, family, tmp_path):
    made = take_snapshot(place=settings.PLACE, home=tmp_path / "snapshots")
    needs = [FactNeed(FactKey(name), AS_AT) for name in NAMES]
    with connect(made.path) as engine:
        query = FactQueries(made, WORKINGS.facts, DAY, {}, workings=WORKINGS).facts(needs)
        found = {number: list(values) for number, *values in engine.execute(query).fetchall()}
    with act("amina.begum"):
        for name in ("Amina O'Brien-Khan", "Zoë Nguyễn", "John Smith", "Bea Smith", "Cal Smith"):
            assert found[person(name)] == known(name), name
