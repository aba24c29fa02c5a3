"""A town whose records change between two snapshots: each refreshed, and each read whole."""

from __future__ import annotations

import duckdb
import pytest
from django.conf import settings as site
from tests.integration.records.extracts import load, row, small_extract, write
from tests.integration.records.known import DAY

from wholeplace.flows import take_snapshot
from wholeplace.flows.load_places import load_demonstration_places
from wholeplace.population.snapshot import TABLES
from wholeplace.rooms.people.actions import end_contact_bar, set_contact_bar
from wholeplace.rooms.people.models import ContactBar, Person

AREAS = ["DEMO01001", "DEMO17001", ""]


def town(people=9):
    """People in homes of three, with a spell each and a job for every second."""
    tables = small_extract() | {name: [] for name in small_extract()}
    for n in range(people):
        key, home = f"R{n}", f"H{n // 3}"
        tables["residents"].append(
            row("residents", person_key=key, given_names=f"Ann{n}", family_name="Other", sex="U",
                date_of_birth="1985-02-28", do_not_contact="N", unsafe_address="N")
        )  # fmt: skip
        tables["household_members"].append(
            row("household_members", member_key=f"M{n}", household_key=home, person_key=key,
                role="claimant", from_date="2020-01-01")
        )  # fmt: skip
        tables["benefit_spells"].append(a_spell(f"S{n}", key))
        if n % 2:
            tables["jobs"].append(row("jobs", job_key=f"J{n}", person_key=key, hours_a_week="7.5"))
    for n in range(people // 3 + 1):
        tables["addresses"].append(
            row("addresses", uprn=f"10000{n}", line_1=f"{n} Long Road", lsoa_code=AREAS[n % 2])
        )
        tables["households"].append(
            row("households", household_key=f"H{n}", uprn=f"10000{n}", from_date="2020-01-01")
        )
        tables["accounts"].append(
            row("accounts", account_key=f"A{n}", household_key=f"H{n}", kind="rent",
                weekly_charge="101.20", as_at_date="2026-05-31")
        )  # fmt: skip
    return tables


def a_spell(key, person, **values):
    said = {"benefit": "uc", "start_date": "2025-01-01", "weekly_amount": "85.50"} | values
    return row("benefit_spells", spell_key=key, person_key=person, **said)


class Story:
    """What is loaded and changed, and after each step a refresh and a snapshot of everything."""

    def __init__(self, tmp_path, tables):
        self._folder = tmp_path
        self.home = tmp_path / "snapshots"
        self.tables = tables
        self._number = 0

    def load(self):
        self._number += 1
        load(write(self.tables, self._folder / f"in{self._number}"))

    def take(self, **more):
        return take_snapshot.take_snapshot(place=site.PLACE, home=self.home, **more)

    def take_full(self, **more):
        """Everything, somewhere else."""
        self._number += 1
        home = self._folder / f"full{self._number}"
        return take_snapshot.take_snapshot(place=site.PLACE, home=home, full=True, **more)

    def change_one(self):
        self.tables["benefit_spells"][0]["weekly_amount"] = "90.00"
        self.load()


def held(file):
    """Every row of a file as it lies there, with its moments."""
    query = "SELECT * FROM read_parquet(?, file_row_number = true) ORDER BY file_row_number"
    return duckdb.execute(query, [str(file)]).fetchall() if file.exists() else None


def assert_same(one, other):
    """The same rows in the same order, and manifests that tell the same of them."""
    for name in TABLES:
        assert held(one.file(name)) == held(other.file(name)), name
        assert held(one.history_file(name)) == held(other.history_file(name)), name
    for said in ("rows", "history", "left_out", "groupings", "basis", "agencies"):
        assert getattr(one.manifest, said) == getattr(other.manifest, said), said


@pytest.fixture
def tables():
    load_demonstration_places(site.PLACE)
    return town()


@pytest.fixture
def story(tmp_path, tables, monkeypatch):
    monkeypatch.setattr(take_snapshot, "MOST", 1)  # so few people are soon all touched
    return Story(tmp_path, tables)


def bar(story, random):
    """Set a bar on somebody, or end the one they have."""
    somebody, kind = random.choice(list(Person.objects.order_by("pk"))), "objected"
    standing = ContactBar.objects.filter(person=somebody, kind=kind, ended_at=None).first()
    if standing:
        end_contact_bar(ref=somebody.ref, bar=standing.pk)
    else:
        set_contact_bar(ref=somebody.ref, kind=kind, reason="Asked us.", happened_on=DAY)
