"""The place's schemes, facts and funds as files, read when they change and not before."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from django.conf import settings
from pydantic import Field

from wholeplace.core.evidence.suppression import LEAST_FEW, Publishing
from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.rules.facts import Text
from wholeplace.core.rules.files.believed_file import BelievedFile, place_believed
from wholeplace.core.rules.files.faults import meant
from wholeplace.core.rules.files.inherit import read_one
from wholeplace.core.rules.files.intake_file import IntakeFile, place_intake
from wholeplace.core.rules.files.place_text import place_text
from wholeplace.core.rules.files.places import Stamp, place_files, place_stamp
from wholeplace.core.rules.files.scheme_loader import (
    load_place,
    load_scheme,
    read_scheme,
    scheme_names,
)
from wholeplace.core.rules.files.strict import Strict, read_model
from wholeplace.core.rules.rates import Rate, RateTable
from wholeplace.core.rules.schemes import PlaceRules, Scheme
from wholeplace.rooms.schemes import actions
from wholeplace.rooms.schemes.protected import kept_scheme


class PublishingFile(Strict):
    """`governance/publishing.yaml`: counts of 1 to `few` are hidden, others are rounded."""

    few: Annotated[int, Field(ge=LEAST_FEW, le=1000)]
    round_to: Annotated[int, Field(ge=1, le=1000)]
    source: Text


_looked_at: ContextVar[dict[Path, Stamp] | None] = ContextVar("looked_at", default=None)


@contextmanager
def looked_at_once() -> Iterator[None]:
    """Look at the place's files once within this context: one answer, from one state of them.

    A page that shows every scheme of a person asks for rules forty times, and a place has some
    two hundred files.
    """
    token = _looked_at.set({})
    try:
        yield
    finally:
        _looked_at.reset(token)


def _stamp(place: Path) -> Stamp:
    known = _looked_at.get()
    if known is None:
        return place_stamp(place)
    if place not in known:
        known[place] = place_stamp(place)
    return known[place]


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
    if key not in names():
        close = meant(key, names())
        do = f"{close[:1].upper()}{close[1:]}" or f"There are {', '.join(names())}."
        raise NotFound(f"There is no scheme called {key}.", do=do)
    return _scheme(place / "schemes" / f"{key}.yaml", _stamp(place))


def names() -> list[str]:
    """The schemes that the place has, its own and those that it inherits."""
    place = Path(settings.PLACE)
    return list(_names(place, _stamp(place)))


def publishing() -> Publishing:
    """How the place hides small counts; as the brief says where it has no file of its own."""
    place = Path(settings.PLACE)
    return _publishing(place, _stamp(place))


def believed() -> BelievedFile:
    """By which rules something is believed where agencies disagree. Raises FileMistake."""
    place = Path(settings.PLACE)
    return _believed(place, _stamp(place))


def intake() -> IntakeFile | None:
    """Who is told of a possible duplicate at intake; None where nobody is. Raises FileMistake."""
    place = Path(settings.PLACE)
    return _intake(place, _stamp(place))


def kept_scheme_on(version_id: int, day: dt.date) -> Scheme:
    """A scheme as it was kept, for somebody who waits for an answer as at `day`.

    A dated figure of that day which the files did not have yet is taken from those of today:
    otherwise nobody could ever decide. No figure that was kept is replaced.
    """
    kept = kept_scheme(version_id)
    late = {
        name: rate
        for name, rate in place_rules().rates.items()
        if name in kept.place.rates
        and not has_figure(kept.place.rates[name], day)
        and has_figure(rate, day)
    }
    if not late:
        return kept
    rates = {**kept.place.rates, **late}
    return read_scheme(kept.text, replace(kept.place, rates=rates), kept.file)


def has_figure(rate: Rate | RateTable, day: dt.date) -> bool:
    """Whether a rate or table says what holds on `day`."""
    periods = rate.figures if isinstance(rate, Rate) else rate.tables
    return any(one.first <= day <= one.last for one in periods)


def keep(found: Scheme) -> int:
    """Keep a scheme that is about to be used, and the place's rules that it is read over.

    Returns the version's number.
    """
    return actions.keep_version(
        scheme=found.key,
        name=found.name,
        text=found.text,
        place_text=place_text(found.place),
    )


@functools.lru_cache(maxsize=2)
def _names(place: Path, stamp: Stamp) -> tuple[str, ...]:
    return tuple(scheme_names(place))


@functools.lru_cache(maxsize=2)
def _publishing(place: Path, stamp: Stamp) -> Publishing:
    if "publishing" not in place_files(place, "governance"):
        return Publishing()
    said = read_one(
        place, "governance", "publishing", lambda found, _: read_model(found, PublishingFile)
    )
    return Publishing(few=said.few, round_to=said.round_to)


@functools.lru_cache(maxsize=2)
def _believed(place: Path, stamp: Stamp) -> BelievedFile:
    return place_believed(place)


@functools.lru_cache(maxsize=2)
def _intake(place: Path, stamp: Stamp) -> IntakeFile | None:
    return place_intake(place)


@functools.lru_cache(maxsize=2)
def _place_rules(place: Path, stamp: Stamp) -> PlaceRules:
    return load_place(place)


@functools.lru_cache(maxsize=32)
def _scheme(path: Path, stamp: Stamp) -> Scheme:
    return load_scheme(path, _place_rules(path.parents[1], stamp))
