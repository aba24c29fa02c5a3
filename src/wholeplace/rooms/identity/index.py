"""The index of everybody: written after each linking, asked by one record's keys.

Only what differs is written. A key table with a B-tree was measured against one GIN index over
arrays: it is filled in a third of the time, changed and asked in less, and is a third larger
(bench/matching.py). It lies under row security; nobody but the linker's account reads it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from django.db import connection

from wholeplace.population.engines.duckdb import parquet
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.identity.matching import mark_of_figures
from wholeplace.rooms.records import transfer

if TYPE_CHECKING:
    from wholeplace.population.identity.kept import Figures

NEARLY = 0.005  # of a share: half a hundredth of a bit, which is no news


def write_index(
    engine: duckdb.DuckDBPyConnection, kept: Path, only: Sequence[int] | None = None
) -> dict[str, int]:
    """Bring the index and the figures into line with a linking; returns how many rows differed.

    Args:
        engine: may read and write below the folder's parent.
        kept: the folder that the linking left (population/identity/kept.py).
        only: the persons whose records alone may be other than at the last linking, by whose
            figures this one went.

    Raises:
        Refused: the acting role may not link.
        UserMistake: the folder holds no linking.
    """
    from wholeplace.population.identity.guards import empty
    from wholeplace.population.identity.index import make_index, make_keys
    from wholeplace.population.identity.kept import people_of, read_figures
    from wholeplace.population.identity.people import PEOPLE

    require_actor().require("identity.link")
    figures = read_figures(kept)
    told, mark = _as_text(figures)
    if mark != mark_of_figures():  # the first, or learnt anew: everybody's guards may be others
        only = None
    _read_people(engine, people_of(kept), only)
    empty(engine, "to_index", figures.found)
    make_index(engine, "to_index", PEOPLE)
    _compare(engine, only)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE arriving AS FROM to_index SEMI JOIN fresh USING (id)"
    )
    make_keys(engine, "arriving", PEOPLE, "keyed")
    put, gone = _replace(engine)
    shares = 0
    if only is None:
        shares = _put_shares(engine, kept)
        _put_figures(told, mark)
    for table in ("to_index", "arriving", "index_rows", "keyed", "fresh", "leaving"):
        engine.execute(f"DROP TABLE {table}")
    return {"index_put": put, "index_taken": gone, "shares_put": shares}


def _read_people(engine: duckdb.DuckDBPyConnection, rows: str, only: Sequence[int] | None) -> None:
    """The table `to_index` of the linking's records, or of some of them."""
    every = f"CREATE OR REPLACE TEMP TABLE to_index AS FROM {rows} AS rows"
    if only is None:
        engine.execute(every)
        return
    engine.register("only_these", pa.table({"id": pa.array(only, pa.int64())}))
    engine.execute(f"{every} SEMI JOIN only_these USING (id)")
    engine.unregister("only_these")


def _compare(engine: duckdb.DuckDBPyConnection, only: Sequence[int] | None) -> None:
    """The tables `fresh`, rows to write, and `leaving`, numbers of rows that are no longer so."""
    columns = {"id": pa.int64(), "mark": pa.int64()}
    query = "SELECT person_id, mark FROM identity_indexed"
    values: list[str] = []
    if only is not None:
        query += " WHERE person_id = ANY (%s::bigint[])"
        values = [f"{{{','.join(map(str, only))}}}"]
    stored = transfer.pull(query, values, columns)
    engine.register("stored_marks", stored)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE fresh AS FROM index_rows"
        " ANTI JOIN stored_marks USING (id, mark)"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE leaving AS SELECT id FROM stored_marks"
        " ANTI JOIN index_rows USING (id, mark)"
    )
    engine.unregister("stored_marks")


_FRESH = """
SELECT id, told, mark, '{' || coalesce(string_agg(key::VARCHAR, ','), '') || '}'
  FROM fresh LEFT JOIN keyed USING (id) GROUP BY id, told, mark ORDER BY id
"""
_UNKEY = """
DELETE FROM identity_key AS k
 USING (SELECT i.person_id, unnest(i.keys) AS key FROM identity_indexed i
         WHERE i.person_id = ANY (ARRAY(SELECT id FROM pg_temp.leaving))) AS former
 WHERE k.key = former.key AND k.person_id = former.person_id
"""


def _replace(engine: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Take away the rows that are no longer so, then put those that are new."""
    with connection.cursor() as cursor:
        gone = transfer.push(engine, "FROM leaving", "leaving", "SELECT 0::bigint AS id")
        if gone:
            cursor.execute(_UNKEY)
            cursor.execute(
                "DELETE FROM identity_indexed"
                " WHERE person_id = ANY (ARRAY(SELECT id FROM pg_temp.leaving))"
            )
        like = "SELECT person_id, told, mark, keys FROM identity_indexed"
        put = transfer.push(engine, _FRESH, "fresh", like)
        if put:
            cursor.execute(
                "INSERT INTO identity_indexed (person_id, told, mark, keys)"
                " SELECT person_id, told, mark, keys FROM pg_temp.fresh"
            )
            cursor.execute(
                "INSERT INTO identity_key (key, person_id)"
                " SELECT unnest(keys), person_id FROM pg_temp.fresh ORDER BY 1, 2"
            )
    return put, gone


_SHARES = """
CREATE OR REPLACE TEMP TABLE moved AS
SELECT field, value, n.share FROM stored_shares s
  FULL JOIN (SELECT "column" AS field, value, share FROM {file}) n USING (field, value)
 WHERE s.share IS NULL OR n.share IS NULL OR abs(s.share / n.share - 1) > {nearly}
"""


def _put_shares(engine: duckdb.DuckDBPyConnection, kept: Path) -> int:
    """Write the shares that moved by more than is nothing; returns how many."""
    from wholeplace.population.identity.kept import FREQUENCIES

    like = "SELECT field, value, share FROM identity_share"
    columns = {"field": pa.string(), "value": pa.string(), "share": pa.float64()}
    engine.register("stored_shares", transfer.pull(like, [], columns))
    engine.execute(_SHARES.format(file=parquet(kept / FREQUENCIES), nearly=NEARLY))
    engine.unregister("stored_shares")
    with connection.cursor() as cursor:
        moved = transfer.push(engine, "FROM moved", "moved", like)
        cursor.execute(
            "DELETE FROM identity_share s USING pg_temp.moved m"
            " WHERE s.field = m.field AND s.value = m.value"
        )
        cursor.execute(
            "INSERT INTO identity_share (field, value, share)"
            " SELECT field, value, share FROM pg_temp.moved WHERE share IS NOT NULL"
        )
    engine.execute("DROP TABLE moved")
    return moved


def _as_text(figures: Figures) -> tuple[str, str]:
    """Figures as they are kept, and the mark by which they are known again."""
    told = {"learnt": asdict(figures.learnt), "found": figures.found.as_data()}
    text = json.dumps(told, sort_keys=True)
    return text, sha256(text.encode()).hexdigest()


def _put_figures(told: str, mark: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_figures WHERE mark <> %s", [mark])
        cursor.execute(
            "INSERT INTO identity_figures (id, mark, told) VALUES (1, %s, %s)"
            " ON CONFLICT (id) DO NOTHING",
            [mark, told],
        )
