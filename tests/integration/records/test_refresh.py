"""A snapshot is refreshed where that can be told to be right; else a full one is made, and why."""

from __future__ import annotations

import datetime as dt
import shutil
import stat
from pathlib import Path
from random import Random

import pytest
from django.utils import timezone
from tests.integration.records.refreshed import AREAS, assert_same, bar, story, tables

from wholeplace.flows import take_snapshot
from wholeplace.population.snapshot import FULL, REFRESHED, TABLES, Origin, latest_snapshot
from wholeplace.rooms.places.models import AreaParent
from wholeplace.rooms.records import export

__all__ = ["story", "tables"]  # fixtures

pytestmark = pytest.mark.django_db


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
