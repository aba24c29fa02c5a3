"""Names as they come: other scripts, pictures, far too long, the same a hundred times, or none."""

from __future__ import annotations

import pytest
from tests.integration.records.extracts import load, small_extract, write

from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records.models import Resident

pytestmark = pytest.mark.django_db

NAMES = [
    "محمد",
    "שרה‏",
    "Ada👩🏽‍🚀",
    "Zoe\u0301",
    "Zoë",
    "李",
    "🙂",
    "x" * 120,
    'O"Neil, Jr',
    "ﬁona",
]


@pytest.fixture
def tables():
    return small_extract()


def named(tables, names):
    first = tables["residents"][0]
    tables["residents"] = [
        first | {"person_key": f"N{n}", "given_names": name, "family_name": name}
        for n, name in enumerate(names)
    ]
    return tables | {name: [] for name in tables if name not in ("residents", "addresses")}


def test_names_of_any_script_are_stored_as_they_are_and_load_again_as_the_same(
    act, tables, tmp_path
):
    folder = write(named(tables, NAMES), tmp_path)
    assert load(folder).aside == []
    assert load(folder).written == 0
    with act("amina.begum"):
        told = Resident.objects.order_by("pk").values_list("source_key", "given_names")
        assert sorted(told) == sorted((f"N{n}", name) for n, name in enumerate(NAMES))
        keys = dict(Person.objects.values_list("name", "given_key"))
    assert keys["Zoë Zoë"] == keys["Zoe\u0301 Zoe\u0301"] == "zoe"
    assert keys["🙂 🙂"] == ""


def test_a_name_of_ten_thousand_characters_is_set_aside_and_kept_whole(act, tables, tmp_path):
    tables["residents"][0]["family_name"] = "é" * 10_000
    outcome = load(write(tables, tmp_path))
    (one,) = [each for each in outcome.aside if each.file == "residents.csv"]
    assert (one.field, one.reason) == ("family_name", "This is longer than 120 characters.")
    assert len(one.value) == 200
    assert "é" * 10_000 in one.row


def test_a_thousand_people_of_one_name_are_a_thousand_people(act, tables, tmp_path):
    folder = write(named(tables, ["John"] * 1_000), tmp_path)
    outcome = load(folder)
    assert (outcome.counts["residents"].added, load(folder).written) == (1_000, 0)
    with act("amina.begum"):
        assert Person.objects.filter(family_key="john", given_key="john").count() == 1_000


def test_rows_with_nothing_in_them_are_set_aside_and_end_nothing(act, tables, tmp_path):
    load(write(tables, tmp_path))
    tables["residents"] += [dict.fromkeys(tables["residents"][0], "") for _ in range(3)]
    outcome = load(write(tables, tmp_path))
    found = outcome.counts["residents"]
    assert (found.same, found.set_aside, found.ended) == (3, 3, 0)
