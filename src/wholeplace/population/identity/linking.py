"""Who is who: records in, clusters of one person's records out, in two Parquet files.

Everything is written beside the place and put there by one rename, so that a run killed at any
moment leaves nothing that looks whole, and the next gives what an undisturbed one would have.
"""

from __future__ import annotations

import json
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import EngineSettings, connect, parquet
from wholeplace.population.engines.duckdb.connection import SPILL_FOLDER
from wholeplace.population.engines.duckdb.quoting import text_literal
from wholeplace.population.identity.block import Blocked, Limits, block_pairs
from wholeplace.population.identity.cluster import Ints, cluster
from wholeplace.population.identity.guards import Emptied, Guards, guard
from wholeplace.population.identity.model import Learnt, Model
from wholeplace.population.identity.people import PEOPLE
from wholeplace.population.identity.predict import predict
from wholeplace.population.identity.standardise import standardise
from wholeplace.population.identity.train import Teaching, train

UNFINISHED = ".linking-"
NUMBERS = ("nhs", "ni", "upn")
"""Kinds of number of which one person holds one."""

STAGES = ("standardise", "block", "train", "predict", "cluster", "write")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How records are linked.

    Attributes:
        model: what is compared and which pairs.
        guards, limits, teaching: see there.
        least_bits: an edge is kept from this weight on.
        join_bits: an edge may join two clusters from this weight on.
        apart_bits: two records of this weight or less are never in one cluster, however many
            others lie between them.
        never: pairs of record ids that somebody has said are two people.
        engine: threads and memory.
    """

    model: Model = PEOPLE
    guards: Guards = field(default_factory=Guards)
    limits: Limits = field(default_factory=Limits)
    teaching: Teaching = field(default_factory=Teaching)
    least_bits: float = 0.0
    join_bits: float = 2.0
    apart_bits: float = -6.0
    never: tuple[tuple[int, int], ...] = ()
    engine: EngineSettings = field(default_factory=lambda: EngineSettings(memory_limit="4GB"))


@dataclass(frozen=True, slots=True)
class Linked:
    """What a run gave.

    Attributes:
        folder: holds clusters.parquet, edges.parquet and model.json.
        records, comparisons, edges, clusters: how many.
        seconds: by stage, in the order of STAGES.
        peak_bytes: the most memory that this process has held, this run or before it.
        blocks: what each block gave and left out.
        emptied: default dates, mass addresses and shared numbers that counted for nothing.
        learnt: the model's figures.
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

    def as_data(self) -> dict[str, Any]:
        """The run for a program to read, without the figures of the model."""
        return {
            "records": self.records,
            "comparisons": self.comparisons,
            "edges": self.edges,
            "clusters": self.clusters,
            "seconds": {stage: round(took, 3) for stage, took in self.seconds.items()},
            "peak_bytes": self.peak_bytes,
            "blocks": [asdict(block) for block in self.blocks],
            "emptied": asdict(self.emptied),
            "learnt_from_pairs": self.learnt.pairs,
        }


@dataclass(slots=True)
class _Watch:
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
) -> Linked:
    """Find which records are one person's, into the folder `out`.

    Args:
        records: a Parquet file: `record_id` (whole number, each once) and any of
            `records.COLUMNS`, as stored by the agencies.
        out: a folder to make; one that an earlier run made is replaced once this one is whole.
        settings: see there.
        progress: told each stage as it begins.

    Returns:
        `out` holds clusters.parquet (record_id, cluster: the smallest record of it),
        edges.parquet (a < b, weight in bits, probability, gamma_<comparison>) and model.json.
        The same records and settings give the same bytes.

    Raises:
        UserMistake: the file has no `record_id`, or has one twice; `out` holds something else.
    """
    _refuse_to_spoil(out)
    half = _half(out)
    watch = _Watch(progress)
    try:
        engine = connect(half, settings.engine, reads=(records.parent,))
        try:
            found = _link(engine, records, half, settings, watch)
        finally:
            engine.close()
        with watch.stage("write"):
            shutil.rmtree(half / SPILL_FOLDER, ignore_errors=True)
            _put_in_place(half, out)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return found(out)


def _link(
    engine: duckdb.DuckDBPyConnection,
    records: Path,
    half: Path,
    settings: LinkSettings,
    watch: _Watch,
) -> Callable[[Path], Linked]:
    model = settings.model
    with watch.stage("standardise"):
        engine.execute(f"CREATE VIEW stored AS SELECT * FROM {parquet(records.resolve())}")
        count = _check(engine, records)
        standardise(engine, "stored", "people")
        emptied = guard(engine, "people", settings.guards)
    with watch.stage("block"):
        blocks = block_pairs(engine, "people", model.blocks, settings.limits, "pairs")
        compared = _rows(engine, "pairs")
    with watch.stage("train"):
        learnt = train(engine, model, "people", "pairs", settings.teaching)
    with watch.stage("predict"):
        predict(engine, model, learnt, "people", "pairs", "weighed")
    with watch.stage("cluster"):
        clusters, number = _clusters(engine, settings)
    with watch.stage("write"):
        edges = _write(engine, clusters, learnt, settings, half)

    counts = (count, compared, edges, number)
    return lambda out: Linked(out, *counts, watch.seconds, _peak_bytes(), blocks, emptied, learnt)


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _check(engine: duckdb.DuckDBPyConnection, records: Path) -> int:
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


def _clusters(engine: duckdb.DuckDBPyConnection, settings: LinkSettings) -> tuple[pa.Table, int]:
    codes = ", ".join(
        f"CASE WHEN {kind} IS NULL THEN -1 ELSE dense_rank() OVER (ORDER BY {kind}) END AS {kind}"
        for kind in NUMBERS
    )
    people = engine.execute(f"SELECT id, {codes} FROM people ORDER BY id").fetchnumpy()
    edges = engine.execute(
        f"SELECT a, b, weight FROM weighed WHERE weight >= {settings.join_bits}"
    ).fetchnumpy()
    apart = engine.execute(
        f"SELECT a, b FROM weighed WHERE weight <= {settings.apart_bits}"
    ).fetchnumpy()
    records = _whole(people["id"])
    found = cluster(
        records,
        _whole(edges["a"]),
        _whole(edges["b"]),
        np.asarray(edges["weight"], dtype=np.float64),
        [_whole(people[kind]) for kind in NUMBERS],
        np.concatenate(
            [
                np.stack([_whole(apart["a"]), _whole(apart["b"])], axis=1),
                np.array(settings.never, dtype=np.int64).reshape(-1, 2),
            ]
        ),
    )
    return pa.table({"record_id": records, "cluster": found}), len(np.unique(found))


def _whole(column: Any) -> Ints:
    """A column as whole numbers."""
    return np.asarray(column, dtype=np.int64)


def _write(
    engine: duckdb.DuckDBPyConnection,
    clusters: pa.Table,
    learnt: Learnt,
    settings: LinkSettings,
    half: Path,
) -> int:
    """Write the three files; returns how many edges there are."""
    engine.register("clusters", clusters)
    kept = f"weighed WHERE weight >= {settings.least_bits}"
    for name, rows in (
        ("clusters", "clusters ORDER BY record_id"),
        ("edges", f"{kept} ORDER BY a, b"),
    ):
        file = text_literal(str((half / f"{name}.parquet").resolve()))
        engine.execute(f"COPY (SELECT * FROM {rows}) TO {file} (FORMAT PARQUET)")
    (half / "model.json").write_text(
        json.dumps(asdict(learnt), indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    return _rows(engine, kept)


def _rows(engine: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = engine.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(count)


def read_learnt(linked: Path) -> Learnt:
    """The figures of a linking that `link` wrote.

    Raises:
        UserMistake: the folder has no readable model.json.
    """
    try:
        held: dict[str, Any] = json.loads((linked / "model.json").read_text(encoding="utf-8"))
        return Learnt(
            held["prior"],
            {name: tuple(figures) for name, figures in held["m"].items()},
            {name: tuple(figures) for name, figures in held["u"].items()},
            held["pairs"],
        )
    except (OSError, ValueError, KeyError) as error:
        raise UserMistake(
            f"{linked} holds no linking that can be read.", why=str(error), do="Link again."
        ) from error


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
