"""How well records were linked: pairs told against pairs true, and clusters that went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class Score:
    """Pairs told against pairs true.

    Attributes:
        told: pairs that were told to be one person.
        right: those of them that are.
        true: all that are.
    """

    told: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """Of the pairs told, the share that is right; 1 when none was told."""
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        """Of the true pairs, the share that was told; 1 when there is none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        both = self.told + self.true
        return 2 * self.right / both if both else 1.0

    def __str__(self) -> str:
        return f"precision {self.precision:.4f}, recall {self.recall:.4f}, F1 {self.f1:.4f}"


@dataclass(frozen=True)
class ClusterScore:
    """Clusters by the pairs that they imply.

    Attributes:
        pairs: told, right and true.
        whole: whole clusters: one is right that holds all records of a person and no other's.
        largest: records of the largest cluster.
        mixing: clusters that hold records of more than one person.
    """

    pairs: Score
    whole: Score
    largest: int
    mixing: int

    def __str__(self) -> str:
        told = f"{self.pairs}; whole clusters {self.whole}"
        return f"{told}; largest {self.largest}, {self.mixing:,} mix people"


def score_clusters(clusters: Path, truth: Path) -> ClusterScore:
    """Score a file of record_id and cluster by one of record_id and true_person."""
    with duckdb.connect() as engine:
        engine.execute(
            f"CREATE TABLE held AS SELECT cluster, true_person, count(*) AS n "
            f"FROM read_parquet('{clusters}') JOIN read_parquet('{truth}') USING (record_id) "
            "GROUP BY ALL"
        )
        (row,) = engine.execute(
            f"SELECT (SELECT {_PAIRS} FROM ({_SIZES.format('cluster')})), "
            f"(SELECT {_PAIRS} FROM held), (SELECT {_PAIRS} FROM ({_SIZES.format('true_person')})),"
            f"{_WHOLE}, (SELECT coalesce(max(n), 0) FROM ({_SIZES.format('cluster')})), "
            "(SELECT count(*) FROM (SELECT cluster FROM held GROUP BY cluster HAVING count(*) > 1))"
        ).fetchall()
    told, right, true, clusters, kept, people, largest, mixing = (int(figure) for figure in row)
    pairs, whole = Score(told, right, true), Score(clusters, kept, people)
    return ClusterScore(pairs, whole, largest, mixing)


def score_edges(edges: Path, truth: Path, likely: float) -> Score:
    """Score the pairs of a file of a, b and probability that are at least so likely."""
    with duckdb.connect() as engine:
        (row,) = engine.execute(
            f"WITH truth AS (FROM read_parquet('{truth}')), sizes AS (SELECT count(*) AS n "
            "FROM truth GROUP BY true_person) SELECT count(*), "
            "count(*) FILTER (WHERE l.true_person = r.true_person), "
            f"(SELECT {_PAIRS} FROM sizes) FROM read_parquet('{edges}') AS edges "
            "JOIN truth AS l ON l.record_id = a JOIN truth AS r ON r.record_id = b "
            f"WHERE probability >= {likely}"
        ).fetchall()
    return Score(*(int(count) for count in row))


_PAIRS = "coalesce(sum(n * (n - 1) // 2), 0)"
_WHOLE = """
    (SELECT count(DISTINCT cluster) FROM held),
    (SELECT count(*) FROM held WHERE
        cluster IN (SELECT cluster FROM held GROUP BY cluster HAVING count(*) = 1)
        AND true_person IN (SELECT true_person FROM held GROUP BY true_person HAVING count(*) = 1)),
    (SELECT count(DISTINCT true_person) FROM held)"""
_SIZES = "SELECT sum(n)::BIGINT AS n FROM held GROUP BY {}"
