"""Where everybody lives on one day, read once for all the facts that ask, in DuckDB's SQL.

Nearly everybody has one residence on a day, so what is to be told of it needs no grouping: only
those with several are grouped by person.
"""

from __future__ import annotations

from datetime import date

from wholeplace.population.engines.duckdb import date_literal, identifier
from wholeplace.population.snapshot.open import Snapshot

HOLDS = (
    "({0}.from_date IS NULL OR {0}.from_date <= {1}) "
    "AND ({0}.to_date IS NULL OR {1} <= {0}.to_date)"
)
ROW_NUMBER = "file_row_number"


class Lived:
    """The residences that hold, or may hold, on a day: tables that a query's parts share.

    Args:
        snapshot: where the residences are.
        day: the day, one for everybody.
        depth: how many queries for related people stand around this one.
    """

    def __init__(self, snapshot: Snapshot, day: date, depth: int) -> None:
        self._snapshot = snapshot
        self._name = identifier(f"lived {depth}")
        self._several = identifier(f"several homes {depth}")
        self._columns: dict[str, None] = {}
        self.day = day

    def rows(self, *columns: str) -> str:
        """The table: person_id, household_id, from_date, to_date, and the columns named."""
        always = ("person_id", "household_id", "from_date", "to_date")
        self._columns |= dict.fromkeys((*always, *columns))
        return self._name

    def dated(self, *columns: str) -> str:
        """The same with its `day`, for FROM."""
        return f"(SELECT *, {date_literal(self.day)} AS day FROM {self.rows(*columns)})"

    @property
    def several(self) -> str:
        """The table of those with more than one residence: person_id."""
        self.rows()
        return self._several

    def each(self, one: str, several: str, *columns: str) -> str:
        """A value by person, as a query.

        Args:
            one: the value, named, from the only residence, called `homes`.
            several: the same from all the residences of a person, as aggregates.
            columns: what they read.
        """
        homes = f"{self.rows(*columns)} AS homes"
        return (
            f"SELECT person_id, {one} FROM {homes} ANTI JOIN {self.several} USING (person_id) "
            f"UNION ALL SELECT person_id, {several} FROM {homes} "
            f"SEMI JOIN {self.several} USING (person_id) GROUP BY person_id"
        )

    def around(self, query: str) -> str:
        """A query with the tables in front of it, if it reads any."""
        if not self._columns:
            return query
        numbered = ROW_NUMBER in self._columns
        held = self._snapshot.source("residences", row_numbers=numbered)
        names = ", ".join(identifier(name) for name in self._columns)
        holds = HOLDS.format("held", date_literal(self.day))
        return (
            f"WITH {self._name} AS MATERIALIZED (SELECT {names} FROM {held} AS held "
            f"WHERE {holds}), {self._several} AS MATERIALIZED (SELECT person_id "
            f"FROM {self._name} GROUP BY person_id HAVING count(*) > 1) {query}"
        )
