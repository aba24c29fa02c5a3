"""Blocks by joining keys against looking at every pair; what is left out is told."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.population.identity.block import Limits, block_pairs
from wholeplace.population.identity.model import Block

value = st.one_of(st.none(), st.sampled_from("abc"))
rows = st.lists(st.fixed_dictionaries({"x": value, "y": value, "z": value}), max_size=16)
BLOCKS = (
    Block("x and y", (("{}x", "{}y"),)),
    Block("z, or x as z", (("{}z",), ("{}x",))),
    Block("either way about", (("least({}x, {}y)", "greatest({}x, {}y)"),)),
)


def keys(row: dict[str, Any], place: int) -> set[tuple[str, ...]]:
    """A record's keys in a block, the plain way."""
    x, y, z = row["x"], row["y"], row["z"]
    known = [v for v in (x, y) if v is not None]
    found: list[tuple[Any, ...]] = [
        [(x, y)],
        [(z,), (x,)],
        [(min(known), max(known))] if known else [],
    ][place]
    return {key for key in found if None not in key}


@settings(max_examples=20, deadline=None)
@given(rows, st.integers(2, 8))
def test_pairs_are_those_that_share_a_key_that_few_hold(
    made: list[dict[str, Any]], most: int
) -> None:
    wanted: dict[tuple[int, int], int] = {}
    left_out = []
    for place in range(len(BLOCKS)):
        held = Counter(key for row in made for key in keys(row, place))
        left_out.append(sum(count > most for count in held.values()))
        for (a, one), (b, other) in combinations(enumerate(made), 2):
            shared = keys(one, place) & keys(other, place)
            if any(held[key] <= most for key in shared):
                wanted[a, b] = wanted.get((a, b), 0) | 1 << place
    with duckdb.connect() as engine:
        columns = {n: pa.array([row[n] for row in made], pa.string()) for n in "xyz"}
        engine.register("given_rows", pa.table({"id": pa.array(range(len(made))), **columns}))
        engine.execute("CREATE TABLE people AS SELECT id::BIGINT AS id, x, y, z FROM given_rows")
        told = block_pairs(engine, "people", BLOCKS, Limits(most, 1_000), "pairs")
        found = engine.execute("SELECT join_key_l, join_key_r, reasons FROM pairs").fetchall()
    assert {(a, b): reasons for a, b, reasons in found} == wanted
    assert len(found) == len(wanted)
    assert [block.keys_left_out for block in told] == left_out


def test_a_block_that_would_give_too_many_pairs_leaves_out_its_most_crowded_keys() -> None:
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE TABLE people AS SELECT n AS id, 'k' || n % 400 AS x, 'c' || n % 40 AS y "
            "FROM range(2000) AS numbers (n)"
        )
        blocks = (Block("x", (("{}x",),)), Block("y", (("{}y",),)))
        told = block_pairs(engine, "people", blocks, Limits(120, 3.0), "pairs")
    assert (told[0].pairs, told[0].keys_left_out) == (400 * 10, 0)
    assert (told[1].pairs, told[1].keys_left_out, told[1].records_left_out) == (0, 40, 2000)
