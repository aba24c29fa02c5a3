"""Loading every agency with all checks, beside reading and copying the same rows with none.

The comparison is what a careful engineer would write by hand: DuckDB's bare read of the same
files, and PostgreSQL's COPY, as the tables' owner and under no row security, of the very rows
that the load stored, into tables with the same columns, keys, foreign keys and indexes. Then
the day after, on which 1 in 100 has changed: as changes, and in a copy as the full picture.

    python -m bench.load 100000     (one measurement, as JSON)
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from bench.cities import HOME, ROOT, city, day_after
from bench.figures import Figure

NAME = "load"
PEOPLE = 1_200_000
TIMES = 3
SEVERAL = 300_000  # up to so many people, it is measured so often
MOST = 3.0
MOST_CHANGES = 0.1
MOST_MEMORY = 8.0
DATABASE, COPY = "bench_load", "bench_load_copy"
CHUNK = 1 << 20


def run(people: int | None) -> list[Figure]:
    """The first load of all agencies, the day after in both ways, and the memory it took."""
    size = people or PEOPLE
    day_after(size)
    environment = os.environ | {"WHOLEPLACE_HOME": str(HOME), "WHOLEPLACE_DATABASE": DATABASE}
    made = [_measured(size, environment) for _ in range(TIMES if size <= SEVERAL else 1)]
    median = {key: statistics.median(one[key] for one in made) for key in made[0]}
    full = size >= PEOPLE
    return [_first(size, median, full), *_next_day(size, median, full), _memory(median, full)]


def _first(size: int, told: dict[str, float], full: bool) -> Figure:
    theirs = told["read"] + told["copy"]
    ratio = told["ours"] / theirs
    return Figure(
        figure=f"Loading five agencies of {size:,} people with all checks",
        ours=told["ours"],
        unit="s",
        comparison="DuckDB's bare read and COPY as owner",
        theirs=theirs,
        ratio=ratio,
        target=f"at most {MOST:.0f} times",
        met=ratio <= MOST if full else None,
        note=(
            f"{told['rows']:,.0f} rows; the bare read takes {told['read']:.2f} s, COPY"
            f" {told['copy']:.1f} s; loading the same files again, which changes nothing,"
            f" {told['again']:.1f} s"
        ),
    )


def _next_day(size: int, told: dict[str, float], full: bool) -> list[Figure]:
    ratio = told["changes"] / told["ours"]
    changes = Figure(
        figure=f"The day after of {size:,} people as files of changes",
        ours=told["changes"],
        unit="s",
        comparison="the first load",
        theirs=told["ours"],
        ratio=ratio,
        target="at most a tenth",
        met=ratio <= MOST_CHANGES if full else None,
        note=f"{told['changed']:,.0f} rows added, changed or ended",
    )
    picture = Figure(
        figure=f"The same day of {size:,} people as the full picture",
        ours=told["picture"],
        unit="s",
        note="every row is read and compared; none is written but those that changed",
    )
    return [changes, picture]


def _memory(told: dict[str, float], full: bool) -> Figure:
    return Figure(
        figure="Memory of the process that loads, at its peak",
        ours=told["peak"],
        unit="GiB",
        target=f"at most {MOST_MEMORY:.0f} GiB",
        met=told["peak"] <= MOST_MEMORY if full else None,
        note="over the first load and both loads of the day after; not that of the database server",
    )


def _measured(size: int, environment: dict[str, str]) -> dict[str, float]:
    """One measurement in a process of its own, which opens the benchmark's own database."""
    command = [sys.executable, "-m", "bench.load", str(size)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(folder: Path, after: Path) -> dict[str, float]:
    """One first load into a fresh database, the comparison beside it, and the day after twice."""
    from wholeplace.site.main import open_database

    fresh_database(DATABASE)
    with open_database():
        from django.conf import settings
        from django.core.management import call_command

        from wholeplace.flows import governance

        call_command("migrate", database="owner", verbosity=0)
        governance.set_up(settings.PLACE, demonstration=False)
        checkpoint()
        ours, rows = timed(lambda: load_folder(folder))
        again, written = timed(lambda: load_folder(folder))
        assert written == 0
        told = {"ours": ours, "again": again, "rows": rows, "copy": _copy_seconds()}
        told |= _day_after(after)  # with the peak of memory, to which the bare read would add
        return told | {"read": timed(lambda: _bare_read(folder))[0]}


def _day_after(after: Path) -> dict[str, float]:
    """The next day as changes; then undone, by a copy made before, as the full picture."""
    copy_database()
    checkpoint()
    changes, changed = timed(lambda: load_folder(after / "changes"))
    copy_database(back=True)
    checkpoint()
    picture, written = timed(lambda: load_folder(after / "full"))
    assert abs(written - changed) <= changed / 10, (written, changed)
    return {"changes": changes, "changed": changed, "picture": picture, "peak": peak()}


def peak() -> float:
    """The most memory that this process ever had, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def load_folder(folder: Path) -> int:
    """Load every source in a folder; returns how many rows were written."""
    import datetime as dt

    from django.conf import settings

    from wholeplace.flows.load_extract import Outcome
    from wholeplace.flows.load_extracts import find_extracts, load_extracts

    day = dt.date.today()  # noqa: DTZ011 - any day will do
    found = find_extracts(folder, settings.PLACE)
    written = 0
    for one in load_extracts(found, settings.PLACE, day=day):
        assert isinstance(one, Outcome), f"{one.source}: {one.error}"
        written += one.written
    return written


def _bare_read(folder: Path) -> None:
    import duckdb

    engine = duckdb.connect()
    for number, file in enumerate(_files(folder)):
        reads = "read_parquet" if file.suffix == ".parquet" else "read_csv"
        engine.execute(f"CREATE TABLE t{number} AS SELECT * FROM {reads}('{file}')")


def _files(folder: Path) -> list[Path]:
    from django.conf import settings

    from wholeplace.flows.load_extract import find_source
    from wholeplace.flows.load_extracts import find_extracts

    named = [
        one.folder / spec.file
        for one in find_extracts(folder, settings.PLACE)
        for spec in find_source(settings.PLACE, one.source).files.values()
    ]
    return [path if path.exists() else path.with_suffix(".parquet") for path in named]


def _tables() -> list[str]:
    from wholeplace.rooms.records.models import STATEMENTS

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
        took = time.perf_counter() - begun
        for table in reversed(_tables()):
            cursor.execute(f"DROP TABLE plain_{table} CASCADE")
        return took


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


def copy_database(*, back: bool = False) -> None:
    """Keep the database as it is now in a copy, or put the copy in its place."""
    from django.db import connections

    from wholeplace.site.embedded import cluster, roles
    from wholeplace.site.embedded.place import place_of

    for each in connections.all(initialized_only=True):
        each.close()
        if each.alias in each._connection_pools:
            each.close_pool()
    source, to = (COPY, DATABASE) if back else (DATABASE, COPY)
    with cluster.connect(place_of(HOME)) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{to}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{to}" TEMPLATE "{source}" OWNER "{roles.OWNER}"')


def checkpoint() -> None:
    """Everything on the disk, so that neither side pays for what went before."""
    from wholeplace.site.embedded import cluster
    from wholeplace.site.embedded.place import place_of

    with cluster.connect(place_of(HOME)) as connection:
        connection.execute("CHECKPOINT")


if __name__ == "__main__":
    people = int(sys.argv[1])
    print(json.dumps(measure(city(people), day_after(people))))
