"""A refreshed snapshot is the full one of the same moment, row by row; else a full one is made."""

from __future__ import annotations

import copy
import datetime as dt
import shutil
import stat
from pathlib import Path
from random import Random

import duckdb
import pytest
from django.conf import settings as site
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.integration.records.extracts import load, row, small_extract, write
from tests.integration.records.test_known import DAY, rows

from wholeplace.flows import place_rules, take_snapshot
from wholeplace.flows.load_places import load_demonstration_places
from wholeplace.population.snapshot import FULL, REFRESHED, TABLES, Origin, latest_snapshot
from wholeplace.rooms.people.actions import end_contact_bar, set_contact_bar
from wholeplace.rooms.people.models import ContactBar, Person
from wholeplace.rooms.places.models import AreaParent
from wholeplace.rooms.records import export

pytestmark = pytest.mark.django_db

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


@pytest.fixture
def tables():
    load_demonstration_places(site.PLACE)
    return town()


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


@pytest.fixture
def story(tmp_path, tables, monkeypatch):
    monkeypatch.setattr(take_snapshot, "MOST", 1)  # so few people are soon all touched
    return Story(tmp_path, tables)


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


# -- anything that may happen between two snapshots --------------------------------------


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


def bar(story, random):
    """Set a bar on somebody, or end the one they have."""
    somebody, kind = random.choice(list(Person.objects.order_by("pk"))), "objected"
    standing = ContactBar.objects.filter(person=somebody, kind=kind, ended_at=None).first()
    if standing:
        end_contact_bar(ref=somebody.ref, bar=standing.pk)
    else:
        set_contact_bar(ref=somebody.ref, kind=kind, reason="Asked us.", happened_on=DAY)


def nothing(story, random):
    """The next snapshot finds everything as it was."""


@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # each step takes seconds: a failure is not made small
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(st.sampled_from([reload, reload, reload, bar, nothing]), min_size=3, max_size=4),
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


# -- one by one --------------------------------------------------------------------------


def test_nothing_changed_and_the_files_are_those_of_the_former(story):
    story.load()
    former = story.take()
    again = story.take()
    assert again.manifest.origin == Origin(REFRESHED, former=former.path.name)
    assert again.known_at > former.known_at
    for name in TABLES:
        assert again.file(name).stat().st_ino == former.file(name).stat().st_ino
    assert_same(again, story.take_full())


def test_only_rows_of_those_touched_leave_the_database(story, monkeypatch):
    story.load()
    story.take()
    story.change_one()
    read = []

    def pulled(*asked):
        found = pull(*asked)
        read.append(found.num_rows)
        return found

    pull = export.pull
    monkeypatch.setattr(export, "pull", pulled)
    made = story.take()
    # a person, their place, spell, former spell and account; figures of areas are read whole
    assert sum(read) - made.manifest.rows["indicators"] == 5
    assert (made.manifest.origin.made, made.manifest.origin.changed) == (REFRESHED, 2)
    assert made.manifest.whole == sum(
        count
        for rows in (made.manifest.rows, made.manifest.history)
        for name, count in rows.items()
        if name != "islands"
    )
    assert_same(made, story.take_full())


def test_a_refreshed_one_is_its_owners_alone(story):
    story.load()
    story.take()
    story.change_one()
    made = story.take()
    assert made.manifest.origin.made == REFRESHED
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o700
    files = [one for one in made.path.iterdir() if one.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(files) == len(made.manifest.digests) + 1
    made.discard()
    assert latest_snapshot(story.home) is not None


def flip(file: Path) -> None:
    """One bit in the middle, so that the file is as long as before and opens."""
    held = bytearray(file.read_bytes())
    held[len(held) // 3] ^= 1
    file.write_bytes(held)


DAMAGES = {
    "deleted": lambda former: shutil.rmtree(former.path),
    "a file deleted": lambda former: former.file("jobs").unlink(),
    "a bit turned": lambda former: flip(former.file("persons")),
    "cut short": lambda former: former.file("jobs").write_bytes(b"PAR1"),
}


def test_a_former_one_that_is_not_whole_leads_to_a_full_one(story, tmp_path, monkeypatch):
    """Damaged before it is looked for, or between being opened and being read."""
    story.load()
    former = story.take()
    shutil.copytree(former.path, tmp_path / "spare")
    story.change_one()
    full = story.take_full()

    def take(damage):
        shutil.rmtree(story.home)
        shutil.copytree(tmp_path / "spare", former.path)
        damage(former)
        made = story.take()
        assert made.manifest.origin.made == FULL
        assert_same(made, full)
        assert not list(story.home.glob(".making-*"))
        return made.manifest.origin.why

    assert take(DAMAGES["deleted"]) == take_snapshot.NONE
    assert take(DAMAGES["cut short"]) == take_snapshot.NONE
    assert take(DAMAGES["a bit turned"]) == (
        f"{take_snapshot.DAMAGED} persons.parquet of {former.path.name} is not as it was written."
    )
    damages = iter(DAMAGES.values())

    def found_and_then_damaged(home):
        found = latest_snapshot(home)
        next(damages)(former)
        return found

    monkeypatch.setattr(take_snapshot, "latest_snapshot", found_and_then_damaged)
    for _ in DAMAGES:
        assert take(lambda former: None).startswith(take_snapshot.DAMAGED)


def why(story):
    made = story.take()
    assert made.manifest.origin.made == FULL
    return made.manifest.origin.why


def test_another_ward_is_a_change_that_leaves_no_moment(story, act):
    story.load()
    story.take()
    parent = AreaParent.objects.get(area__code=AREAS[0], parent__kind="ward")
    other = AreaParent.objects.filter(parent__kind="ward").exclude(parent=parent.parent)
    with act("system-loader"):
        AreaParent.objects.filter(pk=parent.pk).update(parent_id=other[0].parent_id)
    assert why(story) == take_snapshot.OTHERWISE


def test_a_bar_dated_before_a_snapshot_and_stored_after_it_is_not_missed(story, act, monkeypatch):
    story.load()
    former = story.take()
    with act("amina.begum"), monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: former.known_at - dt.timedelta(microseconds=5))
        bar(story, Random(1))
    assert why(story) == take_snapshot.UNDATED


def test_a_clock_that_was_set_back_hides_nothing(story):
    story.load()
    former = story.take()
    manifest = former.path / "manifest.json"
    later = (former.known_at + dt.timedelta(days=1)).isoformat()
    manifest.write_text(manifest.read_text().replace(former.known_at.isoformat(), later))
    story.change_one()
    assert why(story) == take_snapshot.LATER


def test_what_was_made_by_another_program_is_not_carried_over(story, monkeypatch):
    story.load()
    story.take()
    monkeypatch.setattr(take_snapshot, "program_digest", lambda *modules: "another")
    assert why(story) == take_snapshot.OTHERWISE


def test_where_most_people_are_touched_everything_is_read(story, monkeypatch):
    story.load()
    story.take()
    monkeypatch.setattr(take_snapshot, "MOST", 1 / 3)
    for spell in story.tables["benefit_spells"][:4]:
        spell["weekly_amount"] = "1.00"
    story.load()
    assert why(story) == take_snapshot.MANY
