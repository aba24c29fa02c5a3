"""Clusters of the records in an engine's tables."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from wholeplace.population.identity.cluster import Ints, cluster
from wholeplace.population.identity.settings import LinkSettings, pairs_of

NUMBERS = ("nhs", "ni", "upn")
"""Kinds of number of which one person holds one."""

_CODES = ", ".join(
    f"CASE WHEN {kind} IS NULL THEN -1 ELSE dense_rank() OVER (ORDER BY {kind}) END AS {kind}"
    for kind in NUMBERS
)


def cluster_people(
    engine: duckdb.DuckDBPyConnection,
    settings: LinkSettings,
    people: str = "people",
    weighed: str = "weighed",
    apart: str = "",
) -> pa.Table:
    """Which records are one person's.

    Args:
        people: a table of `id` and the numbers that one person holds one of each.
        weighed: a table or query in brackets of `a`, `b`, `weight`.
        apart: the same of further pairs `a`, `b` that are too unlike to be one person's.

    Returns:
        `record_id` in order, and `cluster`, the smallest record of it.
    """
    held = engine.execute(f"SELECT id, {_CODES} FROM {people} ORDER BY id").fetchnumpy()
    edges = engine.execute(
        f"SELECT a, b, weight FROM {weighed} WHERE weight >= {settings.join_bits}"
    ).fetchnumpy()
    unlike = f"SELECT a, b FROM {weighed} WHERE weight <= {settings.apart_bits}"
    more = f" UNION ALL SELECT a, b FROM {apart}" if apart else ""
    kept_apart = engine.execute(unlike + more).fetchnumpy()
    records = _whole(held["id"])
    found = cluster(
        records,
        _whole(edges["a"]),
        _whole(edges["b"]),
        np.asarray(edges["weight"], dtype=np.float64),
        [_whole(held[kind]) for kind in NUMBERS],
        pairs_of(settings.never),
        must=pairs_of(settings.must),
        apart=np.stack([_whole(kept_apart["a"]), _whole(kept_apart["b"])], axis=1),
    )
    return pa.table({"record_id": records, "cluster": found})


def _whole(column: Any) -> Ints:
    """A column as whole numbers."""
    return np.asarray(column, dtype=np.int64)
