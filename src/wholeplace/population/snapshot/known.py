"""A snapshot's table as it was known at an earlier moment.

What stands now and had been recorded by then, and what stood then and was superseded since.
"""

from __future__ import annotations

from datetime import UTC, datetime

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import identifier, moment_literal
from wholeplace.population.snapshot.tables import KNOWN_FROM, KNOWN_TO, Table


class NotYetKnown(UserMistake):
    """What will be known is asked for: a moment later than that at which the records were read."""


def check_moment(asked: datetime, read: datetime) -> None:
    """Make sure that a moment of knowledge is one, and not later than the records.

    Raises:
        NotYetKnown: it is later than `read`.
        UserMistake: no calendar has it: with its time zone it lies before year 1.
        ValueError: it does not say in which time zone it is.
    """
    if asked.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    try:
        moment = f"{asked.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except OverflowError:  # within a day of either end of the calendar
        moment = "a moment that no calendar has"
        if asked < read:
            raise UserMistake(
                "That moment of knowledge is not in the calendar.",
                do="Ask for a later moment, or for what is known now.",
            ) from None
    if asked > read:
        raise NotYetKnown(
            "That moment of knowledge is yet to come.",
            why=f"The records were read at {read.astimezone(UTC):%Y-%m-%d %H:%M} UTC; asked was"
            f" what is known at {moment}.",
            do="Ask for an earlier moment, or for what is known now.",
        )


def known_sql(
    table: Table,
    now: str,
    before: str,
    known_at: datetime,
    *,
    persons: str = "",
    row_numbers: bool = False,
) -> str:
    """The rows of a table as known at a moment, with its columns, for FROM.

    Args:
        table: one that has a history.
        now: its rows of today, as it stands after FROM.
        before: its superseded rows, likewise.
        known_at: the moment.
        persons: who was known then; rows of others are left out. Empty: nobody's are.
        row_numbers: also `file_row_number`: the rows' places in the order that settles ties, as
            the file of a snapshot taken at that moment would have them.
    """
    moment = moment_literal(known_at)
    columns = ", ".join(identifier(name) for name in table.columns)
    rows = (
        f"SELECT {columns} FROM {now} WHERE {KNOWN_FROM} <= {moment} UNION ALL "
        f"SELECT {columns} FROM {before} WHERE {KNOWN_FROM} <= {moment} AND {moment} < {KNOWN_TO}"
    )
    if persons:
        rows = f"SELECT * FROM ({rows}) AS rows_then SEMI JOIN {persons} AS known USING (person_id)"
    if table.distinct:
        rows = f"SELECT DISTINCT * FROM ({rows}) AS rows_then"
    if row_numbers:
        order = ", ".join(f"{identifier(name)} NULLS FIRST" for name in table.order)
        place = f"row_number() OVER (ORDER BY {order}) - 1 AS file_row_number"
        rows = f"SELECT *, {place} FROM ({rows}) AS rows_then"
    return f"({rows})"


def superseded_name(table: str) -> str:
    """The name of the file of a table's superseded rows, without `.parquet`."""
    return f"history_{table}"
