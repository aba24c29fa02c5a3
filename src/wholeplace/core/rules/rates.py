"""Dated figures and tables of a place: benefit rates, thresholds, bands (`rates/NAME.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass

from wholeplace.core.rules.tree import DatedFigure, DatedTable, Type


@dataclass(frozen=True)
class Rate:
    """A figure that changes with the years. `type` is that of every one of its figures."""

    name: str
    meaning: str
    type: Type
    figures: tuple[DatedFigure, ...]


@dataclass(frozen=True)
class RateTable:
    """A table from bands of one value (`by`) to another (`gives`), as it changes by year."""

    name: str
    meaning: str
    by: Type
    gives: Type
    tables: tuple[DatedTable, ...]
