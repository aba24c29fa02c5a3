"""Everybody's records as linking reads them: what tells people apart, in one Parquet file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
from django.db import connection

from wholeplace.population.engines.duckdb import text_literal
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records import transfer

_NAMES = {
    "given_names": pa.string(),
    "family_name": pa.string(),
    "previous_family_name": pa.string(),
    "known_as": pa.string(),
    "date_of_birth": pa.date32(),
    **dict.fromkeys(
        ("sex", "nhs_number", "upn", "ni_number", "phone", "email"),
        pa.string(),
    ),
}
_HOME = dict.fromkeys(("line_1", "line_2", "uprn", "postcode"), pa.string())
_RECORD = {"record_id": pa.int64(), "source_key": pa.string()} | _NAMES | _HOME
_HOMES = {
    "record_id": pa.int64(),
    **_HOME,
    "since": pa.date32(),
    "until": pa.date32(),
    "member_id": pa.int64(),
}
# A home that the agency's file of people gives comes before one of its file of households; of
# several of those, the one not ended, moved into last.
_WITH_HOMES = f"""
WITH home AS (
    SELECT * FROM homes QUALIFY row_number() OVER (
        PARTITION BY record_id ORDER BY until DESC NULLS FIRST, since DESC NULLS LAST,
                                        member_id DESC) = 1
)
SELECT r.record_id, $source AS source, r.source_key,
       {", ".join(f"r.{name}" for name in _NAMES)},
       {
    ", ".join(
        f"CASE WHEN r.line_1 IS NULL AND r.uprn IS NULL AND r.postcode IS NULL"
        f" THEN h.{name} ELSE r.{name} END AS {name}"
        for name in _HOME
    )
}
  FROM records r LEFT JOIN home h USING (record_id)
"""


def write_records(
    engine: duckdb.DuckDBPyConnection,
    out: Path,
    progress: Callable[[str], None] = lambda step: None,
    only: Sequence[int] | None = None,
) -> int:
    """Write the records that the acting account may link; one row a person. Returns how many.

    Args:
        engine: may write below the folder of `out`.
        out: the file, with the columns `record_id` (the person's number), `source` (the code of
            the agency), `source_key` and what tells people apart, as stored.
        only: of these persons alone; None is everybody.

    Raises:
        Refused: the acting role may not link.
    """
    require_actor().require("identity.link")
    _make_empty(engine)
    for agency_id, code in _agencies():
        progress(f"Reading {code}")
        engine.execute(f"INSERT INTO linking {_read(engine, agency_id, code, only)}")
    order = "SELECT * FROM linking ORDER BY record_id"
    engine.execute(f"COPY ({order}) TO {text_literal(str(out))} (FORMAT parquet)")
    count = int(engine.execute("SELECT count(*) FROM linking").fetchall()[0][0])
    engine.execute("DROP TABLE linking")
    return count


def _make_empty(engine: duckdb.DuckDBPyConnection) -> None:
    columns = {"record_id": pa.int64(), "source": pa.string(), "source_key": pa.string()}
    empty = pa.schema(list((columns | _NAMES | _HOME).items())).empty_table()
    engine.register("pulled", empty)
    engine.execute("CREATE OR REPLACE TABLE linking AS SELECT * FROM pulled")
    engine.unregister("pulled")


def _agencies() -> list[tuple[int, str]]:
    """The agencies whose records may be compared, by code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, code FROM agencies_agency"
            " WHERE id = ANY (wp_shared_agencies('P2', 'everybody')) ORDER BY code"
        )
        return list(cursor.fetchall())


def _read(
    engine: duckdb.DuckDBPyConnection, agency_id: int, code: str, only: Sequence[int] | None
) -> str:
    """Fetch one agency's rows; returns the query that puts them together."""
    for view, table, columns in (
        ("identity_record", "records", _RECORD),
        ("identity_home", "homes", _HOMES),
    ):
        query = f"SELECT {', '.join(columns)} FROM {view} WHERE agency_id = %s"
        values: list[object] = [agency_id]
        if only is not None:
            query += " AND record_id = ANY (%s::bigint[])"
            values.append(f"{{{','.join(map(str, only))}}}")
        engine.register("pulled", transfer.pull(query, values, columns))
        engine.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM pulled")
        engine.unregister("pulled")
    return _WITH_HOMES.replace("$source", text_literal(code))


def linked_records() -> pa.Table:
    """The records that are linked now: source, source_key and cluster (their identity).

    Raises:
        Refused: the acting role may not link.
    """
    require_actor().require("identity.link")
    return transfer.pull(
        "SELECT g.code, r.source_key, m.identity_id FROM identity_member m"
        " JOIN identity_record r ON r.record_id = m.person_id"
        " JOIN agencies_agency g ON g.id = r.agency_id WHERE m.superseded_at IS NULL",
        [],
        {"source": pa.string(), "source_key": pa.string(), "cluster": pa.int64()},
    )
