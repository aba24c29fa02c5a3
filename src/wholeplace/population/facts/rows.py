"""What is held about one person, as the slow derivation reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from wholeplace.population.snapshot.tables import TABLES


@dataclass(frozen=True)
class Row:
    """One row of a table of `snapshot.tables`.

    Attributes:
        values: column → value; a column that is not named is not known.
        source: where it came from, in words ("Benefits extract of 1 June 2026, line 42").
        recorded_at: when it was recorded.
    """

    values: Mapping[str, Any]
    source: str = ""
    recorded_at: datetime | None = None

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)


AreaFigures = Callable[[str, str], Iterable[Row]]
"""(area code, indicator) → its rows of `indicators`."""


Household = Callable[[int], "Iterable[PersonRows] | None"]
"""household's number → everybody who has a residence row of it, on any day; None: not known."""


def no_figures(area_code: str, indicator: str) -> Iterable[Row]:
    """No figure is known for any area."""
    return ()


@dataclass(frozen=True)
class PersonRows:
    """Everything about one person that facts are derived from.

    Attributes:
        person: the row of `persons`.
        indicators: looks up an area's figures.
        household: gives everybody with a residence row of a household, whatever the day; None
            where the reader cannot see them all, so that nobody knows who lives together.
    """

    person: Row
    residences: tuple[Row, ...] = ()
    benefit_spells: tuple[Row, ...] = ()
    jobs: tuple[Row, ...] = ()
    accounts: tuple[Row, ...] = ()
    indicators: AreaFigures = field(default=no_figures, compare=False)
    household: Household | None = field(default=None, compare=False)

    @property
    def number(self) -> int:
        """The person's number."""
        number: int = self.person["person_id"]
        return number

    @property
    def date_of_birth(self) -> date | None:
        """The day the person was born, when it is known."""
        born: date | None = self.person["date_of_birth"]
        return born

    def table(self, name: str) -> tuple[Row, ...]:
        """A table's rows in the order that settles ties: of equal days, the later row counts."""
        rows = {
            "persons": (self.person,),
            "residences": self.residences,
            "benefit_spells": self.benefit_spells,
            "jobs": self.jobs,
            "accounts": self.accounts,
        }[name]
        return in_order(name, rows)

    def figures(self, area_code: str, indicator: str) -> tuple[Row, ...]:
        """The figures of an area, in their order."""
        return in_order("indicators", self.indicators(area_code, indicator))


def in_order(table: str, rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows as the snapshot's file has them: by the table's order, empty first."""
    columns = TABLES[table].order

    def place(row: Row) -> list[tuple[bool, Any]]:
        return [
            (row[name] is not None, row[name] if row[name] is not None else 0) for name in columns
        ]

    return tuple(sorted(rows, key=place))
