"""A load that is killed has not happened; of two at once, the second is told to wait."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.db import connections, transaction
from tests.integration.records.extracts import load, small_extract, write
from tests.waiting import PATIENCE, until

from wholeplace.flows.take_snapshot import take_snapshot
from wholeplace.population.snapshot import Snapshot, write_snapshot
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records.actions import AlreadyLoading
from wholeplace.rooms.records.models import STATEMENTS, Load

COMMAND = Path(sys.executable).with_name("wholeplace")
STATES = """
SELECT count(*) FILTER (WHERE wait_event_type = 'Lock'), count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
   AND usename = current_user AND query ILIKE 'insert into %%' || %s || '%%'
"""


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [COMMAND, "extracts", "load", str(folder), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )


@contextmanager
def held(table: str) -> Iterator[None]:
    """Nobody can write to the table: a load stops there until it is let go."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield


def wait_for(table: str, *, stopped: bool) -> None:
    """Until a load waits to write to the table, or until no load is left at the server."""

    def come() -> bool:
        # As the program's own role: another's statements cannot be read.
        with connections["default"].cursor() as cursor:
            cursor.execute(STATES, [table])
            waiting, there = cursor.fetchone()
        return (waiting > 0) if stopped else (there == 0)

    until(come, f"no load stopped at {table}" if stopped else "the load did not end")


def everything(act) -> dict[str, object]:
    """What is stored, without what a second run must give anew: numbers and times."""
    with act("system-loader"):
        people = sorted(Person.objects.values_list("name", "family_key", "date_of_birth"))
        rows = {
            name: sorted(m.objects.values_list("source_key", "row_hash", "superseded_at"))
            for name, m in STATEMENTS.items()
        }
        owners = sorted(
            STATEMENTS["benefit_spell"].objects.values_list("source_key", "person__name")
        )
        loads = list(Load.objects.values_list("state", "counts", "fingerprint"))
        return {"people": people, "owners": owners, "loads": loads} | rows


def undisturbed(act, folder: Path) -> dict[str, object]:
    """What one whole load stores; rolled back."""
    with transaction.atomic():
        load(folder)
        found = everything(act)
        transaction.set_rollback(True)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(small_extract(), tmp_path)


def test_killed_at_any_point_and_run_again_is_as_if_never_killed(committed, act, folder):
    expected = undisturbed(act, folder)
    nothing = everything(act)
    assert nothing["people"] == []
    for table in ("people_person", "records_member", "records_account", "audit_event"):
        with held(table):
            process = start(folder)
            wait_for(table, stopped=True)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        wait_for(table, stopped=False)
        assert everything(act) == nothing
    done = start(folder)
    said, mistakes = done.communicate(timeout=PATIENCE)
    assert done.returncode == 0, mistakes
    assert everything(act) == expected, said
    with act("owen.pryce"):
        assert Event.objects.filter(action="extract.load").count() == 1


def test_of_two_loads_at_once_the_second_is_refused_and_the_first_is_whole(committed, act, folder):
    expected = undisturbed(act, folder)
    with held("records_account"):
        first = start(folder)
        wait_for("records_account", stopped=True)
        with pytest.raises(AlreadyLoading, match="Another load"):
            load(folder)
        second = start(folder)
        said, mistakes = second.communicate(timeout=PATIENCE)
        assert second.returncode == 2
        assert "Nothing was loaded" in mistakes
        assert '"ok": false' in said
    first.communicate(timeout=PATIENCE)
    assert first.returncode == 0
    assert everything(act) == expected


def snapshot_in(home: Path) -> Snapshot:
    """Take a snapshot in a thread with a connection of its own."""
    try:
        return take_snapshot(place=settings.PLACE, home=home)
    finally:
        connections.close_all()


def test_a_snapshot_waits_for_a_load_whose_rows_are_dated_already(
    committed, act, folder, tmp_path_factory
):
    """Or a later snapshot would know of that moment what the first did not."""
    home = tmp_path_factory.mktemp("snapshots")
    with ThreadPoolExecutor(1) as other:
        with held("records_account"):
            loading = start(folder)
            wait_for("records_account", stopped=True)
            taking = other.submit(snapshot_in, home)
            with pytest.raises(TimeoutError):
                taking.result(timeout=1)
        made = taking.result(timeout=PATIENCE)
    loading.communicate(timeout=PATIENCE)
    assert made.manifest.rows["persons"] == 3
    since = pq.read_table(made.file("persons"))["known_from"].to_pylist()
    assert max(since) < made.known_at.astimezone(UTC).replace(tzinfo=None)


def test_a_load_goes_ahead_while_a_snapshot_is_being_written(committed, act, folder, monkeypatch):
    """Only the moment of a snapshot holds loads off."""
    loaded = []

    def write_slowly(*sources, **more):
        loading = start(folder)
        loading.communicate(timeout=PATIENCE)
        loaded.append(loading.returncode)
        return write_snapshot(*sources, **more)

    monkeypatch.setattr("wholeplace.flows.take_snapshot.write_snapshot", write_slowly)
    made = snapshot_in(folder.parent / "snapshots")
    assert (loaded, made.manifest.rows["persons"]) == ([0], 0)


def test_a_wrong_file_is_refused_on_the_command_line_with_exit_2(committed, act, folder):
    (folder / "jobs.csv").write_text("<html></html>\n")
    process = start(folder)
    said, mistakes = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert mistakes.startswith("jobs.csv, line 1: this is a web page")
    assert '"ok": false' in said
    assert "Traceback" not in mistakes
    assert everything(act)["people"] == []
