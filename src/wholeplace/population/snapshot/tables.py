"""The tables of a snapshot: columns, types, and the order that settles ties.

Dates are days, ends are the last day included, an empty end is still running, money is whole
pence, other figures are exact decimals, and an empty value means that it is not known and
nothing else.

A table is one file of what stands now, each row with the moment since which it has been
recorded (`known_from`, UTC), and one, `history_<table>`, of what stood before, with the moment
at which it stopped (`known_to`). A row was known at K when known_from <= K < known_to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PUBLISHED = "open-data"
"""Stands where an agency would: open statistics about areas, which any scheme may read."""

KNOWN_FROM, KNOWN_TO = "known_from", "known_to"
MOMENT = "TIMESTAMP"
"""DuckDB's type of a moment in UTC, to the microsecond."""


@dataclass(frozen=True)
class Table:
    """One table of a snapshot.

    Attributes:
        name: also the file's name, with `.parquet`.
        columns: name → DuckDB type.
        needed: columns that are never empty.
        order: rows of one person stand in this order, empty first; of two rows that are
            otherwise equal for a fact ("two jobs that start on one day"), the later counts.
        dates: the columns a fact may name as `by`.
        history: whether it is kept since when each row has been recorded, and what stood before.
        distinct: equal rows are one row: a household's account that several memberships lead to.
    """

    name: str
    columns: Mapping[str, str]
    needed: tuple[str, ...]
    order: tuple[str, ...]
    dates: tuple[str, ...] = ()
    history: bool = True
    distinct: bool = False

    @property
    def stored(self) -> Mapping[str, str]:
        """The columns of the file of what stands now: name → DuckDB type."""
        return {**self.columns, KNOWN_FROM: MOMENT} if self.history else self.columns

    @property
    def superseded(self) -> Mapping[str, str]:
        """The columns of the file of what stood before."""
        return {**self.stored, KNOWN_TO: MOMENT}


PERSONS = Table(
    "persons",
    {
        "person_id": "BIGINT",
        "ref": "VARCHAR",
        "date_of_birth": "DATE",
        "died_on": "DATE",
        "do_not_contact": "BOOLEAN",
        "unsafe_address": "BOOLEAN",
    },
    needed=("person_id",),
    order=("person_id",),
    dates=("date_of_birth", "died_on"),
)

RESIDENCES = Table(
    "residences",
    {
        "person_id": "BIGINT",
        "household_id": "BIGINT",
        "uprn": "VARCHAR",
        "lsoa_code": "VARCHAR",
        "ward_code": "VARCHAR",
        "role": "VARCHAR",
        "tenure": "VARCHAR",
        "from_date": "DATE",
        "to_date": "DATE",
    },
    needed=("person_id",),
    order=(
        *("person_id", "from_date", "to_date", "household_id", "uprn", "lsoa_code", "ward_code"),
        *("role", "tenure"),
    ),
    dates=("from_date", "to_date"),
)

BENEFIT_SPELLS = Table(
    "benefit_spells",
    {
        "person_id": "BIGINT",
        "benefit": "VARCHAR",
        "start_date": "DATE",
        "end_date": "DATE",
        "weekly_pence": "BIGINT",
        "housing_costs": "BOOLEAN",
    },
    needed=("person_id", "benefit"),
    order=("person_id", "start_date", "end_date", "benefit", "weekly_pence", "housing_costs"),
    dates=("start_date", "end_date"),
)

JOBS = Table(
    "jobs",
    {
        "person_id": "BIGINT",
        "employer": "VARCHAR",
        "start_date": "DATE",
        "end_date": "DATE",
        "expected_weeks": "BIGINT",
        "hours_a_week": "DECIMAL(18,4)",
        "reported_on": "DATE",
    },
    needed=("person_id",),
    order=(
        "person_id",
        "start_date",
        "reported_on",
        "expected_weeks",
        "hours_a_week",
        "end_date",
        "employer",
    ),
    dates=("start_date", "end_date", "reported_on"),
)

ACCOUNTS = Table(
    "accounts",
    {
        "person_id": "BIGINT",
        "household_id": "BIGINT",
        "kind": "VARCHAR",
        "weekly_charge_pence": "BIGINT",
        "weekly_help_pence": "BIGINT",
        "arrears_pence": "BIGINT",
        "as_at_date": "DATE",
    },
    needed=("person_id", "kind"),
    order=(
        "person_id",
        "as_at_date",
        "household_id",
        "kind",
        "weekly_charge_pence",
        "weekly_help_pence",
        "arrears_pence",
    ),
    dates=("as_at_date",),
    distinct=True,
)

INDICATORS = Table(
    "indicators",
    {
        "area_code": "VARCHAR",
        "indicator": "VARCHAR",
        "value": "DECIMAL(18,4)",
        "from_date": "DATE",
        "to_date": "DATE",
    },
    needed=("area_code", "indicator"),
    order=("indicator", "area_code", "from_date", "to_date", "value"),
    history=False,
)

ISLANDS = Table(
    "islands",
    {
        "person_id": "BIGINT",
        "grouping": "VARCHAR",
        "start_date": "DATE",
        "end_date": "DATE",
        "stretch_start": "DATE",
    },
    needed=("person_id", "grouping"),
    order=("grouping", "person_id", "stretch_start"),
)

SOURCE_TABLES: tuple[Table, ...] = (
    PERSONS,
    RESIDENCES,
    BENEFIT_SPELLS,
    JOBS,
    ACCOUNTS,
    INDICATORS,
)
"""What the store of record supplies; islands are made from the spells."""

TABLES: Mapping[str, Table] = {table.name: table for table in (*SOURCE_TABLES, ISLANDS)}

PERSON_TABLES: tuple[str, ...] = ("residences", "benefit_spells", "jobs", "accounts")
"""Tables with any number of rows a person."""

WITHOUT_HISTORY: tuple[str, ...] = tuple(t.name for t in TABLES.values() if not t.history)
"""Tables of which only today's rows are held, so that they are read at any day of knowledge."""
