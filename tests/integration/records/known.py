"""Extracts loaded one after the other, and what the last snapshot says of each moment since."""

from __future__ import annotations

import datetime as dt
from functools import cache

import duckdb
import pytest
from django.conf import settings
from tests.generative.test_trawl_agrees import SCHEMES
from tests.integration.records.extracts import load, small_extract, write
from tests.unit.population.schemes_for_tests import BASIS, scheme

from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.schemes import PlaceRules
from wholeplace.flows import place_rules
from wholeplace.flows.load_places import load_demonstration_places
from wholeplace.flows.take_snapshot import take_snapshot
from wholeplace.population.facts import PersonFacts
from wholeplace.population.snapshot import TABLES
from wholeplace.population.trawl import trawl
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records import queries

DAY = dt.date(2026, 6, 15)
SCHEME = "transition-payments"
TRIED = ("any of them", "assumed", "everyone")
ANSWERS = {True: "yes", None: "possible"}


def rows(snapshot, table):
    """A table's rows as known, in the order that settles ties."""
    columns = ", ".join(TABLES[table].columns)
    source = snapshot.source(table, row_numbers=True)
    query = f"SELECT {columns} FROM {source} AS held ORDER BY file_row_number"
    return _engine().cursor().execute(query).fetchall()


@cache
def _engine():
    """One for all: opening one takes longer than asking it."""
    return duckdb.connect()


class Story:
    """Extracts loaded one after the other, and the snapshot really taken after each."""

    def __init__(self, tmp_path):
        self._home = tmp_path
        self.taken = []

    def load(self, tables):
        load(write(tables, self._home / f"in{len(self.taken)}"))
        self.take()

    def take(self):
        home = self._home / f"snapshots{len(self.taken)}"
        self.taken.append(take_snapshot(place=settings.PLACE, home=home))

    @property
    def last(self):
        return self.taken[-1]


@pytest.fixture
def story(tmp_path):
    load_demonstration_places(settings.PLACE)
    return Story(tmp_path)


@pytest.fixture
def tables():
    return small_extract()


def as_in_the_file(value):
    return float(value) if hasattr(value, "as_tuple") else value


def assert_asked_singly(snapshot, person_id):
    """What is read of one person as known then is what the snapshot has of them as known then."""
    then = queries.person_rows(person_id, known_at=snapshot.known_at)
    for name in ("persons", "residences", "benefit_spells", "jobs", "accounts"):
        whole = [one for one in rows(snapshot, name) if one[0] == person_id]
        mine = [tuple(one[c] for c in TABLES[name].columns) for one in then.table(name)]
        assert [tuple(map(as_in_the_file, one)) for one in mine] == [
            tuple(map(as_in_the_file, one)) for one in whole
        ], name
    return then


def listed(result):
    return [
        {name: value for name, value in one.items() if name != "ref"}
        for one in result.found.to_pylist()
    ]


def assert_trawls_agree(earlier, taken, tried, people):
    """The trawl as known then, the trawl of then, and asking everybody as known then."""
    moment = taken.known_at
    found = trawl(earlier, tried, DAY, known_at=moment)
    assert listed(found) == listed(trawl(taken, tried, DAY))
    assert (found.known_at, found.people) == (moment, len(people))
    asked = {
        number: Evaluation(tried, PersonFacts(tried.place.facts, one), DAY)
        for number, one in people.items()
    }
    assert [(one["person_id"], one["answer"], one["criteria"]) for one in listed(found)] == [
        (number, ANSWERS[one.eligible], one.criteria)
        for number, one in sorted(asked.items())
        if one.eligible is not False
    ]


def together():
    """A scheme that asks who lives with whom: rows of other people, as they were known."""
    rules = {
        "partner": "has_partner",
        "children": "children_in_household >= 1",
        "others": "others_in_household >= 2 or youngest_child_age < 50",
    }
    facts = place_rules.place_rules().facts
    return scheme(rules, {"any": list(rules)}, PlaceRules(facts, {"public-task": BASIS}))


def assert_known_then(story, act):
    """Every moment at which a snapshot was taken, read out of the last one.

    Two of the schemes are tried at each moment, the next two at the next.
    """
    schemes = [*(SCHEMES[name] for name in TRIED), place_rules.scheme(SCHEME), together()]
    for taken in story.taken:
        then = story.last.as_known(taken.known_at)
        for name in TABLES:
            assert rows(then, name) == rows(taken, name), name
        with act("amina.begum"):
            people = {
                number: assert_asked_singly(then, number) for number, *_ in rows(then, "persons")
            }
            for person in Person.objects.exclude(pk__in=people):
                with pytest.raises(NotFound):
                    queries.person_rows(person.pk, known_at=taken.known_at)
            for asked in schemes[:2]:
                assert_trawls_agree(story.last, taken, asked, people)
        schemes = schemes[2:] + schemes[:2]
