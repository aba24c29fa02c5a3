"""A key that an agency gives to somebody else is set aside, not written over."""

from __future__ import annotations

import pytest
from tests.integration.records.extracts import load, row, small_extract, write, write_changes

from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records.models import STATEMENTS, Resident
from wholeplace.rooms.records.source.reasons import REUSED

pytestmark = pytest.mark.django_db

JOHN = 2  # born on 28 February 1985


@pytest.fixture
def tables():
    return small_extract()


def reused(outcome):
    return [one.source_key for one in outcome.aside if one.reason == REUSED]


OTHERS = {
    "a stranger": {"given_names": "Wei", "family_name": "Zhang", "date_of_birth": "1991-05-04"},
    "an heir": {"given_names": "Mary", "date_of_birth": "2004-05-04"},
    "a stranger without a date": {
        "given_names": "Wei",
        "family_name": "Zhang",
        "date_of_birth": "",
    },
}
SAME = {
    "married": {"family_name": "Patel"},
    "a corrected date": {"date_of_birth": "1958-02-28"},
    "married and a corrected date": {"family_name": "Patel", "date_of_birth": "1985-02-27"},
    "a new first name": {"given_names": "Joan", "family_name": "Patel"},
    "names exchanged and a corrected date": {
        "given_names": "Smith",
        "family_name": "John",
        "date_of_birth": "1985-02-27",
    },
    "capitals and a corrected date": {"given_names": "JÖHN", "date_of_birth": "1985-02-27"},
    "a date no longer known": {"date_of_birth": ""},
    "married and a date no longer known": {"family_name": "Patel", "date_of_birth": ""},
    "a new first name and a date no longer known": {"given_names": "Joan", "date_of_birth": ""},
    "names exchanged and a date no longer known": {
        "given_names": "Smith",
        "family_name": "John",
        "date_of_birth": "",
    },
}


@pytest.mark.parametrize("who", OTHERS)
def test_a_key_that_names_somebody_else_is_set_aside(act, tables, tmp_path, who):
    load(write(tables, tmp_path))
    tables["residents"][JOHN] |= OTHERS[who]
    outcome = load(write(tables, tmp_path))
    assert reused(outcome) == ["R3"]
    assert outcome.counts["residents"].ended == 0
    with act("amina.begum"):
        assert set(Person.objects.values_list("name", flat=True)) == {
            "Amina O'Brien-Khan",
            "Zoë Nguyễn",
            "John Smith",
        }
        assert Resident.objects.get(source_key="R3", superseded_at=None).family_name == "Smith"


@pytest.mark.parametrize("who", SAME)
def test_a_key_whose_person_changed_is_still_theirs(act, tables, tmp_path, who):
    load(write(tables, tmp_path))
    with act("amina.begum"):
        before = Person.objects.get(name="John Smith").pk
    tables["residents"][JOHN] |= SAME[who]
    outcome = load(write(tables, tmp_path))
    assert (outcome.aside, outcome.counts["residents"].changed) == ([], 1)
    with act("amina.begum"):
        assert Resident.objects.get(source_key="R3", superseded_at=None).person_id == before


def test_what_refers_to_such_a_key_is_not_told_of_who_had_it(act, tables, tmp_path):
    """In the same delivery, and in changes that come while nobody has decided about the key."""
    load(write(tables, tmp_path / "full"))
    other = tables["residents"][JOHN] | OTHERS["a stranger"]
    job = row("jobs", job_key="J8", person_key="R3", employer="Not John's")
    changes = {"residents": [other | {"change": "C"}], "jobs": [job | {"change": "A"}]}
    outcome = load(write_changes(changes, tmp_path / "one"))
    assert [one.source_key for one in outcome.aside] == ["R3", "J8"]
    later = {"jobs": [job | {"change": "A", "job_key": "J9"}]}
    assert [one.source_key for one in load(write_changes(later, tmp_path / "two")).aside] == ["J9"]
    with act("system-loader"):
        assert not STATEMENTS["job"].objects.filter(person__name="John Smith").exists()


def test_a_key_that_comes_back_for_somebody_else_is_set_aside(act, tables, tmp_path):
    load(write(tables, tmp_path))
    without = {n: [r for r in rows if r.get("person_key") != "R3"] for n, rows in tables.items()}
    load(write(without, tmp_path))
    tables["residents"][JOHN] |= OTHERS["a stranger"]
    assert reused(load(write(tables, tmp_path))) == ["R3"]
    with act("system-loader"):
        assert not Resident.objects.filter(family_name="Zhang").exists()
