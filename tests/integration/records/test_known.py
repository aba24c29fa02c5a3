"""As known on: what a later snapshot says of an earlier moment is what was known then.

Three extracts are loaded one after the other. At each moment between and after them, the last
snapshot read as known then is the snapshot that was really taken then, row by row and in every
trawl, and so is asking person by person.
"""

from __future__ import annotations

import datetime as dt
from random import Random

import duckdb
import pytest
from django.conf import settings
from tests.generative.test_trawl_agrees import SCHEMES
from tests.integration.records.extracts import load, row, small_extract, write

from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.rules.decide import Evaluation
from wholeplace.flows import place_rules
from wholeplace.flows.load_places import load_demonstration_places
from wholeplace.flows.take_snapshot import take_snapshot
from wholeplace.population.facts import PersonFacts
from wholeplace.population.snapshot import TABLES
from wholeplace.population.trawl import trawl
from wholeplace.rooms.people.actions import end_contact_bar, set_contact_bar
from wholeplace.rooms.people.models import ContactBar, Person
from wholeplace.rooms.records import queries

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 15)
SCHEME = "transition-payments"
BARS = ("do_not_contact", "objected", "unsafe_address")
ANSWERS = {True: "yes", None: "possible"}


def rows(snapshot, table):
    """A table's rows as known, in the order that settles ties."""
    columns = ", ".join(TABLES[table].columns)
    source = snapshot.source(table, row_numbers=True)
    query = f"SELECT {columns} FROM {source} AS held ORDER BY file_row_number"
    return duckdb.connect().execute(query).fetchall()


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


def assert_trawls_agree(earlier, taken, scheme, people):
    """The trawl as known then, the trawl of then, and asking everybody as known then."""
    moment = taken.known_at
    found = trawl(earlier, scheme, DAY, known_at=moment)
    assert listed(found) == listed(trawl(taken, scheme, DAY))
    assert (found.known_at, found.people) == (moment, len(people))
    asked = {
        number: Evaluation(scheme, PersonFacts(scheme.place.facts, one), DAY)
        for number, one in people.items()
    }
    assert [(one["person_id"], one["answer"], one["criteria"]) for one in listed(found)] == [
        (number, ANSWERS[one.eligible], one.criteria)
        for number, one in sorted(asked.items())
        if one.eligible is not False
    ]


def assert_known_then(story, act):
    """Every moment at which a snapshot was taken, read out of the last one."""
    schemes = [*SCHEMES.values(), place_rules.scheme(SCHEME)]
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
            for scheme in schemes:
                assert_trawls_agree(story.last, taken, scheme, people)


# -- anything that extracts may say -----------------------------------------------------


def some_day(random, unknown=0.1):
    if random.random() < unknown:
        return ""
    later = random.choice([*range(0, 880, 80), 7, 8, 15])
    return (dt.date(2024, 1, 1) + dt.timedelta(later)).isoformat()


def change(tables, random):
    """Corrects, adds and takes away rows of every file that facts are derived from."""
    for _ in range(random.randrange(4, 10)):
        random.choice([correct, correct, add, take_away])(tables, random)
    random.choice(tables["residents"])["do_not_contact"] = random.choice("YN")


def correct(tables, random):
    name, columns = random.choice(
        [
            ("benefit_spells", ("start_date", "end_date")),
            ("jobs", ("start_date", "end_date", "reported_on")),
            ("household_members", ("from_date", "to_date")),
            ("households", ("from_date", "to_date")),
            ("accounts", ("as_at_date",)),
            ("residents", ("date_of_death",)),
        ]
    )
    if tables[name]:
        random.choice(tables[name])[random.choice(columns)] = some_day(random, 0.3)
    random.choice(tables["addresses"])["lsoa_code"] = random.choice(["DEMO01001", "DEMO01002", ""])
    random.choice(tables["households"])["uprn"] = random.choice(["100001", "100002"])


def add(tables, random):
    key, person = f"N{random.randrange(10**9)}", random.choice(tables["residents"])["person_key"]
    start = some_day(random)
    match random.choice(["spell", "job", "member", "account"]):
        case "spell":
            kind = random.choice(["uc", "jsa", "esa", "hb"])
            tables["benefit_spells"].append(
                row("benefit_spells", spell_key=key, person_key=person, benefit=kind,
                    start_date=start, end_date=some_day(random, 0.4), weekly_amount="70.00")
            )  # fmt: skip
        case "job":
            tables["jobs"].append(
                row("jobs", job_key=key, person_key=person, start_date=start, expected_weeks="9")
            )
        case "member":
            tables["household_members"].append(
                row("household_members", member_key=key, person_key=person, from_date=start,
                    household_key=random.choice(["H1", "H2"]),
                    role=random.choice(["claimant", "partner", "child"]))
            )  # fmt: skip
        case "account":
            one = random.choice(tables["accounts"]) | {"account_key": key}
            tables["accounts"].append(one)


def take_away(tables, random):
    name = random.choice(["benefit_spells", "jobs", "household_members", "accounts"])
    if len(tables[name]) > 1:
        tables[name].remove(random.choice(tables[name]))


def bar_somebody(random):
    """Set a bar on somebody who has none of its kind; (person's reference, number of the bar)."""
    person, kind = random.choice(list(Person.objects.all())), random.choice(BARS)
    if ContactBar.objects.filter(person=person, kind=kind, ended_at=None).exists():
        return None
    said = {"reason": "They said so.", "happened_on": DAY}
    return person.ref, set_contact_bar(ref=person.ref, kind=kind, **said)


@pytest.mark.parametrize("seed", range(4))
def test_any_three_extracts_are_known_as_they_were(story, tables, act, seed):
    random = Random(seed)
    for number in range(3):
        change(tables, random)
        story.load(tables)
        with act("amina.begum"):
            bar = bar_somebody(random)
        story.take()
        if number and bar:
            with act("amina.begum"):
                end_contact_bar(ref=bar[0], bar=bar[1])
            story.take()
    assert sum(story.last.manifest.history.values()) > 10
    assert_known_then(story, act)
