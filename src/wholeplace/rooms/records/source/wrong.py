"""A file that cannot be used at all, and how its places are named."""

from __future__ import annotations

from wholeplace.core.kernel.errors import UserMistake

AGAIN = "Nothing was loaded. Ask for the file again, or mend it, and load the folder again."


def place(file: str, number: int | None) -> str:
    """`residents.csv, line 3`, or `patients.parquet, row 2`: Parquet has rows and no lines."""
    if not number:
        return file
    return f"{file}, {counted_in(file)} {number}"


def counted_in(file: str) -> str:
    """What the places of a file are called: "line", or "row" of Parquet."""
    return "row" if file.lower().endswith(".parquet") else "line"


class WrongFile(UserMistake):
    """A file of an extract cannot be used at all; nothing was loaded.

    `line` is the physical line of a CSV file, or the row of a Parquet file, from 1.
    """

    def __init__(self, file: str, line: int | None, what: str, *, do: str = "") -> None:
        super().__init__(f"{place(file, line)}: {what}", do=f"{do} {AGAIN}".strip())
        self.file = file
        self.line = line
