"""Rows that a load sets aside, stored as they stood; and earlier ones that it settles.

A row that was set aside stays open until a later delivery has it right, or has it no more, or
an officer closes it. One that is set aside again stays open with the later one beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa
from django.db import connection

from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records import transfer
from wholeplace.rooms.records.source.aside import Aside
from wholeplace.rooms.records.source.layout import Arrived
from wholeplace.rooms.records.versions import Write

MENDED = "A later delivery has this row right."
GONE = "The row is no longer in the agency's file."
ENDED = "The agency says that the row has ended."
_OPEN = {"id": pa.int64(), "source_key": pa.string()}
_COLUMNS = "file, line, field, value, reason, source_key, row"


def store(write: Write, aside: Iterable[Aside]) -> int:
    """Store what a load set aside; returns how many faults."""
    stored = 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.aside")
        cursor.execute(
            "CREATE TEMP TABLE aside ON COMMIT DROP AS"
            f" SELECT {_COLUMNS} FROM records_reject WITH NO DATA"
        )
        with cursor.copy("COPY pg_temp.aside FROM STDIN") as copy:
            for one in aside:
                key = None if one.source_key is None else _storable(one.source_key)
                said = (one.file, one.line, one.field, _storable(one.value), one.reason)
                copy.write_row((*said, key, _storable(one.row)))
                stored += 1
        cursor.execute(
            f"INSERT INTO records_reject (load_id, agency_id, source, {_COLUMNS})"
            f" SELECT %s, %s, %s, {_COLUMNS} FROM pg_temp.aside",
            [write.load_id, write.agency_id, write.source],
        )
    return stored


def _storable(text: str) -> str:
    """PostgreSQL stores no NUL; a value with one was set aside for it."""
    shown = "\N{SYMBOL FOR NULL}"
    return text.replace("\0", shown).replace("\\u0000", shown)


def settle(engine: duckdb.DuckDBPyConnection, arrived: Mapping[str, Arrived], write: Write) -> int:
    """Close earlier rejects of the source that this delivery settles; returns how many.

    Of a full picture, those are all that are not set aside again; of changes, those whose key
    arrives and passes, or ends.
    """
    closed = 0
    for name, file in arrived.items():
        files = [f"{file.path.stem}{ending}" for ending in (".csv", ".parquet")]
        earlier = transfer.pull(
            "SELECT id, source_key FROM records_reject WHERE agency_id = %s AND source = %s"
            " AND file = ANY(%s) AND state = 'open' AND load_id < %s",
            [write.agency_id, write.source, files, write.load_id],
            _OPEN,
        )
        if earlier.num_rows:
            closed += _settle(engine, name, file, earlier, write)
    return closed


def _settle(
    engine: duckdb.DuckDBPyConnection, name: str, file: Arrived, earlier: pa.Table, write: Write
) -> int:
    left = "NULL" if file.changes else lit("gone")
    engine.register("earlier", earlier)
    settled = (
        "SELECT * FROM (SELECT e.id, CASE"
        f" WHEN source_key IN (SELECT source_key FROM clean_{name}) THEN 'mended'"
        f" WHEN source_key IN (SELECT source_key FROM leaving_{name}) THEN 'ended'"
        f" WHEN source_key IN (SELECT source_key FROM staged_{name}"
        f" WHERE source_key IS NOT NULL) THEN NULL ELSE {left} END AS how FROM earlier AS e)"
        " WHERE how IS NOT NULL"
    )
    rows = transfer.push(engine, settled, "settled", "SELECT 0::bigint AS id, ''::text AS how")
    engine.unregister("earlier")
    if rows:
        with connection.cursor() as cursor, transfer.in_bulk():
            cursor.execute(
                "UPDATE records_reject SET closed_at = %s, closed_by_id = %s, closed_load_id = %s,"
                " state = CASE s.how WHEN 'mended' THEN 'mended' ELSE 'dropped' END,"
                " why_closed = CASE s.how WHEN 'mended' THEN %s WHEN 'ended' THEN %s ELSE %s END"
                " FROM pg_temp.settled AS s WHERE records_reject.id = s.id",
                [
                    *(write.at, require_actor().membership_id, write.load_id),
                    *(MENDED, ENDED, GONE),
                ],
            )
    return rows
