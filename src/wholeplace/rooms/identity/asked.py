"""What a linking leaves for people: the pairs that they are asked about, and what decisions need.

Only what differs is written. A pair that was decided, or that a decision about others already
answers, is not asked about again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from django.db import connection

from wholeplace.core.identity.cluster import JOIN_BITS
from wholeplace.population.engines.duckdb import parquet
from wholeplace.population.identity.cluster import components
from wholeplace.population.identity.clustering import NUMBERS
from wholeplace.population.identity.guards import empty
from wholeplace.population.identity.kept import (
    APART,
    CLUSTERS,
    EDGES,
    PEOPLE,
    SINCE,
    TOUCHED,
    UNSURE,
    people_of,
    read_figures,
)
from wholeplace.rooms.identity.links import GAMMA, NEARLY, comparisons_of
from wholeplace.rooms.records import transfer

BORN, OTHER_DAYS = "birth_date", 1  # its levels up to this: at most the year is the same
OWN_NUMBERS = ("nhs_number", "ni_number", "upn")
_NOTHING = "SELECT NULL::BIGINT AS a, NULL::BIGINT AS b WHERE false"

# Pairs of two clusters between which a decision stands are answered by it. Of several pairs of the
# same two clusters people are asked about the likeliest.
_ASKED = """
CREATE OR REPLACE TABLE asked AS
WITH parted AS (
    SELECT least(x.cluster, y.cluster) AS one, greatest(x.cluster, y.cluster) AS other
      FROM decided d JOIN whole x ON x.record_id = d.a JOIN whole y ON y.record_id = d.b
     WHERE NOT d.same
)
SELECT u.a, u.b, u.weight, '{{' || array_to_string(u.levels, ',') || '}}' AS levels, u.why AS cause
  FROM {unsure} u JOIN {edges} e ON e.a = u.a AND e.b = u.b AND ({worth_it})
  JOIN whole x ON x.record_id = u.a JOIN whole y ON y.record_id = u.b
  ANTI JOIN parted p ON p.one = least(x.cluster, y.cluster)
                    AND p.other = greatest(x.cluster, y.cluster)
QUALIFY row_number() OVER (PARTITION BY least(x.cluster, y.cluster), greatest(x.cluster, y.cluster)
                           ORDER BY u.weight DESC, u.a, u.b) = 1
"""
_WEIGHED = """
CREATE OR REPLACE TABLE reweighed AS
SELECT s.id, e.weight, e.levels, coalesce(a.cause, s.cause) AS cause
  FROM stored s JOIN (SELECT a, b, weight, '{{' || concat_ws(',', {gammas}) || '}}' AS levels
                        FROM {edges}) e ON e.a = s.a AND e.b = s.b
  LEFT JOIN asked a ON a.a = s.a AND a.b = s.b
 WHERE s.weight IS DISTINCT FROM e.weight OR s.levels IS DISTINCT FROM e.levels
    OR s.cause <> coalesce(a.cause, s.cause)
"""
# A comparison's level where it could not be made is -1, and none is ever NULL.
_FORMER = """
SELECT s.id FROM stored s ANTI JOIN asked a ON a.a = s.a AND a.b = s.b
 WHERE s.cause <> 'asked' AND NOT s.answered
"""


def write_reviews(engine: duckdb.DuckDBPyConnection, folder: Path, run_id: int) -> dict[str, int]:
    """Write the queue of pairs to be looked at; returns how many were put, changed, taken away.

    Args:
        folder: what `population.identity.link` wrote; without unsure.parquet nothing is asked.
    """
    if not (folder / UNSURE).exists():
        return {}
    _whole(engine, folder)
    _pulled(engine)
    unsure = parquet(folder / UNSURE)
    made = comparisons_of(engine, folder / EDGES)
    gammas = ", ".join(f'"{GAMMA}{one}"' for one in made)
    edges = parquet(folder / EDGES)
    engine.execute(_ASKED.format(unsure=unsure, edges=edges, worth_it=_worth_it(made)))
    engine.execute(_WEIGHED.format(edges=edges, gammas=gammas or "''"))
    return _put_reviews(engine, run_id)


_REVIEWS = "SELECT a_id, b_id, weight, levels, cause FROM identity_review"
_NEW = "SELECT a.* FROM asked a ANTI JOIN stored s ON s.a = a.a AND s.b = a.b ORDER BY a.a, a.b"


def _put_reviews(engine: duckdb.DuckDBPyConnection, run_id: int) -> dict[str, int]:
    known = _REVIEWS.replace("a_id, b_id", "id")
    with connection.cursor() as cursor:
        gone = transfer.push(engine, _FORMER, "answerless", "SELECT 0::bigint AS id")
        if gone:
            cursor.execute(
                "DELETE FROM identity_review r USING pg_temp.answerless g WHERE r.id = g.id"
            )
        changed = "SELECT id, weight, levels, cause FROM reweighed"
        if transfer.push(engine, changed, "reweighed", known):
            cursor.execute(
                "UPDATE identity_review r SET weight = n.weight, levels = n.levels,"
                " cause = n.cause, run_id = %s FROM pg_temp.reweighed n WHERE r.id = n.id",
                [run_id],
            )
        put = transfer.push(engine, _NEW, "asked", _REVIEWS)
        if put:
            cursor.execute(
                "INSERT INTO identity_review (a_id, b_id, weight, levels, cause, run_id)"
                " SELECT a_id, b_id, weight, levels, cause, %s FROM pg_temp.asked",
                [run_id],
            )
    return {"asked": put, "asked_no_more": gone}


def _worth_it(made: Sequence[str]) -> str:
    """Which pairs people can tell anything of, in SQL.

    Parents and children of one name and home weigh as much as a slip of the pen: records of other
    days and months of birth are shown only where a number of one's own says that they are one.
    """
    if BORN not in made:
        return "true"
    numbers = [f'e."{GAMMA}{one}" > 0' for one in OWN_NUMBERS if one in made]
    other_day = f'e."{GAMMA}{BORN}" BETWEEN 0 AND {OTHER_DAYS}'
    return " OR ".join([f"NOT ({other_day})", *numbers])


def _whole(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    engine.execute(f"CREATE OR REPLACE TABLE whole AS SELECT * FROM {parquet(folder / CLUSTERS)}")


def _pulled(engine: duckdb.DuckDBPyConnection) -> None:
    """The tables `stored`, of reviews as they stand, and `decided`, of decisions in force."""
    pair = {"a": pa.int64(), "b": pa.int64()}
    for name, query, columns in (
        (
            "stored",
            "SELECT r.id, r.a_id, r.b_id, r.weight, r.levels::text, r.cause,"
            " EXISTS (SELECT 1 FROM identity_opinion o WHERE o.review_id = r.id)"
            " FROM identity_review r",
            {"id": pa.int64()}
            | pair
            | {"weight": pa.float64(), "levels": pa.string(), "cause": pa.string()}
            | {"answered": pa.bool_()},
        ),
        (
            "decided",
            "SELECT a_id, b_id, answer = 'same' FROM identity_decision WHERE undone_at IS NULL",
            pair | {"same": pa.bool_()},
        ),
    ):
        engine.register("pulled", transfer.pull(query, [], columns))
        engine.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM pulled")
        engine.unregister("pulled")


# Clusters between which pairs were refused, or which decisions hold together: there it matters
# what the program holds apart. `part` names those that hang together.
_TORN = """
SELECT DISTINCT x.cluster AS one, y.cluster AS other
  FROM {edges} e JOIN whole x ON x.record_id = e.a JOIN whole y ON y.record_id = e.b
 WHERE e.weight >= {bits} AND x.cluster <> y.cluster
UNION
SELECT x.cluster, y.cluster FROM decided d
  JOIN whole x ON x.record_id = d.a JOIN whole y ON y.record_id = d.b WHERE d.same
"""
_PAIRS = """
CREATE OR REPLACE TABLE needed AS
WITH inside AS (
    SELECT w.record_id, t.part FROM whole w JOIN torn t USING (cluster)
), kept_apart AS (
    SELECT x.id AS a, y.id AS b FROM held x JOIN held y ON y.part = x.part AND y.id > x.id
     WHERE {differ}
    UNION
    SELECT p.a, p.b FROM {apart} p
      JOIN inside x ON x.record_id = p.a JOIN inside y ON y.record_id = p.b AND y.part = x.part
), weighed AS (
    SELECT e.a, e.b, e.weight, x.part IS NOT NULL AS torn FROM {edges} e
      LEFT JOIN inside x ON x.record_id = e.a WHERE e.weight >= {bits}
)
SELECT a, b, NULL::DOUBLE AS weight, true AS torn FROM kept_apart
UNION ALL
SELECT w.* FROM weighed w ANTI JOIN kept_apart k ON k.a = w.a AND k.b = w.b
  LEFT JOIN linked l ON l.a = w.a AND l.b = w.b WHERE w.torn OR l.a IS NULL
"""
_SAME = """
n.weight IS NOT DISTINCT FROM s.weight OR (NOT n.torn AND abs(n.weight - s.weight) < {nearly})
"""


def write_pairs(engine: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    """Write what a decision must know beside the links; call it after `write_links`.

    Args:
        folder: what `population.identity` wrote. Where a day's changes were carried in, only the
            pairs of those who were clustered again, or are gone, are compared: no pair joins one
            of them to anybody else.

    Returns:
        How many pairs were put and how many taken away; one that changed is both.
    """
    _whole(engine, folder)
    _pulled(engine)
    few = (folder / TOUCHED).exists()
    if few:
        _narrow(engine, folder)
    _torn(engine, folder)
    _held(engine, folder)
    _linked(engine, _AMONG if few else "")
    _needed(engine, folder)
    return _put_needed(engine)


def _put_needed(engine: duckdb.DuckDBPyConnection) -> dict[str, int]:
    same = _SAME.format(nearly=NEARLY)
    gone = f"SELECT s.id FROM known s LEFT JOIN needed n ON n.a = s.a AND n.b = s.b AND ({same})"
    new = "SELECT n.a, n.b, n.weight FROM needed n LEFT JOIN known s ON n.a = s.a AND n.b = s.b"
    with connection.cursor() as cursor:
        taken = transfer.push(
            engine, f"{gone} WHERE n.a IS NULL", "unneeded", "SELECT 0::bigint AS id"
        )
        if taken:
            with transfer.in_bulk():
                cursor.execute(
                    "DELETE FROM identity_pair p USING pg_temp.unneeded u WHERE p.id = u.id"
                )
        like = "SELECT a_id, b_id, weight FROM identity_pair"
        put = transfer.push(
            engine, f"{new} AND ({same}) WHERE s.id IS NULL ORDER BY n.a, n.b", "needed", like
        )
        if put:
            cursor.execute(
                "INSERT INTO identity_pair (a_id, b_id, weight)"
                " SELECT a_id, b_id, weight FROM pg_temp.needed"
            )
    return {"pairs_put": put, "pairs_taken": taken}


def _needed(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    differ = " OR ".join(f"x.{kind} <> y.{kind}" for kind in NUMBERS)
    apart = parquet(folder / APART) if (folder / APART).exists() else f"({_NOTHING})"
    edges = f"(SELECT * FROM {parquet(folder / EDGES)} SEMI JOIN whole ON whole.record_id = a)"
    engine.execute(_PAIRS.format(differ=differ, apart=apart, edges=edges, bits=JOIN_BITS))


def _narrow(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The table `whole` of those alone who were clustered again; PostgreSQL is told of them."""
    touched, since = parquet(folder / TOUCHED), parquet(folder / SINCE)
    engine.execute(
        "CREATE OR REPLACE TABLE whole AS"
        f" SELECT whole.* FROM whole SEMI JOIN {touched} USING (record_id)"
    )
    ids = f"SELECT record_id FROM {touched} UNION SELECT id FROM {since} WHERE gone"
    transfer.push(engine, ids, "touched", "SELECT 0::bigint AS id")


_THEM = "= ANY (ARRAY(SELECT id FROM pg_temp.touched))"
_AMONG = f" WHERE a_id {_THEM} UNION {{query}} WHERE b_id {_THEM}"


def _torn(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The table `torn`: clusters whose records conflict with others', and their part."""
    query = _TORN.format(edges=parquet(folder / EDGES), bits=JOIN_BITS)
    found = engine.execute(query).fetchnumpy()
    one, other = (np.asarray(found[name], dtype=np.int64) for name in ("one", "other"))
    clusters = np.unique(np.concatenate([one, other]))
    part = components(
        len(clusters), np.searchsorted(clusters, one), np.searchsorted(clusters, other)
    )
    engine.register("given", pa.table({"cluster": clusters, "part": part}))
    engine.execute("CREATE OR REPLACE TABLE torn AS SELECT * FROM given")
    engine.unregister("given")


def _held(engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The table `held`: numbers of one's own of the torn clusters' records, guards applied."""
    people = folder / PEOPLE
    if not people.exists():
        columns = ", ".join(f"NULL::VARCHAR AS {kind}" for kind in NUMBERS)
        engine.execute(
            f"CREATE OR REPLACE TABLE held AS SELECT 0 AS id, 0 AS part, {columns} WHERE false"
        )
        return
    engine.execute(
        f"CREATE OR REPLACE TABLE torn_people AS SELECT p.* FROM {people_of(folder)} p"
        " JOIN whole w ON w.record_id = p.id JOIN torn t USING (cluster)"
    )
    empty(engine, "torn_people", read_figures(folder).found)
    numbers = ", ".join(f"p.{kind}" for kind in NUMBERS)
    engine.execute(
        f"CREATE OR REPLACE TABLE held AS SELECT p.id, t.part, {numbers} FROM torn_people p"
        " JOIN whole w ON w.record_id = p.id JOIN torn t USING (cluster)"
    )


def _linked(engine: duckdb.DuckDBPyConnection, among: str) -> None:
    """The tables `linked`, of links as they stand now, and `known`, of pairs."""
    pair = {"a": pa.int64(), "b": pa.int64()}
    for name, query, columns in (
        ("linked", "SELECT a_id, b_id FROM identity_link", pair),
        (
            "known",
            "SELECT id, a_id, b_id, weight FROM identity_pair",
            {"id": pa.int64()} | pair | {"weight": pa.float64()},
        ),
    ):
        query += among.format(query=query)
        engine.register("pulled", transfer.pull(query, [], columns))
        engine.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM pulled")
        engine.unregister("pulled")
