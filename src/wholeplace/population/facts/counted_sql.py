"""Facts of related people for everybody on one day: counted once a household.

What a person is told of the others is the household's count without their own share. So nobody
is paired with anybody, but in the few households where that would not do: where somebody has
several homes that day, or a residence does not say from when, or as what. Those go the way of
`living_sql.related_sql`, which must agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wholeplace.population.engines.duckdb import identifier
from wholeplace.population.engines.duckdb.quoting import text_list
from wholeplace.population.facts.columns import named, worked_value
from wholeplace.population.facts.lived_sql import Lived
from wholeplace.population.facts.living_sql import MINE, THEIRS, Wanted

NOBODY = {"any": "false", "all": "true", "count": "0", "sum": "0"}
"""What is taken of nobody; else NULL."""


def countable(derive_who: str, take: str) -> bool:
    """Whether a person's own share can be taken out: not of a least or greatest with their own."""
    return take not in ("least", "greatest") or not _own_share(derive_who)


def _own_share(who: str) -> bool:
    """Whether somebody whom the relation applies to is among those counted themselves."""
    mine, theirs = MINE[who], THEIRS[who]
    return mine is None or theirs is None or bool(set(mine) & set(theirs))


def odd_table(depth: int) -> str:
    """The name of the table of households whose people are paired: household_id."""
    return identifier(f"odd {depth}")


def odd_rows(lived: Lived, depth: int) -> str:
    """The residences of those who must be paired, for `related_sql`."""
    odd = f"household_id IN (SELECT household_id FROM {odd_table(depth)})"
    return (
        f"(SELECT *, person_id AS of_person FROM {lived.dated('role')} AS homes "
        f"WHERE household_id IS NULL OR {odd})"
    )


def counted_sql(
    wanted: Sequence[Wanted],
    lived: Lived,
    inner: str,
    paired: str,
    as_at: date,
    depth: int,
) -> str:
    """Facts of related people, by person: those without a residence on the day have no row.

    Args:
        wanted: facts that are `countable`.
        inner: the query for everybody's own facts that they read; empty when there are none.
        paired: the query for those in `odd_rows`.
        as_at: the evaluation's day, whose dated figures count.
    """
    odd, plain = odd_table(depth), identifier(f"plain {depth}")
    rows = lived.rows("role")
    those = (
        f"SELECT household_id FROM {rows} WHERE from_date IS NULL OR role IS NULL UNION "
        f"SELECT household_id FROM {rows} SEMI JOIN {lived.several} USING (person_id)"
    )
    counts = [_Counted(one, place, as_at) for place, one in enumerate(wanted)]
    marks = ", ".join(mark for one in counts for mark in one.marks())
    join = f"LEFT JOIN ({inner}) AS theirs USING (person_id) " if inner else ""
    totals = ", ".join(total for one in counts for total in one.totals())
    return (
        f"WITH {odd} AS MATERIALIZED ({those}), {plain} AS MATERIALIZED ("
        f"SELECT person_id, household_id, role, {marks} FROM {lived.dated('role')} AS homes "
        f"{join}ANTI JOIN {odd} USING (household_id) WHERE household_id IS NOT NULL) "
        f"SELECT mine.person_id, {', '.join(one.taken() for one in counts)} "
        f"FROM {plain} AS mine JOIN (SELECT household_id, {totals} FROM {plain} "
        "GROUP BY household_id) AS whole USING (household_id) "
        f"UNION ALL BY NAME ({paired})"
    )


class _Counted:
    """One fact: what is marked at each member, added up in a household, and taken from it."""

    def __init__(self, wanted: Wanted, place: int, as_at: date) -> None:
        self._wanted, self._as_at = wanted, as_at
        self._who, self._take = wanted.derive.who, wanted.derive.take
        self._yes, self._open, self._void, self._value = (
            identifier(f"{name} {place}") for name in ("yes", "open", "void", "value")
        )

    def marks(self) -> list[str]:
        """Columns of a member: counts, may count, counts without a value, and the value."""
        roles = THEIRS[self._who]
        is_one = "true" if roles is None else f"role IN {text_list(roles)}"
        counts = f"({self._wanted.printed(self._wanted.working.condition, self._as_at)})"
        wished = f"(NOT {counts})" if self._take == "all" else counts
        yes = f"(({is_one} AND {wished}) IS TRUE)"
        marks = [f"{yes} AS {self._yes}", f"({is_one} AND {counts} IS NULL) AS {self._open}"]
        tree = self._wanted.working.value
        if self._take not in ("any", "all", "count"):
            assert tree is not None
            printed = self._wanted.printed(tree, self._as_at)
            value = worked_value(printed, tree.type, self._wanted.spec)
            marks += [f"({yes} AND ({value}) IS NULL) AS {self._void}"]
            marks += [f"CASE WHEN {yes} THEN {value} END AS {self._value}"]
        return marks

    def totals(self) -> list[str]:
        """The same of a household."""
        counted = [self._yes, self._open]
        totals = []
        if function := {"sum": "sum", "least": "min", "greatest": "max"}.get(self._take):
            counted.append(self._void)
            totals = [f"{function}({self._value}) AS {self._value}"]
        return [*(f"count(*) FILTER ({mark}) AS {mark}" for mark in counted), *totals]

    def taken(self) -> str:
        """The fact, named, of a member `mine` of the household `whole`."""
        some, open_ = f"{self._others(self._yes)} > 0", f"{self._others(self._open)} > 0"
        match self._take:
            case "any":
                value = f"CASE WHEN {some} THEN true WHEN {open_} THEN NULL ELSE false END"
            case "all":
                value = f"CASE WHEN {some} THEN false WHEN {open_} THEN NULL ELSE true END"
            case "count":
                value = f"CASE WHEN NOT {open_} THEN {self._others(self._yes)} END"
            case _:
                void = f"{self._others(self._void)} > 0"
                value = f"CASE WHEN NOT ({open_} OR {void}) THEN {self._of_values()} END"
        if (mine := MINE[self._who]) is not None:
            applies = f"mine.role IN {text_list(mine)}"
            value = f"CASE WHEN {applies} THEN {value} ELSE {NOBODY.get(self._take, 'NULL')} END"
        return named(value, self._wanted.need, self._wanted.spec, factor=1)

    def _others(self, mark: str) -> str:
        own = f" - CAST(mine.{mark} AS BIGINT)" if _own_share(self._who) else ""
        return f"(whole.{mark}{own})"

    def _of_values(self) -> str:
        if self._take != "sum":
            return f"whole.{self._value}"
        own = f" - coalesce(mine.{self._value}, 0)" if _own_share(self._who) else ""
        return f"(coalesce(whole.{self._value}, 0){own})"
