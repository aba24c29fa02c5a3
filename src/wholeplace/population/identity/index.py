"""What an index of everybody holds, so that one record is matched without reading all of them.

Of each record its keys, by which it is found, and its comparable values as one text. Both are
made by DuckDB for everybody and in Python for one; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import md5
from typing import Any

import duckdb

from wholeplace.population.identity.compiled import DIGITS, Values, key_sql
from wholeplace.population.identity.model import Model

LINE = "\n"
"""Between two values of a record's text: no comparable value holds one."""


def make_index(engine: duckdb.DuckDBPyConnection, table: str, model: Model) -> None:
    """Make the table `index_rows`: `id`, `told`, `mark` of every record of `table`.

    `told` are the values of the model's columns; `mark` changes when they do, or when keys are
    made of them in another way.
    """
    told = f" || chr({ord(LINE)}) || ".join(f"coalesce({c}::VARCHAR, '')" for c in model.columns)
    marked = md5(repr(model.blocks).encode(), usedforsecurity=False).hexdigest()
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE index_rows AS SELECT id, told, "
        f"('0x' || md5(told || '{marked}')[:{DIGITS}])::BIGINT AS mark "
        f"FROM (SELECT id, {told} AS told FROM {table}) AS told"
    )


def make_keys(engine: duckdb.DuckDBPyConnection, table: str, model: Model, made: str) -> None:
    """Make the table `made`: `id` and `key` of every record of `table`, each once."""
    alternatives = " UNION ".join(
        f"SELECT id, {key_sql(place, parts)} AS key FROM {table}"
        for place, block in enumerate(model.blocks)
        for parts in block.keys
    )
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {made} AS SELECT id, key FROM ({alternatives}) AS every "
        "WHERE key IS NOT NULL"
    )


def told_of(model: Model, record: Mapping[str, Any]) -> str:
    """A record's text, of its comparable values."""
    return LINE.join("" if record.get(c) is None else _text(record[c]) for c in model.columns)


def values_of(told: str) -> Values:
    """A record's values again, each as text: the model compares numbers and dates for equality."""
    return tuple(value or None for value in told.split(LINE))


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
