"""A city of Birmingham's own areas: loaded, linked and scored, as it would be in life.

Its people are invented, but they live at the published postcodes, in tenures, communities and
on benefits as the census and the benefit counts have them, area by area. The official open
files are looked for in ../shared/data/birmingham beside the checkout; without them this is left
out, and says so.

    python -m bench --only real
    python -m bench.real 300000     (one measurement, as JSON)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.cities import HOME, ROOT, city
from bench.figures import Figure
from bench.load import checkpoint, fresh_database, load_folder, peak, timed

NAME = "real"
PEOPLE = 300_000
OPEN_DATA = ROOT.parent / "shared" / "data" / "birmingham"
LEAST_F1, MOST_GIB = 0.985, 8.0
DATABASE = "bench_real"


def run(people: int | None) -> list[Figure]:
    """Seconds of loading, of linking and of writing who is who; F1; memory."""
    size = people or PEOPLE
    if not OPEN_DATA.is_dir():
        what = "There is no open data here: a city made of it is left out"
        return [Figure(what, 0.0, "F1", target=f"at least {LEAST_F1}", note=f"no {OPEN_DATA}")]
    city(size, open_data=OPEN_DATA)
    environment = os.environ | {"WHOLEPLACE_HOME": str(HOME), "WHOLEPLACE_DATABASE": DATABASE}
    command = [sys.executable, "-m", "bench.real", str(size)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return _figures(size, json.loads(done.stdout))


def measure(folder: Path) -> dict[str, Any]:
    """Load every agency into a fresh database, link, and score by the city's truth."""
    from wholeplace.site.main import open_database

    fresh_database(DATABASE)
    with open_database():
        from django.conf import settings
        from django.core.management import call_command

        from wholeplace.flows import governance
        from wholeplace.flows.identity_of_people import score_people
        from wholeplace.flows.link_people import link_people

        call_command("migrate", database="owner", verbosity=0)
        governance.set_up(settings.PLACE, demonstration=False)
        checkpoint()
        loading, rows = timed(lambda: load_folder(folder))
        linking, outcome = timed(link_people)
        scored, _ = score_people(folder / "truth.parquet")
    parts = {k: v for k, v in outcome.figures.items() if k.startswith("seconds_")}
    told = {"loading": loading, "rows": rows, "records": outcome.records, "all": linking, **parts}
    return {**told, "scored": scored.as_data(), "said": str(scored), "peak": peak()}


def _figures(size: int, told: dict[str, Any]) -> list[Figure]:
    what = f"Five agencies of {size:,} people in Birmingham's own areas"
    full, f1 = size >= PEOPLE, told["scored"]["pairs"]["f1"]
    after = {k: told.get(f"seconds_{k}", 0.0) for k in ("reading", "writing", "indexing")}
    return [
        Figure(f"{what}: loading", told["loading"], "s", note=f"{told['rows']:,} rows"),
        Figure(
            f"{what}: linking, {told['records']:,} records",
            told["seconds_linking"],
            "s",
            note=", ".join(f"{k} {v:.1f} s" for k, v in after.items())
            + f"; all in one transaction, {told['all']:.1f} s",
        ),
        Figure(
            f"{what}: F1 of clusters, by the pairs that they imply",
            f1,
            "F1",
            target=f"at least {LEAST_F1}",
            met=f1 >= LEAST_F1 if full else None,
            note=f"{told['said']}; {told['scored']['not_linked']:,} records were set aside",
        ),
        Figure(
            f"{what}: memory of the process at its peak",
            told["peak"],
            "GiB",
            target=f"at most {MOST_GIB:.0f} GiB",
            met=told["peak"] <= MOST_GIB if full else None,
        ),
    ]


if __name__ == "__main__":
    print(json.dumps(measure(city(int(sys.argv[1]), open_data=OPEN_DATA))))
