"""Twenty schemes of a whole city on one day: beside OpenFisca-core, SQL by hand, a bare scan."""

from __future__ import annotations

import json
import re
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from bench.apart import NotInstalled
from bench.cities import ROOT, city_snapshot
from bench.figures import Figure, median_seconds
from bench.openfisca import OpenFisca
from bench.schemes_sql import BY_HAND, floor_queries
from bench.variants import schemes_of
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.files.checked import checked_scheme
from wholeplace.core.rules.files.scheme_loader import load_place, scheme_document
from wholeplace.core.rules.schemes import PlaceRules, Scheme
from wholeplace.core.rules.warning.warnings import warnings_of
from wholeplace.population.engines.duckdb import connect
from wholeplace.population.snapshot import Snapshot
from wholeplace.population.trawl import (
    ReadyFacts,
    TrawlResult,
    check_trawl,
    count_schemes,
    ready_facts,
)
from wholeplace.population.trawl.questions import questions_of

NAME = "schemes"
PEOPLE, FEWER = 1_200_000, 100_000
SCHEMES, TIMES = 20, 5
AS_AT = date(2026, 5, 28)
PLACE = ROOT / "places" / "birmingham"
LISTED = "transition-payments"
TWO = "two-valued, an unknown fact taken for nought, as OpenFisca is used"
GIVEN = (
    "ours reads rows on disk (who lives where, bills, jobs, spells of benefits) and works every "
    "fact out of them; OpenFisca is given the facts worked out, as arrays in memory (has_partner, "
    "children_in_household, lone_parent and ctr_protected among them), and does "
    "not form them by sums over its groups, as its users would have to"
)
SLACK = 1.1  # of "no worse than linear": two runs of one thing differ by as much


def run(people: int | None) -> list[Figure]:
    """Counting twenty schemes, listing one, checking a file, and how it grows.

    Every count of OpenFisca's three-valued way is compared with ours before anything is measured.
    """
    size = people or PEOPLE
    rules = load_place(PLACE)
    snapshot = city_snapshot(size, rules.facts)
    schemes = schemes_of(PLACE, rules, SCHEMES, lambda scheme: _trawled(snapshot, scheme))
    figures = _checking(rules)
    with ready_facts(snapshot, schemes, AS_AT) as ready:
        figures += [_listing(ready, schemes)]
        try:
            openfisca = OpenFisca(schemes, ready.table(), AS_AT, _households(ready))
        except NotInstalled as why:
            figures += [_skipped(str(why))]
        else:
            figures += _beside_openfisca(ready, schemes, openfisca)
            openfisca.close()
    figures += [_floor(snapshot, schemes), _growing(rules, snapshot, schemes)]
    if size != PEOPLE:
        figures = [replace(figure, met=None) for figure in figures]
    return figures


def _trawled(snapshot: Snapshot, scheme: Scheme) -> bool:
    try:
        check_trawl(snapshot, scheme, AS_AT)
    except UserMistake:
        return False
    return True


def _days() -> list[date]:
    """Days that nobody has asked about yet."""
    return [AS_AT - timedelta(weeks=number + 1) for number in range(TIMES)]


def _in_turns(*works: Callable[[int], float]) -> list[float]:
    """Median seconds of each, run in turns so that a busy machine is busy for all."""
    seconds: list[list[float]] = [[] for _ in works]
    for number in range(TIMES):
        for work, taken in zip(works, seconds, strict=True):
            taken.append(work(number))
    return [statistics.median(taken) for taken in seconds]


def _timed(work: Callable[[], object]) -> float:
    return median_seconds(work, 1)[0]


# -- beside OpenFisca ---------------------------------------------------------------------
def _beside_openfisca(
    ready: ReadyFacts, schemes: list[Scheme], openfisca: OpenFisca
) -> list[Figure]:
    counted = ready.count(schemes)
    _agree(schemes, counted, openfisca)
    days, asked = _days(), openfisca.run
    ours, derived, lean, households, two = _in_turns(
        lambda number: _timed(lambda: ready.count(schemes)),
        lambda number: _timed(lambda: count_schemes(ready.snapshot, schemes, days[number])),
        lambda number: asked("three")[0]["total"],
        lambda number: asked("three households")[0]["total"],
        lambda number: asked("two")[0]["total"],
    )
    what = f"{SCHEMES} schemes counted, {ready.persons:,} people"
    name = f"OpenFisca-core {openfisca.version}, three-valued, build, inputs, calculation"
    homes = f"{name}; households built too, as in its manual"
    below = "below 0.25" if ours / lean < 0.25 else "not below 0.25"
    counting = Figure(f"{what}, facts ready", ours, "s", target="at most 0.35 of OpenFisca")
    deriving = Figure(f"{what}, new day, facts derived", derived, "s", target="less than OpenFisca")
    return [
        _compared(counting, name, lean, 0.35, f"{below}; {_made_of(schemes)}"),
        _compared(counting, homes, households, 0.35),
        _compared(replace(counting, target=""), TWO, two, note=_differing(openfisca, counted)),
        _compared(deriving, name, lean, 1, f"{GIVEN}; it builds no households"),
        _compared(deriving, homes, households, 1, f"{GIVEN}; its households are built, not used"),
    ]


def _compared(
    ours: Figure, comparison: str, theirs: float, most: float | None = None, note: str = ""
) -> Figure:
    ratio = ours.ours / theirs
    met = None if most is None else ratio <= most
    return replace(ours, comparison=comparison, theirs=theirs, ratio=ratio, met=met, note=note)


def _agree(schemes: list[Scheme], counted: tuple[TrawlResult, ...], openfisca: OpenFisca) -> None:
    """Every scheme's and every criterion's counts are the same in both.

    Raises:
        AssertionError: they are not.
    """
    rules, (_, counts) = openfisca.ways["three"], openfisca.run("three")
    places = questions_of(schemes).of
    for result, asked, (yes, no) in zip(counted, places, rules.schemes, strict=True):
        assert (counts[yes], counts[no]) == (result.yes, result.no), f"{result.scheme} differs"
        for count in result.funnel:
            yes, no = rules.questions[asked[count.key]]
            same = (counts[yes], counts[no]) == (count.yes, count.no)
            assert same, f"{count.key} of {result.scheme} differs"
    assert any(result.yes for result in counted), "counts of nobody prove nothing"


def _made_of(schemes: list[Scheme]) -> str:
    questions = questions_of(schemes)
    own = [scheme for scheme in schemes if not re.search(r"-\d+$", scheme.key)]
    criteria = sum(len(scheme.used_criteria()) for scheme in schemes)
    return (
        f"{len(own)} schemes of the repository that trawls may look for and {SCHEMES - len(own)} "
        f"variants: {criteria} criteria, {len(questions.asked)} of them different, over "
        f"{len(questions.needs)} facts; medians of {TIMES}, in turns"
    )


def _differing(openfisca: OpenFisca, counted: tuple[TrawlResult, ...]) -> str:
    rows = openfisca.differ()
    wrong = [row for row in rows if row["wrongly_yes"] or row["wrongly_no"]]
    possible = sum(result.possible for result in counted)
    return (
        f"two-valued, the answer differs in {len(wrong)} of {len(rows)} schemes: "
        f"{sum(row['wrongly_yes'] for row in rows):,} answers are a yes and should not be, "
        f"{sum(row['wrongly_no'] for row in rows):,} are a no and should not be (ours has "
        f"{possible:,} possible in all schemes together)"
    )


def _skipped(why: str) -> Figure:
    what = "OpenFisca-core is not installed here: its figures are left out"
    return Figure(what, 0.0, "s", target="compared with OpenFisca", note=why)


def _households(ready: ReadyFacts) -> np.ndarray[Any, Any]:
    """A household a person, in the order of persons; those without one live alone."""
    last = f"SELECT person_id, max(household_id) AS home FROM {_rows(ready)} GROUP BY person_id"
    persons = ready.snapshot.source("persons")
    found = ready.engine.sql(
        f"SELECT coalesce(home, -person_id) AS home FROM {persons} LEFT JOIN ({last}) "
        "USING (person_id) ORDER BY person_id"
    )
    return found.fetchnumpy()["home"]


def _rows(ready: ReadyFacts) -> str:
    return ready.snapshot.source("residences")


# -- beside SQL ---------------------------------------------------------------------------
def _listing(ready: ReadyFacts, schemes: list[Scheme]) -> Figure:
    scheme = next(scheme for scheme in schemes if scheme.key == LISTED)

    def by_hand() -> Any:
        return ready.engine.sql(BY_HAND).to_arrow_table()

    found = ready.found(scheme)
    assert found.equals(by_hand()) and found.num_rows, "the lists differ"
    ours, theirs = _in_turns(
        lambda number: median_seconds(lambda: ready.found(scheme), TIMES)[0],
        lambda number: median_seconds(by_hand, TIMES)[0],
    )
    return Figure(
        figure=f"People of one scheme listed, {ready.persons:,} people, facts ready",
        ours=ours,
        unit="s",
        comparison="the same filter in SQL by hand",
        theirs=theirs,
        ratio=ours / theirs,
        target="at most 1.3 times",
        met=ours <= 1.3 * theirs,
        note=f"the same list of {found.num_rows:,} people; medians of {TIMES} medians of {TIMES}",
    )


def _floor(snapshot: Snapshot, schemes: list[Scheme]) -> Figure:
    """Deriving and counting beside reading the same columns and adding each up."""
    days, queries = _days(), floor_queries(snapshot, schemes, AS_AT)

    def scan() -> None:
        with connect(snapshot.path) as engine:
            for query in queries:
                engine.execute(query).fetchall()

    ours, theirs = _in_turns(
        lambda number: _timed(lambda: count_schemes(snapshot, schemes, days[number])),
        lambda number: _timed(scan),
    )
    told = json.loads(
        subprocess.run(
            [sys.executable, "-m", "bench.schemes", str(snapshot.manifest.rows["persons"])],
            capture_output=True,
            check=True,
            cwd=ROOT,
        ).stdout
    )
    return Figure(
        figure=f"{SCHEMES} schemes counted, new day, facts derived",
        ours=ours,
        unit="s",
        comparison="DuckDB only reading the same columns",
        theirs=theirs,
        ratio=ours / theirs,
        note=f"largest memory of the process {told['peak_mb']:,} MB",
    )


def _growing(rules: PlaceRules, large: Snapshot, schemes: list[Scheme]) -> Figure:
    """Seconds a person in a large city beside a small one."""
    days, small = _days(), city_snapshot(FEWER, rules.facts)
    many, few = _in_turns(
        lambda number: _timed(lambda: count_schemes(large, schemes, days[number])),
        lambda number: _timed(lambda: count_schemes(small, schemes, days[number])),
    )
    persons = large.manifest.rows["persons"]
    ours, theirs = many / persons * 1e6, few / FEWER * 1e6
    return Figure(
        figure=f"{SCHEMES} schemes counted, new day: a person's share, {persons:,} people",
        ours=ours,
        unit="µs",
        comparison=f"in a city of {FEWER:,}",
        theirs=theirs,
        ratio=ours / theirs,
        target="no worse than linear",
        met=ours <= SLACK * theirs,
        note=f"{many:.3g} s and {few:.3g} s; one in ten is allowed for two runs of one thing",
    )


# -- one file -----------------------------------------------------------------------------
def _checking(rules: PlaceRules) -> list[Figure]:
    """Checking a scheme file, as `wholeplace scheme check` does, with its worked cases."""
    taken = {}
    for file in sorted((PLACE / "schemes").glob("*.yaml")):

        def check(file: Any = file) -> None:
            document = scheme_document(file, PLACE)
            scheme, _ = checked_scheme(document, rules, file.stem)
            warnings_of(scheme, document)

        taken[file.stem] = median_seconds(check, TIMES)[0] * 1000
    worst = max(taken, key=lambda name: taken[name])
    return [
        Figure(
            figure=f"One scheme file checked, the slowest of {len(taken)} ({worst})",
            ours=taken[worst],
            unit="ms",
            target="at most 50 ms",
            met=taken[worst] <= 50,
            note=f"median of {TIMES}, with its worked cases and warnings",
        )
    ]


def _peak(people: int) -> None:
    """Derive and count once, and print the process's largest memory."""
    from wholeplace.population.snapshot import open_snapshot

    snapshot = open_snapshot(ROOT / "var" / "bench" / f"snapshot-{people}")
    schemes = schemes_of(
        PLACE, load_place(PLACE), SCHEMES, lambda scheme: _trawled(snapshot, scheme)
    )
    count_schemes(snapshot, schemes, AS_AT)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"peak_mb": peak}))


if __name__ == "__main__":
    _peak(int(sys.argv[1]))
