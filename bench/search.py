"""Finding somebody whose record is written otherwise, and the page of who works with a child.

The page is asked for by a family help lead, who sees five agencies, under an open-loop load with
everything on. What a search finds is measured on the invented city's own faults: a probe is what
one agency's faulty record says (a first name, the family name and the birth date), and it counts
as found when another agency's record of the same human being is on the first page. Beside it
stands the same search without likeness: both names and the birth date as typed, in either order.

    python -m bench.search 100000     (what searches find, as JSON)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from bench import pages
from bench.cities import HOME, ROOT
from bench.figures import Figure
from bench.start import password
from bench.visitor import signed_in
from wholeplace.site import databases, embedded
from wholeplace.site.embedded import roles

NAME = "search"
PEOPLE, CITY = 300_000, 1_200_000
WHO = "nadia.hussain"
A_SECOND, SECONDS, LIMIT = 20, 60, 150.0
PROBES = 2_000
FIRST_PAGE = 50


def run(people: int | None) -> list[Figure]:
    """Latency of the page, and the share of faulty records that a search finds."""
    size = people or PEOPLE
    home = HOME / f"home-{size}"
    home.mkdir(parents=True, exist_ok=True)
    with embedded.using(home):
        with pages.everything(home, size) as (address, process):
            refs = _children(home, pages.WARM + A_SECOND * SECONDS)
            session = signed_in(address, WHO, password())
            urls = [f"{address}/people/{ref}/who-works" for ref in refs]
            page = pages.measure(urls, session, process, home)
        told = _told(size, home)
    return [_latency(size, page), *_found(size, told)]


def _latency(size: int, page: pages.Measured) -> Figure:
    return Figure(
        figure=f"Who else works with this child, {size:,} people, {A_SECOND} requests a second:"
        " 95th percentile",
        ours=page.p95,
        unit="ms",
        target=f"at most {LIMIT:.0f} ms at {CITY:,} people",
        met=page.p95 <= LIMIT if size == CITY else None,
        note=f"open loop for {SECONDS} s, clients on the same machine; median {page.median:.0f} ms;"
        f" processor {page.cpu:.1f} ms a page, the database's own {page.database_cpu:.1f}",
    )


def _found(size: int, told: dict[str, float]) -> list[Figure]:
    what = f"Searching {size:,} people by a faulty record's names"
    return [
        Figure(
            figure=f"{what} and birth date: the right person on the first page",
            ours=told["dated"],
            unit="share",
            comparison="the same words exactly, in either order",
            theirs=told["dated_exact"],
            note=f"{told['probes']:,.0f} probes; 95th percentile of a search {told['p95']:.0f} ms,"
            f" median {told['median']:.0f} ms, in process",
        ),
        Figure(
            figure=f"{what} alone: the right person on the first page",
            ours=told["named"],
            unit="share",
            comparison="the same words exactly, in either order",
            theirs=told["named_exact"],
            note=f"common names fill the page of {FIRST_PAGE}, and it asks for a birth date or a"
            f" postcode; 95th percentile {told['named_p95']:.0f} ms",
        ),
    ]


def _children(home: Path, count: int) -> list[str]:
    """References of so many children, spread over all agencies' records, each run the same."""
    with databases.connect(embedded.locate(home).settings(roles.OWNER)) as connection:
        rows = connection.execute(
            "SELECT ref FROM people_person WHERE NOT (restricted OR sealed)"
            " AND date_of_birth > current_date - interval '18 years'"
            " ORDER BY md5(ref) LIMIT %s",
            [count],
        ).fetchall()
    refs = [str(ref) for (ref,) in rows]
    return [refs[n % len(refs)] for n in range(count)]


def _told(size: int, home: Path) -> dict[str, float]:
    """What searches find, by a process of its own that opens that home's database."""
    own = os.environ | {"WHOLEPLACE_HOME": str(home)}
    command = [sys.executable, "-m", "bench.search", str(size)]
    done = subprocess.run(command, cwd=ROOT, env=own, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


# -- what is searched for -----------------------------------------------------------------
# Records whose first name, family name or birth date is not the true one, of human beings of
# whom there is another record; and every record of each.
_FAULTY = """
WITH known AS (
    SELECT s.person_id, t.true_person, s.given_names, s.family_name, s.date_of_birth,
           count(*) OVER (PARTITION BY t.true_person) AS records,
           lower(split_part(s.given_names, ' ', 1)) <> lower(split_part(p.true_given_names, ' ', 1))
           OR lower(s.family_name) <> lower(p.true_family_name)
           OR s.date_of_birth <> p.true_date_of_birth AS faulty
      FROM stated s
      JOIN read_csv('{city}/truth.csv') t ON t.source = s.source AND t.record_key = s.source_key
      JOIN read_csv('{city}/people.csv') p USING (true_person)
)
SELECT person_id, true_person, split_part(given_names, ' ', 1) || ' ' || family_name,
       date_of_birth
  FROM known WHERE faulty AND records > 1 AND date_of_birth IS NOT NULL
 ORDER BY md5(person_id::VARCHAR) LIMIT {probes}
"""
_THEIR_RECORDS = """
SELECT t.true_person, s.person_id FROM stated s
  JOIN read_csv('{city}/truth.csv') t ON t.source = s.source AND t.record_key = s.source_key
"""
_STATED = """
SELECT r.person_id, g.code, r.source_key, r.given_names, r.family_name, r.date_of_birth
  FROM records_resident r JOIN agencies_agency g ON g.id = r.agency_id
 WHERE r.superseded_at IS NULL
"""


def probes(city: Path) -> list[tuple[int, str, Any, set[int]]]:
    """Faulty records: person, the name as written, the birth date, and the right answers."""
    import pyarrow as pa
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(_STATED)
        rows = cursor.fetchall()
    names = ("person_id", "source", "source_key", "given_names", "family_name", "date_of_birth")
    columns = zip(*rows, strict=True)
    stated = pa.table({name: list(column) for name, column in zip(names, columns, strict=True)})
    with duckdb.connect() as engine:
        engine.register("stated", stated)
        faulty = engine.execute(_FAULTY.format(city=city, probes=PROBES)).fetchall()
        whose: dict[str, set[int]] = {}
        for true_person, person in engine.execute(_THEIR_RECORDS.format(city=city)).fetchall():
            whose.setdefault(true_person, set()).add(person)
    return [(one, name, born, whose[true] - {one}) for one, true, name, born in faulty]


def measure(city: Path) -> dict[str, float]:
    """Search for every probe as the family help lead, with the birth date and without."""
    from wholeplace.rooms.agencies.acting import acting
    from wholeplace.rooms.agencies.models import Membership

    asked = probes(city)
    membership = Membership.objects.get(user__username=WHO).pk
    with acting(membership, purpose="casework", route="bench"):
        dated = list(_searched(asked, dated=True))
        named = list(_searched(asked[: PROBES // 4], dated=False))
    told = {"probes": float(len(asked))}
    for kind, found in (("dated", dated), ("named", named)):
        told[kind] = sum(found_it for found_it, _, _ in found) / len(found)
        told[f"{kind}_exact"] = sum(exact for _, exact, _ in found) / len(found)
    seconds = sorted(took for _, _, took in dated)
    told |= {"median": seconds[len(seconds) // 2] * 1000, "p95": _late(seconds)}
    return told | {"named_p95": _late(sorted(took for _, _, took in named))}


def _late(seconds: list[float]) -> float:
    return seconds[int(len(seconds) * 0.95)] * 1000


def _searched(
    asked: list[tuple[int, str, Any, set[int]]], *, dated: bool
) -> Iterator[tuple[bool, bool, float]]:
    """Of each probe: whether it was found, whether by the words exactly, in how many seconds."""
    from wholeplace.core.identity.likeness import TURNED
    from wholeplace.rooms.identity.found import find
    from wholeplace.rooms.records.queries import search

    plain = ("", TURNED[:1].upper() + TURNED[1:])
    for _, name, born, right in asked:
        typed = {"name": name, "at_most": FIRST_PAGE} | ({"born": born} if dated else {})
        begun = time.perf_counter()
        lines = find(**typed)
        took = time.perf_counter() - begun
        exact = {hit.person_id for hit in search(**typed) if hit.why in plain}
        yield any(right & {*line.people} for line in lines), bool(right & exact), took


def main() -> None:
    """Measure what searches find in the demonstration of the home that the settings name."""
    from wholeplace.site.main import open_database

    with open_database():
        from django.conf import settings

        print(json.dumps(measure(Path(settings.HOME) / "demonstration")))


if __name__ == "__main__":
    main()
