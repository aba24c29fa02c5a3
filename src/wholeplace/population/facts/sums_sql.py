"""Sums over a household's accounts, in DuckDB's SQL: the newest of each kind.

The rules are written out in `slowly.py`, which must agree.
"""

from __future__ import annotations

from collections.abc import Sequence

from wholeplace.core.rules.facts import FactSpec, Sum
from wholeplace.core.rules.schemes import FactNeed
from wholeplace.population.engines.duckdb import identifier, text_literal
from wholeplace.population.engines.duckdb.quoting import text_list
from wholeplace.population.facts.columns import later, named
from wholeplace.population.facts.lived_sql import Lived

Summed = tuple[FactNeed, FactSpec, Sum]


def sum_sql(summed: Sequence[Summed], rows: str, homes: str) -> str:
    """Sums by person; who has no such account has no row.

    Args:
        summed: facts over one table, by one date.
        rows: the accounts up to their `day`, as a query; homes: the residences that hold, or
            may, as a query of person_id, household_id, from_date.
    """
    first = summed[0][2]
    by, order = identifier(first.by), later(first.table, first.by)
    newest = {
        each.column: f"arg_max_null({identifier(each.column)}, {order}) AS "
        f"{identifier(each.column)}"
        for _, _, each in summed
    }
    totals = [_total(*each) for each in summed]
    return (
        f"WITH homes AS MATERIALIZED ({homes}), mine AS ("
        f"SELECT * FROM ({rows}) SEMI JOIN homes USING (person_id, household_id) "
        f"UNION ALL BY NAME SELECT * FROM ({rows}) WHERE household_id IS NULL), newest AS ("
        f"SELECT person_id, kind, bool_or({by} IS NULL) AS undated, "
        f"{', '.join(newest.values())} FROM mine GROUP BY person_id, household_id, kind"
        "), sure AS (SELECT *, person_id IN "
        "(SELECT person_id FROM homes WHERE from_date IS NULL) AS unsure "
        f"FROM newest) SELECT person_id, {', '.join(totals)} FROM sure GROUP BY person_id"
    )


def _total(need: FactNeed, spec: FactSpec, derive: Sum) -> str:
    """A sum over the newest accounts of the kinds asked for; NULL when there is none."""
    column = identifier(derive.column)
    kinds = [f"{identifier(name)} = {text_literal(text)}" for name, text in derive.where.items()]
    those = f"FILTER ({' AND '.join(['true', *kinds])})"
    known = f"NOT bool_or(undated OR {column} IS NULL OR unsure) {those}"
    return named(f"CASE WHEN {known} THEN sum({column}) {those} END", need, spec)


def of_one_kind(derive: Sum) -> bool:
    """Whether a fact asks for one kind of account, so that a home has one newest."""
    return set(derive.where) == {"kind"}


def sum_of_everybody(summed: Sequence[Summed], rows: str, lived: Lived, depth: int) -> str:
    """The same for everybody on one day, each fact `of_one_kind`.

    Who has one home, and accounts of one home, has one newest account of a kind, and that is
    the sum. Only the others are grouped by home and kind first.
    """
    first = summed[0][2]
    by, order = identifier(first.by), later(first.table, first.by)
    each, odd = identifier(f"accounts {depth}"), identifier(f"odd accounts {depth}")
    newest, values = [], []
    for place, (need, spec, one) in enumerate(summed):
        column, name = identifier(one.column), identifier(f"newest {place}")
        kind = f"FILTER (kind = {text_literal(one.where['kind'])})"
        newest.append(f"arg_max_null({column}, {order}) {kind} AS {name}")
        values.append(named(f"CASE WHEN from_date IS NOT NULL THEN {name} END", need, spec))
    kinds = text_list(sorted({one.where["kind"] for _, _, one in summed}))
    regular = f"count(*) = count(household_id) AND NOT bool_or({by} IS NULL)"
    homes = f"SELECT person_id, household_id, from_date FROM {lived.rows()}"
    those = f"SEMI JOIN {odd} USING (person_id)"
    return (
        f"WITH {each} AS MATERIALIZED (SELECT person_id, min(household_id) AS household_id, "
        f"{regular} AND min(household_id) = max(household_id) AS regular, {', '.join(newest)} "
        f"FROM ({rows}) AS kept WHERE kind IN {kinds} GROUP BY person_id), "
        f"{odd} AS MATERIALIZED (SELECT person_id FROM {each} WHERE regular IS NOT TRUE "
        f"UNION SELECT person_id FROM {lived.several}) "
        f"SELECT person_id, {', '.join(values)} FROM {each} JOIN ({homes}) AS homes "
        f"USING (person_id, household_id) ANTI JOIN {odd} USING (person_id) UNION ALL BY NAME "
        f"({sum_sql(summed, f'SELECT * FROM ({rows}) AS kept {those}', f'{homes} {those}')})"
    )
