"""Linking a city with a default birth date and one crowded address, beside the same city without.

Of every source 1 record in 20 has 1 January 1900 for a birth date that its system did not know,
and 3,000 people of one source live at one address. Both are linked in processes of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from bench.cities import HOME, ROOT, city
from bench.figures import Figure
from bench.linked import score_clusters
from wholeplace.population.identity import records_of_city

NAME = "skew"
PEOPLE = 1_200_000
CROWD = 3_000
MOST_TIMES, MOST_RECORDS = 1.5, 30


def run(people: int | None) -> list[Figure]:
    """Seconds of both, and the largest cluster of the skewed one."""
    size = people or PEOPLE
    clean, skewed = _cities(size)
    plain, told = _link(clean), _link(skewed)
    scored = score_clusters(skewed / "linked" / "clusters.parquet", clean / "truth.parquet")
    without = score_clusters(clean / "linked" / "clusters.parquet", clean / "truth.parquet")
    mine, theirs = (sum(one["seconds"].values()) for one in (told, plain))
    ratio, largest = mine / theirs, scored.largest_cluster
    what = f"Linking {size:,} people, 5% default dates and {CROWD:,} people at one address"
    return [
        Figure(
            figure=what,
            ours=mine,
            unit="s",
            comparison="the same city without",
            theirs=theirs,
            ratio=ratio,
            target=f"at most {MOST_TIMES} times",
            met=ratio <= MOST_TIMES,
            note=f"ours {scored}; without {without}; {_beside(told, plain)}",
        ),
        Figure(
            figure=f"{what}: largest cluster",
            ours=largest,
            unit="records",
            target=f"at most {MOST_RECORDS}",
            met=largest <= MOST_RECORDS,
        ),
    ]


def _cities(size: int) -> tuple[Path, Path]:
    """The folders of the city without and with what is skewed."""
    clean, skewed = (HOME / f"skew-{size}" / kind for kind in ("clean", "skewed"))
    for folder in (clean, skewed):
        folder.mkdir(parents=True, exist_ok=True)
    records_of_city(city(size), clean / "records.parquet")
    with duckdb.connect() as engine:
        engine.execute(_SKEW.format(clean=clean, skewed=skewed, crowd=CROWD))
        engine.execute(_TRUTH.format(clean=clean, truth=city(size) / "truth.parquet"))
    return clean, skewed


def _beside(told: dict[str, Any], plain: dict[str, Any]) -> str:
    return (
        f"{told['comparisons']:,} comparisons and {plain['comparisons']:,};"
        f" {told['peak']:.2f} GiB and {plain['peak']:.2f} GiB;"
        f" counted for nothing {told['emptied']['rows']}"
    )


def _link(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.identity", "--link", str(folder)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


_SKEW = """
    COPY (
        WITH numbered AS (
            SELECT *, row_number() OVER (PARTITION BY source ORDER BY hash(record_id)) AS place
              FROM read_parquet('{clean}/records.parquet')
        )
        SELECT * EXCLUDE (place) REPLACE (
            CASE WHEN hash(record_id, 1) % 20 = 0 THEN DATE '1900-01-01' ELSE date_of_birth END
                AS date_of_birth,
            CASE WHEN source = 'community-health' AND place <= {crowd} THEN '1 Long Street'
                ELSE line_1 END AS line_1,
            CASE WHEN source = 'community-health' AND place <= {crowd} THEN NULL
                ELSE line_2 END AS line_2,
            CASE WHEN source = 'community-health' AND place <= {crowd} THEN 'B1 1AA'
                ELSE postcode END AS postcode,
            CASE WHEN source = 'community-health' AND place <= {crowd} THEN '100000000001'
                ELSE uprn END AS uprn)
        FROM numbered ORDER BY record_id
    ) TO '{skewed}/records.parquet' (FORMAT parquet)"""

_TRUTH = """
    COPY (SELECT record_id, true_person FROM read_parquet('{clean}/records.parquet') AS records
          JOIN read_parquet('{truth}') AS truth
          ON truth.source = records.source AND truth.record_key = records.source_key)
    TO '{clean}/truth.parquet' (FORMAT parquet)"""
