"""Who lives with whom, for everybody, in DuckDB's SQL: facts of related people, and units.

The rules are written out in `living.py` and `core.rules.computed`, which must agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.computed import DAY, Working
from wholeplace.core.rules.facts import Age, FactSpec, Related
from wholeplace.core.rules.files.strict import Strict
from wholeplace.core.rules.printing.printer import print_sql
from wholeplace.core.rules.schemes import AS_AT, FactNeed
from wholeplace.population.engines.duckdb import identifier
from wholeplace.population.engines.duckdb.quoting import text_list
from wholeplace.population.facts.columns import At, named, worked_value
from wholeplace.population.facts.lived_sql import HOLDS, Lived
from wholeplace.population.facts.living import (
    ADULTS,
    CHILD,
    CLAIMANT,
    NON_DEPENDANT,
    STANDS,
    UNIT_OF_CLAIMANT,
)

MINE: dict[str, tuple[str, ...] | None] = {
    "partner": ADULTS,
    "children": ADULTS,
    "parents": CHILD,
    "non_dependants": None,
    "household": None,
}
"""The roles of those who have such people; None: any."""
THEIRS: dict[str, tuple[str, ...] | None] = {
    "partner": ADULTS,
    "children": CHILD,
    "parents": ADULTS,
    "non_dependants": NON_DEPENDANT,
    "household": None,
}
"""The roles of the people meant; None: any."""


class StandsFor(Strict):
    """Whether a person answers for a unit: a derivation that no fact file names."""

    kind: Literal["stands_for"] = "stands_for"
    unit: str


def subject_name(unit: str) -> str:
    """The name that `SUBJECTS` has for a unit; no fact has a capital letter."""
    return f"About_{unit.replace(' ', '_')}"


def _subject(unit: str) -> FactSpec:
    derive: Any = StandsFor(unit=unit)
    name = subject_name(unit)
    return FactSpec.model_construct(name=name, type="boolean", unit=None, derive=derive)


SUBJECTS = {subject_name(unit): _subject(unit) for unit in (*STANDS, "child")}
"""Whether a scheme about a unit asks a person, as if it were a fact."""

AGED = FactSpec.model_construct(name="age", type="number", unit=None, derive=Age())
"""The age that says who is a child."""


@dataclass(frozen=True)
class Wanted:
    """A fact of related people that is wanted."""

    need: FactNeed
    spec: FactSpec
    working: Working

    @property
    def derive(self) -> Related:
        assert isinstance(self.spec.derive, Related)
        return self.spec.derive

    def printed(self, tree: t.Node | None, as_at: Any) -> str:
        """A rule over the facts of one of the people, who stand in the columns around it."""
        if tree is None:
            return "true"
        return print_sql(tree, as_at=as_at, fact_column=_column)


def _column(use: t.FactUse, on: str) -> str:
    return "day" if use.key == DAY else identifier(FactNeed(use.key, AS_AT).column)


def homes_sql(rows: str) -> str:
    """Residences that hold, or may hold, on their `day`, for FROM."""
    return f"(SELECT * FROM {rows} AS rows_in WHERE {HOLDS.format('rows_in', 'day')})"


def pairs_sql(homes: str, residences: str, relations: Sequence[str]) -> str:
    """Who lives with whom: person_id, day, other, and three values a relation.

    Two to whom none of the relations applies, for certain, are left out: most of a household,
    where it is asked for partners.

    Args:
        homes: a table of residences that may hold: person_id, of_person, day, household_id, role.
        residences: everybody's, for FROM.
    """
    columns = ", ".join(f"{_either(_related(who))} AS {who}" for who in relations)
    strangers = " AND ".join(f"({_related(who)}) IS FALSE" for who in relations)
    return (
        f"SELECT mine.person_id, mine.day, theirs.person_id AS other, {columns} "
        f"FROM {homes} AS mine JOIN {residences} AS theirs "
        "ON theirs.household_id = mine.household_id AND theirs.person_id <> mine.of_person "
        f"AND {HOLDS.format('theirs', 'mine.day')} "
        f"WHERE NOT ({strangers}) GROUP BY mine.person_id, mine.day, theirs.person_id"
    )


def _either(condition: str) -> str:
    """Kleene's or over the rows of a group."""
    return (
        f"CASE WHEN bool_or({condition}) THEN true "
        f"WHEN bool_or(({condition}) IS NULL) THEN NULL ELSE false END"
    )


def _dated(condition: str, rows: str) -> str:
    """No certain yes from a row that does not say from when."""
    return f"({condition} AND CASE WHEN {rows}.from_date IS NOT NULL THEN true END)"


def _related(who: str) -> str:
    asked = (("mine", MINE[who]), ("theirs", THEIRS[who]))
    roles = [f"{rows}.role IN {text_list(those)}" for rows, those in asked if those is not None]
    return _dated(" AND ".join(roles) or "true", "theirs")


def related_sql(
    wanted: Sequence[Wanted],
    at: At,
    homes: tuple[str, str],
    others: tuple[str, str],
    as_at: Any,
    depth: int,
) -> str:
    """Facts of related people, by person: those without a residence on the day have no row.

    Args:
        wanted: facts read at one day.
        homes: the residences of those asked about, as `At.whose` gives them, and everybody's,
            both for FROM.
        others: the query for the inner facts of those in the table that `asked_table` names,
            empty when there are none; and its columns, each after a comma.
    """
    mine, pairs, asked = (identifier(f"{name} {depth}") for name in ("mine", "pairs", "asked"))
    relations = sorted({one.derive.who for one in wanted})
    ctes = [
        f"{mine} AS MATERIALIZED (SELECT * FROM {homes_sql(homes[0])} AS homes)",
        f"{pairs} AS MATERIALIZED ({pairs_sql(mine, homes[1], relations)})",
    ]
    if others[0]:
        ctes.append(f"{asked} AS MATERIALIZED ({_asked(pairs, relations, at)})")
    met = _met(pairs, asked, others, at)
    taken = ", ".join(_taken(one, as_at) for one in wanted)
    unsure = "bool_or(from_date IS NULL OR household_id IS NULL)"
    return (
        f"WITH {', '.join(ctes)} SELECT person_id, {taken} FROM "
        f"(SELECT person_id, {unsure} AS unsure FROM {mine} GROUP BY person_id) AS askers "
        f"LEFT JOIN ({met}) AS met ON met.asker = askers.person_id GROUP BY person_id"
    )


def _met(pairs: str, asked: str, others: tuple[str, str], at: At) -> str:
    """Each pair with the facts of the second person, the first called `asker`."""
    inner, columns = others
    met = f"SELECT p.person_id AS asker, p.* EXCLUDE (person_id){columns} FROM {pairs} AS p"
    if not inner:
        return met
    key = "p.other"
    if at.literal is None:
        key = f"{asked}.person_id"
        met += f" LEFT JOIN {asked} ON {asked}.of_person = p.other AND {asked}.day = p.day"
    return f"{met} LEFT JOIN ({inner}) AS theirs ON theirs.person_id = {key}"


def asked_table(depth: int) -> str:
    """The name of the table of the people whose facts are wanted, inside `related_sql`."""
    return identifier(f"asked {depth}")


def _asked(pairs: str, relations: Sequence[str], at: At) -> str:
    those = f"FROM {pairs} WHERE {' OR '.join(relations)}"
    if at.literal is not None:
        return f"SELECT DISTINCT other AS person_id {those}"
    return (
        "SELECT row_number() OVER () AS person_id, other AS of_person, day "
        f"FROM (SELECT DISTINCT other, day {those}) AS them"
    )


def _taken(one: Wanted, as_at: Any) -> str:
    """What is taken of the people met, unknown while it is not known who they are."""
    who, take = one.derive.who, one.derive.take
    counts = one.printed(one.working.condition, as_at)
    among = f"(other IS NOT NULL AND {who})"
    yes, open_ = f"({among} AND {counts})", f"({among} AND ({counts}) IS NULL)"
    if take == "any":
        value = f"WHEN bool_or({yes}) THEN true WHEN bool_or({open_}) THEN NULL ELSE false"
    elif take == "all":
        no = f"({among} AND NOT {counts})"
        value = f"WHEN bool_or({no}) THEN false WHEN bool_or({open_}) THEN NULL ELSE true"
    else:
        value = f"WHEN bool_or({open_}) THEN NULL ELSE {_of_values(one, yes, as_at)}"
    unknown = f"bool_or(unsure OR (other IS NOT NULL AND {who} IS NULL))"
    return named(f"CASE WHEN {unknown} THEN NULL {value} END", one.need, one.spec, factor=1)


def _of_values(one: Wanted, yes: str, as_at: Any) -> str:
    if one.derive.take == "count":
        return f"count(*) FILTER ({yes})"
    tree = one.working.value
    assert tree is not None
    value = worked_value(one.printed(tree, as_at), tree.type, one.spec)
    function = {"sum": "sum", "least": "min", "greatest": "max"}[one.derive.take]
    found = f"{function}({value}) FILTER ({yes})"
    if one.derive.take == "sum":
        found = f"coalesce({found}, 0)"
    return f"CASE WHEN NOT coalesce(bool_or({yes} AND ({value}) IS NULL), false) THEN {found} END"


# -- units ----------------------------------------------------------------------------------
def stands_sql(need: FactNeed, spec: FactSpec, unit: str, rows: str) -> str:
    """Whether each person with a residence of the day answers for a unit."""
    value = named(_either(_stands(unit)), need, spec)
    return f"SELECT person_id, {value} FROM {homes_sql(rows)} AS homes GROUP BY person_id"


def everybody_stands(need: FactNeed, spec: FactSpec, unit: str, lived: Lived) -> str:
    """The same for everybody on one day."""
    one = named(f"({_stands(unit)})", need, spec)
    return lived.each(one, named(_either(_stands(unit)), need, spec), "role")


def _stands(unit: str) -> str:
    return _dated(f"homes.role IN {text_list(STANDS[unit])}", "homes")


def members_sql(unit: str, homes: str, residences: str, found: str) -> str:
    """The numbers of those in the unit that each person stands for: person_id, members.

    Args:
        homes: residences with their `day`, for FROM; residences: everybody's, for FROM.
        found: the table of those who stand for a unit.
    """
    roles = f"AND theirs.role IN {text_list(UNIT_OF_CLAIMANT)} " if unit == "benefit unit" else ""
    return (
        "SELECT person_id, list_sort(list_distinct(list_append(list(other) FILTER "
        f"(other IS NOT NULL), person_id))) AS members FROM {found} LEFT JOIN ("
        f"SELECT mine.person_id, theirs.person_id AS other FROM {homes_sql(homes)} AS mine "
        f"JOIN {residences} AS theirs ON theirs.household_id = mine.household_id {roles}"
        f"AND theirs.from_date <= mine.day AND {HOLDS.format('theirs', 'mine.day')} "
        f"WHERE mine.from_date IS NOT NULL AND mine.role IN {text_list(CLAIMANT)}"
        ") AS lived USING (person_id) GROUP BY person_id"
    )
