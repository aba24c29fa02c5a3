"""Which facts a snapshot can give, from which of its tables and spells."""

from __future__ import annotations

from collections.abc import Mapping

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.facts import Area, Count, FactSpec, Latest, Related, Spells, Sum
from wholeplace.population.snapshot.islands import Grouping
from wholeplace.population.snapshot.tables import TABLES, Table

_HOLDS = {
    "boolean": ("BOOLEAN",),
    "number": ("BIGINT", "DECIMAL(18,4)"),
    "percent": ("BIGINT", "DECIMAL(18,4)"),
    "money": ("BIGINT",),
    "date": ("DATE",),
    "duration": ("BIGINT",),
    "code": ("VARCHAR",),
}
_ROWS = ("persons", "residences", "benefit_spells", "jobs", "accounts")


class FactRefused(UserMistake):
    """A fact cannot be derived from what a snapshot holds."""


def grouping_of(spec: FactSpec) -> Grouping:
    """Which spells a fact of unbroken time merges.

    Raises:
        FactRefused: the fact is no such fact.
    """
    derive = spec.derive
    if not isinstance(derive, Spells):
        raise _refused(spec, "it does not measure time in spells")
    return Grouping(
        name=spec.name,
        kinds=tuple(sorted(set(derive.kinds))),
        permitted_gap_days=derive.permitted_gap_days,
        table=derive.table,
        column=derive.column,
    )


def groupings_of(facts: Mapping[str, FactSpec]) -> tuple[Grouping, ...]:
    """The groupings to merge when a snapshot is made, for every fact of unbroken time."""
    return tuple(grouping_of(spec) for spec in facts.values() if isinstance(spec.derive, Spells))


def tables_of(spec: FactSpec) -> tuple[str, ...]:
    """The tables of a snapshot whose rows decide a fact's value."""
    match spec.derive:
        case Latest() | Spells() | Count():
            return (spec.derive.table,)
        case Sum(until=None):
            return (spec.derive.table, "residences")
        case Sum():
            return (spec.derive.table,)
        case Related():
            return ("residences",)
        case Area(indicator=None):
            return ("residences",)
        case Area():
            return ("residences", "indicators")
    return ("persons",) if spec.derive.kind == "age" else ()


def check_fact(spec: FactSpec) -> None:
    """Make sure that a snapshot has the table and columns, of a type that the fact can hold.

    Raises:
        FactRefused: it has not; says which and what there is.
    """
    match spec.derive:
        case Latest():
            _check_rows(spec, spec.derive)
            _check_column(spec, spec.derive.table, spec.derive.column)
        case Sum():
            if spec.derive.table != "accounts" and spec.derive.until is None:
                why = "only accounts are summed without `until`, one a household and kind"
                raise _refused(spec, why)
            _check_rows(spec, spec.derive)
            _check_column(spec, spec.derive.table, spec.derive.column)
        case Count():
            _check_rows(spec, spec.derive)
        case Spells() if (spec.derive.table, spec.derive.column) != ("benefit_spells", "benefit"):
            raise _refused(spec, "spells are those of `benefit_spells`, by `benefit`")


def _check_rows(spec: FactSpec, derive: Latest | Sum | Count) -> None:
    table = _table(spec, derive.table)
    if derive.by not in table.dates:
        raise _refused(spec, f"`by` in {table.name} is one of: {', '.join(table.dates)}")
    if derive.until is not None and derive.until not in table.dates:
        raise _refused(spec, f"`until` in {table.name} is one of: {', '.join(table.dates)}")
    for column in derive.where:
        if table.columns.get(column) != "VARCHAR":
            texts = [name for name, kind in table.columns.items() if kind == "VARCHAR"]
            raise _refused(spec, f"`where` in {table.name} asks about: {', '.join(texts)}")


def _check_column(spec: FactSpec, table: str, column: str) -> None:
    kind = _table(spec, table).columns.get(column)
    if kind not in _HOLDS[spec.type]:
        fits = [name for name, held in TABLES[table].columns.items() if held in _HOLDS[spec.type]]
        raise _refused(spec, f"columns of {table} that hold a {spec.type}: {', '.join(fits)}")


def _table(spec: FactSpec, name: str) -> Table:
    if name not in _ROWS:
        raise _refused(spec, f"`{name}` is no table of a snapshot; there are: {', '.join(_ROWS)}")
    return TABLES[name]


def _refused(spec: FactSpec, why: str) -> FactRefused:
    return FactRefused(
        f"The fact `{spec.name}` cannot be derived.",
        why=f"{why[0].upper()}{why[1:]}.",
        do="Correct `derive` in its file.",
    )
