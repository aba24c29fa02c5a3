"""The place's schemes, facts and funds as files, read when they change and not before."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from django.conf import settings

from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.rules.scheme_loader import load_place, load_scheme, read_scheme
from wholeplace.core.rules.schemes import PlaceRules, Scheme
from wholeplace.rooms.schemes import actions, queries

Stamp = tuple[tuple[str, int], ...]


def place_rules() -> PlaceRules:
    """The place's facts, lawful bases and funding sources. Raises FileMistake."""
    place = Path(settings.PLACE)
    return _place_rules(place, _stamp(place))


def scheme(key: str) -> Scheme:
    """The scheme of this name as its file says now.

    Raises:
        NotFound: the place has no such scheme.
        FileMistake: its file, or one that it names, is not right.
    """
    place = Path(settings.PLACE)
    path = place / "schemes" / f"{key}.yaml"
    if path.parent != place / "schemes" or not path.is_file():
        raise NotFound(f"There is no scheme called {key}.", do=f"There are {', '.join(names())}.")
    return _scheme(path, _stamp(place))


def names() -> list[str]:
    """The schemes that the place has."""
    return sorted(path.stem for path in (Path(settings.PLACE) / "schemes").glob("*.yaml"))


def kept_scheme(version_id: int) -> Scheme:
    """A scheme as it was when it was kept, over the place's facts of today."""
    place = Path(settings.PLACE)
    return _kept(queries.version_text(version_id), place, _stamp(place))


def keep(found: Scheme) -> int:
    """Keep the text of a scheme that is about to be used; returns the version's number."""
    return actions.keep_version(scheme=found.key, name=found.name, text=found.text)


def _stamp(place: Path) -> Stamp:
    # Every explanation asks, so not by pathlib, whose glob takes several times as long.
    found = []
    for folder in ("facts", "governance", "governance/funding", "schemes"):
        if (place / folder).is_dir():
            with os.scandir(place / folder) as files:
                found += [(f.path, f.stat().st_mtime_ns) for f in files if f.name.endswith(".yaml")]
    return tuple(sorted(found))


@functools.lru_cache(maxsize=2)
def _place_rules(place: Path, stamp: Stamp) -> PlaceRules:
    return load_place(place)


@functools.lru_cache(maxsize=32)
def _scheme(path: Path, stamp: Stamp) -> Scheme:
    return load_scheme(path, _place_rules(path.parents[1], stamp))


@functools.lru_cache(maxsize=32)
def _kept(text: str, place: Path, stamp: Stamp) -> Scheme:
    return read_scheme(text, _place_rules(place, stamp))
