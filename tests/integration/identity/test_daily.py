"""What changed since the last linking is read, compared and written, and nothing else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from tests.integration.identity import days
from tests.integration.identity.days import FIRST, SECOND

from wholeplace.flows.link_people import link_people
from wholeplace.population.engines.duckdb import connect
from wholeplace.population.identity import LinkSettings
from wholeplace.population.identity.kept import TOUCHED
from wholeplace.rooms.identity import actions, basis
from wholeplace.rooms.identity.asked import write_pairs
from wholeplace.rooms.identity.basis import Basis, basis_of
from wholeplace.rooms.identity.index import write_index
from wholeplace.rooms.identity.kept import NOTE, kept_folder
from wholeplace.rooms.identity.models import LinkRun, Member, Pair

pytestmark = pytest.mark.django_db


def test_a_day_s_changes_give_who_is_who_as_linking_everybody_does(act, tmp_path, monkeypatch):
    """Given a kept linking, when some records change, then only theirs are compared; and then
    nothing is left for a linking of everybody to do, but for what it learns."""
    monkeypatch.setattr(basis, "MOST", 0.5)
    world = days.town(6)
    first = link_people(kept=tmp_path)
    assert first.figures["way"] == "everybody"
    who = {label: one.person_id for label, one in world.people.items()}
    changed = days.the_day_after(act, world)
    second = link_people(kept=tmp_path)
    assert second.figures | {"way": "changes", "learnt_in": 1, "changed": 4} == second.figures
    assert second.records == 12
    moves = {why: second.counts[why] for why in ("first", "joined", "moved", "merged", "split")}
    assert moves == {"first": 0, "joined": 1, "moved": 0, "merged": 0, "split": 1}
    assert days.together(act) == {
        frozenset({who[f"0-{FIRST}"], who[f"0-{SECOND}"]}),
        frozenset({changed["corrected"]}),  # its number is another than that of those like it
        frozenset({who[f"1-{FIRST}"]}),
        frozenset({who[f"2-{FIRST}"], changed["gone"]}),  # the files hold one of them no more
        frozenset({who[f"3-{FIRST}"], who[f"3-{SECOND}"], changed["come"]}),
        *(frozenset({who[f"{n}-{FIRST}"], who[f"{n}-{SECOND}"]}) for n in (4, 5)),
    }
    with act("system-linker", purpose="linking"):
        was, now = Member.objects.filter(person_id=changed["corrected"]).order_by("id")
        assert (was.run_id, now.run_id, now.why) == (1, 2, "split")
        assert was.superseded_at == now.recorded_at
        rows = dict(Member.objects.filter(run_id=2).values_list("person_id", "why"))
    assert rows == {changed["corrected"]: "split", changed["come"]: "joined"}
    assert second.counts["asked"] == 1
    assert nothing_is_left_to_write(act, tmp_path, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy")
    before = days.who_is_who(act, world)
    again = link_people(kept=tmp_path)
    assert (again.changed, again.figures["way"]) == (0, "changes")
    everybody = link_people(kept=tmp_path, full=True)
    assert everybody.figures["why"] == "it was asked for"
    assert not any(everybody.counts[why] for why in moves)
    assert days.who_is_who(act, world)["members"] == before["members"]
    assert [folder.name.rpartition("-")[2] for folder in tmp_path.iterdir()] == ["4"]
    assert tmp_path.stat().st_mode & 0o77 == 0


def nothing_is_left_to_write(act, kept: Path, copy: Path) -> bool:
    """Whether pairs and index, compared for everybody, are as the day's changes left them."""
    with act("system-linker", purpose="linking"):
        shutil.copytree(kept_folder(kept), copy)
        (copy / TOUCHED).unlink()
        with connect(copy) as engine:
            found = write_pairs(engine, copy) | write_index(engine, copy)
        assert Pair.objects.exists()
    return not any(found.values())


def the_basis(act, kept: Path, settings: LinkSettings | None = None, days: float = 7) -> Basis:
    with act("system-linker", purpose="linking"):
        run = actions.open_run()
        settings = settings or LinkSettings()
        return basis_of(run, settings, kept, full=False, days=days)


def test_what_cannot_be_told_from_what_is_kept_has_everybody_linked(act, tmp_path):
    world = days.town(2)
    kept = tmp_path / "kept"
    link_people(kept=kept)
    assert the_basis(act, kept) == replace(the_basis(act, kept), why="", touched=())
    other = LinkSettings(join_bits=3.0)
    assert "other settings" in the_basis(act, kept, other).why
    assert "last linked 0 days ago" in the_basis(act, kept, days=0).why
    with act(days.LOADERS[SECOND]), connection.cursor() as cursor:
        cursor.execute("UPDATE records_resident SET superseded_at = clock_timestamp()")
    assert the_basis(act, kept).why == "more than a tenth of the records may have changed"
    world.know("late", SECOND)  # dated before the linking, and there only after it
    assert the_basis(act, kept).why == "records were removed, or recorded late"
    with act("system-linker", purpose="linking"):
        folder = kept_folder(kept)
        note = json.loads((folder / NOTE).read_text())
        note["reading"]["sealed_at"] = "2026-06-01 00:00:00+00"
        (folder / NOTE).write_text(json.dumps(note))
    assert "sealed" in the_basis(act, kept).why
    with act("system-linker", purpose="linking"):
        LinkRun.objects.create(
            id=2, started_at=days.known.AT, finished_at=days.known.AT, by_id=1, records=0,
            comparisons=[],
        )  # fmt: skip
    assert the_basis(act, kept).why == "no linking is kept from which to go on"
    shutil.rmtree(kept)
    assert the_basis(act, kept).before is None
