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
from tests.unit.population.facts_for_tests import FACTS
from tests.unit.population.schemes_for_tests import BASIS, scheme

from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.schemes import AS_AT, FactNeed, PlaceRules
from wholeplace.core.rules.tree import FactKey
from wholeplace.flows import place_rules
from wholeplace.flows.explain import explain_person
from wholeplace.flows.load_places import load_demonstration_places
from wholeplace.flows.take_snapshot import take_snapshot
from wholeplace.population.engines.duckdb import connect
from wholeplace.population.facts import FactQueries, PersonFacts, grouping_of
from wholeplace.population.snapshot import TABLES, NotYetKnown
from wholeplace.population.snapshot.islands import merge_sql
from wholeplace.population.trawl import trawl
from wholeplace.rooms.people.actions import end_contact_bar, set_contact_bar
from wholeplace.rooms.people.models import ContactBar, Person
from wholeplace.rooms.records import queries

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 15)
SCHEME = "transition-payments"
BARS = ("do_not_contact", "objected", "unsafe_address")
TRIED = ("any of them", "assumed", "everyone")
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
    """Every moment at which a snapshot was taken, read out of the last one."""
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
            for asked in schemes:
                assert_trawls_agree(story.last, taken, asked, people)


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


@pytest.mark.parametrize("seed", range(2))
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


# -- one by one -------------------------------------------------------------------------


def person(name):
    return Person.objects.get(name=name).pk


AMINA, ZOE, JOHN = "Amina O'Brien-Khan", "Zoë Nguyễn", "John Smith"


def told(act, story, name, fact):
    """A fact of one person as at DAY, as known at each snapshot, singly and from the last one."""
    with act("amina.begum"):
        number = person(name)
        singly = [
            PersonFacts(FACTS, queries.person_rows(number, known_at=taken.known_at))
            .fact(fact, (), DAY)
            .value
            for taken in story.taken
        ]
    need = FactNeed(FactKey(fact), AS_AT)
    trawled = []
    for taken in story.taken:
        then = story.last.as_known(taken.known_at)
        with connect(then.path) as engine:
            islands = {}
            if FACTS[fact].derive.kind == "spells":
                made = grouping_of(FACTS[fact])
                merged = merge_sql(made, then.source("benefit_spells"))
                engine.execute(f"CREATE TEMP TABLE merged AS {merged}")
                islands = {made.name: "merged"}
            asked = FactQueries(then, FACTS, DAY, islands).facts([need])
            engine.execute(f'SELECT "{need.column}" FROM ({asked}) WHERE person_id = {number}')
            trawled.append(engine.fetchone()[0])
    assert trawled == singly
    return singly


def one(tables, file, key):
    """The row of a file with this key, in its first column."""
    return next(r for r in tables[file] if next(iter(r.values())) == key)


def test_a_spell_recorded_late_and_then_corrected(story, tables, act):
    late = row("benefit_spells", spell_key="S9", person_key="R1", benefit="jsa",
               start_date="2024-01-01", end_date="2024-12-31")  # fmt: skip
    story.load(tables)
    tables["benefit_spells"].append(late)
    story.load(tables)
    late["start_date"] = "2024-07-01"
    story.load(tables)
    days = [(DAY - dt.date.fromisoformat(f"{start}")).days for start in
            ("2025-01-01", "2024-01-01", "2024-07-01")]  # fmt: skip
    assert told(act, story, AMINA, "qualifying_benefits") == days
    assert_known_then(story, act)


def test_stretches_that_a_later_record_joins_were_not_joined_then(story, tables, act):
    spell = one(tables, "benefit_spells", "S1")
    spell |= {"start_date": "2025-01-01", "end_date": "2025-06-30"}
    again = {"start_date": "2025-12-01", "end_date": ""}
    tables["benefit_spells"].append(spell | {"spell_key": "S8"} | again)
    story.load(tables)
    between = {"start_date": "2025-07-01", "end_date": "2025-11-30"}
    tables["benefit_spells"].append(spell | {"spell_key": "S9"} | between)
    story.load(tables)
    days = [(DAY - start).days for start in (dt.date(2025, 12, 1), dt.date(2025, 1, 1))]
    assert told(act, story, AMINA, "qualifying_benefits") == days
    before, now = story.taken
    assert rows(now.as_known(before.known_at), "islands") == rows(before, "islands")
    assert rows(now, "islands") != rows(before, "islands")


def test_a_move_recorded_late_changes_the_home_only_since_then(story, tables, act):
    story.load(tables)
    one(tables, "household_members", "M3")["to_date"] = "2026-01-31"
    tables["household_members"].append(
        row("household_members", member_key="M9", household_key="H1", person_key="R3",
            role="partner", from_date="2026-02-01")
    )  # fmt: skip
    one(tables, "households", "H1")["tenure"] = "owned"
    story.load(tables)
    before, now = story.taken
    with act("amina.begum"):
        number = person(JOHN)
        then = queries.person_rows(number, known_at=before.known_at).residences
        since = queries.person_rows(number, known_at=now.known_at).residences
    assert [(r["uprn"], r["role"], r["to_date"]) for r in then] == [("100002", "claimant", None)]
    assert [(r["uprn"], r["to_date"]) for r in sorted(since, key=lambda r: r["uprn"])] == [
        ("100001", None),
        ("100002", dt.date(2026, 1, 31)),
    ]
    assert told(act, story, JOHN, "weekly_rent") == [10120, 10120]
    assert_known_then(story, act)


def test_a_death_and_a_bar_are_shown_as_they_were_known(story, tables, act):
    everyone = SCHEMES["everyone"]
    story.load(tables)
    one(tables, "residents", "R3")["date_of_death"] = "2026-05-01"
    story.load(tables)
    with act("amina.begum"):
        ref = Person.objects.get(name=ZOE).ref
        bar = set_contact_bar(ref=ref, kind="objected", reason="Asked us.", happened_on=DAY)
    story.take()
    with act("amina.begum"):
        end_contact_bar(ref=ref, bar=bar)
    story.take()
    flagged = [
        trawl(story.last, everyone, DAY, known_at=taken.known_at).flagged for taken in story.taken
    ]
    assert [(f["deceased"], f["do_not_contact"]) for f in flagged] == [
        (0, 0),
        (1, 0),
        (1, 1),
        (1, 0),
    ]
    assert_known_then(story, act)


def test_who_came_later_was_not_there_and_who_is_gone_still_was(story, tables, act):
    john = {name: [r for r in listed if "R3" in r.values()] for name, listed in tables.items()}
    for name, mine in john.items():
        tables[name] = [r for r in tables[name] if r not in mine]
    story.load(tables)
    for name, mine in john.items():
        tables[name] = tables[name] + mine
    story.load(tables)
    for name, mine in john.items():
        tables[name] = [r for r in tables[name] if r not in mine]
    story.load(tables)
    assert [
        trawl(story.last, SCHEMES["everyone"], DAY, known_at=taken.known_at).people
        for taken in story.taken
    ] == [2, 3, 2]
    assert_known_then(story, act)
    with act("amina.begum"):
        said = [explain_of(JOHN, taken.known_at) for taken in story.taken]
    assert said == [None, "no", None]


def explain_of(name, known_at):
    try:
        said = explain_person(person_id=person(name), scheme=SCHEME, as_at=DAY, known_at=known_at)
    except NotFound:
        return None
    return said.as_data()["answer"]


def test_nobody_is_known_before_the_first_extract_and_nothing_after_the_last(story, tables, act):
    story.load(tables)
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    assert trawl(story.last, SCHEMES["everyone"], DAY, known_at=long_ago).people == 0
    to_come = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    with pytest.raises(NotYetKnown):
        trawl(story.last, SCHEMES["everyone"], DAY, known_at=to_come)
    with act("amina.begum"), pytest.raises(NotYetKnown):
        explain_of(AMINA, to_come)


def test_rows_of_somebody_whom_the_file_of_people_left_out(story, tables, act):
    """The row of the person is ended; those that name them are set aside, and so end nothing.

    Then they come back, and are there again with what they had.
    """
    people = list(tables["residents"])
    story.load(tables)
    tables["residents"] = [r for r in people if r["person_key"] != "R2"]
    story.load(tables)
    story.take()
    tables["residents"] = people
    story.load(tables)
    assert [len(rows(taken, "persons")) for taken in story.taken] == [3, 2, 2, 3]
    assert [len(rows(taken, "benefit_spells")) for taken in story.taken] == [3, 2, 2, 3]
    assert_known_then(story, act)
    with act("amina.begum"):
        living = [
            [one.number for one in household_of(AMINA, taken.known_at)] for taken in story.taken
        ]
        both, alone = [person(AMINA), person(ZOE)], [person(AMINA)]
    assert living == [both, alone, alone, both]


def household_of(name, known_at):
    mine = queries.person_rows(person(name), known_at=known_at)
    return mine.household(mine.residences[0]["household_id"])
