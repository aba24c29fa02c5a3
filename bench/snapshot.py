"""Refreshing the snapshot after a day's changes, and after none, beside reading everything again.

Without a refresh, who wants today's records in the engine exports all of them again. Both are
taken in turns at the same state of the database, each with its own folder.

    python -m bench.snapshot 100000     (one measurement, as JSON)
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.cities import BENEFITS, HOME, ROOT, city
from bench.figures import Figure, alternating

if TYPE_CHECKING:
    from wholeplace.population.snapshot import Snapshot

NAME = "snapshot"
PEOPLE = 300_000
TIMES = 3
DATABASE = "bench_snapshot"

# One row in a hundred of each file says something else: a column, and what it then says.
CHANGES = {
    "residents": ("person_key", "phone", "'0121 496 0000'"),
    "addresses": ("uprn", "line_2", "'Rear'"),
    "households": ("household_key", "landlord", "'Another landlord'"),
    "household_members": ("member_key", "role", "'non_dependant'"),
    "benefit_spells": ("spell_key", "weekly_amount", "'77.70'"),
    "jobs": ("job_key", "hours_a_week", "'11.5'"),
    "accounts": ("account_key", "arrears", "'7.70'"),
}


def run(people: int | None) -> list[Figure]:
    """Seconds of a refresh after a 1% day and after none, each beside reading everything."""
    size = people or PEOPLE
    city(size)
    environment = os.environ | {"WHOLEPLACE_HOME": str(HOME), "WHOLEPLACE_DATABASE": DATABASE}
    command = [sys.executable, "-m", "bench.snapshot", str(size)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout)
    changed = f"{found['changed']:,} of {found['rows']:,} rows changed"
    return [
        _figure(f"A snapshot of {size:,} people after a 1% day", found["day"], changed),
        _figure(f"A snapshot of {size:,} people, nothing changed", found["none"], "no row changed"),
    ]


def _figure(figure: str, seconds: tuple[float, float], note: str) -> Figure:
    ours, theirs = seconds
    return Figure(
        figure=figure,
        ours=ours,
        unit="s",
        comparison="everything read again",
        theirs=theirs,
        ratio=ours / theirs,
        note=f"{note}; the refresh holds the rows of the full one, counted by table",
    )


def measure(folder: Path) -> dict[str, Any]:
    """A fresh database with a city in it, a snapshot, a day's changes, and the two ways on."""
    from bench.load import fresh_database
    from wholeplace.site.main import open_database

    fresh_database(DATABASE)
    with open_database(), tempfile.TemporaryDirectory(dir=HOME) as name:
        _fill(folder)
        taking = _Taking(Path(name))
        taking.take("former", full=True)
        _load(_next_day(folder, Path(name) / "next"))
        day = taking.both_ways()
        made = taking.keep()
        none = taking.both_ways()
        return {
            "day": day,
            "none": none,
            "changed": made.manifest.origin.changed,
            "rows": made.manifest.whole,
        }


class _Taking:
    """Snapshots taken beside one that lies there, and thrown away."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def take(self, name: str, *, full: bool) -> Snapshot:
        from django.conf import settings

        from wholeplace.flows.take_snapshot import take_snapshot

        return take_snapshot(place=settings.PLACE, home=self._home / name, full=full)

    def both_ways(self) -> tuple[float, float]:
        """Median seconds of a refresh and of a full one; they hold as many rows of each table."""
        made: dict[bool, Snapshot] = {}

        def taken(name: str, *, full: bool) -> Callable[[], None]:
            def take() -> None:
                if full in made:
                    made[full].discard()
                made[full] = self.take(name, full=full)

            return take

        ours, theirs = alternating(taken("former", full=False), taken("full", full=True), TIMES)
        refreshed, full = made[False].manifest, made[True].manifest
        assert refreshed.origin.former, refreshed.origin
        assert (refreshed.rows, refreshed.history) == (full.rows, full.history)
        for snapshot in made.values():
            snapshot.discard()
        return ours, theirs

    def keep(self) -> Snapshot:
        """A refresh that stays, for the next to find."""
        return self.take("former", full=False)


def _fill(folder: Path) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from wholeplace.flows import governance
    from wholeplace.flows.load_places import load_demonstration_places

    call_command("migrate", database="owner", verbosity=0)
    governance.set_up(settings.PLACE, demonstration=False)
    load_demonstration_places(settings.PLACE)
    _load(folder)


def _load(folder: Path) -> None:
    from django.conf import settings

    from wholeplace.flows.load_extract import find_source, load_extract

    source = find_source(settings.PLACE, BENEFITS)
    load_extract(folder, source, day=dt.date.today())  # noqa: DTZ011 - any day will do


def _next_day(folder: Path, out: Path) -> Path:
    """The full picture of the day after, in which one row in a hundred of each file differs."""
    import duckdb

    out.mkdir()
    for name, (key, column, value) in CHANGES.items():
        rows = f"read_csv('{folder / name}.csv', header = true, all_varchar = true)"
        says = f"CASE WHEN hash({key}) % 100 = 0 THEN {value} ELSE {column} END AS {column}"
        select = f"SELECT * REPLACE ({says}) FROM {rows}"
        duckdb.execute(f"COPY ({select}) TO '{out / name}.csv' (HEADER)")
    manifest = json.loads((folder / "manifest.json").read_text())
    as_at = dt.date.fromisoformat(manifest["as_at"]) + dt.timedelta(days=1)
    told = {"source": BENEFITS, "as_at": as_at.isoformat(), "delivers": "full"}
    (out / "manifest.json").write_text(json.dumps(told))
    return out


if __name__ == "__main__":
    print(json.dumps(measure(city(int(sys.argv[1])) / BENEFITS)))
