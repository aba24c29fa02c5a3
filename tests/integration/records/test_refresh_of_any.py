"""A refreshed snapshot is the full one of its moment, row by row, whatever happened meanwhile."""

from __future__ import annotations

import copy
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.integration.records.extracts import row
from tests.integration.records.known import rows
from tests.integration.records.refreshed import (
    AREAS,
    Story,
    a_spell,
    assert_same,
    bar,
    tables,
    town,
)

from wholeplace.flows import place_rules, take_snapshot
from wholeplace.population.snapshot import FULL, REFRESHED

__all__ = ["tables"]  # a fixture

pytestmark = pytest.mark.django_db


def some_day(random):
    later = random.choice([*range(0, 880, 80), 7, 8])
    return random.choice(["", (dt.date(2024, 1, 1) + dt.timedelta(later)).isoformat()])


CORRECTED = {
    "benefit_spells": ("start_date", "end_date"),
    "jobs": ("start_date", "end_date"),
    "household_members": ("from_date", "to_date"),
    "households": ("from_date", "to_date"),
    "accounts": ("as_at_date",),
    "residents": ("date_of_death",),
}


def correct(story, random):
    name = random.choice(list(CORRECTED))
    if story.tables[name]:
        random.choice(story.tables[name])[random.choice(CORRECTED[name])] = some_day(random)


def arrive(story, random):
    key, person = f"N{random.randrange(10**9)}", random.choice(story.tables["residents"])
    them = person["person_key"]
    spell = a_spell(key, them, start_date=some_day(random), end_date=some_day(random))
    story.tables["benefit_spells"].append(spell)
    story.tables["household_members"].append(
        row("household_members", member_key=key, person_key=them, from_date=some_day(random),
            household_key=f"H{random.randrange(4)}", role=random.choice(["claimant", "child"]))
    )  # fmt: skip


def end(story, random):
    name = random.choice(["benefit_spells", "jobs", "household_members", "accounts"])
    if len(story.tables[name]) > 1:
        story.tables[name].remove(random.choice(story.tables[name]))


def move(story, random):
    """An address to another area, and a household to another home."""
    random.choice(story.tables["addresses"])["lsoa_code"] = random.choice(AREAS)
    random.choice(story.tables["households"])["uprn"] = f"10000{random.randrange(4)}"


def leave_out(story, random):
    """Somebody is in the file of people no more; the rows that name them are set aside."""
    if len(story.tables["residents"]) > 5:
        story.tables["residents"].remove(random.choice(story.tables["residents"]))


def come_back(story, random):
    here = {one["person_key"] for one in story.tables["residents"]}
    story.tables["residents"] += [r for r in town()["residents"] if r["person_key"] not in here][:1]


def say_bars(story, random):
    flag = random.choice(["do_not_contact", "unsafe_address"])
    random.choice(story.tables["residents"])[flag] = random.choice("YN")


LOADED = [correct, correct, arrive, end, move, leave_out, come_back, say_bars]


def reload(story, random):
    for _ in range(random.randrange(1, 5)):
        random.choice(LOADED)(story, random)
    story.load()


def nothing(story, random):
    """The next snapshot finds everything as it was."""


@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # each step takes seconds: a failure is not made small
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(st.sampled_from([reload, reload, reload, bar, nothing]), min_size=4, max_size=4),
    for_trawls=st.lists(st.booleans(), min_size=5, max_size=5),
    random=st.randoms(use_true_random=False),
)
def test_a_refresh_is_what_reading_everything_gives(
    tmp_path_factory, tables, act, monkeypatch, steps, for_trawls, random
):
    monkeypatch.setattr(take_snapshot, "MOST", 1)
    with transaction.atomic():
        story = Story(tmp_path_factory.mktemp("story"), copy.deepcopy(tables))
        story.load()
        taken = []
        for number, step in enumerate([nothing, *steps]):
            with act("amina.begum"):
                step(story, random) if step is bar else None
            step(story, random) if step is not bar else None
            facts = place_rules.place_rules().facts if for_trawls[number] else None
            refreshed, full = story.take(facts=facts), story.take_full(facts=facts)
            assert_same(refreshed, full)
            taken.append(full)
            origin = refreshed.manifest.origin
            assert origin.made == (REFRESHED if number else FULL), origin
            assert origin.changed == 0 or step is not nothing
        last = story.take()
        assert last.manifest.origin.made == REFRESHED
        for full in taken:
            then = last.as_known(full.known_at)
            for name in ("persons", "residences", "benefit_spells", "jobs", "accounts"):
                assert rows(then, name) == rows(full, name), name
        transaction.set_rollback(True)
