"""The answers that a question can have, and where among them a rule changes its mind.

Answers that rules tell apart are *runs*: maximal stretches of a fact's possible values, in
order, over which a condition has one truth value. Ordered values are counted in their finest
steps (pence, days, four decimals), so that nothing lies between two of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking.ranges import TRUTH_OF, Lack, Reading, Span
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.stated import FIRST_YEAR, LAST_YEAR, limits_of
from wholeplace.core.rules.tree import Kind

MOST_RUNS = 200
FINE = 10_000


@dataclass(frozen=True)
class Domain:
    """Every value that may be stated for a fact, numbered from `low` to `high`.

    listed: the values themselves, for a fact without order (yes and no, codes).
    """

    kind: Kind
    low: int
    high: int
    listed: tuple[t.Value, ...] = ()
    whole: bool = True

    def value(self, at: int) -> t.Value:
        """The value with this number, as the evaluators hold it."""
        if self.listed:
            return self.listed[at]
        if self.kind == Kind.DATE:
            return dt.date.fromordinal(at)
        if self.kind in (Kind.NUMBER, Kind.PERCENT):
            return Fraction(at) if self.whole else Fraction(at, FINE)
        return at

    def span(self, low: int, high: int) -> Reading:
        """The values from one number to another."""
        if self.listed and low < high:
            return Lack.SOME
        return Span(self.value(low), self.value(high))


def domain_of(spec: FactSpec) -> Domain:
    """The values that may be stated for a fact (`stated.read_value` refuses all others)."""
    kind = Kind(spec.type)
    if kind == Kind.BOOLEAN:
        return Domain(kind, 0, 1, (False, True))
    if kind == Kind.CODE:
        codes = tuple(sorted(spec.codes))
        return Domain(kind, 0, len(codes) - 1, codes)
    if kind == Kind.DATE:
        first, last = dt.date(FIRST_YEAR, 1, 1), dt.date(LAST_YEAR, 12, 31)
        return Domain(kind, first.toordinal(), last.toordinal())
    low, high = limits_of(spec)
    whole = kind not in (Kind.NUMBER, Kind.PERCENT) or spec.derive.kind in ("age", "count")
    step = 1 if whole else FINE
    return Domain(kind, low * step, high * step, (), whole)


@dataclass(frozen=True, slots=True)
class Run:
    """The values numbered from `low` to `high`; `mask` is the truth value that they give."""

    low: int
    high: int
    mask: int


Over = Callable[[int, int], int]
"""What a condition can come to for the values from one number to another."""


class TooMany(Exception):
    """There are more runs than can be gone through."""


def runs(domain: Domain, over: Over, guesses: Sequence[int] = ()) -> tuple[Run, ...]:
    """The runs of a condition over a domain, in order; each is proved by `over`.

    Args:
        guesses: first values of likely runs; right ones save the search.

    Raises:
        TooMany: there are more than MOST_RUNS.
    """
    if domain.listed:
        return tuple(Run(at, at, over(at, at)) for at in range(domain.low, domain.high + 1))
    return _guessed(domain, over, guesses) or _searched(domain, over)


def _guessed(domain: Domain, over: Over, guesses: Sequence[int]) -> tuple[Run, ...]:
    inside = sorted({at for at in guesses if domain.low < at <= domain.high})
    starts = [domain.low, *inside]
    ends = [*(at - 1 for at in inside), domain.high]
    found = [Run(low, high, over(low, high)) for low, high in zip(starts, ends, strict=True)]
    return _merged(found) if all(run.mask in TRUTH_OF for run in found) else ()


def _searched(domain: Domain, over: Over) -> tuple[Run, ...]:
    found: list[Run] = []
    at = domain.low
    while at <= domain.high:
        mask = over(at, at)
        good, bad = at, domain.high + 1
        if over(at, domain.high) == mask:
            good = domain.high
        while bad - good > 1 and good < domain.high:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if over(at, middle) == mask else (good, middle)
        found.append(Run(at, good, mask))
        if len(found) > MOST_RUNS:
            raise TooMany
        at = good + 1
    return _merged(found)


def _merged(found: Sequence[Run]) -> tuple[Run, ...]:
    kept: list[Run] = []
    for run in found:
        if kept and kept[-1].mask == run.mask:
            kept[-1] = Run(kept[-1].low, run.high, run.mask)
        else:
            kept.append(run)
    return tuple(kept)


def crossing(domain: Domain, difference: Callable[[int], Any]) -> list[int]:
    """Where a straight line would cross zero: first values of the runs on both sides."""
    if domain.listed:
        return []
    low, high = difference(domain.low), difference(domain.high)
    if low == high:
        return []
    root = domain.low + Fraction(domain.high - domain.low) * Fraction(-low) / Fraction(high - low)
    at = floor(root)
    return [at, at + 1] if root == at else [at + 1]
