"""A condition as `and`, `or` and `not` of atoms, each atom about one value by itself.

An atom says on which side of a figure a *term* lies, or which code it is. A term is a fact at
a day, or a sum of such (`job_start_date - as_at`). Terms are taken to move freely of each
other, which real facts may not: whatever cannot hold even so cannot hold at all. What the
reader cannot take apart (`min(…)`, months, tables) becomes a term of its own.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.arithmetic import MAX_FACT_BOUND
from wholeplace.core.rules.asking.ranges import Lack, Ranges, Reading, Span
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.tree import Kind

# The days that the language knows; facts and the day asked about lie among them.
CALENDAR = Span(dt.date(1800, 1, 1), dt.date(2200, 12, 31))
OLDEST = 401  # nobody's age is more than the years of the calendar
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
_ORDERED = (Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.DURATION, Kind.MONTHS, Kind.PERCENT)

Name = tuple[Any, ...]


@dataclass(frozen=True)
class Term:
    """What atoms are about: figures between `low` and `high` (None: no end), or choices.

    whole: only whole figures occur (days, pence, counts). name tells terms apart.
    """

    name: Name
    low: Fraction | None = None
    high: Fraction | None = None
    whole: bool = False
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Atom:
    """`term sign figure`, or, with the sign `in`, that the term is one of the choices."""

    term: Term
    sign: str
    figure: Any


@dataclass(frozen=True)
class Joined:
    """`how` is `all` or `any` of the parts; `all` of none is yes and `any` of none is no."""

    how: str
    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Negated:
    """no for yes and yes for no."""

    part: Formula


Formula = Atom | Joined | Negated
YES, NO = Joined("all", ()), Joined("any", ())


class AtomReader:
    """Reads conditions whose facts are read at the day called `on`."""

    def __init__(self, facts: Mapping[str, FactSpec], on: str) -> None:
        self._facts, self._on = facts, on
        self._ranges = Ranges(CALENDAR, self._held)

    # -- conditions -------------------------------------------------------------------
    def formula(self, node: t.Node) -> Formula:
        """The condition of a checked tree."""
        match node:
            case t.Literal(value=value):
                return YES if value else NO
            case t.Not(operand=operand):
                return Negated(self.formula(operand))
            case t.And(parts=parts):
                return Joined("all", tuple(map(self.formula, parts)))
            case t.Or(parts=parts):
                return Joined("any", tuple(map(self.formula, parts)))
            case t.If(condition=condition, then=then, otherwise=otherwise):
                return self._choice(*map(self.formula, (condition, then, otherwise)))
            case t.Compare():
                return self._compare(node.operator, node.left, node.right)
            case t.Between(value=value, low=low, high=high):
                ends = (self._compare(">=", value, low), self._compare("<=", value, high))
                return Joined("all", ends)
            case t.In(value=value, items=items):
                return Joined("any", tuple(self._compare("=", value, item) for item in items))
        return Atom(self._opaque(node), "in", (True,))

    @staticmethod
    def _choice(condition: Formula, then: Formula, otherwise: Formula) -> Formula:
        first = Joined("all", (condition, then))
        return Joined("any", (first, Joined("all", (Negated(condition), otherwise))))

    def _compare(self, sign: str, left: t.Node, right: t.Node) -> Formula:
        if sign == "!=":
            return Negated(self._compare("=", left, right))
        kind = left.type.kind
        if kind == Kind.BOOLEAN:
            one, two = self.formula(left), self.formula(right)
            return self._choice(one, two, Negated(two))
        if kind in _ORDERED:
            return self._figures(sign, left, right)
        if isinstance(left, t.Literal):
            left, right = right, left
        if isinstance(right, t.Literal) and isinstance(left, t.Literal):
            return YES if left.value == right.value else NO
        if isinstance(right, t.Literal):
            return Atom(self._opaque(left), "in", (right.value,))
        same = Term(("same", self._on, *sorted(map(str, (t.shape_of(left), t.shape_of(right))))))
        return Atom(dataclasses.replace(same, choices=(False, True)), "in", (True,))

    def _figures(self, sign: str, left: t.Node, right: t.Node) -> Formula:
        """`left - right sign 0`, as a sum of terms against one figure."""
        one, two = self._sum(left), self._sum(right)
        amounts = _added(one, two, -1)
        figure = -amounts.pop(_PLAIN, Fraction(0))
        amounts = {term: amount for term, amount in amounts.items() if amount}
        if not amounts:
            return YES if _holds(Fraction(0), sign, figure) else NO
        term, scale = _scaled(amounts)
        return Atom(term, sign if scale > 0 else _FLIPPED[sign], figure / scale)

    # -- values -----------------------------------------------------------------------
    def _sum(self, node: t.Node) -> dict[Term, Fraction]:
        """The value as amounts of terms; under `_PLAIN` what is known from the rule alone."""
        match node:
            case t.Literal(value=value):
                return {_PLAIN: _figure(value)}
            case t.Negate(operand=operand):
                return _added({}, self._sum(operand), -1)
            case t.Arithmetic(operator="*", left=left, right=right):
                one, two = self._sum(left), self._sum(right)
                share = 100 if Kind.PERCENT in (left.type.kind, right.type.kind) else 1
                for plain, other in ((one, two), (two, one)):
                    if set(plain) <= {_PLAIN}:
                        by = plain.get(_PLAIN, Fraction(0)) / share
                        return {term: amount * by for term, amount in other.items()}
            case t.Arithmetic(left=left, right=right) if not _calendar(node):
                sign = 1 if node.operator == "+" else -1
                return _added(self._sum(left), self._sum(right), sign)
        return {self._opaque(node): Fraction(1)}

    def _opaque(self, node: t.Node) -> Term:
        """The node's value as a term of its own."""
        if isinstance(node, t.AsAt):
            return _spanned(("as_at",), CALENDAR, whole=True)
        if isinstance(node, t.RateUse):
            figures = [_figure(each.value) for each in node.figures]
            return Term(("rate", node.name), min(figures), max(figures))
        name: Name = ("made", t.shape_of(node), self._on)
        if isinstance(node, t.FactUse):
            name = ("fact", node.key, self._on)
        if node.type.kind == Kind.BOOLEAN:
            return Term(name, choices=(False, True))
        if node.type.kind == Kind.CODE:
            return Term(name, choices=tuple(sorted(node.type.codes)))
        whole = isinstance(node, t.FactUse) and self._is_whole(node)
        return _spanned(name, self._ranges.span(node), whole=whole)

    def _is_whole(self, use: t.FactUse) -> bool:
        spec = self._facts[use.name]
        counted = spec.derive.kind in ("age", "count")
        return counted or use.type.kind in (Kind.MONEY, Kind.DATE, Kind.DURATION)

    def _held(self, use: t.FactUse) -> Reading:
        """Everything that a fact can be, by its type and by how it is worked out."""
        spec = self._facts[use.name]
        if use.type.kind == Kind.DATE:
            return CALENDAR
        if use.type.kind == Kind.BOOLEAN:
            return Span(False, True)
        if use.type.kind == Kind.CODE:
            return Lack.SOME
        most = MAX_FACT_BOUND[use.type.kind]
        if spec.derive.kind == "age":
            return Span(0, OLDEST)
        return Span(0 if spec.derive.kind in ("spells", "count") else -most, most)


def holds(atom: Atom, value: Any) -> bool:
    """Whether an atom is so when its term has this value."""
    return value in atom.figure if atom.sign == "in" else _holds(value, atom.sign, atom.figure)


_PLAIN = Term(("plain",))


def _holds(value: Fraction, sign: str, figure: Fraction) -> bool:
    match sign:
        case "<":
            return value < figure
        case "<=":
            return value <= figure
        case ">":
            return value > figure
        case ">=":
            return value >= figure
    return value == figure


def _calendar(node: t.Arithmetic) -> bool:
    """Months have no fixed length in days."""
    return node.type.kind == Kind.DATE and node.right.type.kind == Kind.MONTHS


def _figure(value: Any) -> Fraction:
    return Fraction(value.toordinal() if isinstance(value, dt.date) else value)


def _spanned(name: Name, span: Reading, *, whole: bool) -> Term:
    if not isinstance(span, Span):
        return Term(name, whole=whole)
    return Term(name, _figure(span.low), _figure(span.high), whole)


def _added(
    one: Mapping[Term, Fraction], two: Mapping[Term, Fraction], sign: int
) -> dict[Term, Fraction]:
    return {
        term: one.get(term, Fraction(0)) + sign * two.get(term, Fraction(0))
        for term in {**one, **two}
    }


def _scaled(amounts: Mapping[Term, Fraction]) -> tuple[Term, Fraction]:
    """One term for a sum, so scaled that the first of its terms counts once; and the scale."""
    ordered = sorted(amounts, key=lambda term: str(term.name))
    scale = amounts[ordered[0]]
    parts = [(term, amounts[term] / scale) for term in ordered]
    if len(parts) == 1:
        return parts[0][0], scale
    low: Fraction | None = Fraction(0)
    high: Fraction | None = Fraction(0)
    for term, amount in parts:
        least, most = (term.low, term.high) if amount > 0 else (term.high, term.low)
        low = None if low is None or least is None else low + amount * least
        high = None if high is None or most is None else high + amount * most
    whole = all(term.whole and amount.denominator == 1 for term, amount in parts)
    return Term(tuple((term.name, amount) for term, amount in parts), low, high, whole), scale
