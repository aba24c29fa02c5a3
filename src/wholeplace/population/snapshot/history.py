"""What stood before: superseded rows, and merged spells as they were known at each moment.

Spells that were merged with hindsight would tell an earlier day of knowledge more than was
recorded then. So, for each person whose chosen spells were not all recorded at one moment, the
merge as it stood is kept for every span between two moments at which one of them changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.population.engines.duckdb import identifier
from wholeplace.population.engines.duckdb.quoting import text_list
from wholeplace.population.snapshot.islands import Grouping, merge_sql
from wholeplace.population.snapshot.tables import KNOWN_FROM, KNOWN_TO, PERSON_TABLES, TABLES

_SPAN = ("person_id", KNOWN_FROM, KNOWN_TO)


class SnapshotRefused(WholeplaceError):
    """The rows do not make a snapshot; nothing was put in place."""


@dataclass(frozen=True)
class Sides:
    """A table's two files, each as it stands after FROM.

    Attributes:
        now: rows that stand.
        before: superseded rows.
    """

    now: str
    before: str

    @property
    def all(self) -> str:
        """Both as one, `known_to` empty for what stands."""
        return f"(SELECT * FROM {self.now} UNION ALL BY NAME SELECT * FROM {self.before})"


def islands_now_sql(made: Grouping, spells: Sides) -> str:
    """The merge of what stands, and since when just that had been known."""
    chosen = f"{identifier(made.column)} IN {text_list(made.kinds)}"
    return f"""
        SELECT * FROM ({merge_sql(made, spells.now)}) AS merged JOIN (
            SELECT person_id, max(moment) AS {KNOWN_FROM} FROM (
                SELECT person_id, {KNOWN_FROM} AS moment FROM {spells.now} WHERE {chosen}
                UNION ALL SELECT person_id, {KNOWN_TO} FROM {spells.before} WHERE {chosen}
            ) AS moments GROUP BY person_id
        ) AS since USING (person_id)"""


def islands_before_sql(made: Grouping, spells: Sides) -> str:
    """The merge of each span of knowledge that is over: as `islands_now_sql`, and `known_to`."""
    chosen = f"{identifier(made.column)} IN {text_list(made.kinds)}"
    versions = f"(SELECT * FROM {spells.all} AS versions WHERE {chosen})"
    return f"""
        WITH changed AS (
            SELECT person_id FROM {versions} AS versions GROUP BY person_id
            HAVING min({KNOWN_FROM}) < max({KNOWN_FROM}) OR count({KNOWN_TO}) > 0
        ), versions AS MATERIALIZED (
            SELECT * FROM {versions} AS versions SEMI JOIN changed USING (person_id)
        ), moments AS (
            SELECT person_id, {KNOWN_FROM} AS moment FROM versions
            UNION SELECT person_id, {KNOWN_TO} FROM versions WHERE {KNOWN_TO} IS NOT NULL
        ), spans AS (
            SELECT person_id, moment AS {KNOWN_FROM},
                lead(moment) OVER (PARTITION BY person_id ORDER BY moment) AS {KNOWN_TO}
            FROM moments
        ), spells_then AS (
            SELECT versions.* EXCLUDE ({KNOWN_FROM}, {KNOWN_TO}), spans.{KNOWN_FROM},
                spans.{KNOWN_TO}
            FROM versions JOIN spans ON versions.person_id = spans.person_id
                AND versions.{KNOWN_FROM} <= spans.{KNOWN_FROM}
                AND (versions.{KNOWN_TO} IS NULL OR spans.{KNOWN_FROM} < versions.{KNOWN_TO})
            WHERE spans.{KNOWN_TO} IS NOT NULL
        )
        SELECT * FROM ({merge_sql(made, "spells_then", _SPAN)}) AS merged"""


def outlived_sql(rows: Sides, persons: Sides) -> tuple[str, str]:
    """What stands and what stood, of rows that name somebody of whom nothing stands any more.

    A source may leave somebody out of its file of people, and set aside rows that name them, so
    that these end with no load. They ended when the person did.

    Returns:
        Two queries: the rows that stand, and the superseded ones.
    """
    gone = (
        f"(SELECT person_id, max({KNOWN_TO}) AS gone_at FROM {persons.before} "
        f"AS past ANTI JOIN {persons.now} AS present USING (person_id) GROUP BY person_id)"
    )
    ended = (
        f"SELECT * EXCLUDE (gone_at), gone_at AS {KNOWN_TO} FROM {rows.now} "
        f"AS held JOIN {gone} AS gone USING (person_id) WHERE {KNOWN_FROM} < gone_at"
    )
    return (
        f"SELECT * FROM {rows.now} AS held ANTI JOIN {gone} AS gone USING (person_id)",
        f"SELECT * FROM {rows.before} UNION ALL BY NAME {ended}",
    )


def check_history(sides: Mapping[str, Sides], count: Callable[[str], int]) -> None:
    """Make sure that superseded rows are whole, stood for a while, and are of persons known.

    Args:
        sides: each table with a history.
        count: counts the rows of what stands after FROM.

    Raises:
        SnapshotRefused: they are not; says how many of which table.
    """
    for name, side in sides.items():
        needed = (*TABLES[name].needed, KNOWN_FROM, KNOWN_TO)
        empty = " OR ".join(f"{identifier(column)} IS NULL" for column in needed)
        if found := count(f"{side.before} WHERE {empty} OR {KNOWN_FROM} >= {KNOWN_TO}"):
            raise SnapshotRefused(
                f"{found} superseded rows of {name} do not say from when to when they stood."
            )
        if found := count(f"{side.now} WHERE {KNOWN_FROM} IS NULL"):
            raise SnapshotRefused(f"{found} rows of {name} do not say since when they stand.")
    persons = sides["persons"]
    overlapping = (
        f"(SELECT {KNOWN_TO}, lead({KNOWN_FROM}) OVER (PARTITION BY person_id "
        f"ORDER BY {KNOWN_FROM}, {KNOWN_TO} NULLS LAST) AS next FROM {persons.all} AS versions) "
        f"WHERE next < {KNOWN_TO} OR ({KNOWN_TO} IS NULL AND next IS NOT NULL)"
    )
    if found := count(overlapping):
        raise SnapshotRefused(f"{found} persons were known as two at one moment.")
    ever = f"(SELECT DISTINCT person_id FROM {persons.all} AS versions)"
    for name in PERSON_TABLES:
        if found := count(f"{sides[name].before} ANTI JOIN {ever} AS ever USING (person_id)"):
            raise SnapshotRefused(f"{found} superseded rows of {name} are of nobody in persons.")


def union(selects: Sequence[str], nothing: str) -> str:
    """Queries as one, by the names of their columns; `nothing` where there is none."""
    return " UNION ALL BY NAME ".join(f"SELECT * FROM ({each})" for each in selects) or nothing
