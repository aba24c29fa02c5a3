"""A rule as it was written, before its names and types are known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from wholeplace.core.rules.tree import Kind


@dataclass(frozen=True)
class Syntax:
    """Any piece of a rule; `depth` counts the levels below and including it."""

    start: int
    end: int
    depth: int


@dataclass(frozen=True)
class Value(Syntax):
    """A literal with its unit."""

    kind: Kind
    value: bool | int | Fraction | dt.date
    scale: int = 0


@dataclass(frozen=True)
class Word(Syntax):
    """A name: a fact, a setting or a code."""

    name: str


@dataclass(frozen=True)
class Today(Syntax):
    """`as_at`."""


@dataclass(frozen=True)
class Call(Syntax):
    """`name(argument, …)`; an argument may carry a label, as in `within: 13 weeks`."""

    name: str
    arguments: tuple[tuple[str, Syntax], ...]


@dataclass(frozen=True)
class Group(Syntax):
    """Something in parentheses."""

    inner: Syntax


@dataclass(frozen=True)
class Prefix(Syntax):
    """`not x` or `-x`."""

    operator: str
    operand: Syntax


@dataclass(frozen=True)
class Binary(Syntax):
    """A comparison or one of `+ - *`."""

    operator: str
    left: Syntax
    right: Syntax
    at: int


@dataclass(frozen=True)
class Chain(Syntax):
    """Parts joined by the same `and` or `or`."""

    operator: str
    parts: tuple[Syntax, ...]


@dataclass(frozen=True)
class Choice(Syntax):
    """`if condition then a else b`."""

    condition: Syntax
    then: Syntax
    otherwise: Syntax


@dataclass(frozen=True)
class Range(Syntax):
    """`x between low and high`."""

    value: Syntax
    low: Syntax
    high: Syntax


@dataclass(frozen=True)
class Listing(Syntax):
    """`[a, b, c]`."""

    items: tuple[Syntax, ...]


@dataclass(frozen=True)
class Membership(Syntax):
    """`x in list` or `x not in list`."""

    value: Syntax
    choices: Syntax
    negated: bool
