"""A refresh that is killed leaves nothing that opens; the former stays as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.unit.population.rows import KNOWN_AT, day, snapshot_of, table

from wholeplace.population.snapshot import (
    FormerUnusable,
    Grouping,
    Snapshot,
    SnapshotRefused,
    SnapshotUnusable,
    latest_snapshot,
    open_snapshot,
    refresh_snapshot,
)
from wholeplace.population.snapshot.tables import SOURCE_TABLES

PERSONS = [{"person_id": 1, "ref": "A"}, {"person_id": 2, "ref": "B"}]
UC = Grouping("uc", ("uc",))
SPELL = {"person_id": 1, "benefit": "uc", "start_date": day("2026-01-01")}


def refreshed(former: Snapshot, out: Path, touched: list[int], **rows: object) -> Snapshot:
    given = {made.name: table(made.name, rows.get(made.name, [])) for made in SOURCE_TABLES}
    return refresh_snapshot(
        former, touched, given, out, known_at=KNOWN_AT, agencies={}, groupings=(UC,)
    )


def test_somebody_of_whom_nothing_is_said_any_more_is_gone(tmp_path: Path) -> None:
    former = snapshot_of(tmp_path / "one", [UC], persons=PERSONS, benefit_spells=[SPELL])
    made = refreshed(former, tmp_path / "two", [1])
    assert (made.manifest.rows["persons"], made.manifest.rows["islands"]) == (1, 0)
    assert open_snapshot(made.path) == made


def test_rows_that_do_not_fit_are_refused_and_nothing_is_put_in_place(tmp_path: Path) -> None:
    former = snapshot_of(tmp_path / "one", [UC], persons=PERSONS)
    with pytest.raises(SnapshotRefused, match="of a person not in persons"):
        refreshed(former, tmp_path / "two", [1], jobs=[{"person_id": 1}])
    assert [each.name for each in tmp_path.iterdir()] == ["one"]


def test_a_former_one_that_does_not_tell_of_its_files_is_not_used(tmp_path: Path) -> None:
    former = snapshot_of(tmp_path / "one", [UC], persons=PERSONS)
    former.manifest.digests.pop("jobs.parquet")
    with pytest.raises(FormerUnusable, match="what its files were"):
        refreshed(former, tmp_path / "two", [])


SLOW_REFRESH = """
    import sys, time
    from pathlib import Path
    from tests.unit.population.rows import KNOWN_AT, table
    from wholeplace.population.snapshot import open_snapshot, refresh_snapshot
    from wholeplace.population.snapshot.tables import SOURCE_TABLES

    def stuck():
        print("writing", flush=True)
        time.sleep(60)

    home = Path(sys.argv[1])
    rows = {made.name: table(made.name, []) for made in SOURCE_TABLES} | {"indicators": stuck}
    refresh_snapshot(
        open_snapshot(home / "one"), [1], rows, home / "two", known_at=KNOWN_AT, agencies={}
    )
"""


def test_a_killed_refresh_leaves_the_former_and_nothing_else_that_opens(tmp_path: Path) -> None:
    former = snapshot_of(tmp_path / "one", [UC], persons=PERSONS, benefit_spells=[SPELL])
    root = Path(__file__).parents[3]
    writer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SLOW_REFRESH), str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"},
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait()

    (left,) = tmp_path.glob(".making-*")
    for folder in (left, *(each for each in left.iterdir() if each.is_dir())):
        with pytest.raises(SnapshotUnusable):
            open_snapshot(folder)
    assert latest_snapshot(tmp_path) == former
    made = refreshed(former, tmp_path / "two", [1], persons=PERSONS[:1], benefit_spells=[SPELL])
    assert not left.exists()
    assert made.manifest.rows == former.manifest.rows
    assert made.manifest.origin.changed == 0
    former.discard()
    assert latest_snapshot(tmp_path) == made
