"""Names, dates and texts as they stand in DuckDB's SQL. Nothing else builds SQL from values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path


def identifier(name: str) -> str:
    """A column or table name in double quotes, whatever is in it.

    Raises:
        ValueError: the name is empty or holds a NUL character.
    """
    if not name or "\x00" in name:
        raise ValueError(f"{name!r} cannot be a column or table name")
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """A text in single quotes.

    Raises:
        ValueError: the text holds a NUL character, at which SQL would end.
    """
    if "\x00" in text:
        raise ValueError("a text in SQL cannot hold a NUL character")
    return "'" + text.replace("'", "''") + "'"


def text_list(texts: Iterable[str]) -> str:
    """`('a', 'b')`, for IN.

    Raises:
        ValueError: no text is given; `IN ()` would be no SQL.
    """
    literals = [text_literal(text) for text in texts]
    if not literals:
        raise ValueError("a list for IN needs one text or more")
    return "(" + ", ".join(literals) + ")"


def date_literal(day: date) -> str:
    """`DATE '2026-06-01'`."""
    return f"DATE '{day.isoformat()}'"


def moment_literal(moment: datetime) -> str:
    """`TIMESTAMP '2026-06-01 09:30:00.000000'`: a moment as it stands in UTC.

    Raises:
        ValueError: the moment does not say in which time zone it is.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return f"TIMESTAMP '{text}'"


def parquet(path: Path, *, row_numbers: bool = False) -> str:
    """A Parquet file as a table; with `row_numbers`, also its column `file_row_number`."""
    option = ", file_row_number = true" if row_numbers else ""
    return f"read_parquet({text_literal(str(path))}{option})"
