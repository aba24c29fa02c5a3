"""Loading an extract with all checks, beside reading and copying the same rows with none.

The comparison is what a careful engineer would write by hand: DuckDB's bare read of the same
files, and PostgreSQL's COPY, as the tables' owner and under no row security, of the very rows
that the load stored, into tables with the same columns, keys, foreign keys and indexes.

    python -m bench.load 100000     (one measurement, as JSON)
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from bench.cities import BENEFITS, HOME, ROOT, city
from bench.figures import Figure

NAME = "load"
PEOPLE = 300_000
TIMES = 3
MOST = 3.0
DATABASE = "bench_load"
CHUNK = 1 << 20


def run(people: int | None) -> list[Figure]:
    """Seconds of one first load, and how many times as long as reading and copying alone."""
    size = people or PEOPLE
    city(size)
    environment = os.environ | {"WHOLEPLACE_HOME": str(HOME), "WHOLEPLACE_DATABASE": DATABASE}
    times = 1 if size > PEOPLE else TIMES
    made = [_measured(size, environment) for _ in range(times)]
    ours, read, copy, again = (
        statistics.median(one[key] for one in made) for key in ("ours", "read", "copy", "again")
    )
    ratio = ours / (read + copy)
    return [
        Figure(
            figure=f"Loading an extract of {size:,} people with all checks",
            ours=ours,
            unit="s",
            comparison="DuckDB's bare read and COPY as owner",
            theirs=read + copy,
            ratio=ratio,
            target=f"at most {MOST:.0f} times",
            met=ratio <= MOST if size >= PEOPLE else None,
            note=(
                f"{made[0]['rows']:,} rows; the bare read takes {read:.2f} s, COPY {copy:.1f} s;"
                f" loading the same files again, which changes nothing, {again:.1f} s"
            ),
        )
    ]


def _measured(size: int, environment: dict[str, str]) -> dict[str, float]:
    """One measurement in a process of its own, which opens the benchmark's own database."""
    command = [sys.executable, "-m", "bench.load", str(size)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(folder: Path) -> dict[str, float]:
    """One load into a fresh database, and the comparison beside it."""
    from wholeplace.site.main import open_database

    fresh_database(DATABASE)
    with open_database():
        from django.conf import settings
        from django.core.management import call_command

        from wholeplace.flows import governance

        call_command("migrate", database="owner", verbosity=0)
        governance.set_up(settings.PLACE, demonstration=False)
        checkpoint()
        ours, outcome = _timed(lambda: _load(folder))
        again, repeated = _timed(lambda: _load(folder))
        assert repeated.written == 0
        rows = sum(counts.added for counts in outcome.counts.values())
        return {
            "ours": ours,
            "again": again,
            "rows": rows,
            "read": _timed(lambda: _bare_read(folder))[0],
            "copy": _copy_seconds(),
        }


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def _load(folder: Path) -> Any:
    import datetime as dt

    from django.conf import settings

    from wholeplace.flows.load_extract import find_source, load_extract

    source = find_source(settings.PLACE, "council-benefits")
    return load_extract(folder, source, day=dt.date.today())  # noqa: DTZ011 - any day will do


def _bare_read(folder: Path) -> None:
    import duckdb

    engine = duckdb.connect()
    for file in _files(folder):
        engine.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM read_csv('{file}')")


def _files(folder: Path) -> list[Path]:
    from django.conf import settings

    from wholeplace.flows.load_extract import find_source

    source = find_source(settings.PLACE, "council-benefits")
    return [folder / spec.file for spec in source.files.values()]


def _tables() -> list[str]:
    from wholeplace.rooms.records.actions import STATEMENTS

    return ["people_person", *(model._meta.db_table for model in STATEMENTS.values())]


def _copy_seconds() -> float:
    """COPY of the rows that the load stored, in one transaction, as the owner."""
    from django.db import connections, transaction

    with tempfile.TemporaryDirectory(dir=HOME) as name, connections["owner"].cursor() as cursor:
        for table in _tables():
            with (
                (Path(name) / table).open("wb") as file,
                cursor.copy(f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT") as rows,
            ):
                for chunk in rows:
                    file.write(chunk)
        _plain_tables(cursor)
        checkpoint()
        begun = time.perf_counter()
        with transaction.atomic(using="owner"):
            for table in _tables():
                with (
                    (Path(name) / table).open("rb") as file,
                    cursor.copy(f"COPY plain_{table} FROM STDIN") as rows,
                ):
                    _pour(file, rows.write)
        return time.perf_counter() - begun


def _pour(file: IO[bytes], write: Callable[[bytes], None]) -> None:
    while chunk := file.read(CHUNK):
        write(chunk)


def _plain_tables(cursor: Any) -> None:
    """Tables with the same columns, keys, indexes and foreign keys, and no row security."""
    for table in _tables():
        cursor.execute(f"CREATE TABLE plain_{table} (LIKE {table} INCLUDING ALL)")
    for table in _tables():
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = %s::regclass",
            [table],
        )
        for (definition,) in cursor.fetchall():
            plain = definition.replace("REFERENCES ", "REFERENCES plain_")
            cursor.execute(f"ALTER TABLE plain_{table} ADD {plain}")


def fresh_database(name: str) -> None:
    """An empty database of this name in the benchmarks' own cluster."""
    from wholeplace.site import embedded
    from wholeplace.site.embedded import cluster, roles
    from wholeplace.site.embedded.place import place_of

    with embedded.using(HOME), cluster.connect(place_of(HOME)) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" OWNER "{roles.OWNER}"')


def checkpoint() -> None:
    """Everything on the disk, so that neither side pays for what went before."""
    from wholeplace.site.embedded import cluster
    from wholeplace.site.embedded.place import place_of

    with cluster.connect(place_of(HOME)) as connection:
        connection.execute("CHECKPOINT")


if __name__ == "__main__":
    print(json.dumps(measure(city(int(sys.argv[1])) / BENEFITS)))
