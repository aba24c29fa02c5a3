"""Which pairs of records are compared: those that hold the same key of some block.

A key that too many records hold is left out before any pair is made, so that a million records
of one name cannot make half a billion pairs. What was left out is counted and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from wholeplace.population.engines.duckdb import text_literal
from wholeplace.population.identity.model import Block


@dataclass(frozen=True, slots=True)
class Limits:
    """How far blocks may grow.

    Attributes:
        records: a key that more records than this hold is left out.
        pairs: pairs a record, in one block: the crowded keys are left out until it holds.
    """

    records: int = 120
    pairs: float = 6.0


@dataclass(frozen=True, slots=True)
class Blocked:
    """What one block gave.

    Attributes:
        name: the block's.
        pairs: pairs that share a key of it; other blocks may give the same.
        most: how many records a key may hold here.
        keys_left_out: keys with more.
        records_left_out: how many times a record held one.
    """

    name: str
    pairs: int
    most: int
    keys_left_out: int
    records_left_out: int


def block_pairs(
    engine: duckdb.DuckDBPyConnection,
    table: str,
    blocks: Sequence[Block],
    limits: Limits,
    made: str,
    caps: Sequence[int] | None = None,
    keep: Path | None = None,
) -> tuple[Blocked, ...]:
    """Make the table `made`: each pair to compare once.

    Args:
        table: holds the column `id` and what the keys name.
        made: its columns are `join_key_l` < `join_key_r`, `match_key` ('0', for Splink), and
            `reasons`, in which bit n stands for block n.
        caps: how many records a key of each block may hold, as an earlier linking found; then
            the keys of the table `left_out` are left out whatever they hold.
        keep: a folder to make, of everybody's keys, a file a block: see `keys_file`.

    The table `left_out` (block: its place; key: as `key_sql` hashes it) names the keys that were
    left out.
    """
    ((rows,),) = engine.execute(f"SELECT count(*) FROM {table}").fetchall()
    engine.execute("CREATE OR REPLACE TEMP TABLE met (a BIGINT, b BIGINT, reasons INTEGER)")
    if caps is None:
        engine.execute("CREATE OR REPLACE TABLE left_out (block INTEGER, key UBIGINT)")
    if keep:
        keep.mkdir()
    told = []
    for place, block in enumerate(blocks):
        _key(engine, table, block, keys_file(keep, place) if keep else None)
        most = _most(engine, limits, rows) if caps is None else caps[place]
        told.append(_meet(engine, block.name, place, most))
    _once(engine, made)
    return tuple(told)


def key_sql(parts: Sequence[str]) -> str:
    """A key's hash in SQL; NULL where a part is missing."""
    plain = [part.replace("{}", "") for part in parts]
    missing = " OR ".join(f"({part}) IS NULL" for part in plain)
    return f"CASE WHEN NOT ({missing}) THEN hash({', '.join(plain)}) END"


def keys_sql(block: Block, table: str) -> str:
    """A query for the keys (`key`) that the records (`id`) of a table hold in a block."""
    alternatives = " UNION ".join(
        f"SELECT {key_sql(parts)} AS key, id FROM {table}" for parts in block.keys
    )
    return f"SELECT key, id FROM ({alternatives}) AS alternatives WHERE key IS NOT NULL"


def keys_file(folder: Path, place: int) -> Path:
    """The Parquet file of a block's keys: `key` and `id`, in no order."""
    return folder / f"{place}.parquet"


def _key(engine: duckdb.DuckDBPyConnection, table: str, block: Block, file: Path | None) -> None:
    engine.execute(f"CREATE OR REPLACE TEMP TABLE held_keys AS {keys_sql(block, table)}")
    if file:
        name = text_literal(str(file.resolve()))
        engine.execute(f"COPY (SELECT key, id FROM held_keys) TO {name} (FORMAT parquet)")
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE keyed AS SELECT key, list(id) AS ids, count(*) AS held "
        "FROM held_keys GROUP BY key HAVING count(*) > 1"
    )
    engine.execute("DROP TABLE held_keys")


def _meet(engine: duckdb.DuckDBPyConnection, name: str, place: int, most: int) -> Blocked:
    engine.execute(
        f"INSERT INTO left_out SELECT {place}, key FROM keyed WHERE held > {most} "
        f"AND key NOT IN (SELECT key FROM left_out WHERE block = {place})"
    )
    out = f"key IN (SELECT key FROM left_out WHERE block = {place})"
    (told,) = engine.execute(
        f"SELECT coalesce(sum(held * (held - 1) // 2) FILTER (WHERE NOT out), 0), "
        "count(*) FILTER (WHERE out), coalesce(sum(held) FILTER (WHERE out), 0) "
        f"FROM (SELECT held, {out} AS out FROM keyed)"
    ).fetchall()
    small = f"(SELECT key, unnest(ids) AS id FROM keyed WHERE NOT ({out}))"
    engine.execute(
        f"INSERT INTO met SELECT x.id, y.id, {1 << place} FROM {small} AS x JOIN {small} AS y "
        "ON x.key = y.key AND x.id < y.id"
    )
    engine.execute("DROP TABLE keyed")
    return Blocked(name, int(told[0]), most, int(told[1]), int(told[2]))


def _most(engine: duckdb.DuckDBPyConnection, limits: Limits, rows: int) -> int:
    """The largest size of key, at most the limit, with which the pairs stay within theirs."""
    sizes = engine.execute(
        f"SELECT held, count(*) FROM keyed WHERE held <= {limits.records} GROUP BY held "
        "ORDER BY held"
    ).fetchall()
    room, most = limits.pairs * max(rows, 1_000), 2
    for held, keys in sizes:
        room -= keys * held * (held - 1) / 2
        if room < 0:
            break
        most = held
    return limits.records if room >= 0 else most


def block_changes(
    engine: duckdb.DuckDBPyConnection,
    keys: Sequence[str],
    changed: str,
    blocks: Sequence[Block],
    caps: Sequence[int],
    made: str,
) -> tuple[Blocked, ...]:
    """Make the table `made` of the pairs, as `block_pairs` makes them, that changes bear on.

    Args:
        keys: for each block, a query in brackets of the keys (`key`) of every record (`id`).
        changed: a table of the ids of those that are new or another. Where a key has become too
            crowded it is left out from now on, and all who hold it are added here, for they meet
            others than before.
        caps: as in `block_pairs`, which with the same caps and `left_out` gives these pairs and
            those of records that did not change.

    Returns:
        What each block gave, and how many keys have become too crowded.
    """
    newly = [(0, 0)] * len(blocks)
    while True:
        engine.execute("CREATE OR REPLACE TEMP TABLE met (a BIGINT, b BIGINT, reasons INTEGER)")
        pairs, more = [], []
        for place, every in enumerate(keys):
            _near(engine, every, changed, place)
            more.append(_leave_out(engine, changed, place, caps[place]))
            pairs.append(_meet_near(engine, changed, place))
        if not any(held for _, held in more):
            break
        newly = [(a + c, b + d) for (a, b), (c, d) in zip(newly, more, strict=True)]
    _once(engine, made)
    told = zip(blocks, pairs, caps, newly, strict=True)
    return tuple(Blocked(block.name, met, most, *out) for block, met, most, out in told)


def _once(engine: duckdb.DuckDBPyConnection, made: str) -> None:
    engine.execute(
        f"CREATE OR REPLACE TABLE {made} AS SELECT '0' AS match_key, a AS join_key_l, "
        "b AS join_key_r, bit_or(reasons) AS reasons FROM met GROUP BY a, b"
    )
    engine.execute("DROP TABLE met")


def _near(engine: duckdb.DuckDBPyConnection, every: str, changed: str, place: int) -> None:
    """The table `near`: every record with a key that somebody changed holds and that may count."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE theirs AS SELECT DISTINCT key "
        f"FROM {every} AS held SEMI JOIN {changed} USING (id) "
        f"WHERE key NOT IN (SELECT key FROM left_out WHERE block = {place})"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE near AS "
        f"SELECT key, id FROM {every} AS held SEMI JOIN theirs USING (key)"
    )
    engine.execute("DROP TABLE theirs")


def _leave_out(
    engine: duckdb.DuckDBPyConnection, changed: str, place: int, most: int
) -> tuple[int, int]:
    """Leave out keys of `near` that more than the most hold: how many, and held how often."""
    found = engine.execute(
        f"SELECT key, count(*) FROM near GROUP BY key HAVING count(*) > {most}"
    ).fetchall()
    if not found:
        return 0, 0
    engine.executemany(f"INSERT INTO left_out VALUES ({place}, ?)", [[key] for key, _ in found])
    out = f"SELECT key FROM left_out WHERE block = {place}"
    engine.execute(
        f"INSERT INTO {changed} SELECT DISTINCT id FROM near WHERE key IN ({out}) "
        f"AND id NOT IN (SELECT id FROM {changed})"
    )
    engine.execute(f"DELETE FROM near WHERE key IN ({out})")
    return len(found), sum(held for _, held in found)


def _meet_near(engine: duckdb.DuckDBPyConnection, changed: str, place: int) -> int:
    """Add the pairs of `near` of which one has changed; returns how many."""
    (told,) = engine.execute(
        f"INSERT INTO met SELECT DISTINCT least(x.id, y.id), greatest(x.id, y.id), {1 << place} "
        f"FROM near AS x SEMI JOIN {changed} AS c ON c.id = x.id "
        "JOIN near AS y ON x.key = y.key AND x.id <> y.id"
    ).fetchall()
    engine.execute("DROP TABLE near")
    return int(told[0])
