"""Whoever ends takes along what was said of them: the load beside a reading row by row."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.integration.records.extracts import (
    Tables,
    load,
    row,
    small_extract,
    write,
    write_changes,
)

from wholeplace.rooms.records.models import STATEMENTS, BenefitSpell, Job, Member, Resident

pytestmark = pytest.mark.django_db

PEOPLE = [f"R{n}" for n in range(8)]
THEIRS = {"household_members": ("member_key", Member), "jobs": ("job_key", Job)}


def ended(file: str, key: str) -> dict[str, str]:
    return row(file, **{next(iter(row(file))): key, "change": "D"})


def standing(act, model) -> set[str]:
    with act("system-loader"):
        return set(model.objects.filter(superseded_at=None).values_list("source_key", flat=True))


@pytest.fixture
def held(tmp_path) -> Tables:
    """Three people with a home and a spell each, and a job of R1; the full picture, loaded."""
    tables = small_extract()
    load(write(tables, tmp_path / "full"))
    return tables


def test_who_is_marked_as_ended_ends_with_all_that_is_theirs(act, held, tmp_path):
    outcome = load(write_changes({"residents": [ended("residents", "R1")]}, tmp_path / "c"))
    assert standing(act, Resident) == {"R2", "R3"}
    assert standing(act, Member) == {"M2", "M3"}
    assert standing(act, BenefitSpell) == {"S2", "S3"}
    assert standing(act, Job) == set()
    told = {name: (one.ended, one.with_person) for name, one in outcome.counts.items() if one.ended}
    assert told == {"residents": (1, 0)}
    assert {name: one.with_person for name, one in outcome.counts.items() if one.with_person} == {
        "household_members": 1,
        "benefit_spells": 1,
        "jobs": 1,
    }
    assert outcome.written == 4
    with act("system-loader"):
        person = Resident.objects.get(source_key="R1").superseded_at
        assert {
            m.objects.get(source_key=k).superseded_at for m, k in ((Job, "J1"), (Member, "M1"))
        } == {person}


def test_who_comes_back_has_what_is_delivered_then_and_nothing_else(act, held, tmp_path):
    load(write_changes({"residents": [ended("residents", "R1")]}, tmp_path / "gone"))
    back = {
        "residents": [held["residents"][0] | {"change": "A"}],
        "household_members": [held["household_members"][0] | {"change": "A"}],
    }
    outcome = load(write_changes(back, tmp_path / "back"))
    assert outcome.aside == []
    assert standing(act, Resident) == {"R1", "R2", "R3"}
    assert standing(act, Member) == {"M1", "M2", "M3"}
    assert (standing(act, Job), standing(act, BenefitSpell)) == (set(), {"S2", "S3"})


def test_who_is_left_out_of_a_full_picture_ends_though_their_rows_are_still_in_it(
    act, held, tmp_path
):
    """The rows are set aside, for they speak of nobody; what stood before must not stand on."""
    held["residents"] = [one for one in held["residents"] if one["person_key"] != "R1"]
    outcome = load(write(held, tmp_path / "without"))
    assert sorted(one.source_key or "" for one in outcome.aside) == ["J1", "M1", "S1"]
    assert (standing(act, Job), standing(act, Member)) == (set(), {"M2", "M3"})
    whole = load(write(small_extract(), tmp_path / "whole"))
    assert (whole.aside, standing(act, Job)) == ([], {"J1"})


def test_of_a_person_who_may_still_be_in_it_nothing_ends(act, held, tmp_path):
    """A row whose key cannot be read may be theirs, so that nobody is known to have left."""
    held["residents"][0]["person_key"] = ""
    outcome = load(write(held, tmp_path / "unreadable"))
    assert outcome.counts["residents"].kept == 1
    assert sum(one.with_person for one in outcome.counts.values()) == 0
    assert (standing(act, Resident), standing(act, Job)) == ({"R1", "R2", "R3"}, {"J1"})


def test_the_page_of_the_load_says_how_many_rows_ended_so(held, tmp_path):
    outcome = load(write_changes({"residents": [ended("residents", "R1")]}, tmp_path / "c"))
    client = Client()
    client.force_login(get_user_model().objects.get(username="rosa.delgado"))
    text = client.get(f"/loads/{outcome.load_id}").content.decode()
    assert "Ended with person" in text
    again = load(write_changes({"jobs": []}, tmp_path / "none"))
    assert "Ended with person" not in client.get(f"/loads/{again.load_id}").content.decode()


class Slow:
    """What stands, kept row by row: file → key → the person it is of."""

    def __init__(self) -> None:
        self.people: set[str] = set()
        self.theirs: dict[str, dict[str, str]] = {name: {} for name in THEIRS}

    def full(self, people: set[str], rows: dict[str, dict[str, str]]) -> None:
        gone, self.people = self.people - people, set(people)
        for name, delivered in rows.items():
            mine = self.theirs[name]
            for key in [key for key in mine if key not in delivered]:
                del mine[key]
            mine |= {key: who for key, who in delivered.items() if who in people}
        self._follow(gone)

    def changes(self, people: dict[str, str], rows: dict[str, dict[str, tuple[str, str]]]) -> None:
        gone = {key for key, mark in people.items() if mark == "D"} & self.people
        leaving = {key for key, mark in people.items() if mark == "D"}
        self.people = (self.people - leaving) | (people.keys() - leaving)
        for name, marked in rows.items():
            for key, (mark, who) in marked.items():
                if mark == "D":
                    self.theirs[name].pop(key, None)
                elif who in self.people:
                    self.theirs[name][key] = who
        self._follow(gone)

    def _follow(self, gone: Iterable[str]) -> None:
        for mine in self.theirs.values():
            for key in [key for key, who in mine.items() if who in gone]:
                del mine[key]


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_deliveries_what_stands_is_what_a_slow_reading_leaves(act, tmp_path, seed):
    chance, slow = random.Random(seed), Slow()
    for turn in range(4):
        folder = tmp_path / str(turn)
        if turn == 0 or chance.random() < 0.3:
            people = set(chance.sample(PEOPLE, 6))
            rows = {name: _some(chance, 10) for name in THEIRS}
            slow.full(people, rows)
            load(write(_tables(people, rows), folder))
        else:
            marks = {key: chance.choice("ACD") for key in chance.sample(PEOPLE, 4)}
            changed = {
                name: {key: (chance.choice("ACD"), who) for key, who in _some(chance, 4).items()}
                for name in THEIRS
            }
            slow.changes(marks, changed)
            load(write_changes(_marked(marks, changed), folder))
        assert standing(act, Resident) == slow.people
        for name, (_, model) in THEIRS.items():
            assert _whose(act, model) == slow.theirs[name], (turn, name)


def _some(chance: random.Random, count: int) -> dict[str, str]:
    keys = chance.sample([f"K{n}" for n in range(12)], count)
    return {key: chance.choice(PEOPLE) for key in keys}


def _person(key: str) -> dict[str, str]:
    return small_extract()["residents"][0] | {"person_key": key, "family_name": f"Of {key}"}


def _rows(name: str, rows: dict[str, str]) -> list[dict[str, str]]:
    key_column = THEIRS[name][0]
    one = small_extract()[name][0]
    return [one | {key_column: key, "person_key": who} for key, who in rows.items()]


def _tables(people: set[str], rows: dict[str, dict[str, str]]) -> Tables:
    tables = small_extract() | {"benefit_spells": []}
    tables["residents"] = [_person(key) for key in sorted(people)]
    return tables | {name: _rows(name, each) for name, each in rows.items()}


def _marked(marks: dict[str, str], changed: dict[str, dict[str, tuple[str, str]]]) -> Tables:
    tables: Tables = {"residents": [_person(k) | {"change": mark} for k, mark in marks.items()]}
    for name, rows in changed.items():
        found = _rows(name, {key: who for key, (_, who) in rows.items()})
        tables[name] = [
            one | {"change": mark} for one, (mark, _) in zip(found, rows.values(), strict=True)
        ]
    return tables


def _whose(act, model) -> dict[str, str]:
    with act("system-loader"):
        found = model.objects.filter(superseded_at=None)
        return {
            key: name.rpartition(" ")[2]
            for key, name in found.values_list("source_key", "person__name")
        }


def test_every_file_of_a_person_is_among_them():
    """A table that names a person and is left out here would go on about somebody who ended."""
    from tests.integration.records.staged import PLACE, source

    named = {name for name, model in STATEMENTS.items() if hasattr(model, "person")}
    for path in (PLACE / "sources").glob("*.yaml"):
        for file in source(path.stem).files.values():
            assert (file.person is not None) == (file.table in named - {"resident"})
