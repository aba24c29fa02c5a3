"""How well a benchmark's records were linked, by the program's own measures."""

from __future__ import annotations

from pathlib import Path

import duckdb

from wholeplace.population.identity.truth import Measure, Scored, measured


def score_clusters(clusters: Path, truth: Path) -> Scored:
    """Score a file of record_id and cluster by one of record_id and true_person."""
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE TABLE held AS SELECT cluster, true_person AS person, count(*) AS n "
            f"FROM read_parquet('{clusters}') JOIN read_parquet('{truth}') USING (record_id) "
            "GROUP BY ALL"
        )
        return measured(engine)


def score_edges(edges: Path, truth: Path, likely: float) -> Measure:
    """Score the pairs of a file of a, b and probability that are at least so likely."""
    with duckdb.connect() as engine:
        ((told, true, right),) = engine.execute(
            f"WITH truth AS (FROM read_parquet('{truth}')), sizes AS (SELECT count(*) AS n "
            "FROM truth GROUP BY true_person) SELECT count(*), "
            "(SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM sizes), "
            f"count(*) FILTER (WHERE l.true_person = r.true_person) FROM read_parquet('{edges}') "
            "AS edges JOIN truth AS l ON l.record_id = a JOIN truth AS r ON r.record_id = b "
            f"WHERE probability >= {likely}"
        ).fetchall()
    return Measure(int(told), int(true), int(right))
