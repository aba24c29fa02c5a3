"""The checked tree: what a rule means, with every node's type and unit known.

Only the checker builds these nodes; the interpreter and the printers read nothing else.
A value is unknown (None, NULL) or exact: a bool, a `Fraction` (number, percent, money in
pence), an int (duration in days, months), a date, or a code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

Value = bool | int | Fraction | dt.date | str


class Kind(StrEnum):
    """The types of the language."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DURATION = "duration"
    MONTHS = "months"
    PERCENT = "percent"
    CODE = "code"


@dataclass(frozen=True)
class Type:
    """A kind, and how large and how fine its values can get.

    `scale` is decimal places; `bound` the largest absolute value in the unit (for a date:
    by how many days it can lie outside 1800 to 2200). They let every engine calculate
    without overflow, and are worked out by the checker, never by running anything.
    """

    kind: Kind
    codes: frozenset[str] = frozenset()
    scale: int = 0
    bound: int = 0

    @property
    def whole_digits(self) -> int:
        """Digits before the decimal point."""
        return len(str(max(self.bound, 1)))

    @property
    def digits(self) -> int:
        """Digits that an exact decimal column needs."""
        return self.whole_digits + self.scale


@dataclass(frozen=True)
class Node:
    """Any node; `start` and `end` are offsets in the rule's text."""

    type: Type
    start: int
    end: int


@dataclass(frozen=True)
class Literal(Node):
    """A value written in the rule; `name` when it is a setting used by name."""

    value: Value
    name: str = ""


@dataclass(frozen=True)
class AsAt(Node):
    """The day that the evaluation speaks of."""


class FactKey(NamedTuple):
    """Which fact, and with which named arguments (sorted; `within_days` is the only one)."""

    name: str
    args: tuple[tuple[str, int], ...] = ()

    @property
    def slug(self) -> str:
        """A word safe in a column name: `jobs_started__within_days_91`."""
        return "__".join([self.name, *(f"{name}_{value}" for name, value in self.args)])


@dataclass(frozen=True)
class FactUse(Node):
    """A fact read at the criterion's day. `assumed` stands in when it is unknown."""

    key: FactKey
    assumed: Value | None = None

    @property
    def name(self) -> str:
        """The fact's name."""
        return self.key.name


@dataclass(frozen=True)
class DatedFigure:
    """A figure that holds from its first to its last day, both included, and who says so."""

    first: dt.date
    last: dt.date
    value: Value
    source: str


@dataclass(frozen=True)
class RateUse(Node):
    """A dated figure of the place, that of the evaluation's day (`as_at`).

    A day without a figure is an error, never last year's figure.
    """

    name: str
    figures: tuple[DatedFigure, ...]


@dataclass(frozen=True)
class TableRow:
    """One row of a table: its value for anything up to and including `up_to`.

    The last row's `up_to` is None: anything above.
    """

    up_to: Value | None
    value: Value


@dataclass(frozen=True)
class DatedTable:
    """A table as it holds from its first to its last day, both included."""

    first: dt.date
    last: dt.date
    rows: tuple[TableRow, ...]
    source: str


@dataclass(frozen=True)
class TableUse(Node):
    """The value of the row that `by` falls in, in the table of the evaluation's day."""

    name: str
    by: Node
    tables: tuple[DatedTable, ...]


@dataclass(frozen=True)
class If(Node):
    """`if condition then a else b`; unknown when the condition or the chosen value is."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Round(Node):
    """A value rounded to a multiple of `step`, which is a `Literal` or a `RateUse`.

    how: `up` (never less), `down` (never more) or `nearest` (half away from 0).
    """

    how: str
    value: Node
    step: Node


@dataclass(frozen=True)
class Not(Node):
    """no for yes, yes for no, unknown for unknown."""

    operand: Node


@dataclass(frozen=True)
class And(Node):
    """no if any part is no; else unknown if any is unknown; else yes."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Node):
    """yes if any part is yes; else unknown if any is unknown; else no."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Compare(Node):
    """`=`, `!=`, `<`, `<=`, `>` or `>=`; unknown when either side is."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class In(Node):
    """Whether the value is one of the listed literals; unknown when the value is."""

    value: Node
    items: tuple[Literal, ...]


@dataclass(frozen=True)
class Between(Node):
    """Both ends included: the same as `value >= low and value <= high`."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class Negate(Node):
    """Minus a number, percent, sum of money, duration or months."""

    operand: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """`+`, `-` or `*` of two values; unknown when either is."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Extreme(Node):
    """`min` or `max` of two or more; unknown when any is."""

    name: str
    parts: tuple[Node, ...]


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Not(operand=operand) | Negate(operand=operand):
            return (operand,)
        case And(parts=parts) | Or(parts=parts) | Extreme(parts=parts):
            return parts
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case In(value=value, items=items):
            return (value, *items)
        case Between(value=value, low=low, high=high):
            return (value, low, high)
        case TableUse(by=by):
            return (by,)
        case If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Round(value=value, step=step):
            return (value, step)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in the order written."""
    yield node
    for child in children(node):
        yield from walk(child)


def fact_uses(node: Node) -> tuple[FactUse, ...]:
    """The facts that a tree reads, each once, in the order written."""
    seen: dict[FactKey, FactUse] = {}
    for part in walk(node):
        if isinstance(part, FactUse):
            seen.setdefault(part.key, part)
    return tuple(seen.values())


def shape_of(node: Node) -> tuple[Any, ...]:
    """The node without its place in the text: two of the same shape have the same value."""
    names = [f.name for f in fields(node) if f.name not in ("start", "end", "type")]
    return (type(node).__name__, *(_shaped(getattr(node, name)) for name in names))


def _shaped(value: Any) -> Any:
    if isinstance(value, Node):
        return shape_of(value)
    return tuple(map(_shaped, value)) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Rule:
    """A checked rule and the text that it was checked from."""

    text: str
    tree: Node
