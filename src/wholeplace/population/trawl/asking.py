"""Asking the criteria, cheap ones first, each only of those whom no earlier one ruled out.

Where every criterion is needed, a no settles the answer, so facts that cost more to derive
(areas, time in spells, sums) are derived for those still in. Who is found is the same; the
counts say of how many each criterion was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.printing.printer import print_sql
from wholeplace.core.rules.schemes import AS_AT, Criterion, FactNeed, Scheme
from wholeplace.population.engines.duckdb import identifier
from wholeplace.population.facts.sql import FactQueries
from wholeplace.population.snapshot.open import Snapshot
from wholeplace.population.trawl.patterns import decode, encode_sql
from wholeplace.population.trawl.result import CriterionCount
from wholeplace.population.trawl.spells import merge_spells
from wholeplace.population.trawl.subjects import SUBJECT, asked_of, subject_of, whole_of

_COSTLY = ("spells", "area", "sum", "related")


@dataclass(frozen=True)
class Asked:
    """What asking gave.

    Attributes:
        table: (person_id, pattern) of those asked every criterion.
        criteria: in the order asked, which is the order of the pattern.
        patterns: pattern → persons, in `table`.
        counts: one a criterion, in the order asked.
    """

    table: str
    criteria: tuple[Criterion, ...]
    patterns: Mapping[int, int]
    counts: tuple[CriterionCount, ...]

    def truth(self, scheme: Scheme, pattern: int) -> bool | None:
        """Whether the scheme fits a person with this pattern."""
        answers = decode(pattern, len(self.criteria))
        keys = (criterion.key for criterion in self.criteria)
        return whole_of(scheme).truth(dict(zip(keys, answers, strict=True)))


class Asker:
    """Asks one scheme's criteria of everybody in a snapshot as at a day."""

    def __init__(
        self,
        engine: duckdb.DuckDBPyConnection,
        snapshot: Snapshot,
        scheme: Scheme,
        as_at: date,
    ) -> None:
        self._engine = engine
        self._snapshot = snapshot
        self._scheme = scheme
        self._as_at = as_at
        self._islands = merge_spells(engine, snapshot, [scheme])
        self._make_days()

    def ask(self, *, everybody: bool) -> Asked:
        """Ask; with `everybody`, every criterion of everybody, so that all counts are whole.

        Otherwise only those whom the scheme is about are asked its criteria.
        """
        rounds = [asked_of(self._scheme)] if everybody else self._rounds()
        asked: tuple[Criterion, ...] = ()
        counts: list[CriterionCount] = []
        among = ""
        for number, criteria in enumerate(rounds):
            table = identifier(f"answers {number}")
            self._engine.execute(
                f"CREATE TEMP TABLE {table} AS {self._answers(criteria, among, len(asked))}"
            )
            asked += criteria
            patterns = self._patterns(table)
            counts += self._counts(patterns, asked, len(criteria))
            among = identifier(f"left {number}")
            if number < len(rounds) - 1:
                self._keep(patterns, len(asked), table, among)
        return Asked(table, asked, patterns, tuple(counts))

    def _rounds(self) -> list[tuple[Criterion, ...]]:
        """Cheap criteria, then costly ones; all at once unless each of them is needed."""
        criteria, subject = self._scheme.used_criteria(), subject_of(self._scheme)
        first = [(subject,)] if subject else []
        cheap = tuple(criterion for criterion in criteria if not self._costly(criterion))
        costly = tuple(criterion for criterion in criteria if criterion not in cheap)
        if not needs_all(self._scheme) or not cheap or not costly:
            return [*first, criteria]
        return [*first, cheap, costly]

    def _costly(self, criterion: Criterion) -> bool:
        facts, workings = self._scheme.place.facts, self._scheme.place.workings
        used = [use.name for use in t.fact_uses(criterion.rule.tree)]
        read = [name for fact in used for name in workings.read_for(fact)]
        return any(facts[name].derive.kind in _COSTLY for name in read)

    def _make_days(self) -> None:
        """Find each person's own days."""
        queries = self._queries("")
        for on in sorted({c.on for c in self._scheme.used_criteria()} - {AS_AT}):
            assumed = self._scheme.assume.get(on)
            days = queries.days(on, assumed if isinstance(assumed, date) else None)
            self._engine.execute(f"CREATE TEMP TABLE {queries.days_table(on)} AS {days}")

    def _queries(self, among: str) -> FactQueries:
        place = self._scheme.place
        return FactQueries(
            self._snapshot, place.facts, self._as_at, self._islands, among, workings=place.workings
        )

    def _answers(self, criteria: Sequence[Criterion], among: str, after: int) -> str:
        """(person_id, pattern), the bits of earlier criteria kept."""

        def column(use: t.FactUse, on: str) -> str:
            return identifier(FactNeed(use.key, on).column)

        rules = [
            print_sql(each.rule.tree, as_at=self._as_at, fact_column=column, on=each.on)
            for each in criteria
        ]
        places = [identifier(f"criterion {place}") for place in range(len(rules))]
        named = ", ".join(f"{rule} AS {place}" for rule, place in zip(rules, places, strict=True))
        wanted = dict.fromkeys(
            FactNeed(use.key, each.on) for each in criteria for use in t.fact_uses(each.rule.tree)
        )
        pattern = encode_sql(places, after)
        facts = self._queries(among).facts(list(wanted))
        asked = f"SELECT person_id, {named} FROM ({facts}) AS facts"
        if not among:
            return f"SELECT person_id, {pattern} AS pattern FROM ({asked}) AS asked"
        return (
            f"SELECT person_id, {among}.pattern + {pattern} AS pattern "
            f"FROM ({asked}) AS asked JOIN {among} USING (person_id)"
        )

    def _patterns(self, table: str) -> dict[int, int]:
        counted = f"SELECT pattern, count(*) FROM {table} GROUP BY pattern ORDER BY pattern"
        return {int(pattern): n for pattern, n in self._engine.execute(counted).fetchall()}

    def _keep(self, patterns: Mapping[int, int], asked: int, table: str, left: str) -> None:
        """Make the table of those whom no criterion has ruled out so far."""
        still = [str(each) for each in patterns if False not in decode(each, asked)]
        which = f"pattern IN ({', '.join(still)})" if still else "false"
        self._engine.execute(f"CREATE TEMP TABLE {left} AS SELECT * FROM {table} WHERE {which}")

    def _counts(
        self, patterns: Mapping[int, int], asked: Sequence[Criterion], new: int
    ) -> list[CriterionCount]:
        """How each of the `new` last criteria asked fell."""
        counts = []
        for place in range(len(asked) - new, len(asked)):
            fell = {True: 0, None: 0, False: 0}
            left = 0
            for pattern, persons in patterns.items():
                answers = decode(pattern, len(asked))
                fell[answers[place]] += persons
                left += 0 if False in answers[: place + 1] else persons
            criterion = asked[place]
            if criterion.key == SUBJECT:
                continue
            told = (fell[True], fell[False], fell[None])
            still_in = left if needs_all(self._scheme) else None
            counts.append(CriterionCount.of(criterion, told, still_in))
        return counts


def needs_all(scheme: Scheme) -> bool:
    """Whether each criterion is needed by itself, so that one no settles the answer."""
    whole = scheme.eligible
    inner = all(part.kind == "criterion" for part in whole.parts)
    return whole.kind == "criterion" or (whole.kind == "all" and inner)
