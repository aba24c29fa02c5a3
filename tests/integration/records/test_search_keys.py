"""A load writes under which names its people may be looked for, and keeps that as they change."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.integration.records.extracts import load, small_extract, write

from wholeplace.core.identity.spoken import pairs_of
from wholeplace.rooms.people.models import Person, SearchKey
from wholeplace.rooms.people.search_keys import fill
from wholeplace.rooms.records.models import Resident

pytestmark = pytest.mark.django_db


def keys() -> set[tuple]:
    return set(
        SearchKey.objects.values_list(
            "person_id", "number", "given", "family", "how", "date_of_birth"
        )
    )


def as_said() -> set[tuple]:
    """One person at a time, by what stands of them."""
    found = set()
    for one in Resident.objects.filter(superseded_at=None):
        said = (one.given_names, one.family_name, one.previous_family_name, one.known_as)
        for pair in pairs_of(*said):
            row = (pair.number, pair.given, pair.family, pair.how, one.date_of_birth)
            found.add((one.person_id, *row))
    return found


def test_keys_follow_names_and_birth_dates_from_load_to_load(act, tmp_path):
    tables = small_extract()
    load(write(tables, tmp_path))
    with act("amina.begum"):
        assert keys() == as_said()
        zoe = Person.objects.get(given_key="zoe").pk
        before = keys()
    tables["residents"][1] |= {"family_name": "Khan-Nguyễn", "date_of_birth": "1985-02-27"}
    tables["residents"][2] |= {"phone": "0121 496 0000"}
    load(write(tables, tmp_path / "later"))
    with act("amina.begum"):
        assert keys() == as_said()
        assert {one[0] for one in keys() ^ before} == {zoe}


def test_whoever_was_there_before_the_table_gets_the_same_keys(act, tmp_path):
    load(write(small_extract(), tmp_path))
    with act("system-loader"), connection.cursor() as cursor:
        before = keys()
        cursor.execute("DELETE FROM people_searchkey")
        assert fill(cursor) == len(before) > 0
        assert keys() == before
        assert fill(cursor) == len(before)  # again: nothing is there twice
        assert keys() == before
