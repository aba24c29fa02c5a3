"""A day's changes into a kept linking: what a linking of everybody by the same figures would give.

Only records that are new, another or gone since are made comparable; only pairs with one of them
are made and weighed, by the kept model, guards, caps and frequencies; and only the groups of
records that these pairs, or the loss of former ones, bear on are clustered again. All else is
carried over as it was. What is learnt from the records is not learnt again: that, and how much it
matters, is said in docs/guides/linking.md.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import connect, parquet
from wholeplace.population.identity import kept
from wholeplace.population.identity.block import Blocked, block_changes, keys_file, keys_sql
from wholeplace.population.identity.clustering import cluster_people
from wholeplace.population.identity.guards import empty
from wholeplace.population.identity.kept import (
    Figures,
    decided_since,
    fits,
    people_of,
    read_figures,
    read_tables,
    unsure_sql,
    write_made_by,
    write_rows,
)
from wholeplace.population.identity.linking import (
    Linked,
    Progress,
    Watch,
    check_records,
    making,
    peak_bytes,
    rows_of,
)
from wholeplace.population.identity.model import Block
from wholeplace.population.identity.predict import predict
from wholeplace.population.identity.settings import LinkSettings, pairs_of
from wholeplace.population.identity.standardise import standardise


@dataclass(frozen=True, slots=True)
class Changes:
    """What is not as a kept linking found it.

    Attributes:
        records: a Parquet file as `link` reads it, of those alone that are new or another.
        gone: ids of records that are no more; those of `records`, and ids that were not there, are
            passed over.
    """

    records: Path
    gone: Collection[int] = ()


def link_changes(
    changes: Changes,
    before: Path,
    out: Path,
    settings: LinkSettings = LinkSettings(),
    progress: Progress | None = None,
) -> Linked:
    """Carry changes into a kept linking.

    Args:
        changes: see there.
        before: the folder of the linking, as `link` or this function wrote it. It is not changed.
        out: as for `link`.
        settings: those of the linking, with the decisions now in force; what has been decided or
            undone since is found by them.
        progress: told each stage as it begins.

    Returns:
        `out` holds what `link` writes, of all records, and touched.parquet (record_id): those
        whose cluster was made again. `comparisons` and `blocks` are of the changes alone.
        The clusters are those that `link(..., given=before)` gives of all records.

    Raises:
        UserMistake: as `link`; or `before` holds no linking of this program by these settings.
    """
    settings.check()
    if not fits(before, settings):
        raise UserMistake(
            f"{before} holds no linking into which changes fit.",
            why="Another program made it, or other settings.",
            do="Link everybody.",
        )
    watch = Watch(progress)
    with making(out, watch) as half:
        engine = connect(half, settings.engine, reads=(changes.records.parent, before))
        try:
            found = _link(engine, changes, before, half, settings, watch)
        finally:
            engine.close()
    return found(out)


def _link(
    engine: duckdb.DuckDBPyConnection,
    changes: Changes,
    before: Path,
    half: Path,
    settings: LinkSettings,
    watch: Watch,
) -> Callable[[Path], Linked]:
    figures, model = read_figures(before), settings.model
    with watch.stage("standardise"):
        changed = _everybody(engine, changes, before, half)
        emptied = empty(engine, "later", figures.found)
    with watch.stage("block"):
        blocks = _block(engine, before, figures, model.blocks)
    with watch.stage("predict"):
        _read_people(engine, half, figures, "met_people", _MET)
        predict(engine, model, figures.learnt, "met_people", "pairs", "weighed")
    with watch.stage("cluster"):
        engine.execute("INSERT INTO changed SELECT id FROM gone")
        _reach(engine, before, settings)
        _read_people(engine, half, figures, "again", "SELECT id FROM reached")
        touched, clusters = _cluster(engine, before, settings)
    with watch.stage("write"):
        _write(engine, before, half, settings)
    counts = (rows_of(engine, "clusters"), rows_of(engine, "pairs"), rows_of(engine, "edges"))
    took, learnt = watch.seconds, figures.learnt
    return lambda out: Linked(
        out, *counts, clusters, took, peak_bytes(), blocks, emptied, learnt, changed, touched
    )


_MET = "SELECT join_key_l AS id FROM pairs UNION SELECT join_key_r FROM pairs"


def _everybody(
    engine: duckdb.DuckDBPyConnection, changes: Changes, before: Path, half: Path
) -> int:
    """The tables `since`, `later`, `changed` and `gone`; how many changed or are gone.

    `since` holds who has changed since everybody was linked, `later` those of them who are there.
    """
    engine.execute(f"CREATE VIEW stored AS SELECT * FROM {parquet(changes.records.resolve())}")
    check_records(engine, changes.records)
    standardise(engine, "stored", "fresh")
    engine.register("given", _ids(changes.gone))
    engine.execute(
        f"CREATE TABLE gone AS SELECT id FROM given SEMI JOIN {people_of(before)} AS people "
        "USING (id) ANTI JOIN fresh USING (id)"
    )
    engine.unregister("given")
    engine.execute("CREATE TABLE changed AS SELECT id FROM fresh")
    engine.execute(
        f"CREATE TABLE since AS SELECT * FROM {parquet(before / kept.SINCE)} ANTI JOIN changed "
        "USING (id) ANTI JOIN gone USING (id) UNION ALL BY NAME SELECT *, false AS gone FROM fresh "
        "UNION ALL BY NAME SELECT id, true AS gone FROM gone"
    )
    engine.execute("CREATE TABLE later AS SELECT * EXCLUDE (gone) FROM since WHERE NOT gone")
    write_rows(engine, "SELECT * FROM since ORDER BY id", half / kept.SINCE)
    _link_file(before / kept.PEOPLE, half / kept.PEOPLE)
    return rows_of(engine, "fresh") + rows_of(engine, "gone")


def _block(
    engine: duckdb.DuckDBPyConnection, before: Path, figures: Figures, blocks: Sequence[Block]
) -> tuple[Blocked, ...]:
    read_tables(engine, before)
    keys = [_keys(before, block, place) for place, block in enumerate(blocks)]
    return block_changes(engine, keys, "changed", blocks, figures.caps, "pairs")


def _keys(before: Path, block: Block, place: int) -> str:
    """Everybody's keys in a block: the kept ones, and those of all who have changed since."""
    file = parquet(keys_file(before / kept.KEYS, place))
    return (
        f"(SELECT key, id FROM {file} ANTI JOIN since USING (id) "
        f"UNION ALL {keys_sql(block, 'later')})"
    )


def _read_people(
    engine: duckdb.DuckDBPyConnection, half: Path, figures: Figures, made: str, ids: str
) -> None:
    """A table of some records, guards applied."""
    engine.execute(
        f"CREATE TABLE {made} AS SELECT * FROM {people_of(half)} AS people "
        f"SEMI JOIN ({ids}) AS wanted USING (id)"
    )
    empty(engine, made, figures.found)


def _read_pairs(engine: duckdb.DuckDBPyConnection, before: Path, settings: LinkSettings) -> None:
    """The tables `edges` and `apart` as they are now, and `joined`: all edges, former ones too."""
    stay = "a NOT IN (SELECT id FROM changed) AND b NOT IN (SELECT id FROM changed)"
    edges, apart = parquet(before / kept.EDGES), parquet(before / kept.APART)
    engine.execute(
        f"CREATE TABLE edges AS SELECT * FROM {edges} WHERE {stay} UNION ALL BY NAME "
        f"SELECT * FROM weighed WHERE weight >= {settings.review_bits}"
    )
    engine.execute(
        f"CREATE TABLE apart AS SELECT a, b FROM {apart} WHERE {stay} UNION ALL "
        f"SELECT a, b FROM weighed WHERE weight <= {settings.apart_bits}"
    )
    joined = f"WHERE weight >= {settings.join_bits}"
    engine.execute(
        f"CREATE TABLE joined AS SELECT a, b FROM {edges} {joined} UNION ALL "
        f"SELECT a, b FROM weighed {joined}"
    )


def _reach(engine: duckdb.DuckDBPyConnection, before: Path, settings: LinkSettings) -> None:
    """The table `reached`: whom edges or decisions, former or new, lead to from what changed."""
    _read_pairs(engine, before, settings)
    decided = decided_since(before, settings)
    must = pairs_of(settings.must)
    engine.register("given", pa.table({"a": must[:, 0], "b": must[:, 1]}))
    engine.execute("INSERT INTO joined SELECT a, b FROM given")
    engine.register("given", _ids(decided))
    engine.execute("CREATE TABLE reached AS SELECT id FROM changed UNION SELECT id FROM given")
    engine.unregister("given")
    engine.execute("CREATE TABLE last AS SELECT id FROM reached")
    while rows_of(engine, "last"):
        engine.execute(
            "CREATE OR REPLACE TABLE next AS SELECT DISTINCT id FROM ("
            "SELECT b AS id FROM joined WHERE a IN (SELECT id FROM last) UNION ALL "
            "SELECT a FROM joined WHERE b IN (SELECT id FROM last)) "
            "WHERE id NOT IN (SELECT id FROM reached)"
        )
        engine.execute("INSERT INTO reached SELECT id FROM next")
        engine.execute("DROP TABLE last; ALTER TABLE next RENAME TO last")


def _cluster(
    engine: duckdb.DuckDBPyConnection, before: Path, settings: LinkSettings
) -> tuple[int, int]:
    """The tables `touched` and `clusters`; how many records were clustered, and all clusters."""
    inside = "a IN (SELECT id FROM reached) AND b IN (SELECT id FROM reached)"
    found = cluster_people(
        engine,
        settings,
        "again",
        f"(SELECT a, b, weight FROM edges WHERE {inside})",
        f"(SELECT a, b FROM apart WHERE {inside})",
    )
    engine.register("given", found)
    engine.execute("CREATE TABLE touched AS SELECT * FROM given")
    engine.unregister("given")
    engine.execute(
        f"CREATE TABLE clusters AS SELECT * FROM {parquet(before / kept.CLUSTERS)} AS former "
        "ANTI JOIN reached ON reached.id = former.record_id UNION ALL SELECT * FROM touched"
    )
    return found.num_rows, rows_of(engine, "(SELECT DISTINCT cluster FROM clusters)")


def _write(
    engine: duckdb.DuckDBPyConnection, before: Path, half: Path, settings: LinkSettings
) -> None:
    write_made_by(half, settings)
    (half / kept.KEYS).mkdir()
    keys = (f"{kept.KEYS}/{file.name}" for file in (before / kept.KEYS).iterdir())
    for name in (kept.MODEL, kept.GUARDS, kept.BLOCKS, kept.FREQUENCIES, *keys):
        _link_file(before / name, half / name)
    some = (
        "(SELECT * FROM edges WHERE a IN (SELECT id FROM reached) OR b IN (SELECT id FROM reached))"
    )
    others = "a NOT IN (SELECT id FROM reached) AND b NOT IN (SELECT id FROM reached)"
    for name, query in (
        (kept.EDGES, "SELECT * FROM edges"),
        (kept.APART, "SELECT a, b FROM apart"),
        (kept.CLUSTERS, "SELECT * FROM clusters ORDER BY record_id"),
        (kept.TOUCHED, "SELECT record_id FROM touched"),
        (kept.LEFT_OUT, "SELECT * FROM left_out ORDER BY block, key"),
        (
            kept.UNSURE,
            f"SELECT * FROM {parquet(before / kept.UNSURE)} WHERE {others} UNION ALL BY NAME "
            + unsure_sql(settings, some),
        ),
    ):
        write_rows(engine, query, half / name)


def _link_file(file: Path, place: Path) -> None:
    """The same file in another folder; nobody writes into either."""
    try:
        place.hardlink_to(file)
    except OSError:  # a file system without, or another one
        shutil.copyfile(file, place)


def _ids(records: Collection[int]) -> pa.Table:
    return pa.table({"id": pa.array(sorted(records), pa.int64())})
