"""What a linking was made of: the model's text and the records, each as a short fixed name."""

from __future__ import annotations

import hashlib

import duckdb

from wholeplace.population.engines.duckdb import identifier
from wholeplace.population.identity.model import Model


def of_model(model: Model) -> str:
    """The SHA-256 of everything that a model says: comparisons, levels, given figures, blocks."""
    return hashlib.sha256(repr(model).encode()).hexdigest()


def of_records(engine: duckdb.DuckDBPyConnection, table: str) -> str:
    """A name for the rows of a table: the same for the same rows in any order, else another.

    It tells whether data changed; it does not withstand somebody who wants two to look alike.
    """
    columns = [str(row[0]) for row in engine.execute(f"DESCRIBE {table}").fetchall()]
    row = ", ".join(identifier(column) for column in sorted(columns))
    ((count, mixed, total),) = engine.execute(
        f"SELECT count(*), coalesce(bit_xor(hash({row})), 0), "
        f"coalesce(sum(hash({row})::HUGEINT), 0) FROM {table}"
    ).fetchall()
    told = f"{sorted(columns)} {count} {mixed} {total}"
    return hashlib.sha256(told.encode()).hexdigest()
