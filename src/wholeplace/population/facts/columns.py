"""What the queries for facts share: types, days, and values held as facts are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import FACT_SCALE, fact_type
from wholeplace.core.rules.computed import EARLIEST, LATEST
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.schemes import FactNeed
from wholeplace.population.engines.duckdb import date_literal, identifier
from wholeplace.population.snapshot.tables import TABLES

TYPES = {
    "boolean": "BOOLEAN",
    "number": "DECIMAL(18,4)",
    "percent": "DECIMAL(18,4)",
    "money": "BIGINT",
    "date": "DATE",
    "duration": "BIGINT",
    "code": "VARCHAR",
}


@dataclass(frozen=True)
class At:
    """The day that facts are read at: one for everybody, or a table (person_id, day).

    Attributes:
        among: a table of the only persons asked about; empty for everybody.
        keyed: `table` is (person_id, of_person, day): the facts of `of_person` are wanted on
            several days, and `person_id` numbers the pairs of a person and a day.
    """

    literal: date | None = None
    table: str = ""
    among: str = ""
    keyed: bool = False

    def rows(self, table: str) -> str:
        """A table's rows with their `day`, for FROM; persons without a day fall away."""
        if self.keyed:
            return (
                f"(SELECT held.* REPLACE (keys.person_id AS person_id), keys.day FROM {table} "
                f"AS held JOIN {self.table} AS keys ON held.person_id = keys.of_person)"
            )
        only = f" SEMI JOIN {self.among} USING (person_id)" if self.among else ""
        if self.literal is not None:
            return f"(SELECT *, {date_literal(self.literal)} AS day FROM {table}{only})"
        return f"(SELECT * FROM {table} JOIN {self.table} USING (person_id){only})"

    def whose(self, table: str) -> str:
        """The same, with `of_person`, the number of the person whose row it is."""
        if self.keyed:
            keys = f"(SELECT person_id, of_person FROM {self.table}) AS whose"
            return f"(SELECT * FROM {self.rows(table)} AS rows_of JOIN {keys} USING (person_id))"
        return f"(SELECT *, person_id AS of_person FROM {self.rows(table)} AS rows_of)"

    def day(self, persons: str) -> str:
        """The day as SQL, where `persons` is what the facts are of."""
        return date_literal(self.literal) if self.literal is not None else f"{persons}.day"


def later(table: str, by: str) -> str:
    """A number that is larger for the row that counts: the later day, then the table's order."""
    if TABLES[table].order[:2] == ("person_id", by):
        return "file_row_number"
    return f"(({identifier(by)} - DATE '1970-01-01') * 4294967296 + file_row_number)"


def named(value: str, need: FactNeed, spec: FactSpec, factor: int | None = None) -> str:
    """A value in the fact's type under the need's name; beyond the bounds it is unknown."""
    factor = spec.days_in_unit if factor is None else factor
    return f"{within_bounds(value, spec, factor)} AS {identifier(need.column)}"


def within_bounds(value: str, spec: FactSpec, factor: int = 1) -> str:
    """A value in the fact's type; beyond the bounds it is unknown."""
    kind = TYPES[spec.type]
    bound = fact_type(spec).bound
    if spec.type == "date":
        held = f"{value} BETWEEN {date_literal(EARLIEST)} AND {date_literal(LATEST)}"
        return f"CASE WHEN {held} THEN {value} END"
    if bound:
        limit = bound // factor
        held = f"TRY_CAST({value} AS {kind}) BETWEEN {-limit} AND {limit}"
        times = "" if factor == 1 else f" * {factor}"
        return f"CASE WHEN {held} THEN TRY_CAST({value} AS {kind}){times} END"
    return value


def worked_value(value: str, kind: t.Type, spec: FactSpec) -> str:
    """The value of a worked-out fact's rule, printed, as the fact holds it: see `in_bounds`."""
    places = FACT_SCALE if spec.type in ("number", "percent") else 0
    if spec.type in ("number", "percent", "money") and kind.scale > places:
        exact = f"CAST({value} AS DECIMAL({kind.digits}, {kind.scale}))"
        value = f"round({exact}, {places})"
    return within_bounds(value, spec)
