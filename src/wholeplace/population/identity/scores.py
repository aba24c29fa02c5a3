"""Scoring clusters and edges of millions of records: counts of groups, never a list of pairs.

`wholeplace.core.identity.scoring` says what is counted and does it the plain way; a test holds
the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from wholeplace.core.identity.scoring import Agreement, Clustered
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import parquet
from wholeplace.population.engines.duckdb.quoting import text_literal

LIKELY = 0.95
"""An edge counts as told from this probability on."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well records were linked.

    Attributes:
        records: how many, and how many of them the truth names.
        known: records that the truth names; the others are left out of all counts.
        pairs: edges of at least LIKELY.
        clustered: what the clusters imply.
    """

    records: int
    known: int
    pairs: Agreement
    clustered: Clustered

    def as_data(self) -> dict[str, Any]:
        """The score for a program to read."""
        held = self.clustered
        return {
            "records": self.records,
            "records_in_truth": self.known,
            "pairs": self.pairs.as_data(),
            "clusters": self.clustered.pairs.as_data(),
            "number_of_clusters": held.clusters,
            "people": held.people,
            "largest_cluster": held.largest,
            "mixed_clusters": held.mixed,
            "split_people": held.split,
        }


def score(linked: Path, records: Path, truth: Path, *, likely: float = LIKELY) -> Score:
    """Score what `link` wrote.

    Args:
        linked: its folder, with clusters.parquet and edges.parquet.
        records: the records that were linked, with `record_id`, `source` and `source_key`.
        truth: CSV or Parquet: source, record_key, true_person.
        likely: the probability from which on an edge is told.

    Raises:
        UserMistake: the truth has not these columns, or names a record twice.
    """
    with duckdb.connect() as engine:
        engine.execute(
            f"CREATE TABLE clustered AS SELECT record_id, source, source_key, cluster FROM "
            f"{parquet(linked / 'clusters.parquet')} AS c JOIN {parquet(records)} AS r "
            "USING (record_id)"
        )
        read_truth(engine, truth)
        edges = (
            f"(SELECT a, b FROM {parquet(linked / 'edges.parquet')} WHERE probability >= {likely})"
        )
        return score_tables(engine, "clustered", edges)


def read_truth(engine: duckdb.DuckDBPyConnection, truth: Path) -> None:
    """Make the table `truth` (source, record_key, true_person) from a CSV or Parquet file.

    Raises:
        UserMistake: a column is missing, or a record is named twice.
    """
    file = text_literal(str(truth))
    rows = (
        parquet(truth)
        if truth.suffix == ".parquet"
        else f"read_csv({file}, header = true, all_varchar = true)"
    )
    try:
        engine.execute(
            f"CREATE OR REPLACE TABLE truth AS SELECT source, record_key, true_person FROM {rows}"
        )
    except duckdb.Error as error:
        raise UserMistake(
            f"{truth.name} is no truth file.",
            why=str(error).splitlines()[0],
            do="Give a CSV or Parquet file with source, record_key and true_person.",
        ) from error
    twice = engine.execute(
        "SELECT source, record_key FROM truth GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1"
    ).fetchall()
    if twice:
        raise UserMistake(f"{truth.name} names {' '.join(map(str, twice[0]))} twice.")


def score_tables(engine: duckdb.DuckDBPyConnection, clustered: str, edges: str) -> Score:
    """Score tables of an engine that also holds the table `truth` of `read_truth`.

    Args:
        clustered: a table of record_id, source, source_key, cluster.
        edges: a table or query in brackets of the pairs told: a, b, each pair once.
    """
    engine.execute(
        f"CREATE OR REPLACE TABLE told_and_true AS SELECT record_id, cluster, true_person "
        f"FROM {clustered} AS c JOIN truth AS t ON t.source = c.source "
        "AND t.record_key = c.source_key"
    )
    ((records,),) = engine.execute(f"SELECT count(*) FROM {clustered}").fetchall()
    ((known,),) = engine.execute("SELECT count(*) FROM told_and_true").fetchall()
    true = _pairs(engine, "true_person")
    ((told, right),) = engine.execute(
        "SELECT count(*), count(*) FILTER (WHERE x.true_person = y.true_person) FROM "
        f"{edges} AS edges JOIN told_and_true AS x ON x.record_id = a "
        "JOIN told_and_true AS y ON y.record_id = b"
    ).fetchall()
    return Score(int(records), int(known), Agreement(told, right, true), _clustered(engine, true))


def _clustered(engine: duckdb.DuckDBPyConnection, true: int) -> Clustered:
    ((clusters, largest, mixed),) = engine.execute(
        "SELECT count(*), coalesce(max(held), 0), count(*) FILTER (WHERE people > 1) FROM "
        "(SELECT count(*) AS held, count(DISTINCT true_person) AS people FROM told_and_true "
        "GROUP BY cluster)"
    ).fetchall()
    ((people, split),) = engine.execute(
        "SELECT count(*), count(*) FILTER (WHERE clusters > 1) FROM "
        "(SELECT count(DISTINCT cluster) AS clusters FROM told_and_true GROUP BY true_person)"
    ).fetchall()
    pairs = Agreement(_pairs(engine, "cluster"), _pairs(engine, "cluster, true_person"), true)
    return Clustered(pairs, int(clusters), int(people), int(largest), int(mixed), int(split))


def _pairs(engine: duckdb.DuckDBPyConnection, columns: str) -> int:
    """How many pairs of records agree in these columns."""
    ((count,),) = engine.execute(
        "SELECT coalesce(sum(held * (held - 1) // 2), 0) FROM "
        f"(SELECT count(*) AS held FROM told_and_true GROUP BY {columns})"
    ).fetchall()
    return int(count)
