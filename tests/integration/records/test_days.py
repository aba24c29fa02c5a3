"""The day of a delivery: in order, one a day; and what is kept of one that was refused."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.integration.records.extracts import load, small_extract, tell, write, write_changes

from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.records.actions import WrongDay
from wholeplace.rooms.records.models import STATEMENTS, Load
from wholeplace.rooms.records.source.wrong import WrongFile

pytestmark = pytest.mark.django_db

JOB = STATEMENTS["job"]


@pytest.fixture
def tables():
    return small_extract()


def on(tables, folder, as_at, employer="Canal Bakery"):
    tables["jobs"][0]["employer"] = employer
    return tell(write(tables, folder), as_at)


def employer_now(act):
    with act("system-loader"):
        return JOB.objects.get(superseded_at=None).employer


def test_the_day_is_the_manifests_or_that_of_loading(act, tables, tmp_path):
    load(write(tables, tmp_path / "a"), dt.date(2026, 6, 10))
    load(on(tables, tmp_path / "b", "2026-06-12"), dt.date(2026, 6, 15))
    with act("system-loader"):
        told = list(Load.objects.order_by("pk").values_list("as_at", "delivers"))
    assert told == [(dt.date(2026, 6, 10), "full"), (dt.date(2026, 6, 12), "full")]


def test_files_older_than_the_last_are_refused(act, tables, tmp_path):
    load(on(tables, tmp_path / "new", "2026-06-10", "New"))
    with pytest.raises(WrongDay, match=r"tell of .* 9 June 2026.* load \d+ of .* 10 June 2026"):
        load(on(tables, tmp_path / "old", "2026-06-09", "Old"), correction=True)
    assert employer_now(act) == "New"


def test_two_deliveries_for_one_day_are_refused_and_a_correction_is_not(act, tables, tmp_path):
    first = on(tables, tmp_path / "first", "2026-06-10", "First")
    load(first, correction=False)
    second = on(tables, tmp_path / "second", "2026-06-10", "Second")
    with pytest.raises(WrongDay, match="already, in other files") as refused:
        load(second, correction=False)
    assert "--correction" in refused.value.do
    assert employer_now(act) == "First"
    load(second, correction=True)
    assert employer_now(act) == "Second"
    with pytest.raises(WrongDay):  # what was corrected is not to come back by mistake
        load(first, correction=False)


def test_the_same_files_again_are_no_second_delivery(tables, tmp_path):
    folder = on(tables, tmp_path, "2026-06-10")
    first = load(folder, correction=False)
    again = load(folder, correction=False)
    assert (again.written, again.same_as) == (0, first.load_id)


def test_changes_of_a_day_after_are_taken_and_of_a_day_before_are_not(act, tables, tmp_path):
    load(on(tables, tmp_path / "full", "2026-06-10"))
    job = tables["jobs"][0] | {"change": "C", "employer": "Tram Works"}
    load(write_changes({"jobs": [job]}, tmp_path / "next", "2026-06-11"))
    assert employer_now(act) == "Tram Works"
    with pytest.raises(WrongDay):
        load(write_changes({"jobs": [job]}, tmp_path / "late", "2026-06-08"))


def test_what_was_refused_is_kept_with_why(act, tables, tmp_path):
    load(on(tables, tmp_path / "new", "2026-06-10"))
    with pytest.raises(WrongDay):
        load(on(tables, tmp_path / "old", "2026-06-09", "Old"))
    (tmp_path / "old" / "jobs.csv").write_text("<html></html>\n")
    with pytest.raises(WrongFile):
        load(tmp_path / "old")
    with act("harpreet.gill"):
        done, old, broken = Load.objects.order_by("pk")
    assert (done.state, done.why_refused) == ("finished", "")
    assert (old.state, old.as_at) == ("refused", dt.date(2026, 6, 9))
    assert "Load the latest delivery" in old.why_refused
    assert (broken.state, broken.as_at) == ("refused", None)
    assert "jobs.csv, line 1: this is a web page" in broken.why_refused
    assert old.finished_at is not None
    with act("owen.pryce"):
        events = Event.objects.filter(action="extract.refused").order_by("pk")
        assert [event.record for event in events] == [f"load {old.pk}", f"load {broken.pk}"]
