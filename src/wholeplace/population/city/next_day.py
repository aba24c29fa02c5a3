"""The next delivery of every agency of an invented city: as changes, and as full picture.

About a share of the people have something happen to them: they move, are put right, take
another name or telephone, die, have a child, meet somebody new, or vanish from an agency's
files. The full picture is the last one with that done; the changes are the rows in which the
two differ, so that both say the same.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.city.files import CSV, PARQUET, Files
from wholeplace.population.city.happenings import add_births, add_events, add_truth
from wholeplace.population.city.make import (
    FORMATS,
    INVENTED,
    Made,
    clear,
    manifest_of,
    put_in_place,
    refuse_to_spoil,
    write_manifests,
)
from wholeplace.population.city.next_changes import (
    BENEFITS_BIRTHS,
    BENEFITS_MOVES,
    HEALTH_BIRTHS,
    LAYOUTS,
    Writer,
)
from wholeplace.population.city.streams import Draws
from wholeplace.population.engines.duckdb.quoting import text_literal

MAKER = "wholeplace city next"
BATCH = 100_000
BORN_BY = {"council-benefits": "person_key", "community-health": "nhs_number"}
"""The agencies that hear of a birth, and the column by which a child is known in their file."""

Engine = duckdb.DuckDBPyConnection
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Next:
    """What to make: the delivery after `city`'s, of `share` (0 to 1) of its people changed.

    `as_at` is its day, by default the day after the city's.
    """

    city: Path
    share: float = 0.01
    as_at: date | None = None


def make_next(
    request: Next, out: Path, *, force: bool = False, progress: Progress = lambda step: None
) -> Made:
    """Write `out`/full and `out`/changes, a folder an agency in each, and the truth; or nothing.

    The same request on the same city gives the same bytes.

    Raises:
        UserMistake: the city is none or an older program's; the day is not after the city's;
            the share is none; `out` holds something else.
    """
    told = manifest_of(request.city)
    if told is None or not (request.city / "people.csv").exists():
        raise UserMistake(
            f"{request.city} holds no invented city of five agencies.",
            do="Make one with `wholeplace city make`.",
        )
    before = date.fromisoformat(told["as_at"])
    day = request.as_at or before + timedelta(days=1)
    if day <= before:
        raise UserMistake(f"{day} is not after the city's day, {before}.", do="Give a later day.")
    if not 0 < request.share <= 1:
        raise UserMistake("The share is more than 0% and at most 100%.", do="Use --share 1%.")
    wanted = about(told, request.share, day)
    there = manifest_of(out, MAKER)
    if there is not None and {key: there.get(key) for key in wanted} == wanted:
        return Made(out, there, already=True)
    refuse_to_spoil(out, there, force)
    half = out.with_name(out.name + ".tmp")
    clear(half)
    manifest = {
        **wanted,
        "files": write_next(request.city, told, request.share, day, half, progress),
    }
    (half / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    put_in_place(half, out)
    return Made(out, manifest, already=False)


def about(told: dict[str, Any], share: float, day: date) -> dict[str, Any]:
    """The manifest's account of what was asked for and which city it follows."""
    kept = ("people", "seed", "areas", "fingerprint", "layout", "formats")
    return {
        "made_by": MAKER,
        "after": told["as_at"],
        "as_at": day.isoformat(),
        "share": share,
        **{name: told.get(name) for name in kept},
        "invented": INVENTED,
    }


def write_next(
    city: Path, told: dict[str, Any], share: float, day: date, half: Path, progress: Progress
) -> dict[str, dict[str, Any]]:
    """Every file of the next delivery; returns each file's rows and SHA-256."""
    number = (day - date(1970, 1, 1)).days
    both = isinstance(told.get("formats"), list)
    found: dict[str, dict[str, Any]] = {}
    engine = duckdb.connect(str(half / "work.duckdb"), config={"threads": 2})
    try:
        read_truth(engine, city)
        add_events(engine, int(told["seed"]), share, number)
        add_births(engine, int(told["seed"]), number)
        for source in FORMATS:
            progress(source)
            one_source(engine, city, source, number, int(told["seed"]))
            found |= write_source(engine, source, half, both)
        add_truth(engine)
        with Files(half) as files:
            for name, forms in (("truth", (CSV, PARQUET)), ("people", (CSV,))):
                write_query(engine, files, name, f"FROM next_{name} ORDER BY ALL", forms)
    finally:
        engine.close()
    found |= dict(files.summaries())
    (half / "work.duckdb").unlink()
    shutil.rmtree(half / "work.duckdb.tmp", ignore_errors=True)
    manifests_of_both(half, found, day)
    return found


def manifests_of_both(half: Path, found: dict[str, dict[str, Any]], day: date) -> None:
    """A manifest in each agency's folder, of the full picture and of the changes."""
    for delivers in ("full", "changes"):
        of = {
            path.removeprefix(f"{delivers}/"): summary
            for path, summary in found.items()
            if path.startswith(f"{delivers}/")
        }
        write_manifests(half / delivers, of, day, MAKER, delivers)


def read_truth(engine: Engine, city: Path) -> None:
    """The city's people, whose each record is, and where people may move to."""
    for name, path in (
        ("people", city / "people.csv"),
        ("truth", city / "truth.csv"),
    ):
        engine.execute(f"CREATE TABLE {name} AS {reading(path)}")
    engine.execute(
        f"CREATE TABLE addresses AS {reading(file_of(city, 'council-benefits', 'addresses'))}"
    )


def file_of(city: Path, source: str, name: str) -> Path:
    """A table's file: Parquet where there is one, which has types, else CSV."""
    parquet = city / source / f"{name}.{PARQUET}"
    return parquet if parquet.exists() else city / source / f"{name}.{CSV}"


def reading(path: Path) -> str:
    """A file as a query; a CSV file's values stay the text that they are."""
    where = text_literal(str(path))
    if path.suffix == f".{PARQUET}":
        return f"SELECT * FROM read_parquet({where})"
    return f"SELECT * FROM read_csv({where}, header = true, all_varchar = true, nullstr = '')"


def tables_of(city: Path, source: str) -> list[str]:
    """The source's tables, in the order of its manifest."""
    told = json.loads((city / source / "manifest.json").read_text(encoding="utf-8"))
    return list(dict.fromkeys(Path(name).stem for name in told["files"]))


def one_source(engine: Engine, city: Path, source: str, day: int, seed: int) -> None:
    """The source's tables as `old_NAME` and, with the day done, as `new_NAME`."""
    names = tables_of(city, source)
    types: dict[str, dict[str, str]] = {}
    for name in names:
        engine.execute(f"CREATE TABLE old_{name} AS {reading(file_of(city, source, name))}")
        engine.execute(f"CREATE TABLE new_{name} AS FROM old_{name}")
        described = engine.execute(f"DESCRIBE new_{name}").fetchall()
        types[name] = {row[0]: row[1] for row in described}
    engine.execute("CREATE OR REPLACE TABLE whose AS SELECT record_key, true_person FROM truth"
                   f" WHERE source = '{source}'")  # fmt: skip
    hear(engine, source, day, seed)
    layout = LAYOUTS[source]
    when = (date(1970, 1, 1) + timedelta(days=day)).isoformat()
    for statement in Writer(layout, types, when).statements():
        engine.execute(statement)
    if source == "council-benefits":
        engine.execute(BENEFITS_MOVES.format(day=when))
        engine.execute(BENEFITS_BIRTHS)
    if source == "community-health":
        engine.execute(HEALTH_BIRTHS)
    vanish(engine, source, types)
    if source in BORN_BY:
        engine.execute(
            f"INSERT INTO known_births SELECT '{source}', n.{layout.key}, b.true_person"
            f" FROM new_{layout.people} AS n JOIN birth AS b USING ({BORN_BY[source]})"
            f" WHERE n.{layout.key} NOT IN (SELECT {layout.key} FROM old_{layout.people})"
        )


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


def write_source(engine: Engine, source: str, half: Path, both: bool) -> dict[str, dict[str, Any]]:
    """The source's full picture and its changes; then its tables are dropped."""
    forms = (CSV, PARQUET) if both else (FORMATS[source],)
    shown = engine.execute("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'new!_%'"
                           " ESCAPE '!' ORDER BY table_oid").fetchall()  # fmt: skip
    with Files(half) as files:
        for (table,) in shown:
            name = table.removeprefix("new_")
            write_query(engine, files, f"full/{source}/{name}", f"FROM {table} ORDER BY 1", forms)
            changes = differences(engine, name)
            write_query(engine, files, f"changes/{source}/{name}", changes, forms)
            engine.execute(f"DROP TABLE new_{name}; DROP TABLE old_{name}")
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
