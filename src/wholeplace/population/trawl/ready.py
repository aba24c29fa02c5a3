"""Facts made ready: what some schemes read, derived once for everybody as at a day, and kept.

Deriving costs far more than asking. Who asks more than once of one day keeps the facts: a count
of every scheme, then the list of one, then a draft that reads the same facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

import duckdb
import pyarrow as pa

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.computed import Workings
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.printing.printer import print_sql
from wholeplace.core.rules.rates import Rate, RateTable
from wholeplace.core.rules.schemes import FactNeed, Part, Scheme
from wholeplace.population.engines.duckdb import EngineSettings, identifier
from wholeplace.population.facts.sql import FactQueries
from wholeplace.population.snapshot.open import Snapshot, reader
from wholeplace.population.trawl.alike import alike
from wholeplace.population.trawl.bits import Truth, truths_of
from wholeplace.population.trawl.columns import Numbers, column_of
from wholeplace.population.trawl.conditions import Conditions
from wholeplace.population.trawl.permission import check_trawl
from wholeplace.population.trawl.questions import Question, Questions, meaning, questions_of
from wholeplace.population.trawl.result import FLAGS, FLAGS_SQL, TrawlResult
from wholeplace.population.trawl.spells import merge_spells
from wholeplace.population.trawl.subjects import UNITS, whole_of, with_members
from wholeplace.population.trawl.tally import Tally

READY = identifier("facts ready")
_OWN = ("ref", "died_on", "do_not_contact", "unsafe_address")
_ROWS = 1_000_000


class FactsNotReady(UserMistake):
    """A scheme reads a fact that was not made ready."""


class ReadyFacts:
    """Facts of everybody as at one day, to be asked schemes about.

    Made by `ready_facts`; good until that ends. Like the engine beneath, for one thread at once.

    Attributes:
        engine: holds them in the table `READY`: a person's number, reference and flags, then
            a column a fact, NULL for unknown.
        snapshot, as_at: whose facts these are, and the day that they speak of.
        columns: the facts, as `FactNeed.column`.
        persons: how many there are.
    """

    def __init__(
        self,
        engine: duckdb.DuckDBPyConnection,
        snapshot: Snapshot,
        as_at: date,
        columns: Iterable[str],
    ) -> None:
        self.engine = engine
        self.snapshot = snapshot
        self.as_at = as_at
        self.columns = frozenset(columns)
        names = [*FLAGS, *map(identifier, sorted(self.columns))]
        held = engine.sql(f"SELECT {', '.join(names)} FROM {READY}").to_arrow_table()
        self.persons = held.num_rows
        self._flags = [truths_of(held[flag]) for flag in FLAGS]
        self._columns = {name: column_of(held[name]) for name in self.columns}

    def count(self, schemes: Sequence[Scheme]) -> tuple[TrawlResult, ...]:
        """What each scheme comes to, in the order given, every criterion counted of everybody.

        The results are those of `trawl(…, count_everybody=True)`, without the lists.

        Raises:
            TrawlRefused, FactRefused: see `check_trawl`.
            FactsNotReady: a scheme reads a fact that was not made ready.
        """
        questions = questions_of(schemes)
        self._check(schemes, questions)
        tally = Tally(schemes, questions)
        tally.add(self.persons, self._flags, self._answers(questions.asked))
        return tuple(tally.results(self.snapshot, self.as_at))

    def _answers(self, asked: Sequence[Question]) -> list[Truth]:
        """Every question's answers: most from memory, and what is left over from the engine."""
        conditions = Conditions(self._columns, self.as_at, self.persons)
        left = {(meaning(q.tree), q.day): q for each in asked for q in conditions.left_over(each)}
        together: dict[tuple[FactNeed, ...], list[Question]] = {}
        for part in left.values():
            together.setdefault(part.needs, []).append(part)
        for needs, parts in together.items():
            kinds = alike((self._columns[need.column] for need in needs), self.persons)
            answers = self._asked(parts, None if kinds is None else kinds.rows)
            for part, column in zip(parts, answers.columns, strict=True):
                found = truths_of(column)
                conditions.put(part, found if kinds is None else kinds.everybody(found))
        return [conditions.answer(question) for question in asked]

    def _asked(self, parts: Sequence[Question], rows: Numbers | None) -> pa.Table:
        """The engine's answers, a column a part; `rows` are the only places of the table asked."""
        columns = ", ".join(f"{self._sql(part)} AS q{at}" for at, part in enumerate(parts))
        if rows is None:
            return self.engine.sql(f"SELECT {columns} FROM {READY}").to_arrow_table()
        places = "(SELECT unnest(CAST(? AS BIGINT[])) AS place) AS places"
        asked = f"(SELECT *, rowid AS place FROM {READY}) SEMI JOIN {places} USING (place)"
        query = f"SELECT {columns} FROM {asked} ORDER BY place"
        return self.engine.sql(query, params=[rows.tolist()]).to_arrow_table()

    def found(self, scheme: Scheme) -> pa.Table:
        """Everybody whom a scheme fits or may fit: the table `TrawlResult.found`.

        Raises: as `count`.
        """
        questions = questions_of([scheme])
        self._check([scheme], questions)
        sql = {key: self._sql(questions.asked[place]) for key, place in questions.of[0].items()}
        shown = (criterion.key for criterion in scheme.used_criteria())
        criteria = ", ".join(f"{identifier(key)} := {sql[key]}" for key in shown)
        yes = holds(whole_of(scheme), sql, yes=True)
        once = "MATERIALIZED" if scheme.about in UNITS else "NOT MATERIALIZED"
        found = with_members(self.snapshot, scheme, self.as_at, "those")
        return self.engine.sql(
            f"WITH those AS {once} (SELECT person_id, ref, "
            f"CASE WHEN {yes} THEN 'yes' ELSE 'possible' END AS answer, "
            f"{', '.join(FLAGS)}, struct_pack({criteria}) AS criteria FROM {READY} "
            f"WHERE {holds(whole_of(scheme), sql, yes=False)}) {found} ORDER BY person_id"
        ).to_arrow_table()

    def batches(self) -> pa.RecordBatchReader:
        """The facts themselves: person_id, ref, the flags, and a column a fact."""
        return self.engine.sql(f"SELECT * FROM {READY}").to_arrow_reader(_ROWS)

    def table(self) -> pa.Table:
        """Everybody's facts: person_id and `columns`, empty for unknown; money in pence."""
        names = ", ".join(identifier(name) for name in ["person_id", *sorted(self.columns)])
        return self.engine.sql(f"SELECT {names} FROM {READY} ORDER BY person_id").to_arrow_table()

    def _sql(self, question: Question) -> str:
        return print_sql(
            question.tree,
            as_at=self.as_at,
            fact_column=lambda use, on: identifier(FactNeed(use.key, on).column),
            on=question.day.label,
        )

    def _check(self, schemes: Sequence[Scheme], questions: Questions) -> None:
        for scheme in schemes:
            check_trawl(self.snapshot, scheme, self.as_at)
        missing = sorted({need.column for need in questions.needs} - self.columns)
        if missing:
            raise FactsNotReady(
                "These facts were not made ready.",
                why=f"Missing: {', '.join(missing)}.",
                do="Make the facts ready with all schemes that will be asked.",
            )


def holds(part: Part, criteria: Mapping[str, str], *, yes: bool) -> str:
    """SQL, never NULL, for `part` being a yes; or, where `yes` is false, not being a no.

    Each criterion stands by itself, so that the engine can ask the cheapest first.
    """
    if part.kind == "criterion":
        return f"({criteria[part.key]} {'IS TRUE' if yes else 'IS NOT FALSE'})"
    if part.kind == "not":
        return f"(NOT {holds(part.parts[0], criteria, yes=not yes)})"
    inner = [holds(each, criteria, yes=yes) for each in part.parts]
    return "(" + (" AND " if part.kind == "all" else " OR ").join(inner) + ")"


@contextmanager
def ready_facts(
    snapshot: Snapshot,
    schemes: Sequence[Scheme],
    as_at: date,
    *,
    settings: EngineSettings = EngineSettings(),
) -> Iterator[ReadyFacts]:
    """Derive, once for everybody, the facts that decide these schemes as at a day.

    Raises:
        TrawlRefused, FactRefused: see `check_trawl`; nothing is read then.
        ValueError: two schemes mean different things by one fact's name.
    """
    for scheme in schemes:
        check_trawl(snapshot, scheme, as_at)
    facts = _facts_of(schemes)
    with reader(snapshot, settings) as engine:
        questions = questions_of(schemes)
        workings = _workings(facts, schemes)
        islands = merge_spells(engine, snapshot, schemes)
        queries = FactQueries(snapshot, facts, as_at, islands, workings=workings)
        for day in questions.days:
            table = queries.days_table(day.label)
            engine.execute(f"CREATE TEMP TABLE {table} AS {queries.days(day.on, day.assumed)}")
        engine.execute(
            f"CREATE TEMP TABLE {READY} AS SELECT person_id, ref, {FLAGS_SQL}, "
            f"* EXCLUDE (person_id, {', '.join(_OWN)}) "
            f"FROM ({queries.facts(questions.needs, beside=_OWN)}) AS facts"
        )
        yield ReadyFacts(engine, snapshot, as_at, [need.column for need in questions.needs])


def count_schemes(
    snapshot: Snapshot,
    schemes: Sequence[Scheme],
    as_at: date,
    *,
    settings: EngineSettings = EngineSettings(),
) -> tuple[TrawlResult, ...]:
    """Make the facts ready and count every scheme, in one pass; raises as `ready_facts`."""
    with ready_facts(snapshot, schemes, as_at, settings=settings) as ready:
        return ready.count(schemes)


def _facts_of(schemes: Sequence[Scheme]) -> dict[str, FactSpec]:
    facts: dict[str, FactSpec] = {}
    for scheme in schemes:
        for name, spec in scheme.place.facts.items():
            if facts.setdefault(name, spec) != spec:
                raise ValueError(f"two schemes mean different things by `{name}`")
    return facts


def _workings(facts: Mapping[str, FactSpec], schemes: Sequence[Scheme]) -> Workings:
    rates: dict[str, Rate | RateTable] = {}
    for scheme in schemes:
        for name, rate in scheme.place.rates.items():
            if rates.setdefault(name, rate) != rate:
                raise ValueError(f"two schemes mean different things by `{name}`")
    return Workings(facts, rates)
