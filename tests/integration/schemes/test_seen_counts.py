"""How many of those found a reader may see: counted at once, and as row security counts them."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.db import connection, connections
from django.utils import timezone
from tests.builders import make_person

from wholeplace.rooms.schemes import actions, queries

DAY = dt.date(2026, 6, 8)
READERS = ("amina.begum", "tom.okafor", "harpreet.gill", "system-worker", "grace.lindqvist")
SLOW = "SELECT answer, count(*) FROM schemes_finding WHERE run_id = %s GROUP BY answer"


def found(act, answers: dict[int, str]) -> int:
    """A trawl that found these people."""
    with act("system-worker"):
        version = actions.keep_version(scheme="bread", name="Bread", text="bread")
        run = actions.ask(scheme="bread", version_id=version, as_at=DAY)
        actions.begin(run_id=run)
        yes, people = list(answers.values()).count("yes"), len(answers)
        now = timezone.now()
        outcome = actions.Outcome(now, now, {}, (), people, yes, people - yes, [], {})
        rows = [(who, answer, False, False, False, {}) for who, answer in answers.items()]
        actions.finish(run_id=run, outcome=outcome, found=rows)
    return run


def grant(person: int, membership: int, first: dt.date, last: dt.date | None) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_restrictiongrant (person_id, membership_id, reason, valid_from,"
            " valid_to) VALUES (%s, %s, 'test', %s, %s)",
            [person, membership, first, last],
        )


def test_counts_are_of_whom_row_security_shows(committed, act):
    draw = random.Random(7)
    with act("system-loader"):
        people = [make_person(f"Person {n}", restricted=n % 2 == 1).pk for n in range(20)]
    today, day = timezone.localdate(), dt.timedelta(days=1)
    spans = [(today, None), (today - day, today), (today + day, None), (today - day, today - day)]
    for username in READERS:
        with act(username) as actor:
            membership = actor.membership_id
        for person in draw.sample(people, 12):
            grant(person, membership, *draw.choice(spans))
    runs = [
        found(act, {person: draw.choice(["yes", "possible"]) for person in draw.sample(people, k)})
        for k in (20, 20, 12, 5, 1, 0)
    ]
    told = set()
    for username in READERS:
        with act(username):
            counted = {line.id: (line.yes, line.possible) for line in queries.runs()}
            assert set(counted) == (set() if username == "grace.lindqvist" else set(runs))
            for run, numbers in counted.items():
                with connection.cursor() as cursor:
                    cursor.execute(SLOW, [run])
                    slow = dict(cursor.fetchall())
                assert numbers == (slow.get("yes", 0), slow.get("possible", 0))
                assert queries.run(run).line.yes == numbers[0]
            told.add(counted.get(runs[0]))
    assert len(told) >= 4  # the readers do see different people


@pytest.mark.parametrize(
    ("setting", "value"),
    [("agency", "987654"), ("rights", "{}"), ("classes", "{P0,P1,P2}"), ("reach", "own")],
)
def test_nothing_is_counted_for_another_agency_right_class_or_reach(committed, act, setting, value):
    with act("system-loader"):
        person = make_person().pk
    run = found(act, {person: "yes"})
    with act("amina.begum"), connection.cursor() as cursor:
        cursor.execute("SELECT answer, people FROM schemes_seen(%s)", [[run]])
        assert dict(cursor.fetchall()) == {"yes": 1, "possible": 0}
        cursor.execute("SELECT set_config(%s, %s, true)", [f"wholeplace.{setting}", value])
        for query, given in (("SELECT * FROM schemes_seen(%s)", [run]), (SLOW, run)):
            cursor.execute(query, [given])
            assert cursor.fetchall() == []


def test_nothing_is_counted_for_nobody(committed, act):
    with act("system-loader"):
        person = make_person().pk
    run = found(act, {person: "yes"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM schemes_seen(%s)", [[run]])
        assert cursor.fetchall() == []
