"""Sources, files and fields in the words of the pages about loads.

A source has its name in the source file. A file or field is its own key in plain words; the key
itself stands on the row's own page alone.
"""

from __future__ import annotations

from pathlib import PurePath

from django.conf import settings
from django.utils.html import format_html_join

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows.load_extract import find_source
from wholeplace.rooms.records.source.wrong import counted_in


def source_name(source: str) -> str:
    """ "police" → "People known to the police"; one that the place has no more is its own key."""
    try:
        return find_source(settings.PLACE, source).name
    except NotFound:
        return plain(source)


def plain(key: str) -> str:
    """ "household_members.csv" and "household_members" → "Household members"."""
    said = PurePath(key).stem.replace("_", " ").replace("-", " ")
    return said[:1].upper() + said[1:]


def place_in_words(file: str, field: str = "") -> str:
    """ "Residents", or "Residents, date of birth"."""
    return f"{plain(file)}, {plain(field).lower()}" if field else plain(file)


def in_words(kind: str, key: str) -> str:
    """What a filter's value says: of a source, a file or a field; a reason is words already."""
    if kind == "source":
        return source_name(key)
    return plain(key) if kind in ("file", "field") else key


def line_of(file: str, number: int) -> str:
    """ "line 1,203"; "row 2" of Parquet."""
    return f"{counted_in(file)} {number:,}"


def breakable(key: str) -> object:
    """A column's name that breaks after an underscore and not within a word."""
    first, *rest = key.split("_")
    return format_html_join("", "{}", [(first,)]) + format_html_join("", "_<wbr>{}", zip(rest))
