"""The place's facts and schemes as its files say, read once a process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.schemes import PlaceRules, Scheme


def facts_here() -> Mapping[str, FactSpec]:
    """Every fact of this place by name."""
    return _place(Path(settings.PLACE)).facts


def schemes_here() -> dict[str, Scheme]:
    """Every scheme of this place by key."""
    return _schemes(Path(settings.PLACE))


@lru_cache(maxsize=4)
def _place(folder: Path) -> PlaceRules:
    return load_place(folder)


@lru_cache(maxsize=4)
def _schemes(folder: Path) -> dict[str, Scheme]:
    files = sorted((folder / "schemes").glob("*.yaml"))
    found = [load_scheme(file, _place(folder)) for file in files]
    return {scheme.key: scheme for scheme in found}
