"""Who is who in a whole city: our link beside plain Splink, and a crowd of one name.

Plain Splink is what a careful user would write: five tables, `link_and_dedupe`, the same
comparisons and blocking rules, connected components. It is given the columns that we made
comparable, guards against default dates and mass addresses included, so that its seconds begin
where our training begins; ours for making them are told apart.

    python -m bench.identity --one-name 1000000     a crowd of one name
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from bench.apart import PLAIN
from bench.cities import HOME, ROOT, city
from bench.figures import Figure
from bench.linked import score_clusters, score_edges
from wholeplace.population.identity import link, records_of_city
from wholeplace.population.identity.guards import Guards, guard
from wholeplace.population.identity.model import splink_rules, splink_settings
from wholeplace.population.identity.people import PEOPLE as MODEL
from wholeplace.population.identity.standardise import standardise
from wholeplace.population.identity.truth import Scored

NAME = "identity"
PEOPLE = 300_000
TIMES = 3
MOST, LEAST_F1, MOST_GIB = 1.2, 0.985, 8.0
RANDOM_PAIRS = 1_000_000  # for plain Splink's u, as many as ours takes
THRESHOLDS = (0.95, 0.5, 0.99, 0.999)
"""Plain Splink is timed at the first, and told at whichever gives it the best clusters."""

RULES = (
    "l.nhs = r.nhs",
    "l.ni = r.ni",
    "l.upn = r.upn",
    "l.surname = r.surname AND l.born = r.born",
)
SURE = (
    "l.nhs = r.nhs",
    "l.ni = r.ni",
    "l.upn = r.upn",
    "l.first = r.first AND l.surname = r.surname AND l.born = r.born",
)


def run(people: int | None) -> list[Figure]:
    """Seconds, memory and F1 of both, over one city."""
    size = people or PEOPLE
    folder = HOME / f"identity-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    _records(city(size), folder)
    _plain_tables(folder)
    times = TIMES if size >= PEOPLE else 1
    mine, theirs = [], []
    for _ in range(times):
        mine.append(_ours(folder))
        theirs.append(_plain(folder))
    ours, plain = _middle(mine), _middle(theirs)
    return _figures(size, folder, ours, plain)


def _middle(made: list[dict[str, Any]]) -> dict[str, Any]:
    """The run of the median length, and the most memory of all."""
    length = statistics.median_low(sum(one["seconds"].values()) for one in made)
    middle = next(one for one in made if sum(one["seconds"].values()) == length)
    return middle | {"peak": max(one["peak"] for one in made)}


# -- what both are given ------------------------------------------------------------------
def _records(made: Path, folder: Path) -> None:
    """records.parquet of a city, and truth.parquet: the true person of each record."""
    records_of_city(made, folder / "records.parquet")
    with duckdb.connect() as engine:
        engine.execute(
            "COPY (SELECT record_id, true_person FROM "
            f"read_parquet('{folder / 'records.parquet'}') AS records JOIN "
            f"read_parquet('{made / 'truth.parquet'}') AS truth "
            "ON truth.source = records.source AND truth.record_key = records.source_key) "
            f"TO '{folder / 'truth.parquet'}' (FORMAT parquet)"
        )
        ((known, all_of_them),) = engine.execute(
            f"SELECT (SELECT count(*) FROM read_parquet('{folder / 'truth.parquet'}')), "
            f"(SELECT count(*) FROM read_parquet('{folder / 'records.parquet'}'))"
        ).fetchall()
    assert known == all_of_them, f"the truth knows {known:,} of {all_of_them:,} records"


def _plain_tables(folder: Path) -> None:
    """For plain Splink: a Parquet file a source, of the columns that our link compares."""
    with duckdb.connect() as engine:
        records = f"read_parquet('{folder / 'records.parquet'}')"
        engine.execute(f"CREATE VIEW stored AS SELECT * FROM {records}")
        standardise(engine, "stored", "people")
        guard(engine, "people", Guards())
        for (source,) in engine.execute("SELECT DISTINCT source FROM people").fetchall():
            engine.execute(
                f"COPY (SELECT * FROM people WHERE source = '{source}' ORDER BY id) "
                f"TO '{folder / f'plain-{source}.parquet'}' (FORMAT parquet)"
            )


# -- both, each in a process of its own ---------------------------------------------------
def _ours(folder: Path) -> dict[str, Any]:
    """Our link from records.parquet to clusters.parquet: what it tells, and its largest memory."""
    return _process([sys.executable, "-m", "bench.identity", "--link", str(folder)])


def _plain(folder: Path) -> dict[str, Any]:
    """Plain Splink from the standardised tables to clusters."""
    tables = sorted(folder.glob("plain-*.parquet"))
    plan = {
        "tables": {file.stem.removeprefix("plain-"): str(file) for file in tables},
        "settings": splink_settings(MODEL, None, rules=True) | {"link_type": "link_and_dedupe"},
        "prior": {"rules": SURE, "recall": 0.8},
        "u": {"max_pairs": RANDOM_PAIRS, "seed": 1},
        "em": RULES,
        "thresholds": THRESHOLDS,
        "clusters": str(folder / "splink-{}.parquet"),
        "edges": str(folder / "splink-edges.parquet"),
    }
    file = folder / "plain.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    return _process([sys.executable, str(PLAIN / "splink_run.py"), str(file)])


def _process(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _link(folder: Path) -> None:
    """Link `records.parquet` of a folder into its `linked`, and print what is told of it."""
    told = link(folder / "records.parquet", folder / "linked").as_data()
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = {"peak": used.ru_maxrss / 2**20, "cpu": used.ru_utime + used.ru_stime}
    print(json.dumps(told | spent))


# -- what is told -------------------------------------------------------------------------
def _figures(size: int, folder: Path, ours: dict[str, Any], plain: dict[str, Any]) -> list[Figure]:
    truth = folder / "truth.parquet"
    mine = score_clusters(folder / "linked" / "clusters.parquet", truth)
    others = {
        bound: score_clusters(folder / f"splink-{bound}.parquet", truth) for bound in THRESHOLDS
    }
    best = max(others, key=lambda bound: others[bound].pairs.f1)
    what = f"Linking {size:,} people, {ours['records']:,} records of five agencies"
    figures = [
        _clusters(what, mine, others[best], best),
        _whole(what, mine, others[best], best),
        _pairs(what, folder),
        _seconds(what, ours, plain, mine, others),
        _memory(what, ours, plain),
    ]
    return figures if size == PEOPLE else [replace(figure, met=None) for figure in figures]


def _clusters(what: str, mine: Scored, theirs: Scored, bound: float) -> Figure:
    return Figure(
        figure=f"{what}: F1 of clusters, by the pairs that they imply",
        ours=mine.pairs.f1,
        unit="F1",
        comparison=f"plain Splink, its best threshold ({bound})",
        theirs=theirs.pairs.f1,
        target=f"at least {LEAST_F1}, and no lower",
        met=mine.pairs.f1 >= max(LEAST_F1, theirs.pairs.f1),
        note=f"ours {mine}; theirs {theirs}",
    )


def _whole(what: str, mine: Scored, theirs: Scored, bound: float) -> Figure:
    return Figure(
        figure=f"{what}: F1 of whole clusters",
        ours=mine.clusters.f1,
        unit="F1",
        comparison=f"plain Splink, {bound}",
        theirs=theirs.clusters.f1,
    )


def _pairs(what: str, folder: Path) -> Figure:
    truth, likely = folder / "truth.parquet", THRESHOLDS[0]
    mine = score_edges(folder / "linked" / "edges.parquet", truth, likely)
    theirs = score_edges(folder / "splink-edges.parquet", truth, likely)
    return Figure(
        figure=f"{what}: F1 of pairs before clustering, from {likely} on",
        ours=mine.f1,
        unit="F1",
        comparison="plain Splink",
        theirs=theirs.f1,
        note=f"ours {mine}; theirs {theirs}",
    )


def _seconds(
    what: str,
    ours: dict[str, Any],
    plain: dict[str, Any],
    mine: Scored,
    others: dict[float, Scored],
) -> Figure:
    whole, theirs = sum(ours["seconds"].values()), sum(plain["seconds"].values())
    linking = whole - ours["seconds"]["standardise"]
    timed = others[THRESHOLDS[0]]
    return Figure(
        figure=f"{what}: blocks and training to clusters in Parquet",
        ours=linking,
        unit="s",
        comparison=f"plain Splink, link_and_dedupe, connected components at {THRESHOLDS[0]}",
        theirs=theirs,
        ratio=linking / theirs,
        target=f"at most {MOST} times, at no lower F1",
        met=linking <= MOST * theirs and mine.pairs.f1 >= timed.pairs.f1,
        note=(
            f"with reading and making comparable ({ours['seconds']['standardise']:.1f} s), which "
            f"plain Splink is given, {whole:.1f} s, {whole / theirs:.2f} times; CPU of the whole "
            f"processes {ours['cpu']:.1f} s and {plain['cpu']:.1f} s; "
            f"ours {_stages(ours)}; theirs {_stages(plain)}; "
            f"{ours['comparisons']:,} comparisons and {plain['comparisons']:,}; "
            f"our {len(MODEL.blocks)} blocks are {len(splink_rules(MODEL))} of its rules; "
            f"{_capped(ours)}"
        ),
    )


def _memory(what: str, ours: dict[str, Any], plain: dict[str, Any]) -> Figure:
    return Figure(
        figure=f"{what}: largest memory",
        ours=ours["peak"],
        unit="GiB",
        comparison="plain Splink",
        theirs=plain["peak"],
        ratio=ours["peak"] / plain["peak"],
        target=f"at most {MOST_GIB:.0f} GiB",
        met=ours["peak"] <= MOST_GIB,
    )


def _stages(told: dict[str, Any]) -> str:
    return ", ".join(f"{stage} {took:.1f}" for stage, took in told["seconds"].items())


def _capped(told: dict[str, Any]) -> str:
    """How many keys of blocks were too crowded to compare all that hold them."""
    crowded = [block for block in told["blocks"] if block["keys_left_out"]]
    if not crowded:
        return "no block was capped"
    keys = sum(block["keys_left_out"] for block in crowded)
    return f"{len(crowded)} of {len(told['blocks'])} blocks were capped, {keys:,} keys left out"


# -- a crowd of one name ------------------------------------------------------------------
def one_name(records: int) -> list[Figure]:
    """So many records of one name: other days of birth and homes, and no number of their own.

    Every hundredth is there twice, so that there is something to find.
    """
    folder = HOME / f"one-name-{records}"
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as engine:
        engine.execute(_ONE_NAME.format(records=records, folder=folder))
        engine.execute(_ONE_NAME_TRUTH.format(folder=folder))
    ours = _ours(folder)
    scored = score_clusters(folder / "linked" / "clusters.parquet", folder / "truth.parquet")
    what = f"Linking {records:,} records of one name"
    seconds = sum(ours["seconds"].values())
    pairs = f"{ours['comparisons']:,} comparisons; {_capped(ours)}; {scored}; {_stages(ours)}"
    return [
        Figure(f"{what}, made comparable too", seconds, "s", note=pairs),
        Figure(
            figure=f"{what}: largest memory",
            ours=ours["peak"],
            unit="GiB",
            target=f"at most {MOST_GIB:.0f} GiB",
            met=ours["peak"] <= MOST_GIB,
        ),
    ]


_ONE_NAME = """
    COPY (
        WITH made AS (SELECT n, CASE WHEN n % 100 = 1 THEN n - 1 ELSE n END AS person
            FROM range({records}) AS numbers (n))
        SELECT n + 1 AS record_id, 'police' AS source, 'K' || n AS source_key,
            'Mohammed' AS given_names, 'ALI' AS family_name, 'M' AS sex,
            DATE '1930-01-01' + (hash(person) % 30000)::INTEGER AS date_of_birth,
            1 + hash(person, 1) % 200 || ' High Street' AS line_1,
            'B' || 1 + hash(person, 2) % 45 || ' ' || hash(person, 3) % 10
                || chr(65 + (hash(person, 4) % 2)::INTEGER)
                || chr(68 + (hash(person, 5) % 5)::INTEGER) AS postcode,
            person
        FROM made ORDER BY n
    ) TO '{folder}/records.parquet' (FORMAT parquet)"""

_ONE_NAME_TRUTH = """
    COPY (SELECT record_id, person AS true_person FROM read_parquet('{folder}/records.parquet'))
    TO '{folder}/truth.parquet' (FORMAT parquet)"""


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.identity")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--one-name", type=int, metavar="RECORDS", help="a crowd of one name")
    asked.add_argument("--link", type=Path, metavar="FOLDER", help="link its records.parquet")
    found = parser.parse_args()
    if found.link:
        _link(found.link)
        return
    for figure in one_name(found.one_name):
        print(f"{figure.figure}: {figure.ours:.3g} {figure.unit}; {figure.note}".rstrip("; "))


if __name__ == "__main__":
    main()
