"""The trees of rules as closures: what `evaluate` says, sooner.

A tree is gone through once and becomes functions of the day and the facts; evaluating it then
walks no nodes. Nothing is left out that the interpreter does: every part is worked out, so that a
missing figure or a day off the calendar is found in whichever branch. `evaluate` is the reference,
and tests/generative/test_rules_quick.py holds this to it.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.evaluate import (
    COMPARE,
    arithmetic,
    off_calendar,
    round_to,
    truth_not,
)
from wholeplace.core.rules.rates import figure_on, on_day, step_on

Facts = Mapping[t.FactKey, t.Value | None]
"""The facts at the criterion's day; None where unknown."""
Quick = Callable[[dt.date, Facts], Any]


def quick(node: t.Node, held: dict[Any, Any]) -> Quick:
    """The tree as a function of the evaluation's day and the facts.

    It raises what `evaluate` does. The tree is kept with its function, so its id stays its own.

    Args:
        held: where functions are kept, such as `Scheme.compiled`.
    """
    place = ("quick", id(node))
    if place not in held:
        held[place] = (node, _guarded(_made(node)))
    found: Quick = held[place][1]
    return found


def _guarded(inner: Quick) -> Quick:
    def value(as_at: dt.date, facts: Facts) -> Any:
        try:
            return inner(as_at, facts)
        except (OverflowError, calendar.IllegalMonthError, ValueError) as problem:
            raise off_calendar(problem) from problem

    return value


def _made(node: t.Node) -> Quick:
    match node:
        case t.Literal(value=value):
            return lambda as_at, facts: value
        case t.AsAt():
            return lambda as_at, facts: as_at
        case t.FactUse():
            return _fact(node)
        case t.Not(operand=operand):
            inner = _made(operand)
            return lambda as_at, facts: truth_not(inner(as_at, facts))
        case t.And(parts=parts):
            return _joined([_made(part) for part in parts], False)
        case t.Or(parts=parts):
            return _joined([_made(part) for part in parts], True)
        case t.Compare(operator=operator, left=left, right=right):
            return _compare(operator, _made(left), _made(right))
        case t.Between(value=value, low=low, high=high):
            return _between(_made(value), _made(low), _made(high))
        case t.In(value=value, items=items):
            return _in(_made(value), [item.value for item in items])
        case t.If(condition=condition, then=then, otherwise=otherwise):
            return _choice(_made(condition), _made(then), _made(otherwise))
    return _quantity(node)


def _fact(node: t.FactUse) -> Quick:
    key, assumed = node.key, node.assumed
    if assumed is None:
        return lambda as_at, facts: facts[key]

    def value(as_at: dt.date, facts: Facts) -> Any:
        held = facts[key]
        return assumed if held is None else held

    return value


def _joined(parts: Sequence[Quick], stop: bool) -> Quick:
    """`and` (stop at no) or `or` (stop at yes); every part is worked out all the same."""
    rest = not stop

    def value(as_at: dt.date, facts: Facts) -> bool | None:
        found: bool | None = rest
        for part in parts:
            one = part(as_at, facts)
            if one is stop:
                found = stop
            elif one is None and found is rest:
                found = None
        return found

    return value


def _compare(operator: str, left: Quick, right: Quick) -> Quick:
    compare = COMPARE[operator]

    def value(as_at: dt.date, facts: Facts) -> bool | None:
        one, two = left(as_at, facts), right(as_at, facts)
        return None if one is None or two is None else compare(one, two)

    return value


def _between(inner: Quick, low: Quick, high: Quick) -> Quick:
    def value(as_at: dt.date, facts: Facts) -> bool | None:
        held, least, most = inner(as_at, facts), low(as_at, facts), high(as_at, facts)
        if held is None:
            return None
        above = None if least is None else held >= least
        below = None if most is None else held <= most
        if above is False or below is False:
            return False
        return None if above is None or below is None else True

    return value


def _in(inner: Quick, items: Sequence[t.Value]) -> Quick:
    def value(as_at: dt.date, facts: Facts) -> bool | None:
        held = inner(as_at, facts)
        return None if held is None else held in items

    return value


def _choice(condition: Quick, then: Quick, otherwise: Quick) -> Quick:
    def value(as_at: dt.date, facts: Facts) -> Any:
        one, two = then(as_at, facts), otherwise(as_at, facts)
        truth = condition(as_at, facts)
        return None if truth is None else one if truth else two

    return value


def _quantity(node: t.Node) -> Quick:
    match node:
        case t.Negate(operand=operand):
            return _strict([_made(operand)], lambda values: -values[0])
        case t.Extreme(name=name, parts=parts):
            return _strict([_made(part) for part in parts], min if name == "min" else max)
        case t.Arithmetic(left=left, right=right):
            return _strict(
                [_made(left), _made(right)], lambda values: arithmetic(node, values[0], values[1])
            )
        case t.RateUse():
            return lambda as_at, facts: figure_on(node, as_at)
        case t.TableUse():
            return _table(node)
        case t.Round():
            return _round(node)
    raise AssertionError(f"the grammar has no {type(node).__name__}")


def _strict(parts: Sequence[Quick], of: Callable[[list[Any]], Any]) -> Quick:
    """Unknown when any part is; else `of` them all."""

    def value(as_at: dt.date, facts: Facts) -> Any:
        values = [part(as_at, facts) for part in parts]
        for one in values:
            if one is None:
                return None
        return of(values)

    return value


def _table(node: t.TableUse) -> Quick:
    by = _made(node.by)

    def value(as_at: dt.date, facts: Facts) -> Any:
        rows = on_day(node.name, node.tables, as_at).rows
        held = by(as_at, facts)
        if held is None:
            return None
        return next(row.value for row in rows if row.up_to is None or held <= row.up_to)

    return value


def _round(node: t.Round) -> Quick:
    inner = _made(node.value)

    def value(as_at: dt.date, facts: Facts) -> Any:
        step = step_on(node.step, as_at)
        held = inner(as_at, facts)
        return None if held is None else round_to(node, held, step)

    return value
