"""The snapshot holds what is current in the store of record, and nothing else."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest
from django.conf import settings
from django.db import connection
from tests.integration.records.extracts import load, row, small_extract, write

from wholeplace.core.rules.schemes import needs
from wholeplace.flows import place_rules
from wholeplace.flows import take_snapshot as take_snapshot_module
from wholeplace.flows.load_places import load_demonstration_places
from wholeplace.flows.take_snapshot import take_snapshot
from wholeplace.population.engines.duckdb import parquet
from wholeplace.population.facts import groupings_of
from wholeplace.population.snapshot import latest_snapshot
from wholeplace.population.snapshot.open import VERSION
from wholeplace.rooms.people.models import ContactBar, Person
from wholeplace.rooms.places.models import AreaParent
from wholeplace.rooms.records import export

pytestmark = pytest.mark.django_db


@pytest.fixture
def tables():
    return small_extract()


def take(tmp_path):
    return take_snapshot(place=settings.PLACE, home=tmp_path / "snapshots")


def rows(snapshot, table):
    result = duckdb.connect().sql(f"SELECT * FROM {parquet(snapshot.file(table))}")
    names = result.columns
    return [dict(zip(names, one, strict=True)) for one in result.fetchall()]


def test_everybody_lives_in_the_ward_of_their_own_small_area(tables, tmp_path):
    load_demonstration_places(settings.PLACE)
    areas = ["DEMO01001", "DEMO17001", "DEMO69001"]
    for address, code in zip(tables["addresses"], areas, strict=False):
        address["lsoa_code"] = code
    load(write(tables, tmp_path / "in"))
    held = {home["lsoa_code"]: home["ward_code"] for home in rows(take(tmp_path), "residences")}
    parents = AreaParent.objects.filter(area__code__in=held, parent__kind="ward")
    assert held == dict(parents.values_list("area__code", "parent__code"))
    assert len(set(held.values())) > 1


def test_every_table_of_a_small_extract(tables, tmp_path):
    load_demonstration_places(settings.PLACE)
    load(write(tables, tmp_path / "in"))
    made = take(tmp_path)
    assert {t: n for t, n in made.manifest.rows.items() if t != "indicators"} == {
        "persons": 3,
        "residences": 3,
        "benefit_spells": 3,
        "jobs": 1,
        "accounts": 3,  # the rent of two people in one home and of one in another
        "islands": made.manifest.rows["islands"],
    }
    assert made.manifest.rows["islands"] > 0
    assert made.manifest.rows["indicators"] > 0
    home = rows(made, "residences")[0]
    assert (home["lsoa_code"], home["ward_code"]) == ("DEMO01001", "E05011118")
    assert (home["from_date"], home["to_date"]) == (dt.date(2020, 1, 1), None)
    job = rows(made, "jobs")[0]
    assert (job["employer"], job["expected_weeks"]) == ("Canal Bakery", 30)
    assert rows(made, "accounts")[0]["weekly_help_pence"] == 6620
    assert made.manifest.agencies["benefit_spells"] == ("council-benefits",)


def test_only_what_is_current_is_in_it(tables, tmp_path):
    load(write(tables, tmp_path / "in"))
    tables["benefit_spells"][0]["weekly_amount"] = "90.00"
    del tables["benefit_spells"][2]
    load(write(tables, tmp_path / "in"))
    amounts = sorted(r["weekly_pence"] for r in rows(take(tmp_path), "benefit_spells"))
    assert amounts == [8550, 9000]


def test_bars_and_deaths_are_flags_and_nobody_is_left_out(act, tables, tmp_path):
    tables["residents"][0]["do_not_contact"] = "Y"
    tables["residents"][1]["date_of_death"] = "2026-05-01"
    load(write(tables, tmp_path / "in"))
    with act("amina.begum") as actor:
        john = Person.objects.get(name="John Smith")
        for kind in ("objected", "unsafe_address"):
            ContactBar.objects.create(
                person=john,
                agency_id=actor.agency_id,
                kind=kind,
                reason="Asked by telephone",
                happened_on=dt.date(2026, 6, 1),
                set_by_id=actor.membership_id,
            )
    found = {r["ref"]: r for r in rows(take(tmp_path), "persons")}
    assert len(found) == 3
    assert (found[john.ref]["do_not_contact"], found[john.ref]["unsafe_address"]) == (True, True)
    others = [r for ref, r in found.items() if ref != john.ref]
    assert sorted(r["do_not_contact"] for r in others) == [False, True]
    assert [r["died_on"] for r in others if r["died_on"]] == [dt.date(2026, 5, 1)]


def test_a_place_in_a_household_counts_while_both_last(tables, tmp_path):
    tables["household_members"][0] |= {"from_date": "2021-05-01", "to_date": "2023-01-31"}
    tables["households"][0] |= {"from_date": "2020-01-01", "to_date": "2022-12-31"}
    tables["household_members"][1] |= {"from_date": "", "to_date": ""}
    tables["household_members"].append(
        row("household_members", member_key="M9", household_key="H1", person_key="R3",
            role="child", from_date="2024-01-01")
    )  # fmt: skip
    load(write(tables, tmp_path / "in"))
    found = {(r["from_date"], r["to_date"]) for r in rows(take(tmp_path), "residences")}
    assert found == {
        (dt.date(2021, 5, 1), dt.date(2022, 12, 31)),
        (None, dt.date(2022, 12, 31)),
        (dt.date(2020, 1, 1), None),
    }


def test_the_last_two_are_kept(tables, tmp_path):
    load(write(tables, tmp_path / "in"))
    made = [take(tmp_path) for _ in range(3)]
    assert [m.path.exists() for m in made] == [False, True, True]
    assert latest_snapshot(tmp_path / "snapshots").path == made[-1].path


def test_one_of_an_earlier_version_of_the_program_goes_with_the_next(tables, tmp_path):
    load(write(tables, tmp_path / "in"))
    earlier = take(tmp_path)
    manifest = earlier.path / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"version": {VERSION}', '"version": 1'))
    take(tmp_path)
    assert not earlier.path.exists()


@pytest.mark.parametrize("before", [False, True], ids=["now", "before"])
@pytest.mark.parametrize("table", list(export._TABLES))
def test_every_row_is_compared_with_those_of_its_own_key_alone(tables, tmp_path, table, before):
    """A merge by the agency, which every row shares, took a minute for 20,000 people."""
    load(write(tables, tmp_path / "in"))
    query = export._TABLES[table][0](export.Side(before=before))
    with take_snapshot_module._worker(), connection.cursor() as cursor:
        export.ready()
        cursor.execute(f"EXPLAIN {query}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Merge Join" not in plan, plan
    assert "Hash Cond: (h.agency_id = m.agency_id)" not in plan, plan


def test_for_a_trawl_the_spells_that_schemes_read_are_merged_and_no_others(tables, tmp_path):
    load(write(tables, tmp_path / "in"))
    facts = place_rules.place_rules().facts
    home = tmp_path / "snapshots"
    made = take_snapshot(place=settings.PLACE, home=home, facts=facts).manifest.groupings
    schemes = [place_rules.scheme(key) for key in place_rules.names()]
    read = {need.key.name for scheme in schemes for need in needs(scheme)}
    assert [one.name for one in made] == [
        one.name for one in groupings_of(facts) if one.name in read
    ]
    assert 0 < len(made) < len(groupings_of(facts))
