"""Every fact for everybody, in DuckDB's SQL.

The rules of each derivation are written out in `slowly.py`, which must agree cell by cell.
Values: pence, whole days and counts are BIGINT, numbers and percents DECIMAL(18,4). A value
beyond what the language holds (`MAX_FACT_BOUND`, years 1800 to 2200) is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wholeplace.core.rules.computed import GROWN_UP, Workings
from wholeplace.core.rules.facts import Age, Area, Count, FactSpec, Latest, Related, Spells, Sum
from wholeplace.core.rules.schemes import AS_AT, FactNeed
from wholeplace.core.rules.tree import FactKey
from wholeplace.population.engines.duckdb import date_literal, identifier, text_literal
from wholeplace.population.facts.areas_sql import area_sql, lived_by_everybody, lived_sql
from wholeplace.population.facts.columns import TYPES, At, later, named
from wholeplace.population.facts.counted_sql import countable, counted_sql, odd_rows
from wholeplace.population.facts.fits import grouping_of
from wholeplace.population.facts.lived_sql import Lived
from wholeplace.population.facts.living_sql import (
    AGED,
    SUBJECTS,
    StandsFor,
    Wanted,
    asked_table,
    everybody_stands,
    related_sql,
    stands_sql,
)
from wholeplace.population.facts.sums_sql import of_one_kind, sum_of_everybody, sum_sql
from wholeplace.population.facts.worked_sql import day_column, steps_of, worked_sql
from wholeplace.population.snapshot.open import Snapshot


@dataclass(frozen=True)
class Part:
    """One query by person, and the columns of it that are facts."""

    query: str
    columns: tuple[tuple[FactNeed, FactSpec], ...]
    at: At


class FactQueries:
    """Writes the queries for facts over one snapshot.

    Args:
        snapshot: where the rows are, read as known at its `known_at`.
        facts: every fact, by name.
        as_at: the evaluation's day.
        islands: grouping → table, for spells merged since the snapshot was made.
        among: a table of the only persons asked about; empty for everybody.
        workings: how facts are worked out from others; needed where rates are.
        at: the day that facts are read at where it is not the evaluation's for everybody.
        depth: how many queries for related people this one stands in.
        lived: the residences of that day, where the query around this one has them.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        facts: Mapping[str, FactSpec],
        as_at: date,
        islands: Mapping[str, str],
        among: str = "",
        *,
        workings: Workings | None = None,
        at: At | None = None,
        depth: int = 0,
        lived: Lived | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._facts = {**facts, **SUBJECTS}
        self._workings = workings or Workings(facts)
        self._as_at = as_at
        self._at = at or At(as_at, among=among)
        self._islands = islands
        self._among = among
        self._depth = depth
        self._lived = lived
        self._shared = lived is not None

    @staticmethod
    def days_table(fact: str) -> str:
        """The name of the table of days of a dated fact: (person_id, day)."""
        return identifier(f"days of {fact}")

    def days(self, fact: str, assumed: date | None = None) -> str:
        """The day of each person for whom a dated fact is known: (person_id, day).

        Args:
            fact: the dated fact, read at the evaluation's day.
            assumed: the day that the scheme assumes for those of whom it is not known.
        """
        need = FactNeed(FactKey(fact), AS_AT)
        day = identifier(need.column)
        if assumed is not None:
            day = f"coalesce({day}, {date_literal(assumed)})"
        known = self.facts([need])
        return f"SELECT person_id, {day} AS day FROM ({known}) AS known WHERE {day} IS NOT NULL"

    def facts(self, needs: Sequence[FactNeed], *, beside: Sequence[str] = ()) -> str:
        """One row a person: person_id and a column for each need, named `FactNeed.column`.

        The tables named by `days_table` must exist for each fact that a need is `on`. Facts
        read on a person's own day are joined among those who have one, and are NULL for others.
        `beside` names columns of the persons' own rows that come with them, for everybody only.
        """
        at = self._at
        if self._shared or at.literal is None or at.among or self._among:
            assert not beside, "those asked about are not read with their own rows"
            return self._written(needs)
        self._lived = Lived(self._snapshot, at.literal, self._depth)
        return self._lived.around(self._written(needs, beside))

    def _written(self, needs: Sequence[FactNeed], beside: Sequence[str] = ()) -> str:
        steps = steps_of(needs, self._workings)
        if len(steps) == 1:
            return self._read(needs, beside)
        found = self._read(steps[0], beside, days=True)
        for step in steps[1:]:
            worked = ", ".join(worked_sql(need, self._workings, self._as_at) for need in step)
            found = f"SELECT *, {worked} FROM ({found}) AS facts"
        names = [*beside, *(need.column for need in dict.fromkeys(needs))]
        columns = ", ".join(map(identifier, names))
        return f"SELECT person_id, {columns} FROM ({found}) AS facts"

    def _read(
        self, needs: Sequence[FactNeed], beside: Sequence[str] = (), *, days: bool = False
    ) -> str:
        """Facts that are not worked out from the person's others; with `days`, each day too."""
        persons = self._at.table if self._at.keyed else self._among or self._file("persons")
        joins = [f"{persons} AS persons"]
        columns = [f"persons.{identifier(name)}" for name in beside]
        columns += [f"{self._at.day('persons')} AS {day_column(AS_AT)}"] if days else []
        for on in dict.fromkeys(need.on for need in needs):
            asked = [need for need in dict.fromkeys(needs) if need.on == on]
            if on == AS_AT:
                joins += self._joins(asked)
                columns += self._columns(asked)
                continue
            dated = [f"{self.days_table(on)} AS days", *self._joins(asked)]
            inner = ", ".join(["days.person_id", "days.day", *self._columns(asked)])
            own = identifier(f"on {on}")
            joins.append(f"(SELECT {inner} FROM {' LEFT JOIN '.join(dated)}) AS {own}")
            joins[-1] += " USING (person_id)"
            columns += [f"{own}.{identifier(need.column)}" for need in asked]
            columns += [f"{own}.day AS {day_column(on)}"] if days else []
        return (
            f"SELECT {', '.join(['persons.person_id', *columns])} FROM {' LEFT JOIN '.join(joins)}"
        )

    def _joins(self, needs: Sequence[FactNeed]) -> list[str]:
        return [
            f"({part.query}) AS part{number} USING (person_id)"
            for number, part in enumerate(self._parts(needs))
        ]

    def _columns(self, needs: Sequence[FactNeed]) -> list[str]:
        """The needs as columns of the joined parts: 0 for a total fact of one without rows."""
        columns = []
        for number, part in enumerate(self._parts(needs)):
            for need, spec in part.columns:
                column = f"part{number}.{identifier(need.column)}"
                if nothing := _of_nothing(spec):
                    absent = f"part{number}.person_id IS NULL"
                    column = f"CASE WHEN {absent} THEN {nothing} ELSE {column} END"
                columns.append(f"{column} AS {identifier(need.column)}")
        for need in needs:
            spec = self._facts[need.key.name]
            if spec.derive.kind == "stated":
                columns.append(f"CAST(NULL AS {TYPES[spec.type]}) AS {identifier(need.column)}")
            elif self._beside(need):
                columns.append(_years(need, spec, "persons", self._at.day("persons")))
        return columns

    def _beside(self, need: FactNeed) -> bool:
        """Whether it needs no part: an age on everybody's day is told from the person's row."""
        age = isinstance(self._facts[need.key.name].derive, Age)
        return age and self._lived is not None and need.on == AS_AT

    def _parts(self, needs: Sequence[FactNeed]) -> list[Part]:
        """Queries for these needs; facts that read the same rows share one."""
        shared: dict[object, list[tuple[FactNeed, FactSpec]]] = {}
        for need in dict.fromkeys(needs):
            spec = self._facts[need.key.name]
            match spec.derive:
                case Latest(table=table, by=by, until=until, where=where):
                    same: object = (table, by, until, tuple(sorted(where.items())), need.on)
                case Sum(table=table, by=by, until=None) as asked:
                    same = ("sum", table, by, need.on, of_one_kind(asked))
                case Related(who=who, take=take):
                    same = ("related", need.on, countable(who, take))
                case _:
                    same = need
            if spec.derive.kind != "stated" and not self._beside(need):
                shared.setdefault(same, []).append((need, spec))
        return [self._part(columns) for columns in shared.values()]

    def _part(self, columns: list[tuple[FactNeed, FactSpec]]) -> Part:
        need, spec = columns[0]
        at = At(table=self.days_table(need.on), among=self._among) if need.on != AS_AT else self._at
        match spec.derive:
            case Latest():
                query = self._latest(columns, at, spec.derive)
            case Spells():
                query = self._time_on(need, spec, at, spec.derive)
            case Count():
                query = self._count(need, spec, at, spec.derive)
            case Sum(until=None):
                query = self._sum(columns, at, spec.derive)
            case Sum():
                query = self._running(need, spec, at, spec.derive)
            case Area():
                query = self._area(need, spec, at, spec.derive)
            case Age():
                query = self._age(need, spec, at)
            case Related():
                query = self._related(columns, at)
            case StandsFor(unit=unit):
                query = self._stands(need, spec, at, unit)
            case _:
                raise AssertionError(f"{spec.derive.kind} is not derived from rows")
        return Part(query, tuple(columns), at)

    def _file(self, table: str) -> str:
        return self._snapshot.source(table)

    def _rows(self, table: str, at: At, where: Mapping[str, str], until: str | None = None) -> str:
        """A table's rows with day and row number, as FROM and the first condition of WHERE."""
        rows = at.rows(self._snapshot.source(table, row_numbers=True))
        asked = [f"{identifier(name)} = {text_literal(text)}" for name, text in where.items()]
        if until:
            asked.append(f"({identifier(until)} IS NULL OR day <= {identifier(until)})")
        return f"{rows} WHERE {' AND '.join(['true', *asked])}"

    def _latest(self, columns: Sequence[tuple[FactNeed, FactSpec]], at: At, derive: Latest) -> str:
        by, order = identifier(derive.by), later(derive.table, derive.by)
        values = []
        for need, spec in columns:
            assert isinstance(spec.derive, Latest)
            value = f"arg_max_null({identifier(spec.derive.column)}, {order})"
            values.append(
                named(f"CASE WHEN NOT bool_or({by} IS NULL) THEN {value} END", need, spec)
            )
        rows = self._rows(derive.table, at, derive.where, derive.until)
        return (
            f"SELECT person_id, {', '.join(values)} FROM {rows}"
            f" AND ({by} IS NULL OR {by} <= day) GROUP BY person_id"
        )

    def _time_on(self, need: FactNeed, spec: FactSpec, at: At, derive: Spells) -> str:
        made = grouping_of(spec)
        islands = self._islands.get(made.name) or (
            f'(SELECT * FROM {self._file("islands")} WHERE "grouping" = {text_literal(made.name)})'
        )
        ran = "max(least(day, coalesce(end_date + 1, day)) - start_date)"
        value = f"CASE WHEN NOT bool_or(start_date IS NULL) THEN {ran} END"
        late = 1 + derive.counts_until_days
        return (
            f"SELECT person_id, {named(value, need, spec, factor=1)} "
            f"FROM {at.rows(islands)} WHERE start_date IS NULL OR (stretch_start <= day "
            f"AND (end_date IS NULL OR day - end_date <= {late})) GROUP BY person_id"
        )

    def _count(self, need: FactNeed, spec: FactSpec, at: At, derive: Count) -> str:
        by = identifier(derive.by)
        within = dict(need.key.args).get("within_days", derive.within_days)
        value = f"CASE WHEN NOT bool_or({by} IS NULL) THEN count(*) END"
        return (
            f"SELECT person_id, {named(value, need, spec)} "
            f"FROM {self._rows(derive.table, at, derive.where, derive.until)} AND ({by} IS NULL "
            f"OR ({by} <= day AND day - {by} < {within})) GROUP BY person_id"
        )

    def _homes(self, at: At) -> str:
        """Residences that hold, or may hold, on the day."""
        return (
            f"{self._rows('residences', at, {})} AND (from_date IS NULL OR from_date <= day) "
            "AND (to_date IS NULL OR day <= to_date)"
        )

    def _running(self, need: FactNeed, spec: FactSpec, at: At, derive: Sum) -> str:
        """The sum over the rows that run on the day."""
        by, column = identifier(derive.by), identifier(derive.column)
        known = f"NOT bool_or({by} IS NULL OR {column} IS NULL)"
        total = named(f"CASE WHEN {known} THEN sum({column}) END", need, spec)
        rows = self._rows(derive.table, at, derive.where, derive.until)
        return (
            f"SELECT person_id, {total} FROM {rows} AND ({by} IS NULL OR {by} <= day) "
            "GROUP BY person_id"
        )

    def _sum(self, columns: Sequence[tuple[FactNeed, FactSpec]], at: At, derive: Sum) -> str:
        by = identifier(derive.by)
        summed = [(need, spec, s) for need, spec in columns if isinstance((s := spec.derive), Sum)]
        rows = f"SELECT * FROM {self._rows(derive.table, at, {})} AND ({by} IS NULL OR {by} <= day)"
        if self._lived and at is self._at and of_one_kind(derive):
            return sum_of_everybody(summed, rows, self._lived, self._depth)
        homes = f"SELECT person_id, household_id, from_date FROM {self._homes(at)}"
        return sum_sql(summed, rows, homes)

    def _area(self, need: FactNeed, spec: FactSpec, at: At, derive: Area) -> str:
        if self._lived and at is self._at:
            lived = lived_by_everybody(derive, self._lived)
        else:
            lived = lived_sql(derive, self._homes(at))
        figures = self._snapshot.source("indicators", row_numbers=True)
        return area_sql(need, spec, derive, lived, figures)

    def _age(self, need: FactNeed, spec: FactSpec, at: At) -> str:
        rows = at.rows(self._file("persons"))
        return f"SELECT person_id, {_years(need, spec, 'rows', 'rows.day')} FROM {rows} AS rows"

    def _related(self, columns: Sequence[tuple[FactNeed, FactSpec]], at: At) -> str:
        """Facts about the people lived with, whose own are derived for them alone."""
        wanted = [
            Wanted(need, spec, working)
            for need, spec in columns
            if (working := self._workings.of(need.key.name)) is not None
        ]
        keys = dict.fromkeys(key for one in wanted for key in one.working.inputs)
        inner = [FactNeed(key, AS_AT) for key in keys]
        query = self._inside(at).facts(inner) if inner else ""
        names = "".join(f", theirs.{identifier(need.column)}" for need in inner)
        lived = self._lived if at is self._at else None
        if lived is None or not countable(wanted[0].derive.who, wanted[0].derive.take):
            residences = self._snapshot.source("residences")
            homes = at.whose(residences), residences
            return related_sql(wanted, at, homes, (query, names), self._as_at, self._depth)
        homes = odd_rows(lived, self._depth), lived.rows("role")
        paired = related_sql(wanted, at, homes, (query, names), self._as_at, self._depth)
        query = self._inside(at, lived).facts(inner) if inner else ""
        return counted_sql(wanted, lived, query, paired, self._as_at, self._depth)

    def _inside(self, at: At, lived: Lived | None = None) -> FactQueries:
        """The queries for the people whom those asked about live with; with `lived`, for all."""
        asked = asked_table(self._depth)
        among = At(at.literal, among=asked) if at.literal else At(table=asked, keyed=True)
        return FactQueries(
            self._snapshot,
            self._facts,
            self._as_at,
            self._islands,
            "" if lived else asked,
            workings=self._workings,
            at=at if lived else among,
            depth=self._depth + 1,
            lived=lived,
        )

    def _stands(self, need: FactNeed, spec: FactSpec, at: At, unit: str) -> str:
        if unit == "child":
            years = self._age(need, AGED, at)
            column = identifier(need.column)
            young = f"{column} < {GROWN_UP} AS {column}"
            return f"SELECT person_id, {young} FROM ({years}) AS aged"
        if self._lived and at is self._at:
            return everybody_stands(need, spec, unit, self._lived)
        return stands_sql(need, spec, unit, at.rows(self._snapshot.source("residences")))


def _of_nothing(spec: FactSpec) -> str:
    """What a fact is for a person without rows; empty where that is not known."""
    if isinstance(spec.derive, StandsFor):
        return "" if spec.derive.unit == "child" else "false"
    return "0" if spec.total else ""


def _years(need: FactNeed, spec: FactSpec, rows: str, day: str) -> str:
    """The age, named, of the persons in `rows`; unknown of those born after the day."""

    def in_year(day: str) -> str:
        return f"(month({day}) * 100 + day({day}))"

    born = f"{rows}.date_of_birth"
    over = f"CASE WHEN {in_year(day)} < {in_year(born)} THEN 1 ELSE 0 END"
    years = f"CASE WHEN {born} <= {day} THEN year({day}) - year({born}) - {over} END"
    return named(years, need, spec)
