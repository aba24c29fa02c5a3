"""The area of a day's residence, in DuckDB's SQL: which it is, or a figure about it."""

from __future__ import annotations

from wholeplace.core.rules.facts import Area, FactSpec
from wholeplace.core.rules.schemes import FactNeed
from wholeplace.population.engines.duckdb import date_literal, text_literal
from wholeplace.population.facts.columns import later, named
from wholeplace.population.facts.lived_sql import ROW_NUMBER, Lived


def lived_sql(derive: Area, homes: str) -> str:
    """The code of each person's area: person_id, day, code.

    Args:
        homes: residences that hold, or may, on their `day`, after FROM.
    """
    several = _of_several(derive)
    return f"SELECT person_id, day, {several} AS code FROM {homes} GROUP BY person_id, day"


def lived_by_everybody(derive: Area, lived: Lived) -> str:
    """The same for everybody on one day."""
    column = f"{derive.of}_code"
    one = f"CASE WHEN from_date IS NOT NULL THEN {column} END AS code"
    query = lived.each(one, f"{_of_several(derive)} AS code", column, ROW_NUMBER)
    return f"SELECT person_id, {date_literal(lived.day)} AS day, code FROM ({query}) AS each_one"


def _of_several(derive: Area) -> str:
    newest = f"arg_max_null({derive.of}_code, {later('residences', 'from_date')})"
    return f"CASE WHEN NOT bool_or(from_date IS NULL) THEN {newest} END"


def area_sql(need: FactNeed, spec: FactSpec, derive: Area, lived: str, figures: str) -> str:
    """The fact by person; who lives nowhere that it is told of may have no row.

    Args:
        lived: the query for person_id, day, code; figures: the indicators, with row numbers.
    """
    if derive.indicator is None:
        names = ", ".join(
            f"({text_literal(code)}, {text_literal(name)})" for code, name in derive.named.items()
        )
        return (
            f"SELECT person_id, {named('name', need, spec)} FROM ({lived}) AS lived "
            f"JOIN (VALUES {names}) AS names (code, name) USING (code)"
        )
    told = (
        "SELECT code, day, arg_max_null(value, file_row_number) AS value "
        "FROM (SELECT DISTINCT code, day FROM lived) AS asked "
        f"JOIN {figures} AS figures ON area_code = code "
        f"WHERE indicator = {text_literal(derive.indicator)} "
        "AND (from_date IS NULL OR from_date <= day) "
        "AND (to_date IS NULL OR day <= to_date) GROUP BY code, day"
    )
    return (
        f"WITH lived AS MATERIALIZED ({lived}), told AS ({told}) "
        f"SELECT person_id, {named('value', need, spec)} "
        "FROM lived JOIN told USING (code, day)"
    )
