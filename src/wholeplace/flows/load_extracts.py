"""What several agencies handed over, one source after another.

Each source is loaded by its own agency's account and in a transaction of its own: one that is
refused, or fails, leaves the others as they would have been without it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from django.db import DatabaseError

from wholeplace.core.kernel.errors import UserMistake, WholeplaceError
from wholeplace.core.rules.files.places import place_files
from wholeplace.flows.load_extract import Outcome, find_source, load_extract
from wholeplace.rooms.records.source.manifest import MANIFEST

Step = Callable[[str, str], None]


@dataclass(frozen=True)
class Found:
    """The files of one source, and where they lie."""

    source: str
    folder: Path


@dataclass(frozen=True)
class NotLoaded:
    """A source that was refused or failed. `error` says why and what to do."""

    source: str
    error: WholeplaceError


class Broken(WholeplaceError):
    """A source whose load failed for no fault of its files."""


def find_extracts(folder: Path, place: Path, source: str | None = None) -> list[Found]:
    """The sources whose files lie in a folder: one a folder below it, or the folder's own.

    A folder below is a source's when it is called as the source is, or when its manifest says
    so; one whose source nobody knows is among them, and will be refused.

    Raises:
        UserMistake: there is no such folder, or no source's files in it.
    """
    if not folder.is_dir():
        raise UserMistake(f"{folder} is not a folder.", do="Give the folder of the extract.")
    if source:
        return [Found(source, folder / source if (folder / source).is_dir() else folder)]
    known = place_files(place, "sources")
    below = [
        Found(name, each)
        for each in sorted(folder.iterdir())
        if each.is_dir() and (name := each.name if each.name in known else _told_source(each))
    ]
    return below or [Found(_own_source(folder, place, known), folder)]


def _own_source(folder: Path, place: Path, known: Sequence[str]) -> str:
    """Whose files lie in the folder itself: what its manifest says, or whoever has most there."""
    told = _told_source(folder)
    if told:
        return told
    there = {path.stem for path in folder.iterdir() if path.suffix in (".csv", ".parquet")}
    found = {
        name: len({Path(spec.file).stem for spec in files.values()} & there)
        for name in known
        if (files := find_source(place, name).files)
    }
    best = max(found, key=lambda name: found[name], default=None)
    if best is None or not found[best]:
        raise UserMistake(
            f"No source's files lie in {folder}.",
            why=f"The sources of this place are {', '.join(known) or 'none'}.",
            do="Give the folder that has them, or say which source it is with --source.",
        )
    return best


def _told_source(folder: Path) -> str | None:
    try:
        told: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    source = told.get("source") if isinstance(told, dict) else None
    return source if isinstance(source, str) else None


def load_extracts(
    found: Sequence[Found],
    place: Path,
    *,
    day: dt.date,
    correction: bool = False,
    progress: Step = lambda source, step: None,
) -> list[Outcome | NotLoaded]:
    """Load each source by itself; what became of each, in the same order.

    Args:
        day: the day of loading.
        correction: the files replace those that were loaded for the same day.
        progress: called with the source and each step of its load.
    """
    return [
        _load_one(one, place, day, correction, lambda step, name=one.source: progress(name, step))
        for one in found
    ]


def _load_one(
    one: Found, place: Path, day: dt.date, correction: bool, progress: Callable[[str], None]
) -> Outcome | NotLoaded:
    try:
        source = find_source(place, one.source)
        return load_extract(one.folder, source, day=day, correction=correction, progress=progress)
    except WholeplaceError as error:
        return NotLoaded(one.source, error)
    except (duckdb.Error, DatabaseError, OSError) as error:
        # The first line alone: what follows may tell of a row.
        cause = (str(error).splitlines() or [""])[0]
        why = f"{type(error).__name__}: {cause}"
        do = "Nothing of it was loaded. Mend the cause and load it again."
        return NotLoaded(one.source, Broken(f"{one.source} failed.", why=why, do=do))
