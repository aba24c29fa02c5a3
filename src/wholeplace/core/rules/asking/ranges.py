"""A rule over ranges: what its value can be while its facts and the day lie between bounds.

Every answer here is an envelope: it holds each value that the reference interpreter gives for
some point of the ranges, and perhaps more. A wider range never gives a narrower envelope.
Looking ahead (`later`) and asking (`ask`) rest on nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from wholeplace.core.kernel.dates import add_months
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.evaluate import evaluate

YES, NO, OPEN = 1, 2, 4
"""Bits of a set of truth values: yes, no, unknown."""
ALL = YES | NO | OPEN
OF_TRUTH = {True: YES, False: NO, None: OPEN}
TRUTH_OF = {YES: True, NO: False, OPEN: None}


class Lack(Enum):
    """UNKNOWN: surely unknown. SOME: known, but not what. ANY: not even whether it is known."""

    UNKNOWN = "unknown"
    SOME = "some"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Span:
    """Known all along, and never below `low` nor above `high` (a code: both are the same).

    drift: by how much the bounds move with each day of the evaluation's range, from its first
    day on; `days` is how many days that range goes on. Two values that drift alike are compared
    by their bounds alone, so that a running spell and the day are not taken to part.
    """

    low: Any
    high: Any
    drift: int = 0
    days: int = 0

    @property
    def point(self) -> bool:
        """Whether it is one value all along."""
        return bool(self.low == self.high) and not self.drift * self.days

    @property
    def still(self) -> Span:
        """What it covers over all the days, without drift."""
        way = self.drift * self.days
        if not way:
            return Span(self.low, self.high)
        return Span(_shifted(self.low, min(0, way)), _shifted(self.high, max(0, way)))


Reading = Span | Lack


def _shifted(value: Any, days: int) -> Any:
    return value + dt.timedelta(days) if isinstance(value, dt.date) else value + days


ReadRange = Callable[[t.FactUse], Reading]


def point(value: t.Value | None) -> Reading:
    """One value, or unknown."""
    return Lack.UNKNOWN if value is None else Span(value, value)


def hull(readings: Iterable[Reading]) -> Reading:
    """What covers every one of them (at least one)."""
    found = list(dict.fromkeys(readings))
    if len(found) == 1:
        return found[0]
    if Lack.ANY in found or Lack.UNKNOWN in found:
        return Lack.ANY
    spans = [one.still for one in found if isinstance(one, Span)]
    if len(spans) < len(found) or isinstance(spans[0].low, str):
        return Lack.SOME
    return Span(min(one.low for one in spans), max(one.high for one in spans))


def _pairs(of: Callable[[int, int], int]) -> tuple[int, ...]:
    """A table, 8 by 8, of what two sets of truth values can come to."""
    bits = (YES, NO, OPEN)

    def combined(one: int, two: int) -> int:
        found = 0
        for a in bits:
            for b in bits:
                if one & a and two & b:
                    found |= of(a, b)
        return found

    return tuple(combined(one, two) for one in range(8) for two in range(8))


MONTHS_VARY = 5
"""By how many days so many months can be longer or shorter than on average (1850 to 2150)."""
BOTH = _pairs(lambda a, b: NO if NO in (a, b) else OPEN if OPEN in (a, b) else YES)
EITHER = _pairs(lambda a, b: YES if YES in (a, b) else OPEN if OPEN in (a, b) else NO)
NOT = tuple((NO if m & YES else 0) | (YES if m & NO else 0) | (m & OPEN) for m in range(8))


def every(masks: Iterable[int]) -> int:
    """What `and` of these sets of truth values can be."""
    found = YES
    for mask in masks:
        found = BOTH[found * 8 + mask]
    return found


def some(masks: Iterable[int]) -> int:
    """What `or` of these sets of truth values can be."""
    found = NO
    for mask in masks:
        found = EITHER[found * 8 + mask]
    return found


def chosen(condition: int, then: int, otherwise: int) -> int:
    """What a choice between two conditions can be."""
    found = condition & OPEN
    return found | (then if condition & YES else 0) | (otherwise if condition & NO else 0)


class Ranges:
    """Evaluates a checked tree over ranges.

    Args:
        as_at: the evaluation's first and last day.
        read: what a fact can be over those days; assumed values are put in here.
    """

    def __init__(self, as_at: Span, read: ReadRange) -> None:
        self._as_at = as_at
        self._read = read

    # -- conditions -------------------------------------------------------------------
    def truths(self, node: t.Node) -> int:
        """The set of truth values that a condition can have, as bits."""
        match node:
            case t.And(parts=parts):
                return every(self.truths(part) for part in parts)
            case t.Or(parts=parts):
                return some(self.truths(part) for part in parts)
            case t.Not(operand=operand):
                return NOT[self.truths(operand)]
            case t.If(condition=condition, then=then, otherwise=otherwise):
                return chosen(self.truths(condition), self.truths(then), self.truths(otherwise))
            case t.Compare():
                return self._compare(node)
            case t.Between(value=value, low=low, high=high):
                held = self.span(value)
                least, most = self.span(low), self.span(high)
                return BOTH[compared(">=", held, least) * 8 + compared("<=", held, most)]
            case t.In(value=value, items=items):
                return self._in(self.span(value), [item.value for item in items])
        return _as_truths(self.span(node))

    def _compare(self, node: t.Compare) -> int:
        if node.left.type.kind != t.Kind.BOOLEAN:
            return compared(node.operator, self.span(node.left), self.span(node.right))
        left, right = self.truths(node.left), self.truths(node.right)
        found = OPEN if (left | right) & OPEN else 0
        if (left & YES and right & YES) or (left & NO and right & NO):
            found |= YES
        if (left & YES and right & NO) or (left & NO and right & YES):
            found |= NO
        return found if node.operator == "=" else NOT[found]

    @staticmethod
    def _in(held: Reading, items: Sequence[Any]) -> int:
        if not isinstance(held, Span):
            return {Lack.UNKNOWN: OPEN, Lack.SOME: YES | NO, Lack.ANY: ALL}[held]
        held = held.still
        if held.point:
            return YES if held.low in items else NO
        return YES | NO if any(held.low <= item <= held.high for item in items) else NO

    # -- values -----------------------------------------------------------------------
    def span(self, node: t.Node) -> Reading:
        """What a value can be; of a condition, the truth as a reading."""
        match node:
            case t.FactUse(assumed=assumed):
                found = self._read(node)
                return point(assumed) if found is Lack.UNKNOWN else found
            case t.Literal(value=value):
                return Span(value, value)
            case t.AsAt():
                first, last = self._as_at.low, self._as_at.high
                return Span(first, first, 1, (last - first).days)
            case t.RateUse(figures=figures):
                return self._dated([(f.first, f.last, point(f.value)) for f in figures])
            case t.TableUse():
                return self._table(node)
        if node.type.kind == t.Kind.BOOLEAN:
            return as_reading(self.truths(node))
        return self._made(node)

    def _made(self, node: t.Node) -> Reading:
        match node:
            case t.If(condition=condition, then=then, otherwise=otherwise):
                return self._choice(self.truths(condition), then, otherwise)
            case t.Negate(operand=operand):
                return self._strict(
                    node, [operand], lambda a: Span(-a.high, -a.low, -a.drift, a.days)
                )
            case t.Extreme(name=name, parts=parts):
                pick = min if name == "min" else max
                return self._strict(
                    node,
                    parts,
                    lambda *spans: _picked(pick, spans),
                )
            case t.Round(value=value, step=step):
                return self._strict(
                    node, [value, step], lambda a, by: _rounded(node, a.still, by.still)
                )
            case t.Arithmetic(left=left, right=right):
                return self._strict(node, [left, right], lambda a, b: _arithmetic(node, a, b))
        raise AssertionError(f"the grammar has no {type(node).__name__}")

    def _strict(self, node: t.Node, parts: Sequence[t.Node], of: Callable[..., Span]) -> Reading:
        """Unknown when any part is; else `of` the parts, all known."""
        found = [self.span(part) for part in parts]
        for lack in (Lack.UNKNOWN, Lack.ANY, Lack.SOME):
            if lack in found:
                return lack
        try:
            return of(*found)
        except (OverflowError, ValueError):  # out of the calendar: nothing can be said
            return Lack.ANY

    def _choice(self, condition: int, then: t.Node, otherwise: t.Node) -> Reading:
        found: list[Reading] = [Lack.UNKNOWN] if condition & OPEN else []
        found += [self.span(then)] if condition & YES else []
        found += [self.span(otherwise)] if condition & NO else []
        return hull(found)

    def _dated(self, held: Sequence[tuple[dt.date, dt.date, Reading]]) -> Reading:
        """What holds over the days; a day for which there is no figure may be anything."""
        day, found = self._as_at.low, []
        for first, last, reading in sorted(held, key=lambda one: one[0]):
            if first <= day <= last and day <= self._as_at.high:
                found.append(reading)
                day = last + dt.timedelta(days=1)
        return hull(found) if day > self._as_at.high else Lack.ANY

    def _table(self, node: t.TableUse) -> Reading:
        by = self.span(node.by)
        if not isinstance(by, Span):
            return by
        by = by.still
        return self._dated([(each.first, each.last, _rows(each, by)) for each in node.tables])


def _rows(table: t.DatedTable, by: Span) -> Reading:
    found: list[Reading] = []
    for row in table.rows:
        top: Any = row.up_to
        if top is None or by.low <= top:
            found.append(point(row.value))
        if top is not None and by.high <= top:
            break
    return hull(found)


def _as_truths(held: Reading) -> int:
    if isinstance(held, Span):
        return OF_TRUTH[bool(held.low)] | OF_TRUTH[bool(held.high)]
    return {Lack.UNKNOWN: OPEN, Lack.SOME: YES | NO, Lack.ANY: ALL}[held]


def as_reading(mask: int) -> Reading:
    """A set of truth values as a reading of a yes-or-no fact."""
    if mask in TRUTH_OF:
        return point(TRUTH_OF[mask])
    return Lack.ANY if mask & OPEN else Span(False, True)


def compared(operator: str, left: Reading, right: Reading) -> int:
    """What a comparison of two readings can come to."""
    lacks = (left, right)
    if Lack.UNKNOWN in lacks:
        return OPEN
    if Lack.ANY in lacks:
        return ALL
    if not (isinstance(left, Span) and isinstance(right, Span)):
        return YES | NO
    if (left.drift, left.days) != (right.drift, right.days):
        left, right = left.still, right.still
    if operator in ("=", "!="):
        return _same(left, right) if operator == "=" else NOT[_same(left, right)]
    if operator in (">", ">="):
        left, right, operator = right, left, {">": "<", ">=": "<="}[operator]
    if operator == "<":
        can, cannot = left.low < right.high, left.high >= right.low
    else:
        can, cannot = left.low <= right.high, left.high > right.low
    return (YES if can else 0) | (NO if cannot else 0)


def _same(left: Span, right: Span) -> int:
    if left.low == left.high and right.low == right.high:
        return YES if left.low == right.low else NO
    return YES | NO if left.low <= right.high and right.low <= left.high else NO


def _rounded(node: t.Round, value: Span, step: Span) -> Span:
    """Rounding keeps order; with a step that itself moves, every corner is looked at."""
    ends = [_exactly(node, a, b) for a in (value.low, value.high) for b in (step.low, step.high)]
    if step.point:
        return Span(min(ends), max(ends))
    widest = max(abs(step.low), abs(step.high))
    return Span(value.low - widest, value.high + widest)


def _exactly(node: t.Round, value: Any, step: Any) -> Any:
    def literal(part: t.Node, of: Any) -> t.Literal:
        return t.Literal(part.type, part.start, part.end, of)

    made = t.Round(
        node.type,
        node.start,
        node.end,
        node.how,
        literal(node.value, value),
        literal(node.step, step),
    )
    return evaluate(made, dt.date.min, lambda use: None)


def _picked(pick: Callable[[Any], Any], spans: Sequence[Span]) -> Span:
    """The least or greatest; what drifts alike keeps its drift."""
    if len({(s.drift, s.days) for s in spans}) > 1:
        spans = [s.still for s in spans]
    low, high = pick(s.low for s in spans), pick(s.high for s in spans)
    return Span(low, high, spans[0].drift, spans[0].days)


def _arithmetic(node: t.Arithmetic, one: Span, two: Span) -> Span:
    if node.operator == "*":
        return _product(node, one.still, two.still)
    sign = 1 if node.operator == "+" else -1
    if node.right.type.kind == t.Kind.MONTHS and node.left.type.kind == t.Kind.DATE:
        return _by_months(node, one, sign, two)
    drift, days = one.drift + sign * two.drift, max(one.days, two.days)
    low, high = (two.low, two.high) if sign > 0 else (two.high, two.low)
    return Span(_moved(node, one.low, sign, low), _moved(node, one.high, sign, high), drift, days)


def _by_months(node: t.Arithmetic, one: Span, sign: int, two: Span) -> Span:
    """A day that moves on stays as far from itself as so many months can be long."""
    if not one.drift * one.days or not two.point:
        one, two = one.still, two.still
        low, high = (two.low, two.high) if sign > 0 else (two.high, two.low)
        return Span(_moved(node, one.low, sign, low), _moved(node, one.high, sign, high))
    months = sign * two.low
    about = months * 146_097 // 4_800  # 400 years of the calendar are 146,097 days
    least, most = about - MONTHS_VARY, about + 1 + MONTHS_VARY
    return Span(_shifted(one.low, least), _shifted(one.high, most), one.drift, one.days)


def _moved(node: t.Arithmetic, one: Any, sign: int, two: Any) -> Any:
    if not isinstance(one, dt.date):
        return one + sign * two
    if isinstance(two, dt.date):
        return (one - two).days
    if node.right.type.kind == t.Kind.MONTHS:
        return add_months(one, sign * two)
    return one + dt.timedelta(days=sign * two)


def _product(node: t.Arithmetic, one: Span, two: Span) -> Span:
    ends = [Fraction(a) * b for a in (one.low, one.high) for b in (two.low, two.high)]
    low, high = min(ends), max(ends)
    if t.Kind.PERCENT in (node.left.type.kind, node.right.type.kind):
        low, high = low / 100, high / 100
    if node.type.kind in (t.Kind.DURATION, t.Kind.MONTHS):
        return Span(int(low), int(high))
    return Span(low, high)
