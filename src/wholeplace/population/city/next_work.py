"""One day after another of an invented city: an engine with every agency's tables.

Each source has a schema of its own. In it `old_NAME` is a table as it was last told of and,
while a day is made, `new_NAME` with that day done.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from wholeplace.population.city.files import CSV, PARQUET, Files
from wholeplace.population.city.happenings import add_births, add_events, add_truth
from wholeplace.population.city.make import FORMATS
from wholeplace.population.city.next_changes import (
    BENEFITS_BIRTHS,
    BENEFITS_JOBS,
    BENEFITS_MOVES,
    HEALTH_BIRTHS,
    LAYOUTS,
    Writer,
)
from wholeplace.population.city.streams import Draws
from wholeplace.population.engines.duckdb.quoting import text_literal

MEMORY = "1GB"
"""What the engine keeps in memory of a city; the rest of it lies on the disk, beside what is
written."""

BATCH = 100_000
BORN_BY = {"council-benefits": "person_key", "community-health": "nhs_number"}
"""The agencies that hear of a birth, and the column by which a child is known in their file."""

LAST = (
    "SELECT max(substr({layout.involvement}, 2)::BIGINT) FROM new_involvements",
    "SELECT max(substr(key, 2)::BIGINT) FROM (SELECT member_key AS key FROM new_household_members"
    " WHERE member_key < 'M9' UNION ALL SELECT job_key FROM new_jobs)",
)
Engine = duckdb.DuckDBPyConnection
Progress = Callable[[str], None]
Found = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Work:
    """The city as it is by now.

    `last` is, of each source, the highest number ever given to a row that can vanish with its
    person, so that no number is given twice. `both` asks for every table in CSV and in Parquet.
    """

    engine: Engine
    seed: int
    both: bool
    last: dict[str, int]

    def day(
        self, share: float, day: date, half: Path, kinds: tuple[str, ...], progress: Progress
    ) -> Found:
        """Make a day and write each agency's files of it; returns each file's rows and SHA-256.

        Args:
            share: of how many people something changes, 0 to 1.
            half: the folder to write in; below it one a kind, and an agency in each.
            kinds: `full`, the full picture, and `changes`.
        """
        number, found = (day - date(1970, 1, 1)).days, Found()
        add_events(self.engine, self.seed, share, number)
        add_births(self.engine, self.seed, number)
        for source in FORMATS:
            progress(source)
            self.engine.execute(f"SET search_path = '{schema(source)},main'")
            most = one_source(self.engine, source, day, self.seed, self.last.get(source, 0))
            self.last[source] = most
            found |= write_source(self.engine, source, half, self.both, kinds)
        self.engine.execute("SET search_path = 'main'")
        add_truth(self.engine, day)
        return found

    def write_truth(self, half: Path) -> Found:
        """Whose each record is and who everybody is, after the day."""
        with Files(half) as files:
            for name, forms in (("truth", (CSV, PARQUET)), ("people", (CSV,))):
                write_query(self.engine, files, name, f"FROM next_{name} ORDER BY ALL", forms)
        return dict(files.summaries())

    def go_on(self) -> None:
        """The day is over: what is new is what was, for the next."""
        for source in FORMATS:
            for name in tables(self.engine, source, "new"):
                held = f"{schema(source)}.old_{name}"
                self.engine.execute(f"DROP TABLE {held}")
                self.engine.execute(f"ALTER TABLE {schema(source)}.new_{name} RENAME TO old_{name}")
        for name in ("happening", "birth", "known_births", "people", "truth"):
            self.engine.execute(f"DROP TABLE {name}")
        for name in ("people", "truth"):
            self.engine.execute(f"ALTER TABLE next_{name} RENAME TO {name}")


@contextmanager
def opened(city: Path, told: dict[str, Any], half: Path) -> Iterator[Work]:
    """The work on a city whose manifest is `told`; its own files lie in `half` meanwhile."""
    config: dict[str, Any] = {"threads": 2, "memory_limit": MEMORY}
    engine = duckdb.connect(config=config | {"temp_directory": str(half / "spilled")})
    try:
        for name in ("people", "truth"):
            engine.execute(f"CREATE TABLE {name} AS {reading(city / f'{name}.csv')}")
        for source in FORMATS:
            engine.execute(f"CREATE SCHEMA {schema(source)}")
            for name in tables_of(city, source):
                rows = reading(file_of(city, source, name))
                engine.execute(f"CREATE TABLE {schema(source)}.old_{name} AS {rows}")
        engine.execute("CREATE VIEW addresses AS FROM council_benefits.old_addresses")
        both = isinstance(told.get("formats"), list)
        yield Work(engine, int(told["seed"]), both, dict(told.get("last", {})))
    finally:
        engine.close()
    shutil.rmtree(half / "spilled", ignore_errors=True)


def schema(source: str) -> str:
    """What the source's schema is called."""
    return source.replace("-", "_")


def tables(engine: Engine, source: str, state: str) -> list[str]:
    """The source's tables that are there as `old_NAME` or `new_NAME`, in their files' order."""
    found = engine.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = ?"
        " AND starts_with(table_name, ?) ORDER BY table_oid",
        [schema(source), f"{state}_"],
    ).fetchall()
    return [name.removeprefix(f"{state}_") for (name,) in found]


def file_of(city: Path, source: str, name: str) -> Path:
    """A table's file: Parquet where there is one, which has types, else CSV."""
    parquet = folder_of(city, source) / f"{name}.{PARQUET}"
    return parquet if parquet.exists() else parquet.with_suffix(f".{CSV}")


def folder_of(city: Path, source: str) -> Path:
    """The source's full picture: of a city, or of a next delivery, which is a city again."""
    return city / source if (city / source).is_dir() else city / "full" / source


def reading(path: Path) -> str:
    """A file as a query; a CSV file's values stay the text that they are."""
    where = text_literal(str(path))
    if path.suffix == f".{PARQUET}":
        return f"SELECT * FROM read_parquet({where})"
    return f"SELECT * FROM read_csv({where}, header = true, all_varchar = true, nullstr = '')"


def tables_of(city: Path, source: str) -> list[str]:
    """The source's tables, in the order of its manifest."""
    told = json.loads((folder_of(city, source) / "manifest.json").read_text(encoding="utf-8"))
    return list(dict.fromkeys(Path(name).stem for name in told["files"]))


def one_source(engine: Engine, source: str, day: date, seed: int, last: int) -> int:
    """The source's tables as `new_NAME`, with the day done; returns `Work.last` after it."""
    types: dict[str, dict[str, str]] = {}
    for name in tables(engine, source, "old"):
        engine.execute(f"CREATE TABLE new_{name} AS FROM old_{name}")
        described = engine.execute(f"DESCRIBE new_{name}").fetchall()
        types[name] = {row[0]: row[1] for row in described}
    engine.execute("CREATE OR REPLACE TABLE whose AS SELECT record_key, true_person FROM truth"
                   f" WHERE source = '{source}'")  # fmt: skip
    hear(engine, source, (day - date(1970, 1, 1)).days, seed)
    layout = LAYOUTS[source]
    for statement in Writer(layout, types, day.isoformat(), last).statements():
        engine.execute(statement)
    if source == "council-benefits":
        engine.execute(BENEFITS_MOVES.format(day=day.isoformat(), last=last))
        engine.execute(BENEFITS_BIRTHS.format(last=last))
        engine.execute(BENEFITS_JOBS.format(day=day.isoformat(), last=last))
    if source == "community-health":
        engine.execute(HEALTH_BIRTHS)
    ((most,),) = engine.execute(LAST[source == "council-benefits"].format(layout=layout)).fetchall()
    vanish(engine, source, types)
    if source in BORN_BY:
        engine.execute(
            f"INSERT INTO known_births SELECT '{source}', n.{layout.key}, b.true_person"
            f" FROM new_{layout.people} AS n JOIN birth AS b USING ({BORN_BY[source]})"
            f" WHERE n.{layout.key} NOT IN (SELECT {layout.key} FROM old_{layout.people})"
        )
    return max(last, most or 0)


def hear(engine: Engine, source: str, day: int, seed: int) -> None:
    """`event` with whether this source hears of each, by a stream of its own."""
    count = engine.execute("SELECT count(*) FROM happening").fetchall()[0][0]
    heard = Draws(seed, day, f"next {source}").uniform(int(count))
    place = pa.array(np.arange(1, len(heard) + 1))
    engine.register("hearing", pa.table({"place": place, "heard": pa.array(heard)}))
    engine.execute("CREATE OR REPLACE TABLE event AS SELECT happening.*, hearing.heard"
                   " FROM happening JOIN hearing USING (place)")  # fmt: skip
    engine.unregister("hearing")


def vanish(engine: Engine, source: str, types: dict[str, dict[str, str]]) -> None:
    """Some people are in one agency's files no more, nor is anything that speaks of them."""
    key, place = LAYOUTS[source].key, list(FORMATS).index(source)
    engine.execute(
        "CREATE OR REPLACE TABLE gone AS SELECT record_key FROM event JOIN whose USING"
        f" (true_person) WHERE kind = 'vanish' AND floor(turn * {len(FORMATS)}) = {place}"
    )
    for name, columns in types.items():
        if key in columns:
            engine.execute(f"DELETE FROM new_{name} WHERE {key} IN (FROM gone)")


def write_source(
    engine: Engine, source: str, half: Path, both: bool, kinds: tuple[str, ...]
) -> Found:
    """The source's full picture, its changes, or both."""
    forms = (CSV, PARQUET) if both else (FORMATS[source],)
    with Files(half) as files:
        for name in tables(engine, source, "new"):
            rows = {"full": f"FROM new_{name} ORDER BY 1", "changes": differences(engine, name)}
            for kind in kinds:
                write_query(engine, files, f"{kind}/{source}/{name}", rows[kind], forms)
    return dict(files.summaries())


def differences(engine: Engine, name: str) -> str:
    """The rows added (A), changed (C) and ended (D) from old to new, in the order of their key."""
    columns = [row[0] for row in engine.execute(f"DESCRIBE new_{name}").fetchall()]
    key = columns[0]
    unlike = " OR ".join(f"n.{one} IS DISTINCT FROM o.{one}" for one in columns[1:])
    return f"""
        SELECT n.*, 'A' AS change FROM new_{name} AS n ANTI JOIN old_{name} AS o USING ({key})
        UNION ALL SELECT n.*, 'C' FROM new_{name} AS n JOIN old_{name} AS o USING ({key})
            WHERE {unlike}
        UNION ALL SELECT o.*, 'D' FROM old_{name} AS o ANTI JOIN new_{name} AS n USING ({key})
        ORDER BY 1"""


def write_query(
    engine: Engine, files: Files, name: str, query: str, forms: tuple[str, ...]
) -> None:
    """A query's rows into a file, some at a time; a file of no rows has its columns' names."""
    reader: Any = engine.sql(query).to_arrow_reader(BATCH)
    files.write(name, reader.schema.empty_table(), forms)
    for batch in reader:
        files.write(name, pa.Table.from_batches([batch]), forms)
