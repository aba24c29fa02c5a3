"""Which pairs of records are compared: those that hold the same key of some block.

A key that too many records hold is left out before any pair is made, so that a million records
of one name cannot make half a billion pairs. What was left out is counted and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

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
) -> tuple[Blocked, ...]:
    """Make the table `made`: each pair to compare once.

    Args:
        table: holds the column `id` and what the keys name.
        made: its columns are `join_key_l` < `join_key_r`, `match_key` ('0', for Splink), and
            `reasons`, in which bit n stands for block n.
    """
    ((rows,),) = engine.execute(f"SELECT count(*) FROM {table}").fetchall()
    engine.execute("CREATE OR REPLACE TEMP TABLE met (a BIGINT, b BIGINT, reasons INTEGER)")
    told = tuple(
        _meet(engine, table, block, 1 << place, limits, rows) for place, block in enumerate(blocks)
    )
    engine.execute(
        f"CREATE OR REPLACE TABLE {made} AS SELECT '0' AS match_key, a AS join_key_l, "
        "b AS join_key_r, bit_or(reasons) AS reasons FROM met GROUP BY a, b"
    )
    engine.execute("DROP TABLE met")
    return told


def key_sql(parts: Sequence[str]) -> str:
    """A key's hash in SQL; NULL where a part is missing."""
    plain = [part.replace("{}", "") for part in parts]
    missing = " OR ".join(f"({part}) IS NULL" for part in plain)
    return f"CASE WHEN NOT ({missing}) THEN hash({', '.join(plain)}) END"


def _meet(
    engine: duckdb.DuckDBPyConnection,
    table: str,
    block: Block,
    bit: int,
    limits: Limits,
    rows: int,
) -> Blocked:
    alternatives = " UNION ".join(
        f"SELECT {key_sql(parts)} AS key, id FROM {table}" for parts in block.keys
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE keyed AS SELECT key, list(id) AS ids, count(*) AS held "
        f"FROM ({alternatives}) AS alternatives WHERE key IS NOT NULL GROUP BY key "
        "HAVING count(*) > 1"
    )
    most = _most(engine, limits, rows)
    (told,) = engine.execute(
        f"SELECT coalesce(sum(held * (held - 1) // 2) FILTER (WHERE held <= {most}), 0), "
        f"count(*) FILTER (WHERE held > {most}), "
        f"coalesce(sum(held) FILTER (WHERE held > {most}), 0) FROM keyed"
    ).fetchall()
    small = f"(SELECT key, unnest(ids) AS id FROM keyed WHERE held <= {most})"
    engine.execute(
        f"INSERT INTO met SELECT x.id, y.id, {bit} FROM {small} AS x JOIN {small} AS y "
        "ON x.key = y.key AND x.id < y.id"
    )
    engine.execute("DROP TABLE keyed")
    return Blocked(block.name, int(told[0]), most, int(told[1]), int(told[2]))


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
