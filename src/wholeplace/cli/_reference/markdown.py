"""Small pieces of Markdown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from wholeplace.core.rules.shown import show_date


def begin(title: str, made_from: str) -> list[str]:
    """A page's title, and where its words come from, so that nobody corrects it by hand."""
    return [f"# {title}", "", f"<!-- `wholeplace docs write` made this page from {made_from}. -->"]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, after an empty line; nothing when there are no rows."""
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    if not lines:
        return []
    return ["", "| " + " | ".join(heads) + " |", "|" + "---|" * len(heads), *lines]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Text as code, on one line."""
    return f"`{' '.join(text.split())}`"


def codes(names: Iterable[str]) -> str:
    """Names as code, with commas between."""
    return ", ".join(code(name) for name in names)


def words(name: str) -> str:
    """A name of the files as words: `section-13a` gives `section 13a`."""
    return name.replace("-", " ").replace("_", " ")


def capital(text: str) -> str:
    """The first letter a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def ended(text: str) -> str:
    """A sentence with its full stop, capital first."""
    return capital(text if text.endswith((".", "?")) else f"{text}.")


def from_to(first: dt.date, last: dt.date | None) -> str:
    """`from 1 April 2026 to 31 March 2029`, `from 1 April 2009`."""
    until = f" to {show_date(last)}" if last else ""
    return f"from {show_date(first)}{until}"


def whole(lines: Iterable[str]) -> str:
    """The page as one text."""
    return "\n".join(lines) + "\n"
