"""Dated figures and tables of a place: benefit rates, thresholds, bands (`rates/NAME.yaml`).

The figure that counts is that of the day that the evaluation speaks of. A day without one is
an error that says what is there and what to add: last year's figure is never taken instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.shown import show_date
from wholeplace.core.rules.tree import DatedFigure, DatedTable, Type

Dated = TypeVar("Dated", DatedFigure, DatedTable)


@dataclass(frozen=True)
class Rate:
    """A figure that changes with the years. `type` is that of every one of its figures.

    `unit` is shown to people after the figure: `a month`.
    """

    name: str
    meaning: str
    type: Type
    figures: tuple[DatedFigure, ...]
    unit: str = ""


@dataclass(frozen=True)
class RateTable:
    """A table from bands of one value (`by`) to another (`gives`), as it changes by year."""

    name: str
    meaning: str
    by: Type
    gives: Type
    tables: tuple[DatedTable, ...]


class RateMissing(UserMistake):
    """A rule names a figure that has no value for the day. `name` and `day` say which."""

    def __init__(self, name: str, day: dt.date, held: Sequence[DatedFigure | DatedTable]) -> None:
        self.name, self.day = name, day
        periods = [f"{show_date(one.first)} to {show_date(one.last)}" for one in held]
        super().__init__(
            f"There is no figure of `{name}` for {show_date(day)}.",
            why=f"There are figures for {' and '.join(periods)}.",
            do=f"Add the figure of that day, with its source, to rates/{name}.yaml.",
        )


def on_day(name: str, held: Sequence[Dated], day: dt.date) -> Dated:
    """The figure or table that holds on `day`. Raises RateMissing."""
    for one in held:
        if one.first <= day <= one.last:
            return one
    raise RateMissing(name, day, held)


def figure_on(use: t.RateUse, day: dt.date) -> t.Value:
    """The value of a dated figure on `day`. Raises RateMissing."""
    return on_day(use.name, use.figures, day).value


def step_on(step: t.Node, day: dt.date) -> Fraction:
    """The step that a rounding goes by on `day`. Raises RateMissing."""
    assert isinstance(step, (t.RateUse, t.Literal))
    found = figure_on(step, day) if isinstance(step, t.RateUse) else step.value
    assert isinstance(found, (int, Fraction))
    return Fraction(found)


def rates_used(tree: t.Node) -> tuple[t.RateUse | t.TableUse, ...]:
    """The dated figures and tables that a tree names, each once, in the order written."""
    seen: dict[str, t.RateUse | t.TableUse] = {}
    for part in t.walk(tree):
        if isinstance(part, (t.RateUse, t.TableUse)):
            seen.setdefault(part.name, part)
    return tuple(seen.values())
