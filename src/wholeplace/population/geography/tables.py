"""Reading one open file strictly: a wrong layout is said plainly, never guessed at."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wholeplace.core.kernel.errors import UserMistake


class WrongLayout(UserMistake):
    """An open file is not what its name says: the columns, the encoding or the content."""


def read_text(path: Path) -> str:
    """The file's text, once it is known to be UTF-8 and not a web page.

    Raises:
        WrongLayout: missing, empty, not UTF-8, or HTML saved under a data file's name.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WrongLayout(
            f"{path.name} cannot be read.", why=str(error.strerror or error), do="Check the folder."
        ) from error
    if not raw.strip():
        raise WrongLayout(f"{path.name} is empty.", do="Download the file again.")
    if raw.lstrip()[:1] == b"<":
        raise WrongLayout(
            f"{path.name} is a web page, not a data file.",
            why="It begins with '<'.",
            do="Download the file itself rather than the page about it.",
        )
    return decoded(path, raw)


def decoded(path: Path, raw: bytes) -> str:
    """UTF-8 text with any byte order mark taken off; other encodings are refused."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise WrongLayout(
            f"{path.name} is not in UTF-8.",
            why=f"Line {line} holds the byte 0x{raw[error.start]:02x}, as Latin-1 would.",
            do="Save it again as UTF-8.",
        ) from error


def read_rows(path: Path, expected: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file that has at least the `expected` columns, in any order.

    Raises:
        WrongLayout: names the file, the columns expected and the columns found; or the
            line that is cut short; or that the file has a header and nothing else.
    """
    reader = csv.reader(read_text(path).splitlines())
    header = [name.strip() for name in next(reader)]
    missing = [name for name in expected if name not in header]
    if missing:
        raise WrongLayout(
            f"{path.name} does not have the column {missing[0]}.",
            why=f"Expected {', '.join(expected)}; found {', '.join(header)[:300]}.",
            do="Check that this is the right file in its published layout.",
        )
    rows = [whole(path, reader.line_num, header, cells) for cells in reader if cells]
    if not rows:
        raise WrongLayout(f"{path.name} has a header and no rows.", do="Download the file again.")
    return rows


def whole(path: Path, line: int, header: list[str], cells: list[str]) -> dict[str, str]:
    """One row by column name.

    Raises:
        WrongLayout: the row has another number of cells than the header.
    """
    if len(cells) != len(header):
        raise WrongLayout(
            f"{path.name}, line {line}, has {len(cells)} values under {len(header)} columns.",
            why="The file may have been cut short.",
            do="Download the file again.",
        )
    return dict(zip(header, cells, strict=True))


def number(path: Path, row: dict[str, str], column: str) -> float:
    """A cell as a number.

    Raises:
        WrongLayout: the cell is not a number.
    """
    try:
        return float(row[column])
    except ValueError as error:
        raise WrongLayout(
            f"{path.name} holds {row[column]!r} under {column}.", why="A number is expected there."
        ) from error


def read_json(path: Path, expected: Sequence[str]) -> dict[str, Any]:
    """A JSON object that has the `expected` keys.

    Raises:
        WrongLayout: not JSON (or cut short), not an object, or a key is missing.
    """
    try:
        found = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise WrongLayout(
            f"{path.name} is not whole JSON.",
            why=f"Line {error.lineno}, column {error.colno}: {error.msg}.",
            do="Download the file again.",
        ) from error
    keys = sorted(found) if isinstance(found, dict) else [type(found).__name__]
    missing = [name for name in expected if name not in keys]
    if missing:
        raise WrongLayout(
            f"{path.name} does not have the key {missing[0]}.",
            why=f"Expected {', '.join(expected)}; found {', '.join(keys)[:300]}.",
            do="Check that this is the right file in its published layout.",
        )
    return dict(found)
