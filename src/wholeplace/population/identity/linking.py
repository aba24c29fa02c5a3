"""Who is who: records in, clusters of one person's records out, in two Parquet files.

Everything is written beside the place and put there by one rename, so that a run killed at any
moment leaves nothing that looks whole, and the next gives what an undisturbed one would have.
"""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import connect, parquet
from wholeplace.population.engines.duckdb.connection import SPILL_FOLDER
from wholeplace.population.identity import kept
from wholeplace.population.identity.block import Blocked, block_pairs
from wholeplace.population.identity.clustering import cluster_people
from wholeplace.population.identity.fingerprint import of_records
from wholeplace.population.identity.guards import Emptied, Found, empty, find
from wholeplace.population.identity.kept import (
    Figures,
    read_figures,
    read_tables,
    write_figures,
    write_made_by,
    write_pairs,
    write_rows,
)
from wholeplace.population.identity.model import Learnt
from wholeplace.population.identity.predict import count_frequencies, predict
from wholeplace.population.identity.settings import LinkSettings
from wholeplace.population.identity.standardise import standardise
from wholeplace.population.identity.train import train

UNFINISHED = ".linking-"
STAGES = ("standardise", "block", "train", "predict", "cluster", "write")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Linked:
    """What a run gave.

    Attributes:
        folder: holds clusters.parquet and what `kept` describes.
        records, comparisons, edges, clusters: how many.
        seconds: by stage, in the order of STAGES.
        peak_bytes: the most memory that this process has held, this run or before it.
        blocks: what each block gave and left out.
        emptied: default dates, mass addresses and shared numbers that counted for nothing.
        learnt: the model's figures.
        changed, touched: of a day's changes alone: how many records are new, another or gone,
            and how many were clustered again.
    """

    folder: Path
    records: int
    comparisons: int
    edges: int
    clusters: int
    seconds: dict[str, float]
    peak_bytes: int
    blocks: tuple[Blocked, ...]
    emptied: Emptied
    learnt: Learnt
    changed: int | None = None
    touched: int | None = None

    def as_data(self) -> dict[str, Any]:
        """The run for a program to read, with the figures of the model."""
        return {
            "records": self.records,
            "comparisons": self.comparisons,
            "edges": self.edges,
            "clusters": self.clusters,
            "seconds": {stage: round(took, 3) for stage, took in self.seconds.items()},
            "peak_bytes": self.peak_bytes,
            "blocks": [asdict(block) for block in self.blocks],
            "emptied": asdict(self.emptied),
            "model": asdict(self.learnt),
            **({} if self.changed is None else {"changed": self.changed, "touched": self.touched}),
        }


@dataclass(slots=True)
class Watch:
    """Seconds by stage, and who is told that a stage begins."""

    progress: Progress | None
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        if self.progress:
            self.progress(name)
        began = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - began


def link(
    records: Path,
    out: Path,
    settings: LinkSettings = LinkSettings(),
    progress: Progress | None = None,
    *,
    given: Path | None = None,
) -> Linked:
    """Find which records are one person's, into the folder `out`.

    Args:
        records: a Parquet file: `record_id` (whole number, each once) and any of
            `records.COLUMNS`, as stored by the agencies.
        out: a folder to make; one that an earlier run made is replaced once this one is whole.
        settings: see there.
        progress: told each stage as it begins.
        given: the folder of another linking, whose figures are taken: its model, default dates
            and crowded values, caps and crowded keys, frequencies. Nothing is learnt then.

    Returns:
        `out` holds clusters.parquet (record_id, cluster: the smallest record of it) and what
        `kept` describes. The same records and settings give the same bytes.

    Raises:
        UserMistake: the file has no `record_id`, or has one twice; `out` holds something else;
            decisions contradict each other; `given` holds no linking.
    """
    settings.check()
    watch = Watch(progress)
    with making(out, watch) as half:
        reads = (records.parent, given) if given else (records.parent,)
        engine = connect(half, settings.engine, reads=reads)
        try:
            found = _link(engine, records, half, settings, given, watch)
        finally:
            engine.close()
    return found(out)


@contextmanager
def making(out: Path, watch: Watch) -> Iterator[Path]:
    """A folder beside `out` to write into, which takes its place at the end.

    Raises:
        UserMistake: `out` holds something else.
    """
    _refuse_to_spoil(out)
    half = _half(out)
    try:
        yield half
        with watch.stage("write"):
            shutil.rmtree(half / SPILL_FOLDER, ignore_errors=True)
            _put_in_place(half, out)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _link(
    engine: duckdb.DuckDBPyConnection,
    records: Path,
    half: Path,
    settings: LinkSettings,
    given: Path | None,
    watch: Watch,
) -> Callable[[Path], Linked]:
    model = settings.model
    figures = read_figures(given) if given else None
    count, found, emptied = _comparable(engine, records, half, settings, figures, watch)
    with watch.stage("block"):
        if given:
            read_tables(engine, given)
        caps = figures.caps if figures else None
        keys = half / kept.KEYS
        blocks = block_pairs(engine, "people", model.blocks, settings.limits, "pairs", caps, keys)
        compared = rows_of(engine, "pairs")
    with watch.stage("train"):
        learnt = figures.learnt if figures else _learn(engine, settings)
    with watch.stage("predict"):
        predict(engine, model, learnt, "people", "pairs", "weighed")
    with watch.stage("cluster"):
        clusters = cluster_people(engine, settings)
    with watch.stage("write"):
        edges = _write(engine, clusters, Figures(learnt, found, blocks), settings, half)

    counts = (count, compared, edges, len(np.unique(clusters["cluster"])))
    return lambda out: Linked(out, *counts, watch.seconds, peak_bytes(), blocks, emptied, learnt)


def _comparable(
    engine: duckdb.DuckDBPyConnection,
    records: Path,
    half: Path,
    settings: LinkSettings,
    figures: Figures | None,
    watch: Watch,
) -> tuple[int, Found, Emptied]:
    """The table `people`; how many records, and what of them is nobody's own."""
    with watch.stage("standardise"):
        engine.execute(f"CREATE VIEW stored AS SELECT * FROM {parquet(records.resolve())}")
        count = check_records(engine, records)
        standardise(engine, "stored", "people")
    with watch.stage("write"):
        write_rows(engine, "SELECT * FROM people ORDER BY id", half / kept.PEOPLE)
        nobody = "SELECT *, false AS gone FROM people WHERE false"
        write_rows(engine, nobody, half / kept.SINCE)
    with watch.stage("standardise"):
        found = figures.found if figures else find(engine, "people", settings.guards)
        emptied = empty(engine, "people", found)
    return count, found, emptied


def _learn(engine: duckdb.DuckDBPyConnection, settings: LinkSettings) -> Learnt:
    count_frequencies(engine, settings.model, "people")
    learnt = train(engine, settings.model, "people", "pairs", settings.teaching)
    return replace(learnt, records=of_records(engine, "stored"))


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def check_records(engine: duckdb.DuckDBPyConnection, records: Path) -> int:
    """How many records there are.

    Raises:
        UserMistake: no `record_id`, or one of them empty or twice.
    """
    columns = {row[0] for row in engine.execute("DESCRIBE stored").fetchall()}
    if "record_id" not in columns:
        raise UserMistake(
            f"{records.name} cannot be linked.",
            why="It has no column record_id.",
            do="Export the records again.",
        )
    ((rows, ids),) = engine.execute(
        "SELECT count(*), count(DISTINCT record_id) FROM stored"
    ).fetchall()
    if rows != ids:
        raise UserMistake(
            f"{records.name} cannot be linked.",
            why=f"Of its {rows:,} rows, {rows - ids:,} have no record_id of their own.",
            do="Export the records again.",
        )
    return int(rows)


def _write(
    engine: duckdb.DuckDBPyConnection,
    clusters: pa.Table,
    figures: Figures,
    settings: LinkSettings,
    half: Path,
) -> int:
    """Write what was found; returns how many edges there are."""
    engine.register("clusters", clusters)
    write_pairs(engine, settings, half)
    for name, query in (
        (kept.CLUSTERS, "SELECT * FROM clusters ORDER BY record_id"),
        (kept.FREQUENCIES, 'SELECT * FROM frequencies ORDER BY "column", value'),
        (kept.LEFT_OUT, "SELECT * FROM left_out ORDER BY block, key"),
    ):
        write_rows(engine, query, half / name)
    write_figures(half, figures)
    write_made_by(half, settings)
    return rows_of(engine, f"weighed WHERE weight >= {settings.review_bits}")


def rows_of(engine: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = engine.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(count)


def _half(out: Path) -> Path:
    """An empty folder beside `out`, without what a killed run left there."""
    half = out.with_name(UNFINISHED + out.name)
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    return half


def _refuse_to_spoil(out: Path) -> None:
    if out.exists() and not (out / "model.json").exists() and any(out.iterdir()):
        raise UserMistake(
            f"{out} holds something that linking did not make.", do="Name a new folder."
        )


def _put_in_place(half: Path, out: Path) -> None:
    old = out.with_name(UNFINISHED + "old-" + out.name)
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    half.rename(out)
    shutil.rmtree(old, ignore_errors=True)
