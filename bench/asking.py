"""One person: every scheme explained with the next question, and a set of questions that is enough.

People are of an invented city, each read as a page reads them: rows to facts, facts to
criteria, in this process and without a database.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Any

import pyarrow.parquet as pq

from bench.cities import ROOT, city_snapshot
from bench.figures import Figure
from bench.variants import schemes_of
from wholeplace.core.rules.asking.ask import SMALLEST_UP_TO, sufficient_set
from wholeplace.core.rules.asking.openness import Open
from wholeplace.core.rules.computed import WorkedOut
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.explain import explain
from wholeplace.core.rules.files.scheme_loader import load_place
from wholeplace.core.rules.schemes import Criterion, Part, PlaceRules, Scheme
from wholeplace.core.rules.stated import StatedFacts
from wholeplace.population.facts import PersonFacts, PersonRows, Row
from wholeplace.population.snapshot import Snapshot

NAME = "asking"
CITY, PEOPLE, SCHEMES, SETS = 2_000, 300, 20, 40
AS_AT = dt.date(2026, 5, 28)
PLACE = ROOT / "places" / "birmingham"
TABLES = ("residences", "benefit_spells", "jobs", "accounts")
ALL_MS, SET_MS = 15.0, 200.0


def run(people: int | None) -> list[Figure]:
    """p95 of explaining twenty schemes of one person; the slowest set at twelve unknowns."""
    rules = load_place(PLACE)
    schemes = schemes_of(PLACE, rules, SCHEMES)
    city = people_of(city_snapshot(CITY, rules.facts))
    asked = list(islice(city.values(), people or PEOPLE))
    figures = [_explaining(rules, schemes, asked), *_ahead(rules, schemes, asked)]
    return [*figures, _enough(schemes)]


def people_of(snapshot: Snapshot) -> dict[int, PersonRows]:
    """Everybody's rows, by person."""
    figures: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in pq.read_table(snapshot.file("indicators")).to_pylist():
        figures[row["area_code"], row["indicator"]].append(Row(row))
    mine: dict[str, dict[int, list[Row]]] = {name: defaultdict(list) for name in TABLES}
    homes: dict[int | None, set[int]] = defaultdict(set)
    for name in TABLES:
        for row in pq.read_table(snapshot.file(name)).to_pylist():
            mine[name][row["person_id"]].append(Row(row))
            if name == "residences":
                homes[row["household_id"]].add(row["person_id"])
    found: dict[int, PersonRows] = {}
    for row in pq.read_table(snapshot.file("persons")).to_pylist():
        rows: dict[str, Any] = {name: tuple(mine[name][row["person_id"]]) for name in TABLES}
        found[row["person_id"]] = PersonRows(
            person=Row(row),
            **rows,
            indicators=lambda code, indicator: figures[code, indicator],
            household=lambda household: [found[one] for one in sorted(homes[household])],
        )
    return found


def _explaining(rules: PlaceRules, schemes: list[Scheme], people: list[PersonRows]) -> Figure:
    seconds, answers = [], defaultdict[str, int](int)
    for person in people:
        started = time.perf_counter()
        known = WorkedOut(PersonFacts(rules.facts, person), rules.workings, AS_AT)
        found = [explain(scheme, known, AS_AT, ahead=False) for scheme in schemes]
        seconds.append(time.perf_counter() - started)
        for one in found:
            answers[one.answer] += 1
            if (one.next_question is None) != (one.answer != "possible"):
                raise RuntimeError(f"{one.scheme} is {one.answer} and asks {one.next_question}")
    p95 = _p95(seconds)
    said = ", ".join(f"{count:,} {answer}" for answer, count in sorted(answers.items()))
    return Figure(
        figure=f"one person, {len(schemes)} schemes: criteria, reasons, next question (p95)",
        ours=p95,
        unit="ms",
        target=f"at most {ALL_MS:.0f} ms",
        met=p95 <= ALL_MS if len(schemes) == SCHEMES else None,
        note=f"median {statistics.median(seconds) * 1000:.1f} ms over {len(people)} people; {said}",
    )


def _ahead(rules: PlaceRules, schemes: list[Scheme], people: list[PersonRows]) -> list[Figure]:
    """What looking ahead of one no costs, as the page of one scheme does."""
    seconds, days = [], 0
    for person in people:
        known = PersonFacts(rules.facts, person)
        for scheme in schemes:
            if Evaluation(scheme, known, AS_AT).eligible is not False:
                continue
            started = time.perf_counter()
            found = explain(scheme, known, AS_AT)
            seconds.append(time.perf_counter() - started)
            days += found.later is not None
    note = f"{len(seconds):,} answers of no, {days:,} of them with a day; with the explanation"
    return [Figure("one no: from when time alone changes it (p95)", _p95(seconds), "ms", note=note)]


def _enough(schemes: list[Scheme]) -> Figure:
    """Sets at twelve unknown facts, over schemes made of the criteria of all."""
    seconds, sizes = [], []
    for made in islice(_of_twelve(schemes), SETS):
        run = Evaluation(made, StatedFacts({}, made.place.facts), AS_AT)
        started = time.perf_counter()
        found = sufficient_set(run)
        seconds.append(time.perf_counter() - started)
        if found is None or not found.smallest:
            raise RuntimeError(f"no smallest set is found for {list(made.criteria)}")
        sizes.append(len(found.asked))
    slowest = max(seconds) * 1000
    return Figure(
        figure=f"one scheme's sufficient set at {SMALLEST_UP_TO} unknown facts (slowest)",
        ours=slowest,
        unit="ms",
        target=f"at most {SET_MS:.0f} ms",
        met=slowest <= SET_MS,
        note=f"{len(seconds)} schemes made of the criteria of the {len(schemes)}, joined in "
        f"different ways; median {statistics.median(seconds) * 1000:.0f} ms; "
        f"sets of {min(sizes)} to {max(sizes)} questions",
    )


def _of_twelve(schemes: list[Scheme]) -> Iterable[Scheme]:
    """Schemes of which twelve facts are unknown while nothing is known of the person."""
    pool = [item for scheme in schemes for item in scheme.used_criteria()]
    base = schemes[0]
    for start in range(len(pool) * 3):
        taken: dict[str, Criterion] = {}
        for item in [*pool[start % len(pool) :], *pool]:
            trial = {**taken, f"c{len(taken)}": replace(item, key=f"c{len(taken)}")}
            asked = _asked(_joined(base, trial, start))
            if asked <= SMALLEST_UP_TO:
                taken = trial
            if asked == SMALLEST_UP_TO:
                yield _joined(base, taken, start)
                break


def _asked(scheme: Scheme) -> int:
    run = Evaluation(scheme, StatedFacts({}, scheme.place.facts), AS_AT)
    return len(Open(run).asked)


def _joined(base: Scheme, criteria: dict[str, Criterion], way: int) -> Scheme:
    """The criteria as one scheme: all of them, all of pairs of which one is enough, or any of
    pairs that are both needed."""
    keys = [Part("criterion", key) for key in criteria]
    inner = ("", "any", "all")[way % 3]
    pairs = [tuple(keys[n : n + 2]) for n in range(0, len(keys), 2)]
    parts = tuple(Part(inner, parts=pair) for pair in pairs) if inner else tuple(keys)
    whole = Part("any" if inner == "all" else "all", parts=parts)
    return replace(base, criteria=criteria, eligible=whole, assume={}, about="person")


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] * 1000
