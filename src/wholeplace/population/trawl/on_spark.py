"""The same questions asked by Spark, of facts that were made ready as Parquet.

DuckDB derives the facts, a part of the city at a time where one machine cannot hold it; Spark
asks them of everybody, on one machine or on many. Both run the same print of the same trees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from wholeplace.core.rules.printing.printer import print_sql
from wholeplace.core.rules.schemes import FactNeed, Scheme
from wholeplace.population.snapshot.open import Snapshot
from wholeplace.population.trawl.asking import needs_all
from wholeplace.population.trawl.permission import check_trawl
from wholeplace.population.trawl.questions import Question, Questions, questions_of
from wholeplace.population.trawl.ready import ReadyFacts, holds
from wholeplace.population.trawl.result import FLAGS, CriterionCount, TrawlResult
from wholeplace.population.trawl.subjects import asked_of, whole_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row, SparkSession

_VIEW = "facts_ready"


def write_facts(ready: ReadyFacts, out: Path) -> Path:
    """Write facts that were made ready as a folder of Parquet files, for Spark to read.

    The folder is new and private; the files hold everybody's facts and are to be deleted.
    """
    out.mkdir(mode=0o700)
    reader = ready.batches()
    empty = pa.RecordBatch.from_pylist([], schema=reader.schema)
    _write(empty, out / "part-none.parquet")  # Spark learns the columns even of nobody
    for number, batch in enumerate(reader):
        _write(batch, out / f"part-{number:05}.parquet")
    return out


def _write(batch: pa.RecordBatch, file: Path) -> None:
    pq.write_table(pa.Table.from_batches([batch]), file)
    file.chmod(0o600)


class SparkFacts:
    """Facts of everybody as at one day, asked by Spark: what `ReadyFacts` is for DuckDB.

    Args:
        session: from `engines.spark.session.spark_session`.
        folder: what `write_facts` wrote.
        snapshot, as_at: whose facts these are, and the day that they speak of.
    """

    def __init__(
        self, session: SparkSession, folder: Path, snapshot: Snapshot, as_at: date
    ) -> None:
        self._session = session
        self._snapshot = snapshot
        self._as_at = as_at
        session.read.parquet(str(folder.resolve())).createOrReplaceTempView(_VIEW)

    def count(self, schemes: Sequence[Scheme]) -> tuple[TrawlResult, ...]:
        """What each scheme comes to, every criterion counted of everybody; no lists.

        Raises:
            TrawlRefused, FactRefused: see `check_trawl`.
        """
        questions = self._allowed(schemes)
        sums: dict[str, str] = {}
        for place in range(len(questions.asked)):
            sums[f"yes {place}"] = f"q{place}"
            sums[f"no {place}"] = f"NOT q{place}"
        for number, (scheme, of) in enumerate(zip(schemes, questions.of, strict=True)):
            sums |= _sums(number, scheme, {key: f"q{place}" for key, place in of.items()})
        counted = ", ".join(f"count_if({sql}) AS `{name}`" for name, sql in sums.items())
        asked = self._asked(questions)
        row = self._session.sql(f"SELECT count(*) AS people, {counted} FROM ({asked})").first()
        assert row is not None  # an aggregate without groups always gives one row
        return tuple(self._results(schemes, questions, row))

    def found(self, scheme: Scheme) -> DataFrame:
        """Everybody whom a scheme fits or may fit: `TrawlResult.found` without `members`.

        Raises: as `count`.
        """
        questions = self._allowed([scheme])
        of = {key: f"q{place}" for key, place in questions.of[0].items()}
        shown = (criterion.key for criterion in scheme.used_criteria())
        criteria = ", ".join(f"'{key}', {of[key]}" for key in shown)
        yes = holds(whole_of(scheme), of, yes=True)
        return self._session.sql(
            f"SELECT person_id, ref, CASE WHEN {yes} THEN 'yes' ELSE 'possible' END AS answer, "
            f"{', '.join(FLAGS)}, named_struct({criteria}) AS criteria "
            f"FROM ({self._asked(questions)}) "
            f"WHERE {holds(whole_of(scheme), of, yes=False)} ORDER BY person_id"
        )

    def _allowed(self, schemes: Sequence[Scheme]) -> Questions:
        for scheme in schemes:
            check_trawl(self._snapshot, scheme, self._as_at)
        return questions_of(schemes)

    def _asked(self, questions: Questions) -> str:
        """Everybody with each question's answer as q0, q1 and so on."""
        answers = [f"{self._sql(each)} AS q{place}" for place, each in enumerate(questions.asked)]
        return f"SELECT person_id, ref, {', '.join([*FLAGS, *answers])} FROM {_VIEW}"

    def _sql(self, question: Question) -> str:
        return print_sql(
            question.tree,
            as_at=self._as_at,
            fact_column=lambda use, on: f"`{FactNeed(use.key, on).column}`",
            on=question.day.label,
            dialect="spark",
        )

    def _results(
        self, schemes: Sequence[Scheme], questions: Questions, row: Row
    ) -> Iterator[TrawlResult]:
        for number, (scheme, of) in enumerate(zip(schemes, questions.of, strict=True)):
            yes = row[f"{number} yes"]
            yield TrawlResult.of(
                self._snapshot,
                scheme,
                self._as_at,
                people=row["people"],
                yes=yes,
                possible=row[f"{number} found"] - yes,
                funnel=_funnel(number, scheme, of, row),
                flagged={flag: row[f"{number} {flag}"] for flag in FLAGS},
            )


def _sums(number: int, scheme: Scheme, columns: Mapping[str, str]) -> dict[str, str]:
    """What is counted of one scheme: name of the count → condition."""
    found = holds(whole_of(scheme), columns, yes=False)
    sums = {
        f"{number} yes": holds(whole_of(scheme), columns, yes=True),
        f"{number} found": found,
        **{f"{number} {flag}": f"{found} AND {flag}" for flag in FLAGS},
    }
    still: list[str] = []
    for criterion in asked_of(scheme):
        still.append(f"coalesce({columns[criterion.key]}, true)")
        sums[f"{number} left {criterion.key}"] = " AND ".join(still)
    return sums


def _funnel(
    number: int, scheme: Scheme, of: Mapping[str, int], row: Row
) -> Iterator[CriterionCount]:
    for criterion in scheme.used_criteria():
        yes, no = row[f"yes {of[criterion.key]}"], row[f"no {of[criterion.key]}"]
        left = row[f"{number} left {criterion.key}"] if needs_all(scheme) else None
        yield CriterionCount.of(criterion, (yes, no, row["people"] - yes - no), left)
