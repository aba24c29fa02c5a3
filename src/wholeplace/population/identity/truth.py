"""How well records were linked, where it is known whose they are: by a file of the truth.

Two measures. Of pairs: every two records of one cluster say that they are one person's; which of
them are right, and which true pairs were not said. Of clusters: one is right when it holds all
records of a person and no other's; the more cruel measure, and the one that a person would feel.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import text_literal

COLUMNS = ("source", "record_key", "true_person")
READERS = {
    ".csv": "read_csv({}, header = true, all_varchar = true)",
    ".parquet": "read_parquet({})",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How many were told, how many are true, and how many of those told are."""

    told: int
    true: int
    right: int

    @property
    def precision(self) -> float:
        """Of those told, the share that is right; 1 where nothing was told."""
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        """Of those true, the share that was told; 1 where there is none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.told + self.true
        return 2 * self.right / both if both else 1.0

    def __str__(self) -> str:
        return f"precision {self.precision:.4f}, recall {self.recall:.4f}, F1 {self.f1:.4f}"

    def as_data(self) -> dict[str, float]:
        """For `--json`."""
        shares = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return asdict(self) | {name: round(share, 6) for name, share in shares.items()}


@dataclass(frozen=True, slots=True)
class Scored:
    """What a linking is worth.

    Attributes:
        records: that are both linked and in the truth; of these alone the rest is told.
        not_linked: records of the truth that are not among those linked (set aside, say).
        pairs: pairs implied by clusters.
        clusters: whole clusters.
        largest_cluster: records of the largest.
        mixed_clusters: clusters that hold records of more than one person.
    """

    records: int
    not_linked: int
    pairs: Measure
    clusters: Measure
    largest_cluster: int
    mixed_clusters: int

    def __str__(self) -> str:
        told = f"{self.pairs}; whole clusters {self.clusters}"
        return f"{told}; largest {self.largest_cluster}, {self.mixed_clusters:,} mix people"

    def as_data(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "records": self.records,
            "not_linked": self.not_linked,
            "pairs": self.pairs.as_data(),
            "clusters": self.clusters.as_data(),
            "largest_cluster": self.largest_cluster,
            "mixed_clusters": self.mixed_clusters,
        }


_HELD = """
CREATE TABLE held AS
SELECT f.cluster, t.true_person::VARCHAR AS person, count(*) AS n
  FROM found f JOIN truth t ON t.source::VARCHAR = f.source
       AND t.record_key::VARCHAR = f.source_key
 GROUP BY ALL
"""
_SCORE = """
WITH by_cluster AS (SELECT cluster, sum(n)::BIGINT AS n, count(*) AS people FROM held GROUP BY ALL),
     by_person AS (SELECT person, sum(n)::BIGINT AS n FROM held GROUP BY ALL)
SELECT (SELECT coalesce(sum(n), 0) FROM held),
       (SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM by_cluster),
       (SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM by_person),
       (SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM held),
       (SELECT count(*) FROM by_cluster), (SELECT count(*) FROM by_person),
       (SELECT count(*) FROM held h JOIN by_cluster c USING (cluster)
          JOIN by_person p USING (person) WHERE h.n = c.n AND h.n = p.n),
       (SELECT coalesce(max(n), 0) FROM by_cluster),
       (SELECT count(*) FROM by_cluster WHERE people > 1)
"""


def score(found: pa.Table, truth: Path) -> Scored:
    """Compare clusters with the truth.

    Args:
        found: source, source_key (texts) and cluster (whole number); each record once.
        truth: a CSV or Parquet file with the columns source, record_key and true_person.

    Raises:
        UserMistake: the file is not there, cannot be read, lacks a column, or tells of none of
            these records.
    """
    with duckdb.connect() as engine:
        _read(engine, truth)
        engine.register("found", found)
        engine.execute(_HELD)
        scored = measured(engine)
        ((known,),) = engine.execute("SELECT count(*) FROM truth").fetchall()
    if not scored.records:
        raise UserMistake(
            f"{truth.name} tells of none of the records that were linked.",
            do="Give the truth of the city whose files were loaded.",
        )
    return replace(scored, not_linked=int(known) - scored.records)


def measured(engine: duckdb.DuckDBPyConnection) -> Scored:
    """The measures of the engine's table `held`: cluster, person, and n, the records of both."""
    row = engine.execute(_SCORE).fetchall()[0]
    records, told, true, right, clusters, people, whole, largest, mixed = map(int, row)
    pairs, whole_clusters = Measure(told, true, right), Measure(clusters, people, whole)
    return Scored(records, 0, pairs, whole_clusters, largest, mixed)


def _read(engine: duckdb.DuckDBPyConnection, truth: Path) -> None:
    if not truth.is_file():
        raise UserMistake(f"There is no file {truth}.", do="Name the truth file of a made city.")
    if truth.suffix not in READERS:
        raise UserMistake(f"{truth.name} is neither .csv nor .parquet.")
    try:
        engine.execute(
            f"CREATE TABLE truth AS SELECT * FROM {READERS[truth.suffix].format(_name(truth))}"
        )
    except duckdb.Error as problem:
        why = str(problem).splitlines()[0][:200]
        raise UserMistake(f"{truth.name} cannot be read.", why=f"{why}.") from None
    there = {row[0] for row in engine.execute("DESCRIBE truth").fetchall()}
    if lacking := [name for name in COLUMNS if name not in there]:
        raise UserMistake(
            f"{truth.name} has no column {' and no column '.join(lacking)}.",
            do=f"A truth file has the columns {', '.join(COLUMNS)}.",
        )


def _name(truth: Path) -> str:
    return text_literal(str(truth))
