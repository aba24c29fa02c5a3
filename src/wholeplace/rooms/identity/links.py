"""Why records are taken for one person: the best pairs that hold each cluster together.

As many as are needed and no more: a cluster of n records keeps n - 1 pairs, those of the
greatest weights that join them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
from django.db import connection

from wholeplace.population.engines.duckdb import identifier as q
from wholeplace.population.engines.duckdb import text_literal
from wholeplace.rooms.records import transfer

GAMMA = "gamma_"
NEARLY = 1.0  # bits: what was learnt from a slightly different city is no news
Pair = tuple[int, int]

# Of two records there is one pair, and of three any two pairs join them.
_FEW = 3
_EDGES = """
CREATE OR REPLACE TABLE edges AS
WITH inside AS (
    SELECT least(e.a, e.b) AS a, greatest(e.a, e.b) AS b, e.weight,
           '{{' || concat_ws(',', {levels}) || '}}' AS levels, x.cluster
      FROM read_parquet({source}) e
      JOIN clusters x ON x.record_id = e.a
      JOIN clusters y ON y.record_id = e.b AND y.cluster = x.cluster
), sizes AS (
    SELECT cluster, count(*) AS records FROM clusters GROUP BY cluster HAVING count(*) > 1
)
SELECT a, b, weight, levels, cluster, records,
       row_number() OVER (PARTITION BY cluster ORDER BY weight DESC, a, b) AS place
  FROM inside JOIN sizes USING (cluster)
"""
_CHOSEN = f"""
CREATE OR REPLACE TABLE chosen AS
SELECT a, b, weight, levels FROM edges WHERE records <= {_FEW} AND place < records
UNION ALL
SELECT a, b, weight, levels FROM edges JOIN joining USING (a, b)
"""
# Where everybody of a stored pair is now; those in no cluster are where they were.
_STALE = f"""
CREATE OR REPLACE TABLE stale AS
WITH now AS (
    SELECT c.record_id AS person_id, n.identity_id, true AS live
      FROM clusters c JOIN numbered n USING (cluster)
    UNION ALL
    SELECT person_id, identity_id, false FROM former f
      ANTI JOIN clusters c ON c.record_id = f.person_id
)
SELECT s.id, s.a, s.b FROM stored s
  LEFT JOIN now x ON x.person_id = s.a LEFT JOIN now y ON y.person_id = s.b
  LEFT JOIN chosen c ON c.a = s.a AND c.b = s.b
 WHERE x.identity_id IS DISTINCT FROM y.identity_id
    OR (x.live AND y.live AND c.a IS NULL)
    OR c.levels <> s.levels OR abs(c.weight - s.weight) >= {NEARLY}
"""
_NEW = """
SELECT c.a, c.b, c.weight, c.levels FROM chosen c
  LEFT JOIN stored s ON s.a = c.a AND s.b = c.b LEFT JOIN stale t ON t.id = s.id
 WHERE s.id IS NULL OR t.id IS NOT NULL ORDER BY c.a, c.b
"""


def comparisons_of(engine: duckdb.DuckDBPyConnection, edges: Path) -> list[str]:
    """The names of the comparisons whose levels the file of edges holds, in its order."""
    told = engine.execute(f"DESCRIBE SELECT * FROM read_parquet({text_literal(str(edges))})")
    return [row[0].removeprefix(GAMMA) for row in told.fetchall() if row[0].startswith(GAMMA)]


def write_links(
    engine: duckdb.DuckDBPyConnection, edges: Path, run_id: int, *, few: bool = False
) -> dict[str, int]:
    """Write what differs of the pairs that are kept; call it after `write_members`.

    Args:
        edges: Parquet with a, b, weight (bits) and a level (`gamma_…`) for each comparison.
        few: `write_members` was told who was touched: nobody else's pairs are read.

    Returns:
        How many pairs were put and how many taken away; a pair that changed is both.
    """
    levels = ", ".join(q(GAMMA + name) for name in comparisons_of(engine, edges))
    engine.execute(_EDGES.format(levels=levels or "''", source=text_literal(str(edges))))
    many = engine.execute(
        f"SELECT a, b FROM edges WHERE records > {_FEW} ORDER BY cluster, place"
    ).fetchall()
    joining = spanning(many)
    columns = {"a": [a for a, _ in joining], "b": [b for _, b in joining]}
    engine.register("given", pa.table({k: pa.array(v, pa.int64()) for k, v in columns.items()}))
    engine.execute("CREATE OR REPLACE TABLE joining AS SELECT * FROM given")
    engine.unregister("given")
    engine.execute(_CHOSEN)
    _fetch_stored(engine, few=few)
    engine.execute(_STALE)
    return _put(engine, run_id, few=few)


def spanning(pairs: Iterable[Pair]) -> list[Pair]:
    """Of pairs in the order of preference, those that join records not joined yet."""
    leader: dict[int, int] = {}

    def find(one: int) -> int:
        while (above := leader.setdefault(one, one)) != one:
            leader[one] = leader[above]
            one = above
        return one

    kept = []
    for a, b in pairs:
        first, second = find(a), find(b)
        if first != second:
            leader[max(first, second)] = min(first, second)
            kept.append((a, b))
    return kept


def _fetch_stored(engine: duckdb.DuckDBPyConnection, *, few: bool) -> None:
    columns = {"id": pa.int64(), "a": pa.int64(), "b": pa.int64(), "weight": pa.float64()}
    query = "SELECT id, a_id, b_id, weight, levels::text FROM identity_link"
    if few:
        like = "SELECT person_id AS id FROM identity_member"
        transfer.push(engine, "SELECT person_id FROM former", "bearing", like)
        query = f"{query} WHERE a_id {_BEARING} UNION {query} WHERE b_id {_BEARING}"
    engine.register("pulled", transfer.pull(query, [], columns | {"levels": pa.string()}))
    engine.execute("CREATE OR REPLACE TABLE stored AS SELECT * FROM pulled")
    engine.unregister("pulled")


_BEARING = "= ANY (ARRAY(SELECT id FROM pg_temp.bearing))"


def _put(engine: duckdb.DuckDBPyConnection, run_id: int, *, few: bool) -> dict[str, int]:
    with connection.cursor() as cursor:
        like = "SELECT a_id, b_id, weight, levels FROM identity_link"
        gone = transfer.push(engine, "SELECT id FROM stale", "stale", "SELECT 0::bigint AS id")
        put = transfer.push(engine, _NEW, "new_links", like)
        if gone:
            with transfer.in_bulk():
                cursor.execute(
                    "DELETE FROM identity_link AS l USING pg_temp.stale AS s WHERE l.id = s.id"
                    + transfer.those_of("stale", "l.id", few=few)
                )
        if put:
            cursor.execute(
                "INSERT INTO identity_link (a_id, b_id, weight, levels, run_id)"
                " SELECT a_id, b_id, weight, levels, %s FROM pg_temp.new_links",
                [run_id],
            )
    return {"links_put": put, "links_taken": gone}
