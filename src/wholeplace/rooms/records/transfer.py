"""Rows between DuckDB and PostgreSQL in bulk, by COPY and never through files.

Row security refuses COPY into a guarded table, so rows arrive in a private table of the
transaction, which nobody else can see and which goes with it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pcsv
from django.db import connection

BATCH = 50_000
_AS_TEXT = pcsv.WriteOptions(include_header=False, batch_size=BATCH)


def push(
    engine: duckdb.DuckDBPyConnection,
    query: str,
    table: str,
    like: str,
    progress: Callable[[int], None] = lambda rows: None,
) -> int:
    """Copy what a DuckDB query gives into a new private table; returns how many rows.

    Args:
        query: DuckDB SQL whose columns stand in the order of `like`.
        table: the private table's name.
        like: PostgreSQL SELECT whose columns the private table takes.
        progress: called with the number of rows of each batch.
    """
    rows = 0
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS {like} WITH NO DATA")
        with cursor.copy(f"COPY pg_temp.{table} FROM STDIN (FORMAT csv)") as copy:
            for batch in engine.sql(query).to_arrow_reader(BATCH):
                copy.write(_csv(batch))
                rows += batch.num_rows
                progress(batch.num_rows)
        cursor.execute(f"ANALYZE pg_temp.{table}")
    return rows


@contextmanager
def in_bulk() -> Iterator[None]:
    """No joins row by row within, for statements about very many rows of a guarded table.

    The policies make the planner expect one row where there are a hundred thousand, and it
    would then go through all of a private table once for each.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


def those_of(table: str, column: str, *, few: bool) -> str:
    """A further condition for a statement in bulk about a few rows of very many, or nothing.

    Args:
        table: the private table whose `id` names the rows: they are found by number, one by one.
        column: what the guarded table calls that number.
        few: whether they are few; else going over all rows once is quicker.
    """
    return f" AND {column} = ANY(ARRAY(SELECT id FROM pg_temp.{table}))" if few else ""


def _csv(batch: pa.RecordBatch) -> bytes:
    """Values in quotes, NULL as nothing at all: what COPY tells apart."""
    buffer = io.BytesIO()
    pcsv.write_csv(batch, buffer, _AS_TEXT)
    return buffer.getvalue()


def pull(
    query: str, parameters: Sequence[Any] | Mapping[str, Any], columns: dict[str, pa.DataType]
) -> pa.Table:
    """What a PostgreSQL query gives, under the reader's row security, as an Arrow table.

    Args:
        query: one SELECT.
        parameters: its values, by place or by name.
        columns: name and type of each column, in order.
    """
    names = list(columns)
    with connection.cursor() as cursor:
        statement = f"COPY ({query}) TO STDOUT (FORMAT csv)"
        with cursor.copy(statement, parameters) as copy:
            text = b"".join(copy)
    if not text:
        return pa.schema(list(columns.items())).empty_table()
    return pcsv.read_csv(
        pa.py_buffer(text),
        read_options=pcsv.ReadOptions(column_names=names, block_size=8 << 20),
        parse_options=pcsv.ParseOptions(newlines_in_values=True),
        convert_options=pcsv.ConvertOptions(
            column_types=columns,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
        ),
    )
