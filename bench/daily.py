"""A day's changes carried into a kept linking, beside linking everybody again.

The day after of an invented city, on which 1 in 100 has changed; both in one process and in
turns. The linking of the day before is kept as the program keeps it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb

from bench.cities import HOME, ROOT, city, day_after
from bench.figures import Figure, median_seconds
from bench.linked import score_clusters
from wholeplace.population.identity import link, records_of_city
from wholeplace.population.identity.daily import Changes, link_changes
from wholeplace.population.identity.truth import Scored

NAME = "daily"
PEOPLE = 300_000
TIMES = 3
MOST = 0.1


def run(people: int | None) -> list[Figure]:
    """Seconds of both, and how many records they cluster otherwise."""
    size = people or PEOPLE
    folder = HOME / f"daily-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    _records(size, folder)
    command = [sys.executable, "-m", "bench.daily", str(folder)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout)
    ratio = told["daily"] / told["full"]
    truth = folder / "known.parquet"
    full, daily = (score_clusters(folder / n / "clusters.parquet", truth) for n in ("full", "now"))
    return [
        Figure(
            figure=f"The day after of {size:,} people carried into a linking",
            ours=told["daily"],
            unit="s",
            comparison="linking everybody again",
            theirs=told["full"],
            ratio=ratio,
            target="at most a tenth",
            met=ratio <= MOST if size == PEOPLE else None,
            note=_note(told, full, daily),
        )
    ]


def _note(told: dict[str, float], full: Scored, daily: Scored) -> str:
    return (
        f"{told['changed']:,} of {told['records']:,} records are new, another or gone,"
        f" {told['touched']:,} were clustered again; {told['by_same']:,} are clustered otherwise"
        f" than by linking everybody by the same figures, {told['by_new']:,} otherwise than where"
        f" the figures are learnt anew; daily {daily}; anew {full}; daily {told['stages']}"
    )


def _records(size: int, folder: Path) -> None:
    """Both days' records, those that changed, who is gone; and the truth."""
    split_days(city(size), day_after(size), folder)
    with duckdb.connect() as engine:
        engine.execute(
            "COPY (SELECT record_id, true_person"
            f" FROM '{folder / 'second.parquet'}' AS records"
            f" JOIN '{day_after(size) / 'truth.parquet'}' AS truth"
            " ON truth.source = records.source AND record_key = source_key)"
            f" TO '{folder / 'known.parquet'}' (FORMAT parquet)"
        )


def split_days(first: Path, after: Path, folder: Path) -> None:
    """Write first.parquet and second.parquet of a city and of the day after it, as linking reads
    them and numbered alike; changes.parquet, of the second day's records that are new or another;
    and gone.parquet, the numbers of those that are no more.
    """
    records_of_city(first, folder / "first.parquet")
    records_of_city(after / "full", folder / "next.parquet")
    with duckdb.connect() as engine:
        for name in ("first", "next"):
            engine.execute(f"CREATE VIEW {name} AS FROM '{folder / name}.parquet'")
        for name, query in _SPLIT.items():
            engine.execute(f"CREATE TABLE {name} AS {query}")
            engine.execute(f"COPY {name} TO '{folder / name}.parquet' (FORMAT parquet)")


_SPLIT = {
    "second": """
        SELECT coalesce(f.record_id, (SELECT max(record_id) FROM first)
            + row_number() OVER (PARTITION BY f.record_id IS NULL ORDER BY source, source_key))
            AS record_id, n.* EXCLUDE (record_id)
        FROM next AS n LEFT JOIN (SELECT record_id, source, source_key FROM first) AS f
            USING (source, source_key) ORDER BY record_id""",
    "changes": "SELECT * FROM second EXCEPT SELECT * FROM first ORDER BY record_id",
    "gone": "SELECT record_id FROM first EXCEPT SELECT record_id FROM second",
}


def measure(folder: Path) -> dict[str, object]:
    """Both, in turns, in this process."""
    before, now, full = (folder / name for name in ("before", "now", "full"))
    link(folder / "first.parquet", before)
    gone = [n for (n,) in duckdb.execute(f"FROM '{folder / 'gone'}.parquet'").fetchall()]
    changes = Changes(folder / "changes.parquet", gone)
    took: dict[str, list[float]] = {"daily": [], "full": []}
    for _ in range(TIMES):
        seconds, made = median_seconds(lambda: link_changes(changes, before, now), 1)
        took["daily"].append(seconds)
        took["full"].append(median_seconds(lambda: link(folder / "second.parquet", full), 1)[0])
    same = link(folder / "second.parquet", folder / "same", given=before).folder
    return {
        **{name: sorted(seconds)[len(seconds) // 2] for name, seconds in took.items()},
        "records": made.records,
        "changed": made.changed,
        "touched": made.touched,
        "by_same": otherwise(now, same),
        "by_new": otherwise(now, full),
        "stages": ", ".join(f"{stage} {spent:.2f}" for stage, spent in made.seconds.items()),
    }


def otherwise(one: Path, other: Path) -> int:
    """Records that are not together with the same records in both."""
    with_whom = (
        "(SELECT record_id, list(record_id ORDER BY record_id) OVER (PARTITION BY cluster) AS who"
        " FROM '{}/clusters.parquet')"
    )
    ((count,),) = duckdb.execute(
        f"SELECT count(*) FROM {with_whom.format(one)} AS x JOIN {with_whom.format(other)} AS y"
        " USING (record_id) WHERE x.who <> y.who"
    ).fetchall()
    return int(count)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
