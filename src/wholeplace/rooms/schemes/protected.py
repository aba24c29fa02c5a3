"""Which of the criteria that a trawl kept are not for the reader: every reading asks here.

A criterion is protected from a reader when it reads a fact whose class they do not have, itself
or through what a fact is worked out from. Where the rules that were kept cannot be read any
more, every criterion is: nobody can say what it rests on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from wholeplace.core.kernel.errors import NotFound, WholeplaceError
from wholeplace.core.rules.explain import PROTECTED, TRUTH
from wholeplace.core.rules.files.place_text import read_place_text
from wholeplace.core.rules.files.places import Stamp, place_stamp
from wholeplace.core.rules.files.scheme_loader import load_place, read_scheme
from wholeplace.core.rules.schemes import PlaceRules, Scheme
from wholeplace.core.rules.seen import protected_criteria
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.schemes.models import SchemeVersion

__all__ = ["PROTECTED", "Hides", "Kept", "hidden_in", "kept_scheme", "shown", "without", "word"]

Kept = bool | None | str
"""A kept value as a reader gets it: true, false, None (unknown), or `protected`."""
Hides = Callable[[str], bool]


def hidden_in(version_id: int) -> Hides:
    """Whether the criterion with this key, of a scheme as it was kept, is not for whoever acts."""
    classes = require_actor().classes
    try:
        keys = protected_criteria(kept_scheme(version_id), classes)
    except WholeplaceError:
        return lambda key: True
    return lambda key: key in keys


def shown(criteria: Mapping[str, bool | None], hides: Hides) -> dict[str, Kept]:
    """Each criterion's value, `protected` where it is not for the reader."""
    return {key: PROTECTED if hides(key) else value for key, value in criteria.items()}


def without(criteria: Mapping[str, Any], hides: Hides) -> dict[str, Any]:
    """The criteria that are for the reader: that another one differed is a value too."""
    return {key: value for key, value in criteria.items() if not hides(key)}


def word(value: bool | None, hidden: bool) -> str:
    """yes, no, unknown or protected."""
    return PROTECTED if hidden else TRUTH[value]


def kept_scheme(version_id: int) -> Scheme:
    """A scheme as it was when it was kept, over the place's rules as they were kept with it.

    Versions kept by releases that kept no place's rules are read over those of today.

    Raises:
        NotFound: there is no such version.
        PlaceTextUnreadable, FileMistake: this program cannot read what was kept.
    """
    values = ("text", "place_version__text")
    found = SchemeVersion.objects.values_list(*values).filter(pk=version_id).first()
    if found is None:
        raise NotFound("There is no such version.")
    text, place_text = found
    if place_text:
        return _kept(text, place_text)
    place = Path(settings.PLACE)
    return read_scheme(text, _today(place, place_stamp(place)))


@functools.lru_cache(maxsize=2)
def _today(place: Path, stamp: Stamp) -> PlaceRules:
    return load_place(place)


@functools.lru_cache(maxsize=8)
def _kept_place(text: str) -> PlaceRules:
    return read_place_text(text)


@functools.lru_cache(maxsize=32)
def _kept(text: str, place: str) -> Scheme:
    return read_scheme(text, _kept_place(place))
