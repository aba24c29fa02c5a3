"""Whoever vanishes from a full picture ends, and does not disappear."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.integration.records.extracts import load, small_extract, write

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows.contact import contact_reasons
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records import queries
from wholeplace.rooms.records.models import Resident
from wholeplace.rooms.records.typed import record_typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def tables():
    return small_extract()


def without_john(tables):
    return {n: [r for r in rows if r.get("person_key") != "R3"] for n, rows in tables.items()}


@pytest.fixture
def gone(act, tables, tmp_path):
    """John, whom the first full picture had and the second has not."""
    tables["residents"][2] |= {"phone": "0121 496 0123", "unsafe_address": "Y"}
    load(write(tables, tmp_path))
    load(write(without_john(tables), tmp_path))
    with act("amina.begum"):
        return Person.objects.get(name="John Smith")


def opened(username, person):
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client.get(f"/people/{person.ref}")


@pytest.mark.parametrize("username", ["amina.begum", "harpreet.gill"])
def test_the_page_shows_what_was_last_said_and_since_when_it_ended(gone, username):
    page = opened(username, gone)
    assert page.status_code == 200
    text = page.content.decode()
    assert "0121 496 0123" in text
    assert "no longer in its files since" in text
    assert "Unsafe address" in text


def test_what_was_last_said_is_told_apart_from_what_stands(act, gone):
    with act("amina.begum"):
        held = queries.person_statements(gone.pk)
        ended = Resident.objects.get(person_id=gone.pk)
    assert held.resident == ()
    assert [one.values["phone"] for one in held.former] == ["0121 496 0123"]
    assert held.former[0].ended_at == ended.superseded_at
    assert held.benefit_spells == ()


def test_as_known_then_nothing_had_ended(act, gone):
    with act("amina.begum"):
        then = Resident.objects.get(person_id=gone.pk).recorded_at
        held = queries.person_statements(gone.pk, then)
    assert (len(held.resident), held.former) == (1, ())


def test_no_fact_is_known_of_them(act, gone):
    with act("amina.begum"), pytest.raises(NotFound):
        queries.person_rows(gone.pk)


def test_being_left_out_makes_nobody_safe_to_write_to(act, gone):
    with act("amina.begum"):
        assert [bar.kind for bar in contact_reasons(gone.pk)] == ["unsafe_address"]


def test_who_comes_back_stands_again(act, gone, tables, tmp_path):
    tables["residents"][2]["unsafe_address"] = "N"
    load(write(tables, tmp_path))
    with act("amina.begum"):
        held = queries.person_statements(gone.pk)
        assert (len(held.resident), held.former) == (1, ())
        assert contact_reasons(gone.pk) == []


def test_whoever_was_typed_in_is_in_no_file_and_is_ended_by_none(act, tables, tmp_path):
    load(write(tables, tmp_path))
    with act("amina.begum"):
        said = {"given_names": "Noor", "family_name": "Typed"}
        ref = record_typed(said=said, key=uuid.uuid4()).ref
    outcome = load(write(without_john(tables), tmp_path))
    assert outcome.counts["residents"].ended == 1
    with act("amina.begum"):
        person = Person.objects.get(ref=ref)
        assert Resident.objects.get(person=person).superseded_at is None
        assert [hit.ref for hit in queries.search(name="Typed Noor")] == [ref]
