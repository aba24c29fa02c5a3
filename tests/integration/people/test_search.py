"""A search finds who is like what was typed, says why, and nothing hidden changes what it gives."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from tests.integration.people.searched import BENEFITS, BORN, PEOPLE, know, usual_people

from wholeplace.core.identity import likeness
from wholeplace.rooms.records import likely
from wholeplace.rooms.records.queries import search

SEARCHED = [
    ({"name": "Shivaun Murphy"}, "Siobhan Murphy", "First name in a short form"),
    ({"name": "murphy siobhan"}, "Siobhan Murphy", "First and family name the other way"),
    ({"name": "Siobhan Murphy", "born": dt.date(1987, 3, 17)}, "Siobhan Murphy", "One figure"),
    ({"name": "Siobhan Murphy", "born": dt.date(1987, 12, 3)}, "Siobhan Murphy", "Day and month"),
    ({"name": "Siobhan Quinn", "born": BORN}, "Siobhan Murphy", "Another family name"),
    ({"name": "Siobhan Murpyh"}, "Siobhan Murphy", "Family name"),
    ({"name": "Mrs Siobhan Murphy"}, "Siobhan Murphy", ""),
    *(
        ({"name": f"{name} Khan"}, "Mohammed Tariq Khan", "First name in a short form")
        for name in ("Muhammad", "Mohd", "Md.", "Mohamed", "Mahomed")
    ),
    ({"name": "Tariq Khan"}, "Mohammed Tariq Khan", "Part of a longer name"),
    ({"name": "Harpreet Kaur"}, "Harpreet Kaur Gill", "Part of a longer name"),
    ({"name": "Harprit Gill"}, "Harpreet Kaur Gill", "First name"),
    ({"name": "Ann Jones"}, "Ann Smith-Jones", "Part of a longer name"),
    ({"name": "Anne Jones", "postcode": "b991aa"}, "Ann Smith-Jones", "Part of a longer"),
    ({"name": "Maria Popescu"}, "Maria Wiśniewska", "A previous family name"),
    ({"name": "Maria Visniewska"}, "Maria Wiśniewska", "Family name sounds like it"),
    ({"name": "Zizi Hall"}, "Elizabeth Hall", "What they are known as"),
    ({"name": "Ali Ahmad"}, "Ali bin Ahmed", "Part of a longer name"),
    ({"name": "Nasrin Begum", "born": dt.date(1970, 8, 20)}, "Nasreen Begum", "First name"),
    ({"postcode": "B99 1AA"}, "Ann Smith-Jones", ""),
]


@pytest.fixture
def world(act):
    return usual_people()


def test_names_written_otherwise_are_found_with_a_word_on_why(act, world):
    with act("amina.begum"):
        for asked, name, why in SEARCHED:
            found = search(**asked)
            assert [hit.name for hit in found] == [name], asked
            assert found[0].why.startswith(why), (asked, found[0].why)
            assert bool(found[0].why) == bool(why), asked


def test_a_given_name_alone_or_another_day_finds_nobody_by_likeness(act, world):
    with act("amina.begum"):
        for asked in (
            {"name": "Shivaun"},
            {"name": "Shivaun Murphy", "born": dt.date(1990, 8, 20)},
            {"name": "Shivaun Murphy", "postcode": "B99 1AA"},
            {"name": "Shivaun Murphy", "reference": "P00000000"},
            {"name": "Shivaun Murphy", "ni_number": "QQ123456C"},
        ):
            assert search(**asked) == [], asked
        assert not search(name="Shivaun").enough
        assert search(name="Shivaun Murphy").enough


def test_who_fits_exactly_stands_first_and_who_is_nearer_before_the_farther(act, world):
    for n, name in enumerate(("Jonh, Smith", "Jean, Smith", "John, Smith", "Smith, John")):
        know(world, f"j{n}", BENEFITS, name)
    with act("amina.begum"):
        found = search(name="john smith")
        assert [hit.name for hit in found] == [
            "John Smith",
            "Smith John",
            "Jonh Smith",
            "Jean Smith",
        ]
        assert [bool(hit.why) for hit in found] == [False, True, True, True]
        assert search(name="john smith", at_most=2) == found[:2]


def searches(act, username: str) -> list[object]:
    found: list[object] = []
    for asked, _, _ in SEARCHED:
        for at_most in (1, 50):
            with act(username):
                hits = search(**asked, at_most=at_most)
                found.append((list(hits), hits.cut, hits.enough))
    return found


@pytest.mark.parametrize("most", [2, 600])
def test_whoever_is_hidden_changes_no_result_order_limit_or_count(act, world, monkeypatch, most):
    """Given what a reader finds, when people come to be whom they may not see, then it stays."""
    monkeypatch.setattr(likely, "MOST", most)
    before = searches(act, "amina.begum")
    for n, (name, born, said) in enumerate(PEOPLE):
        for agency in ("police", "community-health"):
            know(world, f"{agency}{n}", agency, name, born, **said)
        know(world, f"own{n}", BENEFITS, name, born, restricted=True, **said)
        know(world, f"two{n}", BENEFITS, name, born, restricted=True, **said)
    assert searches(act, "amina.begum") == before


def test_keys_are_there_for_whoever_may_see_the_person_and_for_nobody_else(act, world):
    know(world, "police", "police", "Siobhan, Murphy", BORN)
    know(world, "hidden", BENEFITS, "Siobhan, Murphy", BORN, restricted=True)
    count = "SELECT count(DISTINCT person_id) FROM people_searchkey"
    for username, seen in (
        ("amina.begum", len(PEOPLE)),
        ("nadia.hussain", len(PEOPLE) + 1),
        ("kezia.brown", 0),
        ("grace.lindqvist", 0),
        ("sam.admin", 0),
    ):
        with act(username), connection.cursor() as cursor:
            cursor.execute(count)
            assert cursor.fetchone() == (seen,), username
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(
                    "INSERT INTO people_searchkey VALUES (1, 1, wp_agency(), 'a', 'b', NULL, 0)"
                )


def test_the_keys_of_names_are_found_by_their_index_also_under_row_security(act, world):
    with act("amina.begum"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        numbers = likeness.slip_numbers(["siobhan", "murphy"])
        cursor.execute(
            f"EXPLAIN SELECT person_id FROM people_searchkey WHERE number = ANY(%s){likely._LAST}",
            [numbers],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Index Cond: (number = ANY" in plan
