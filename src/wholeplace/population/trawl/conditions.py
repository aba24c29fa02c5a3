"""Conditions asked of facts that lie in memory as whole numbers.

Most conditions compare one fact with something fixed: `age >= 18`, `tenure in [council]`. Over
whole numbers each is "from a to b", exactly, and takes a fraction of a millisecond for a million
persons. `and`, `or` and `not` go by the bits of their parts. Whatever else the language has is
left to the engine's print of the tree, leaf by leaf.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import reduce

import numpy as np

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.evaluate import CannotEvaluate, evaluate
from wholeplace.core.rules.schemes import FactNeed
from wholeplace.population.trawl.bits import Bits, Truth, every, everybody, packed, some, turned
from wholeplace.population.trawl.columns import Column, Numbers
from wholeplace.population.trawl.questions import Question, meaning

_EPOCH = date(1970, 1, 1).toordinal()
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Range:
    """Whole numbers from `low` to `high`, both included, None being no end; or all others."""

    low: int | None = None
    high: int | None = None
    others: bool = False

    def holds(self, number: int) -> bool:
        """Whether a number is among them."""
        low, high = self.low, self.high
        within = (low is None or low <= number) and (high is None or number <= high)
        return within is not self.others

    def among(self, column: Column) -> Bits:
        """Which of many numbers are among them, as bits."""
        numbers = column.numbers
        ends = np.iinfo(numbers.dtype)
        within: list[Numbers] = []
        if self.low is not None and self.low > ends.min:
            within.append(numbers >= self.low if self.low <= ends.max else _none(numbers))
        if self.high is not None and self.high < ends.max:
            within.append(numbers <= self.high if self.high >= ends.min else _none(numbers))
        all_of_them = everybody(len(numbers))
        bits = packed(reduce(np.logical_and, within)) if within else all_of_them
        return all_of_them ^ bits if self.others else bits


@dataclass(frozen=True)
class Codes:
    """Some codes, or all others."""

    codes: frozenset[str]
    others: bool = False

    def holds(self, code: str) -> bool:
        """Whether a code is among them."""
        return (code in self.codes) is not self.others

    def among(self, column: Column) -> Bits:
        """Which of many codes are among them, as bits."""
        assert column.codes is not None
        places = [at for at, code in enumerate(column.codes) if self.holds(code)]
        return packed(np.isin(column.numbers, places))


class Conditions:
    """Answers to the conditions of some questions, each got once.

    Args:
        columns: a fact's column by `FactNeed.column`; None for one that has no such form.
        as_at: the evaluation's day.
        persons: how many there are.
    """

    def __init__(
        self, columns: Mapping[str, Column | Truth | None], as_at: date, persons: int
    ) -> None:
        self._columns = columns
        self._as_at = as_at
        self._everybody = everybody(persons)
        self._answers: dict[object, Truth] = {}

    def left_over(self, question: Question) -> Iterator[Question]:
        """Ask what can be asked here; the parts that cannot be, for `put`."""
        for leaf in _leaves(question.tree):
            part = replace(question, tree=leaf)
            if _same(part) in self._answers:
                continue
            found = self._ask(part)
            if found is None:
                yield part
            else:
                self.put(part, found)

    def put(self, part: Question, found: Truth) -> None:
        """Take the answers to a part that were got elsewhere."""
        self._answers[_same(part)] = found

    def answer(self, question: Question) -> Truth:
        """The answers to a whole question, all its parts being there."""
        match question.tree:
            case t.And(parts=parts):
                return every([self.answer(replace(question, tree=part)) for part in parts])
            case t.Or(parts=parts):
                return some([self.answer(replace(question, tree=part)) for part in parts])
            case t.Not(operand=operand):
                return turned(self.answer(replace(question, tree=operand)))
        return self._answers[_same(question)]

    def _ask(self, part: Question) -> Truth | None:
        about = _about(part.tree, self._as_at)
        if about is None:
            return None
        column = self._columns.get(FactNeed(about.use.key, part.day.label).column)
        if isinstance(column, Truth):
            return None if about.tests or about.codes else self._assumed(column, about.use)
        if column is None:
            return None
        held = about.codes if column.codes is not None else _range(about, column.parts)
        if held is None:
            return None
        yes = held.among(column) & column.known
        found = Truth(yes, column.known ^ yes)
        assumed = about.use.assumed
        if assumed is None:
            return found
        shown = str(assumed) if isinstance(held, Codes) else int(_number(assumed) * column.parts)
        return self._filled(found, held.holds(shown))  # type: ignore[arg-type]

    def _assumed(self, found: Truth, use: t.FactUse) -> Truth:
        return found if use.assumed is None else self._filled(found, bool(use.assumed))

    def _filled(self, found: Truth, stand_in: bool) -> Truth:
        """The answers, and what is assumed of those of whom the fact is not known."""
        yes = self._everybody ^ found.no if stand_in else found.yes
        return Truth(yes, self._everybody ^ yes)


def _same(part: Question) -> object:
    return (meaning(part.tree), part.day)


def _none(numbers: Numbers) -> Numbers:
    return np.zeros(len(numbers), np.bool_)


def _leaves(node: t.Node) -> Iterator[t.Node]:
    if isinstance(node, (t.And, t.Or, t.Not)):
        for part in t.children(node):
            yield from _leaves(part)
    else:
        yield node


@dataclass(frozen=True)
class _About:
    """A condition about one fact: all `tests` by a fixed value, or `codes`, or the fact itself."""

    use: t.FactUse
    tests: tuple[tuple[str, Fraction], ...] = ()
    codes: Codes | None = None


def _about(node: t.Node, as_at: date) -> _About | None:
    """The one fact that a condition is about and what is asked of it; None for all others."""
    match node:
        case t.FactUse():
            return _About(node)
        case t.Compare(operator=sign, left=t.FactUse() as use, right=right):
            return _compared(use, [(sign, right)], as_at)
        case t.Compare(operator=sign, left=left, right=t.FactUse() as use):
            return _compared(use, [(_MIRRORED.get(sign, sign), left)], as_at)
        case t.Between(value=t.FactUse() as use, low=low, high=high):
            return _compared(use, [(">=", low), ("<=", high)], as_at)
        case t.In(value=t.FactUse() as use, items=items) if use.type.kind == t.Kind.CODE:
            return _About(use, codes=Codes(frozenset(str(item.value) for item in items)))
    return None


def _compared(use: t.FactUse, tests: list[tuple[str, t.Node]], as_at: date) -> _About | None:
    if use.type.kind == t.Kind.BOOLEAN or any(t.fact_uses(node) for _, node in tests):
        return None
    try:
        fixed = [(sign, evaluate(node, as_at, _no_fact)) for sign, node in tests]
    except CannotEvaluate:  # a day beyond the calendar: the engine's is longer
        return None
    if use.type.kind == t.Kind.CODE:
        ((sign, code),) = fixed
        return _About(use, codes=Codes(frozenset([str(code)]), others=sign == "!="))
    return _About(use, tuple((sign, _number(value)) for sign, value in fixed))


def _no_fact(use: t.FactUse) -> t.Value | None:
    raise AssertionError(f"{use.name} is no part of something fixed")


def _number(value: t.Value | None) -> Fraction:
    """A day as the days since 1970, anything else as it is."""
    if isinstance(value, date):
        return Fraction(value.toordinal() - _EPOCH)
    assert isinstance(value, (int, Fraction))
    return Fraction(value)


def _range(about: _About, parts: int) -> Range | None:
    """The whole numbers that pass every test, where 1 is so many `parts`."""
    low, high, others = None, None, False
    for sign, value in about.tests:
        up, down = math.ceil(value * parts), math.floor(value * parts)
        if sign in (">=", ">"):
            low = up if sign == ">=" else down + 1
        elif sign in ("<=", "<"):
            high = down if sign == "<=" else up - 1
        else:
            low, high, others = up, down, sign == "!="
    return Range(low, high, others) if about.tests else None
