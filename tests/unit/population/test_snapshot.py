"""A snapshot is whole or it is not there; it is its owner's alone; wrong rows are refused."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from tests.unit.population.rows import COUNCIL, KNOWN_AT, day, snapshot_of, table

from wholeplace.population.snapshot import (
    Grouping,
    SnapshotRefused,
    SnapshotUnusable,
    latest_snapshot,
    open_snapshot,
    write_snapshot,
)
from wholeplace.population.snapshot.open import reader
from wholeplace.population.snapshot.tables import SOURCE_TABLES

PERSONS = [{"person_id": 2, "ref": "B"}, {"person_id": 1, "ref": "A"}]
SPELLS = [
    {"person_id": 1, "benefit": "uc", "start_date": day("2026-01-01"), "end_date": None},
    {
        "person_id": 2,
        "benefit": "uc",
        "start_date": day("2026-02-01"),
        "end_date": day("2026-01-01"),
    },
]


def test_a_snapshot_reads_back_with_its_manifest(tmp_path: Path) -> None:
    grouping = Grouping("qualifying_benefits", ("uc", "jsa"), 14)
    made = snapshot_of(tmp_path / "one", [grouping], persons=PERSONS, benefit_spells=SPELLS)

    opened = open_snapshot(tmp_path / "one")

    assert opened == made
    assert opened.manifest.known_at == KNOWN_AT
    assert opened.manifest.groupings == (grouping,)
    assert opened.manifest.rows["persons"] == 2
    assert opened.manifest.rows["islands"] == 1
    assert opened.manifest.left_out == {"spells that end before they start": 1}
    assert opened.agencies("jobs") == (COUNCIL,)


def test_rows_stand_in_the_order_that_settles_ties(tmp_path: Path) -> None:
    jobs = [
        {"person_id": 1, "start_date": day("2026-01-01"), "expected_weeks": 9},
        {"person_id": 1, "start_date": day("2026-01-01"), "expected_weeks": None},
        {"person_id": 1, "start_date": None, "expected_weeks": 1},
    ]
    made = snapshot_of(tmp_path / "one", persons=PERSONS, jobs=jobs)

    rows = (
        duckdb.connect()
        .sql(f"SELECT expected_weeks FROM '{made.file('jobs')}' ORDER BY file_row_number")
        .fetchall()
    )

    assert rows == [(1,), (None,), (9,)]


def test_only_the_owner_can_open_a_snapshot(tmp_path: Path) -> None:
    made = snapshot_of(tmp_path / "home" / "one", persons=PERSONS)

    assert stat.S_IMODE(made.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in made.path.glob("*.*")} == {0o600}


def refused(tmp_path: Path, **tables: list[dict[str, object]]) -> str:
    with pytest.raises(SnapshotRefused) as refusal:
        snapshot_of(tmp_path / "one", **tables)
    assert list(tmp_path.iterdir()) == []
    return str(refusal.value)


def test_two_persons_with_one_id_are_refused(tmp_path: Path) -> None:
    assert "1 person ids stand more than once" in refused(
        tmp_path, persons=[*PERSONS, *PERSONS[:1]]
    )


def test_a_row_of_a_person_who_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "1 rows of jobs are of a person not in persons" in refused(
        tmp_path, persons=PERSONS, jobs=[{"person_id": 3}]
    )


def test_a_spell_without_its_benefit_is_refused(tmp_path: Path) -> None:
    assert "1 rows of benefit_spells lack one of: person_id, benefit" in refused(
        tmp_path, persons=PERSONS, benefit_spells=[{"person_id": 1}]
    )


def test_a_table_or_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    tables = {made.name: table(made.name, []) for made in SOURCE_TABLES}
    arguments = {"known_at": KNOWN_AT, "agencies": {}}
    with pytest.raises(SnapshotRefused, match="Missing: jobs; unknown: work"):
        without = {name: rows for name, rows in tables.items() if name != "jobs"}
        write_snapshot(without | {"work": tables["jobs"]}, tmp_path / "one", **arguments)
    with pytest.raises(
        SnapshotRefused, match=r"columns of jobs .* Missing: employer; unknown: none"
    ):
        jobs = tables["jobs"].drop_columns(["employer"])
        write_snapshot(tables | {"jobs": jobs}, tmp_path / "one", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_rows_may_come_as_readers_and_functions(tmp_path: Path) -> None:
    tables = {made.name: table(made.name, []).to_reader() for made in SOURCE_TABLES}
    late = {"persons": lambda: table("persons", PERSONS).to_reader(max_chunksize=1)}

    made = write_snapshot(tables | late, tmp_path / "one", known_at=KNOWN_AT, agencies={})

    assert made.manifest.rows["persons"] == 2


def test_a_snapshot_is_not_written_over(tmp_path: Path) -> None:
    snapshot_of(tmp_path / "one", persons=PERSONS)
    with pytest.raises(SnapshotRefused, match="one exists"):
        snapshot_of(tmp_path / "one", persons=[])

    assert open_snapshot(tmp_path / "one").manifest.rows["persons"] == 2


def test_a_damaged_snapshot_is_not_opened(tmp_path: Path) -> None:
    made = snapshot_of(tmp_path / "one", persons=PERSONS)
    whole = made.file("persons").read_bytes()
    for damaged, reason in (
        (whole[: len(whole) // 2], "missing or cut short"),
        (snapshot_of(tmp_path / "two").file("persons").read_bytes(), "has not the 2 rows"),
    ):
        made.file("persons").write_bytes(damaged)
        with pytest.raises(SnapshotUnusable, match=reason):
            open_snapshot(made.path)
    made.file("persons").unlink()
    with pytest.raises(SnapshotUnusable, match="missing or cut short"):
        open_snapshot(made.path)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"version": 1, "made_at": 3}'])
def test_a_manifest_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    made = snapshot_of(tmp_path / "one")
    (made.path / "manifest.json").write_text(text)
    with pytest.raises(SnapshotUnusable, match="manifest cannot be read"):
        open_snapshot(made.path)


def test_the_latest_whole_snapshot_is_found(tmp_path: Path) -> None:
    assert latest_snapshot(tmp_path / "nowhere") is None
    rows = {made.name: table(made.name, []) for made in SOURCE_TABLES}
    for days, name in enumerate(("b", "a", "c")):
        write_snapshot(
            rows,
            tmp_path / name,
            known_at=KNOWN_AT,
            agencies={},
            made_at=KNOWN_AT + timedelta(days),
        )
    (tmp_path / "c" / "manifest.json").unlink()
    found = latest_snapshot(tmp_path)

    assert found is not None
    assert found.path.name == "a"
    found.discard()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "c"]


def test_a_snapshot_deleted_or_damaged_while_it_is_read_is_told_in_words(tmp_path: Path) -> None:
    made = snapshot_of(tmp_path / "one", persons=PERSONS)
    with pytest.raises(duckdb.CatalogException), reader(made) as engine:
        engine.execute("SELECT * FROM nothing_of_the_kind")  # not the snapshot's fault
    with pytest.raises(SnapshotUnusable, match="missing or cut short"), reader(made) as engine:
        made.file("jobs").unlink()
        engine.execute(f"SELECT * FROM {made.source('jobs')}")
    with pytest.raises(SnapshotUnusable, match="It was deleted"), reader(made) as engine:
        made.discard()
        engine.execute(f"SELECT * FROM {made.source('persons')}")
    with pytest.raises(SnapshotUnusable, match="It was deleted"), reader(made):
        pass


SLOW_WRITER = """
    import sys, time
    from pathlib import Path
    from tests.unit.population.rows import KNOWN_AT, table
    from wholeplace.population.snapshot import write_snapshot
    from wholeplace.population.snapshot.tables import SOURCE_TABLES

    def stuck():
        print("writing", flush=True)
        time.sleep(60)

    rows = {made.name: table(made.name, []) for made in SOURCE_TABLES}
    write_snapshot(rows | {"indicators": stuck}, Path(sys.argv[1]), known_at=KNOWN_AT, agencies={})
"""


def test_a_killed_writer_leaves_nothing_that_opens_and_the_next_one_sweeps(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    writer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SLOW_WRITER), str(tmp_path / "one")],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"},
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"

    snapshot_of(tmp_path / "meanwhile")
    assert len(list(tmp_path.glob(".making-*"))) == 1, "a living writer's folder is left alone"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    time.sleep(0.05)

    assert not (tmp_path / "one").exists()
    left = next(tmp_path.glob(".making-*"))
    with pytest.raises(SnapshotUnusable, match="never finished"):
        open_snapshot(left)
    assert snapshot_of(tmp_path / "one", persons=PERSONS) == open_snapshot(tmp_path / "one")
    assert not left.exists()
