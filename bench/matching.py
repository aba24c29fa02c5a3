"""One record against everybody, by the index and the compiled scorer, beside Splink's own way.

Records are taken out of an invented city before it is linked: the probes. Each is then matched
against all that are left, and the one found first is held to the truth. Splink's way is what its
documentation names for new records: `predict_between` of one record and all others, by the same
figures, blocks and frequencies, in the same run.

    python -m bench.matching FOLDER     (one measurement, as JSON)
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from bench.cities import HOME, ROOT, city
from bench.figures import Figure
from bench.load import fresh_database
from wholeplace.population.identity import link, records_of_city
from wholeplace.population.identity.records import COLUMNS

NAME = "matching"
PEOPLE = 300_000
PROBES = 5_000
SPLINK_TIMES = 5
MOST_MS, LEAST_FIRST, MOST_WRONG = 10.0, 0.95, 0.003
DATABASE = "bench_matching"

# Records of somebody whom another record names, taken by their number's hash.
_PROBES = f"""
CREATE TABLE probes AS SELECT record_id, source, source_key, true_person FROM (
    SELECT *, row_number() OVER (PARTITION BY true_person ORDER BY hash(record_id)) AS place,
           count(*) OVER (PARTITION BY true_person) AS records
      FROM every) WHERE place = 1 AND records > 1 ORDER BY hash(record_id) LIMIT {PROBES}
"""


def run(people: int | None) -> list[Figure]:
    """Milliseconds a record, who was found first, and how long the index takes to fill."""
    size = people or PEOPLE
    folder = HOME / f"matching-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    _records(city(size), folder)
    link(folder / "records.parquet", folder / "linked")
    environment = os.environ | {"WHOLEPLACE_HOME": str(HOME), "WHOLEPLACE_DATABASE": DATABASE}
    done = subprocess.run(
        [sys.executable, "-m", "bench.matching", str(folder)],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return _figures(size, json.loads(done.stdout))


def _records(made: Path, folder: Path) -> None:
    """records.parquet without the probes, probes.parquet, and truth.parquet of both."""
    records_of_city(made, folder / "every.parquet")
    with duckdb.connect() as engine:
        engine.execute(
            f"CREATE VIEW every AS SELECT r.*, t.true_person FROM '{folder}/every.parquet' AS r"
            f" JOIN '{made}/truth.parquet' AS t ON t.source = r.source"
            " AND t.record_key = r.source_key"
        )
        engine.execute(_PROBES)
        for name, query in (
            ("probes", "SELECT * FROM every SEMI JOIN probes USING (record_id)"),
            (
                "records",
                "SELECT * EXCLUDE (true_person) FROM every ANTI JOIN probes USING (record_id)",
            ),
            ("truth", "SELECT record_id, true_person FROM every"),
        ):
            engine.execute(f"COPY ({query} ORDER BY record_id) TO '{folder}/{name}.parquet'")


def _figures(size: int, told: dict[str, Any]) -> list[Figure]:
    full = size >= PEOPLE
    return [_speed(size, told, full), *_quality(told, full)]


def _speed(size: int, told: dict[str, Any], full: bool) -> Figure:
    return Figure(
        figure=f"One record against all of {size:,} people, p95",
        ours=told["p95"],
        unit="ms",
        comparison="Splink's predict_between of one record",
        theirs=told["splink"],
        ratio=told["p95"] / told["splink"],
        target=f"at most {MOST_MS:.0f} ms",
        met=told["p95"] <= MOST_MS if full else None,
        note=(
            f"{told['records']:,} records, {told['probes']:,} probes; p50 {told['p50']:.2f} ms,"
            f" the longest {told['longest']:.1f} ms; {told['candidates']:.1f} candidates a record;"
            f" filling it {told['fill']:.0f} s, again with nothing new {told['again']:.1f} s;"
            f" {told['agree']} of Splink's {told['compared']} weights within 0.01 bits of ours"
        ),
    )


def _quality(told: dict[str, Any], full: bool) -> list[Figure]:
    first, wrong = told["first"] / told["probes"], told["wrong"] / told["probes"]
    right = Figure(
        figure="Held-out records of which the right person was found first",
        ours=100 * first,
        unit="%",
        target=f"at least {LEAST_FIRST:.0%}",
        met=first >= LEAST_FIRST if full else None,
        note=f"{told['nobody']:,} found nobody; by threshold in bits: {told['by_bits']}",
    )
    mistaken = Figure(
        figure=f"A wrong person first, of {told['accept']:.0f} bits or more",
        ours=100 * wrong,
        unit="%",
        target=f"under {MOST_WRONG:.1%}",
        met=wrong < MOST_WRONG if full else None,
        note=f"{told['accepted'] / told['probes']:.1%} were found right at that threshold",
    )
    return [right, mistaken]


# -- in a process of its own --------------------------------------------------------------
def measure(folder: Path) -> dict[str, Any]:
    """Fill the index of a fresh database, match every probe, and ask Splink a few."""
    from wholeplace.site.main import open_database

    fresh_database(DATABASE)
    with open_database():
        from django.conf import settings
        from django.core.management import call_command

        from wholeplace.flows import governance

        call_command("migrate", database="owner", verbosity=0)
        governance.set_up(settings.PLACE, demonstration=False)
        fill, again = _fill(folder), _fill(folder)
        _vacuum()
        probes = _probes(folder)
        found, seconds = _matched(probes)
    splink, agree, compared = _splink(folder, probes, found)
    spent = sorted(1000 * each for each in seconds)
    return _told(folder, probes, found) | {
        "fill": fill,
        "again": again,
        "p50": statistics.median(spent),
        "p95": spent[int(len(spent) * 0.95)],
        "longest": spent[-1],
        "splink": 1000 * splink,
        "agree": agree,
        "compared": compared,
    }


def _fill(folder: Path) -> float:
    """Seconds to bring the index into line with the linking, its own transaction included."""
    from django.db import transaction

    from wholeplace.flows.match_record import as_linker
    from wholeplace.population.engines.duckdb import EngineSettings, connect
    from wholeplace.rooms.identity.index import write_index

    begun = time.perf_counter()
    settings = EngineSettings(memory_limit="4GB")
    with transaction.atomic(), as_linker(), connect(folder / "linked", settings) as duck:
        write_index(duck, folder / "linked")
    return time.perf_counter() - begun


def _vacuum() -> None:
    """What PostgreSQL does by itself a minute later."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE identity_key, identity_indexed, identity_share")


def _probes(folder: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as engine:
        rows = engine.execute(f"FROM '{folder}/probes.parquet' ORDER BY hash(record_id)")
        names = [column[0] for column in rows.description]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def _matched(probes: list[dict[str, Any]]) -> tuple[list[list[Any]], list[float]]:
    """Everybody alike, by probe, and its seconds: from the record as typed to the weights."""
    from django.db import transaction

    from wholeplace.flows.match_record import as_linker, current_matcher, weigh

    found, seconds = [], []
    for place, probe in enumerate([*probes[:50], *probes]):  # the first warm up, as a server is
        record = {name: probe[name] for name in COLUMNS}
        with transaction.atomic():
            begun = time.perf_counter()
            with as_linker():
                matcher = current_matcher()
                alike = weigh(matcher, matcher.ready(record)).alike
            spent = time.perf_counter() - begun
        if place >= 50:
            found.append(alike)
            seconds.append(spent)
    return found, seconds


def _told(folder: Path, probes: list[dict[str, Any]], found: list[list[Any]]) -> dict[str, Any]:
    from wholeplace.population.identity.settings import LinkSettings

    with duckdb.connect() as engine:
        rows = engine.execute(f"FROM '{folder}/truth.parquet'").fetchall()
    truth = dict(rows)
    best = [
        (alike[0].weight, truth[alike[0].id] == probe["true_person"])
        for probe, alike in zip(probes, found, strict=True)
        if alike
    ]
    accept = ACCEPT
    counted = {
        bits: (sum(w >= bits and ok for w, ok in best), sum(w >= bits and not ok for w, ok in best))
        for bits in (LinkSettings().join_bits, 5.0, accept, 10.0)
    }
    return {
        "records": len(truth) - len(probes),
        "probes": len(probes),
        "candidates": statistics.mean(len(alike) for alike in found),
        "nobody": len(probes) - len(best),
        "first": sum(ok for _, ok in best),
        "accept": accept,
        "accepted": counted[accept][0],
        "wrong": counted[accept][1],
        "by_bits": "; ".join(f"{b:.0f}: {r} right, {w} wrong" for b, (r, w) in counted.items()),
    }


def _splink(
    folder: Path, probes: list[dict[str, Any]], found: list[list[Any]]
) -> tuple[float, int, int]:
    """Median seconds of Splink's own way, and of how many weights the two agree."""
    engine = duckdb.connect()
    api, people, linker = _linker(engine, folder)
    seconds, agree, compared = [], 0, 0
    for place in range(SPLINK_TIMES):
        number = probes[place]["record_id"]
        engine.execute(f"CREATE TABLE one_{place} AS FROM asked WHERE id = {number}")
        begun = time.perf_counter()
        new = api.register(f"one_{place}")
        scored = linker.inference.predict_between(new, people)
        seconds.append(time.perf_counter() - begun)
        theirs = {
            (row["id_l"] if row["id_l"] != number else row["id_r"]): row["match_weight"]
            for row in scored.as_record_list()
        }
        ours = {alike.id: alike.weight for alike in found[place]}
        compared += len(theirs)
        agree += sum(abs(ours.get(n, 1e9) - weight) < 0.01 for n, weight in theirs.items())
    return statistics.median(seconds), agree, compared


def _linker(engine: duckdb.DuckDBPyConnection, folder: Path) -> tuple[Any, Any, Any]:
    """Splink over everybody in `people`, with the linking's figures; the probes are in `asked`."""
    from splink import DuckDBAPI, Linker

    from wholeplace.population.identity.guards import empty
    from wholeplace.population.identity.kept import read_figures, read_tables
    from wholeplace.population.identity.model import splink_settings
    from wholeplace.population.identity.people import PEOPLE as MODEL
    from wholeplace.population.identity.predict import _looked_up
    from wholeplace.population.identity.standardise import standardise

    figures = read_figures(folder / "linked")
    engine.execute(f"CREATE TABLE people AS FROM '{folder}/linked/people.parquet'")
    engine.execute(f"CREATE VIEW held_out AS FROM '{folder}/probes.parquet'")
    standardise(engine, "held_out", "asked")
    for table in ("people", "asked"):
        empty(engine, table, figures.found)
    read_tables(engine, folder / "linked")
    api: Any = DuckDBAPI(connection=engine)
    people = api.register("people")
    linker: Any = Linker(people, splink_settings(MODEL, figures.learnt, rules=True), log_level=None)
    engine.execute("CREATE TABLE everybody AS FROM people UNION ALL FROM asked")
    for column in MODEL.frequencies:
        shares = api.register(_looked_up(engine, column, "everybody", "frequencies"))
        linker.table_management.register_term_frequency_lookup(shares, column)
    return api, people, linker


ACCEPT = 7.0
"""Bits from which a match would be taken without asking: what a program that stores records as
they arrive would go by. People are shown more and decide."""

if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
