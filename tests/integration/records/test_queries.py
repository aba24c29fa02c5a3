"""Finding a person, and reading what is held about them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from tests.integration.records.extracts import load, row, small_extract, write

from wholeplace.core.kernel.errors import NotFound, Refused
from wholeplace.flows.load_places import load_demonstration_places
from wholeplace.flows.take_snapshot import take_snapshot
from wholeplace.rooms.people.actions import set_contact_bar
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records import queries

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 15)


@pytest.fixture
def tables():
    return small_extract()


@pytest.fixture
def loaded(tables, tmp_path):
    load_demonstration_places(settings.PLACE)
    load(write(tables, tmp_path))


SEARCHES = [
    ({"name": "nguyen"}, ["Zoë Nguyễn"]),
    ({"name": "NGUYỄN"}, ["Zoë Nguyễn"]),
    ({"name": "ngu"}, ["Zoë Nguyễn"]),
    ({"name": "zoe ngu"}, ["Zoë Nguyễn"]),
    ({"name": "Nguyen, Zoe"}, ["Zoë Nguyễn"]),
    ({"name": "obrien khan"}, ["Amina O'Brien-Khan"]),
    ({"name": "amina o'brien-khan"}, ["Amina O'Brien-Khan"]),
    ({"name": "smith", "born": dt.date(1985, 2, 28)}, ["John Smith"]),
    ({"name": "smith", "born": dt.date(1985, 3, 1)}, []),
    ({"born": dt.date(1985, 2, 28)}, ["Zoë Nguyễn", "Amina O'Brien-Khan", "John Smith"]),
    ({"ni_number": "qq 12 34 52 c"}, ["John Smith"]),
    ({"ni_number": "QQ999999C"}, []),
    ({"postcode": "b11aa", "name": "smith"}, ["John Smith"]),
    ({"postcode": "B1 1AB"}, []),
    ({"name": "- '"}, []),
    ({"name": "%"}, []),
    ({}, []),
]


def test_search(act, loaded):
    with act("amina.begum"):
        found = [[hit.name for hit in queries.search(**asked)] for asked, _ in SEARCHES]
    assert found == [names for _, names in SEARCHES]


def test_a_reference_as_typed_finds_its_person_and_says_where_they_live(act, loaded):
    with act("amina.begum"):
        john = Person.objects.get(name="John Smith")
        (hit,) = queries.search(reference=f" {john.ref[:5].lower()} {john.ref[5:]}")
        assert (hit.person_id, hit.ref) == (john.pk, john.ref)
        assert hit.address == "2 Long Road, Birmingham, B1 1AA"


def test_a_search_gives_at_most_what_was_asked_in_the_order_of_names(act, tables, tmp_path):
    people = [("R4", "Zara"), ("R5", "Bea"), ("R6", "Ann"), ("R7", "Cal")]
    tables["residents"] += [
        tables["residents"][2] | {"person_key": k, "given_names": g, "ni_number": ""}
        for k, g in people
    ]
    load(write(tables, tmp_path))
    with act("amina.begum"):
        found = [hit.name for hit in queries.search(name="smith", at_most=3)]
        assert found == ["Ann Smith", "Bea Smith", "Cal Smith"]


def test_another_agency_finds_nobody_and_a_finance_officer_may_not_ask(act, loaded):
    with act("kezia.brown"):
        assert queries.search(name="smith") == []
        assert queries.search(ni_number="QQ123452C") == []
        assert queries.search(postcode="B1 1AA") == []
    with act("grace.lindqvist"), pytest.raises(Refused):
        queries.search(name="smith")


def person(name: str) -> int:
    return Person.objects.get(name=name).pk


def test_what_is_held_is_told_by_table_with_when_it_was_recorded(act, loaded):
    with act("amina.begum"):
        held = queries.person_statements(person("Amina O'Brien-Khan"))
    (resident,) = held.resident
    assert resident.values["ni_number"] == "QQ123450C"
    assert resident.agency.startswith("Birmingham City Council")
    assert resident.recorded_at.date() >= dt.date(2026, 1, 1)
    (home,) = held.homes
    assert (home.values["line_1"], home.values["tenure"]) == ("1 Long Road", "council")
    assert [one.values["name"] for one in held.household] == ["Zoë Nguyễn"]
    assert [one.values["employer"] for one in held.jobs] == ["Canal Bakery"]
    assert held.benefit_spells[0].values["weekly_pence"] == 8550
    assert held.accounts[0].values["arrears_pence"] == -1200


def test_others_see_nothing_held(act, loaded):
    with act("amina.begum"):
        number = person("John Smith")
    for username in ("kezia.brown", "grace.lindqvist", "sam.admin"):
        with act(username):
            assert queries.person_statements(number) == queries.Holding()
            assert queries.current_address(number, DAY) is None
            assert queries.person_history(number) == ()
            with pytest.raises(NotFound):
                queries.person_rows(number)


def test_the_current_address_is_the_home_moved_into_last(act, tables, tmp_path):
    load_demonstration_places(settings.PLACE)
    tables["household_members"][2]["to_date"] = "2026-05-31"
    tables["household_members"].append(
        row("household_members", member_key="M9", household_key="H1", person_key="R3",
            role="child", from_date="2026-06-01")
    )  # fmt: skip
    load(write(tables, tmp_path))
    with act("amina.begum"):
        number = person("John Smith")
        after = queries.current_address(number, DAY)
        before = queries.current_address(number, dt.date(2026, 5, 31))
        assert (after.text, after.ward_code) == ("1 Long Road, Birmingham, B1 1AA", "E05011118")
        assert before.lines[0] == "2 Long Road"
        assert queries.current_address(number, dt.date(2019, 12, 31)) is None


def test_history_keeps_what_was_believed(act, tables, tmp_path):
    load(write(tables, tmp_path))
    tables["jobs"][0]["expected_weeks"] = "4"
    load(write(tables, tmp_path))
    with act("amina.begum"):
        jobs = [v for v in queries.person_history(person("Amina O'Brien-Khan")) if v.table == "job"]
        assert [v.values["expected_weeks"] for v in jobs] == [4, 30]
        assert jobs[1].superseded_at == jobs[0].recorded_at


def as_in_the_file(value):
    return float(value) if hasattr(value, "as_tuple") else value


def assert_the_snapshots(rows, made):
    """Every row of every table, in order: what is derived for one is derived for all."""
    import duckdb

    from wholeplace.population.engines.duckdb import parquet
    from wholeplace.population.snapshot import TABLES

    number = rows.person["person_id"]
    for name in ("persons", "residences", "benefit_spells", "jobs", "accounts"):
        columns = ", ".join(TABLES[name].columns)
        whole = (
            duckdb.connect()
            .sql(f"SELECT {columns} FROM {parquet(made.file(name))} WHERE person_id = {number}")
            .fetchall()
        )
        mine = [tuple(one[c] for c in TABLES[name].columns) for one in rows.table(name)]
        assert [tuple(map(as_in_the_file, one)) for one in mine] == [
            tuple(map(as_in_the_file, one)) for one in whole
        ]


def test_rows_for_one_person_are_the_snapshots_rows(act, loaded, tmp_path):
    made = take_snapshot(place=settings.PLACE, home=tmp_path / "snapshots")
    with act("amina.begum"):
        rows = queries.person_rows(person("Amina O'Brien-Khan"))
        assert len(rows.accounts) == len(rows.jobs) == 1
        assert_the_snapshots(rows, made)
        figures = rows.figures("DEMO01001", "imd_decile")
        assert [figure["value"] for figure in figures] == [2.0]
        assert figures[0].source == "Invented for the demonstration"


def test_so_are_those_of_somebody_with_an_unclear_past(act, tables, tmp_path):
    """Several homes: one not answered for, one from an unknown day, one that ended before it was
    moved into; bars set by an officer; an address in no known area; two accounts
    that say the same."""
    load_demonstration_places(settings.PLACE)
    tables["households"] += [
        row("households", household_key="H3", uprn="100001", to_date="2026-02-01"),
        row(
            "households",
            household_key="H4",
            uprn="100002",
            from_date="2020-01-01",
            to_date="2021-01-01",
        ),
    ]
    tables["household_members"] += [
        row("household_members", member_key=f"M{n}", household_key=home, person_key="R3",
            role=role, from_date=start)
        for n, home, role, start in [
            (7, "H1", "non_dependant", "2025-01-01"),
            (8, "H3", "partner", ""),
            (9, "H4", "claimant", "2022-01-01"),
        ]
    ]  # fmt: skip
    tables["accounts"].append(tables["accounts"][1] | {"account_key": "A9"})
    tables["addresses"][0]["lsoa_code"] = ""
    load(write(tables, tmp_path))
    with act("amina.begum"):
        ref = Person.objects.get(name="John Smith").ref
        for kind in ("objected", "unsafe_address"):
            set_contact_bar(ref=ref, kind=kind, reason="They said so.", happened_on=DAY)
    made = take_snapshot(place=settings.PLACE, home=tmp_path / "snapshots")
    with act("amina.begum"):
        rows = queries.person_rows(person("John Smith"))
        assert rows.person["do_not_contact"] and rows.person["unsafe_address"]
        assert len(rows.residences) == 3
        assert_the_snapshots(rows, made)
