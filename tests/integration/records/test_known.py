"""As known on, one by one: late, corrected, moved, died, came and went; and known as it was."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.generative.test_trawl_agrees import SCHEMES
from tests.integration.records.extracts import row
from tests.integration.records.known import DAY, SCHEME, assert_known_then, rows, story, tables
from tests.unit.population.facts_for_tests import FACTS

from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.rules.schemes import AS_AT, FactNeed
from wholeplace.core.rules.tree import FactKey
from wholeplace.flows.explain import explain_person
from wholeplace.population.engines.duckdb import connect
from wholeplace.population.facts import FactQueries, PersonFacts, grouping_of
from wholeplace.population.snapshot import NotYetKnown
from wholeplace.population.snapshot.islands import merge_sql
from wholeplace.population.trawl import trawl
from wholeplace.rooms.people.actions import end_contact_bar, set_contact_bar
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records import queries

__all__ = ["story", "tables"]  # fixtures

pytestmark = pytest.mark.django_db


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
