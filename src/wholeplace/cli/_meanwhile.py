"""What else the place offers, for `wholeplace scheme explain`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from wholeplace.core.rules.alternatives import Alternative, alternatives
from wholeplace.core.rules.files.faults import FileMistake
from wholeplace.core.rules.files.places import SCHEMES
from wholeplace.core.rules.files.scheme_loader import load_scheme, scheme_names
from wholeplace.core.rules.schemes import PlaceRules, Scheme
from wholeplace.core.rules.stated import FactsProvider


def offered(
    folder: Path, place: PlaceRules, provider: FactsProvider, as_at: date
) -> tuple[Alternative, ...]:
    """The place's schemes to offer this person; one whose file is wrong is not among them."""
    return alternatives(_readable(folder, place), provider, as_at)


def _readable(folder: Path, place: PlaceRules) -> list[Scheme]:
    found = []
    for name in scheme_names(folder):
        try:
            found.append(load_scheme(folder / SCHEMES / f"{name}.yaml", place))
        except FileMistake:
            continue  # `wholeplace scheme check` tells what is wrong with it
    return found
