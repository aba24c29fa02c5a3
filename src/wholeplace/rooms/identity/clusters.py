"""From the clusters of a linking to who is who: only what differs is written.

DuckDB sets aside the clusters that are, record for record, what an identity was, and those of
records never linked before; what is left over is settled one by one (core/identity/stable.py).
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import duckdb
import pyarrow as pa
from django.db import connection

from wholeplace.core.identity.stable import settle
from wholeplace.population.engines.duckdb import text_literal
from wholeplace.rooms.records import transfer

# Every cluster, how many records it has, how many of them are known and to how many identities;
# and of the identity, how many live records it has and in how many clusters.
_STATE = """
CREATE OR REPLACE TABLE state AS
WITH every AS (
    SELECT c.cluster, c.record_id, f.identity_id
      FROM clusters c LEFT JOIN former f ON f.person_id = c.record_id
), of_identity AS (
    SELECT identity_id, count(DISTINCT cluster) AS clusters
      FROM every WHERE identity_id IS NOT NULL GROUP BY identity_id
)
SELECT b.cluster, count(*) AS records, min(b.record_id) AS lowest, count(b.identity_id) AS known,
       count(DISTINCT b.identity_id) AS identities, max(i.clusters) AS shared_by,
       min(b.identity_id) AS identity_id
  FROM every b LEFT JOIN of_identity i USING (identity_id)
 GROUP BY b.cluster
"""
_TOUCHED = """
SELECT cluster FROM state WHERE known > 0
   AND NOT (known = records AND identities = 1 AND shared_by = 1)
"""
# New identities are numbered by their lowest record, whatever the clusters are called.
_NUMBERED = """
CREATE OR REPLACE TABLE settled AS
SELECT s.cluster,
       coalesce(g.identity_id, CASE WHEN t.cluster IS NULL AND s.known > 0 THEN s.identity_id END)
           AS kept
  FROM state s LEFT JOIN touched t USING (cluster) LEFT JOIN goes_on g USING (cluster);
CREATE OR REPLACE TABLE numbered AS
SELECT cluster, coalesce(kept, {start} + row_number() OVER (
           PARTITION BY kept IS NULL ORDER BY lowest)) AS identity_id, kept IS NULL AS new
  FROM settled JOIN state USING (cluster)
"""
_MOVES = """
CREATE OR REPLACE TABLE moving AS
SELECT c.record_id AS person_id, n.identity_id, 'first' AS why
  FROM clusters c JOIN state s USING (cluster) JOIN numbered n USING (cluster)
 WHERE s.known = 0
UNION ALL
SELECT m.person_id, n.identity_id, m.why FROM moves m JOIN numbered n USING (cluster)
"""


def write_members(
    engine: duckdb.DuckDBPyConnection,
    clusters: Path,
    run_id: int,
    at: object,
    touched: Path | None = None,
) -> dict[str, int]:
    """Write what a run's clusters change of who belongs where; returns how many, by why.

    Args:
        engine: can read `clusters`; keeps the table `clusters` for `write_links`.
        clusters: Parquet with record_id and cluster, each record once.
        run_id: the run, whose row is there or comes in the same transaction.
        at: the moment at which the rows are recorded.
        touched: Parquet with record_id, where all other clusters are those of the last run: then
            nobody else's rows are read.

    Persons in no cluster stay where they were.
    """
    every = f"read_parquet({text_literal(str(clusters))})"
    if touched:
        _fetch_some(engine, every, f"read_parquet({text_literal(str(touched))})")
    else:
        engine.execute(
            f"CREATE OR REPLACE TABLE clusters AS SELECT record_id, cluster FROM {every}"
        )
        _fetch_former(engine)
    engine.execute(_STATE)
    engine.execute(f"CREATE OR REPLACE TABLE touched AS {_TOUCHED}")
    _settle(engine)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM identity_identity")
        engine.execute(_NUMBERED.format(start=int(cursor.fetchone()[0])))
    engine.execute(_MOVES)
    _put(engine, run_id, at, few=touched is not None)
    counts = dict(engine.execute("SELECT why, count(*) FROM moving GROUP BY why").fetchall())
    found = {why: counts.get(why, 0) for why in ("first", "joined", "moved", "merged", "split")}
    return found | {"identities": _one(engine, f"SELECT count(DISTINCT cluster) FROM {every}")}


def _fetch_some(engine: duckdb.DuckDBPyConnection, every: str, touched: str) -> None:
    """The tables `clusters` and `former` of all whom the touched records' identities bear on.

    Whoever shared an identity with one of them counts, with all of their own cluster, and so on:
    then no other cluster has a claim to any of these identities. One round does, but where a
    decision has moved somebody since.
    """
    engine.execute(f"CREATE OR REPLACE TABLE part AS SELECT record_id FROM {touched}")
    while True:
        like = "SELECT person_id AS id FROM identity_member"
        transfer.push(engine, "SELECT record_id FROM part", "part", like)
        _fetch_former(engine, _TOGETHER)
        more = engine.execute(
            f"INSERT INTO part SELECT record_id FROM {every} WHERE cluster IN (SELECT cluster"
            f" FROM {every} AS c JOIN former f ON f.person_id = c.record_id)"
            " AND record_id NOT IN (SELECT record_id FROM part)"
        ).fetchall()
        if more == [(0,)]:
            break
    engine.execute(
        "CREATE OR REPLACE TABLE clusters AS"
        f" SELECT record_id, cluster FROM {every} SEMI JOIN part USING (record_id)"
    )


_TOGETHER = """
 AND identity_id = ANY (ARRAY(
     SELECT identity_id FROM identity_member WHERE superseded_at IS NULL
        AND person_id = ANY (ARRAY(SELECT id FROM pg_temp.part))))
"""


def _fetch_former(engine: duckdb.DuckDBPyConnection, narrowed: str = "") -> None:
    former = transfer.pull(
        "SELECT person_id, identity_id FROM identity_member WHERE superseded_at IS NULL" + narrowed,
        [],
        {"person_id": pa.int64(), "identity_id": pa.int64()},
    )
    engine.register("pulled", former)
    engine.execute("CREATE OR REPLACE TABLE former AS SELECT * FROM pulled")
    engine.unregister("pulled")


def _settle(engine: duckdb.DuckDBPyConnection) -> None:
    """The tables `goes_on` and `moves` of the clusters that neither stand nor are all new."""
    clusters: dict[int, list[int]] = defaultdict(list)
    former: dict[int, int] = {}
    rows = engine.execute(
        "SELECT c.cluster, c.record_id, f.identity_id FROM clusters c SEMI JOIN touched t"
        " USING (cluster) LEFT JOIN former f ON f.person_id = c.record_id"
    )
    for cluster, record, identity in rows.fetchall():
        clusters[cluster].append(record)
        if identity is not None:
            former[record] = identity
    staying = engine.execute(
        "SELECT DISTINCT f.identity_id FROM former f"
        " ANTI JOIN clusters c ON c.record_id = f.person_id"
    )
    settled = settle(former, clusters, {row[0] for row in staying.fetchall()})
    _table(
        engine,
        "goes_on",
        {"cluster": list(settled.goes_on), "identity_id": list(settled.goes_on.values())},
    )
    moves = settled.moves
    _table(
        engine,
        "moves",
        {"person_id": [m.record for m in moves], "cluster": [m.cluster for m in moves]},
        why=[str(m.why) for m in moves],
    )


def _table(
    engine: duckdb.DuckDBPyConnection, name: str, numbers: dict[str, list[int]], **texts: list[str]
) -> None:
    columns = {key: pa.array(values, pa.int64()) for key, values in numbers.items()}
    columns |= {key: pa.array(values, pa.string()) for key, values in texts.items()}
    engine.register("given", pa.table(columns))
    engine.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
    engine.unregister("given")


def _put(engine: duckdb.DuckDBPyConnection, run_id: int, at: object, *, few: bool) -> None:
    new = "SELECT identity_id FROM numbered WHERE new ORDER BY identity_id"
    moving = "SELECT person_id, identity_id, why FROM moving ORDER BY identity_id, person_id"
    with connection.cursor() as cursor:
        if transfer.push(engine, new, "new_identities", "SELECT 0::bigint AS id"):
            cursor.execute(
                "INSERT INTO identity_identity (id, ref, run_id)"
                " SELECT id, wp_identity_ref(id), %s FROM pg_temp.new_identities",
                [run_id],
            )
        like = "SELECT person_id, identity_id, why FROM identity_member"
        if not transfer.push(engine, moving, "moving", like):
            return
        with transfer.in_bulk():
            cursor.execute(
                "UPDATE identity_member AS m SET superseded_at = %s FROM pg_temp.moving AS n"
                " WHERE m.person_id = n.person_id AND m.superseded_at IS NULL"
                + (_FEW if few else ""),
                [at],
            )
        cursor.execute(
            "INSERT INTO identity_member (person_id, identity_id, why, recorded_at, run_id)"
            " SELECT person_id, identity_id, why, %s, %s FROM pg_temp.moving",
            [at, run_id],
        )


# Found by number, one by one; for very many, going over all rows once is quicker.
_FEW = " AND m.person_id = ANY (ARRAY(SELECT person_id FROM pg_temp.moving))"


def _one(engine: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(engine.execute(query).fetchall()[0][0])
