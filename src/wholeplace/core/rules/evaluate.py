"""The reference interpreter: slow, obvious, three-valued.

Every other way of running a rule must give the same answer as this one, cell by cell.
None is unknown; conditions follow Kleene's tables; values are exact.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
import operator
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from wholeplace.core.kernel.dates import add_months
from wholeplace.core.kernel.errors import WholeplaceError
from wholeplace.core.kernel.money import round_half_up
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.rates import figure_on, on_day, step_on

ReadFact = Callable[[t.FactUse], t.Value | None]

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_ROUND: dict[str, Callable[[Fraction], int]] = {
    "up": math.ceil,
    "down": math.floor,
    "nearest": round_half_up,
}


class CannotEvaluate(WholeplaceError):
    """A fact's value lies outside what the program can calculate with."""


def truth_not(value: bool | None) -> bool | None:
    """Kleene's not."""
    return None if value is None else not value


def truth_and(values: Iterable[bool | None]) -> bool | None:
    """Kleene's and: no if any is no, else unknown if any is unknown, else yes."""
    found = list(values)
    if any(value is False for value in found):
        return False
    return None if any(value is None for value in found) else True


def truth_or(values: Iterable[bool | None]) -> bool | None:
    """Kleene's or: yes if any is yes, else unknown if any is unknown, else no."""
    found = list(values)
    if any(value is True for value in found):
        return True
    return None if any(value is None for value in found) else False


def evaluate(node: t.Node, as_at: dt.date, read: ReadFact) -> t.Value | None:
    """The value of a checked tree, or None for unknown.

    `read` gives a fact's value at the day of the criterion: bool, int (pence, days),
    Fraction, date or code; None when unknown. Raises CannotEvaluate when dates leave
    the calendar (only possible with values that a loader would have refused), and RateMissing
    when a figure that the tree names, in whichever branch, has no value for `as_at`.
    """
    try:
        found: t.Value | None = _Interpreter(as_at, read).value(node)
        return found
    except (OverflowError, calendar.IllegalMonthError, ValueError) as problem:
        raise off_calendar(problem) from problem


def off_calendar(problem: Exception) -> CannotEvaluate:
    """What to raise when a date leaves the calendar."""
    return CannotEvaluate(
        "A date in this rule left the calendar.",
        why=f"{problem}.",
        do="Check the facts that were given.",
    )


class _Interpreter:
    def __init__(self, as_at: dt.date, read: ReadFact) -> None:
        self._as_at = as_at
        self._read = read

    def truth(self, node: t.Node) -> bool | None:
        value = self.value(node)
        assert value is None or isinstance(value, bool)
        return value

    def value(self, node: t.Node) -> Any:
        match node:
            case t.Literal(value=value):
                return value
            case t.AsAt():
                return self._as_at
            case t.FactUse(assumed=assumed):
                held = self._read(node)
                return assumed if held is None else held
            case t.Not(operand=operand):
                return truth_not(self.truth(operand))
            case t.And(parts=parts):
                return truth_and([self.truth(part) for part in parts])
            case t.Or(parts=parts):
                return truth_or([self.truth(part) for part in parts])
            case t.Compare():
                return self._compare(node.operator, self.value(node.left), self.value(node.right))
            case t.Between():
                return self._between(node)
            case t.In(value=inner, items=items):
                value = self.value(inner)
                return None if value is None else value in [item.value for item in items]
            case t.If():
                return self._choice(node)
        return self._quantity(node)

    def _choice(self, node: t.If) -> Any:
        # Both are worked out, so that a missing figure is missing for everybody alike.
        then, otherwise = self.value(node.then), self.value(node.otherwise)
        condition = self.truth(node.condition)
        if condition is None:
            return None
        return then if condition else otherwise

    def _table(self, node: t.TableUse) -> Any:
        rows = on_day(node.name, node.tables, self._as_at).rows
        value = self.value(node.by)
        if value is None:
            return None
        return next(row.value for row in rows if row.up_to is None or value <= row.up_to)

    def _round(self, node: t.Round) -> Any:
        step = step_on(node.step, self._as_at)
        value = self.value(node.value)
        return None if value is None else round_to(node, value, step)

    def _compare(self, sign: str, left: Any, right: Any) -> bool | None:
        if left is None or right is None:
            return None
        return COMPARE[sign](left, right)

    def _between(self, node: t.Between) -> bool | None:
        value = self.value(node.value)
        low, high = self.value(node.low), self.value(node.high)
        return truth_and([self._compare(">=", value, low), self._compare("<=", value, high)])

    def _quantity(self, node: t.Node) -> Any:
        match node:
            case t.Negate(operand=operand):
                value = self.value(operand)
                return None if value is None else -value
            case t.Extreme(name=name, parts=parts):
                values = [self.value(part) for part in parts]
                if any(value is None for value in values):
                    return None
                return min(values) if name == "min" else max(values)
            case t.Arithmetic(left=left, right=right):
                one, two = self.value(left), self.value(right)
                return None if one is None or two is None else arithmetic(node, one, two)
            case t.RateUse():
                return figure_on(node, self._as_at)
            case t.TableUse():
                return self._table(node)
            case t.Round():
                return self._round(node)
        raise AssertionError(f"the grammar has no {type(node).__name__}")


def round_to(node: t.Round, value: Any, step: Fraction) -> int | Fraction:
    """A known value as a multiple of the step."""
    found = _ROUND[node.how](Fraction(value) / step) * step
    return int(found) if node.type.kind == t.Kind.DURATION else found


def arithmetic(node: t.Arithmetic, one: Any, two: Any) -> Any:
    """`+`, `-` or `*` of two known values."""
    if node.operator == "*":
        return _product(node, one, two)
    if node.left.type.kind == t.Kind.DATE:
        return _with_date(node, one, two)
    return one + two if node.operator == "+" else one - two


def _with_date(node: t.Arithmetic, day: dt.date, other: Any) -> Any:
    sign = 1 if node.operator == "+" else -1
    if isinstance(other, dt.date):
        return (day - other).days
    if node.right.type.kind == t.Kind.MONTHS:
        return add_months(day, sign * other)
    return day + dt.timedelta(days=sign * other)


def _product(node: t.Arithmetic, one: Any, two: Any) -> Any:
    result = Fraction(one) * Fraction(two)
    if t.Kind.PERCENT in (node.left.type.kind, node.right.type.kind):
        result /= 100
    if node.type.kind in (t.Kind.DURATION, t.Kind.MONTHS):
        return int(result)
    return result
