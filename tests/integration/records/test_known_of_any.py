"""As known on, of any extracts: what a later snapshot says of an earlier moment was known then.

Three extracts are loaded one after the other. At each moment between and after them, the last
snapshot read as known then is the snapshot that was really taken then, row by row and in every
trawl, and so is asking person by person.
"""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from tests.integration.records.extracts import row
from tests.integration.records.known import DAY, assert_known_then, story, tables

from wholeplace.rooms.people.actions import end_contact_bar, set_contact_bar
from wholeplace.rooms.people.models import ContactBar, Person

__all__ = ["story", "tables"]  # fixtures

pytestmark = pytest.mark.django_db

BARS = ("do_not_contact", "objected", "unsafe_address")


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
