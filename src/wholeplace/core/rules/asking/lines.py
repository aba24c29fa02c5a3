"""Comparisons of sums: `n - m <= 1` beside `n <= m` is decided by the one difference.

Where a comparison adds up several answers, each with the same weight, it is decided by their sum
alone, and the sum takes every whole step between its least and its greatest. Several comparisons
of one sum can then be told apart exactly, however many answers make it up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking.answers import FINE
from wholeplace.core.rules.asking.openness import Asked, Leaf, Reader
from wholeplace.core.rules.asking.ranges import OF_TRUTH
from wholeplace.core.rules.evaluate import COMPARE
from wholeplace.core.rules.tree import Kind

Sum = tuple[tuple[Asked, int], ...]
"""The answers in it by their numbers in the domain, each added (1) or taken away (-1)."""
Weights = dict[Asked | None, Fraction]
"""Weight by answer; None: what is known already."""


@dataclass(frozen=True)
class Line:
    """A comparison `each * sum + rest OPERATOR 0`."""

    of: Sum
    each: Fraction
    rest: Fraction
    operator: str

    def mask(self, at: int) -> int:
        """The truth value that it has when the sum is `at`."""
        return OF_TRUTH[COMPARE[self.operator](self.each * at + self.rest, 0)]

    def turns(self) -> tuple[int, int]:
        """The last whole sum up to where it turns, and the next."""
        at = floor(-self.rest / self.each)
        return at, at + 1


def line_of(reader: Reader, leaf: Leaf) -> Line | None:
    """The leaf as a comparison of one sum of its unknown facts; None when it is none."""
    node = leaf.node
    kinds = (Kind.BOOLEAN, Kind.CODE, Kind.MONTHS)
    if not isinstance(node, t.Compare) or node.left.type.kind in kinds:
        return None
    left, right = _weights(reader, leaf.on, node.left), _weights(reader, leaf.on, node.right)
    if left is None or right is None:
        return None
    found = _added(left, right, -1)
    rest = found.pop(None, Fraction(0))
    parts = {one: weight for one, weight in found.items() if one is not None and weight}
    if set(parts) != set(reader.unknown(leaf)) or len({abs(w) for w in parts.values()}) != 1:
        return None
    ordered = sorted(parts)
    each = parts[ordered[0]]
    of = tuple((one, 1 if parts[one] == each else -1) for one in ordered)
    return Line(of, each, rest, node.operator)


def _weights(reader: Reader, on: str, node: t.Node) -> Weights | None:
    """A value as a sum of answers; None when it is more than that."""
    match node:
        case t.Literal(value=value):
            return _constant(value)
        case t.AsAt():
            return _constant(reader.as_at)
        case t.FactUse(key=key):
            return _of_fact(reader, Asked(key, on), node.assumed)
        case t.Negate(operand=operand):
            inner = _weights(reader, on, operand)
            return None if inner is None else _added({}, inner, -1)
        case t.Arithmetic(operator=operator, left=left, right=right):
            one, two = _weights(reader, on, left), _weights(reader, on, right)
            months = Kind.MONTHS in (left.type.kind, right.type.kind)
            if one is None or two is None or months:
                return None
            if operator == "*":
                percent = Kind.PERCENT in (left.type.kind, right.type.kind)
                return _product(one, two, Fraction(1, 100) if percent else Fraction(1))
            return _added(one, two, 1 if operator == "+" else -1)
    return None


def _of_fact(reader: Reader, asked: Asked, assumed: t.Value | None) -> Weights | None:
    known = reader.known(asked)
    if known is not None or assumed is not None:
        return _constant(assumed if known is None else known)
    domain = reader.domain(asked)
    if domain.listed:
        return None
    return {reader.same(asked): Fraction(1) if domain.whole else Fraction(1, FINE)}


def _constant(value: Any) -> Weights | None:
    if isinstance(value, (bool, str)):
        return None
    return {None: Fraction(value.toordinal() if isinstance(value, dt.date) else value)}


def _added(one: Weights, two: Weights, sign: int) -> Weights:
    found = dict(one)
    for asked, weight in two.items():
        found[asked] = found.get(asked, Fraction(0)) + sign * weight
    return found


def _product(one: Weights, two: Weights, by: Fraction) -> Weights | None:
    if set(two) != {None}:
        one, two = two, one
    if set(two) != {None}:
        return None
    return {asked: weight * two[None] * by for asked, weight in one.items()}


# -- several sums at once -----------------------------------------------------------------------
Boxes = Mapping[Asked, tuple[int, int]]


def sums_apart(lines: Sequence[Line | None]) -> dict[Sum, list[int]] | None:
    """Which of the lines are of which sum; None when sums share answers, or one is no line."""
    found: dict[Sum, list[int]] = {}
    for at, line in enumerate(lines):
        if line is None:
            return None
        found.setdefault(line.of, []).append(at)
    answers = [one for of in found for one, _ in of]
    return found if len(answers) == len(set(answers)) else None


def points_of(of: Sum, lines: Sequence[Line], boxes: Boxes) -> list[int]:
    """A sum for each way in which the lines can turn out while the answers lie in their boxes."""
    low = sum(boxes[one][0] if sign > 0 else -boxes[one][1] for one, sign in of)
    high = sum(boxes[one][1] if sign > 0 else -boxes[one][0] for one, sign in of)
    turns = {at for line in lines for at in line.turns() if low < at <= high}
    return sorted({low, *turns})


def answers_for(of: Sum, total: int, boxes: Boxes) -> dict[Asked, int]:
    """Answers in the boxes that add up to a sum which they can have."""
    found = {one: boxes[one][0 if sign > 0 else 1] for one, sign in of}
    more = total - sum(sign * found[one] for one, sign in of)
    for one, sign in of:
        low, high = boxes[one]
        step = min(more, high - low)
        found[one] += sign * step
        more -= step
    return found
