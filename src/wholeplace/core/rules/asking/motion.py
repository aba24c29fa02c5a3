"""How facts move with the days when nothing new is learnt: ages, running time, windows.

A provider may offer `motion(name, args, day)`. Without it, or where it says None, a fact may
be anything on the next day, and who looks ahead must go day by day.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking.ranges import (
    ALL,
    OF_TRUTH,
    OPEN,
    YES,
    Lack,
    Ranges,
    Reading,
    Span,
    as_reading,
    every,
    hull,
    point,
    some,
)
from wholeplace.core.rules.computed import (
    AGE,
    BIRTH,
    DAY,
    Working,
    Workings,
    in_bounds,
    whole_years,
)
from wholeplace.core.rules.facts import FactSpec, Related
from wholeplace.core.rules.stated import Args, FactsProvider, Motion, as_fact

ONE_DAY = dt.timedelta(days=1)
MOST_SEGMENTS = 400


@dataclass(frozen=True)
class Segment:
    """From `start` to the day before `until`: the value on `start`, and how it moves."""

    start: dt.date
    value: t.Value | None
    motion: Motion

    def over(self, first: dt.date, last: dt.date, drifts: bool = False) -> Reading:
        """What the value can be from `first` to `last`, both inside the segment.

        drifts: whether these are the days of the evaluation, so that a steady rise is a drift.
        """
        if self.value is None or not (self.motion.least or self.motion.most):
            return point(self.value)
        value: Any = self.value
        low = value + self.motion.least * (first - self.start).days
        if drifts and self.motion.least == self.motion.most:
            return Span(low, low, self.motion.least, (last - first).days)
        return Span(low, value + self.motion.most * (last - self.start).days)

    def holds(self, day: dt.date) -> bool:
        """Whether the day is inside."""
        return self.start <= day and (self.motion.until is None or day < self.motion.until)


class Moving:
    """What is known of one person over a range of days, nothing new being learnt.

    Args:
        provider: what is known, before anything is worked out.
        workings: the place's worked-out facts.
    """

    def __init__(self, provider: FactsProvider, workings: Workings) -> None:
        self._provider = provider
        self._workings = workings
        self._motion = getattr(provider, "motion", None)
        self._stated = getattr(provider, "stated", lambda name: False)
        self._people: dict[tuple[str, dt.date], list[Moving] | None] = {}
        self._segments: dict[tuple[str, Args], list[Segment]] = {}

    def over(self, key: t.FactKey, days: Span, as_at: Span) -> Reading:
        """What the fact can be when read at any of `days`, the evaluation being at `as_at`."""
        spec = self._workings.facts[key.name]
        held = self._held(spec, key.args, days, days == as_at)
        if key.name == AGE and spec.derive.kind == "age":
            return self._age(held, days, as_at)
        if self._workings.of(key.name) is None or held in (Lack.SOME, Lack.ANY):
            return held
        if isinstance(held, Span):
            return held
        return self._worked_out(spec, days, as_at)

    # -- what is held -----------------------------------------------------------------
    def _held(self, spec: FactSpec, args: Args, days: Span, drifts: bool = False) -> Reading:
        found: list[Reading] = []
        day = days.low
        while day <= days.high:
            segment = self._segment(spec, args, day)
            until = segment.motion.until
            last = days.high if until is None else min(days.high, until - ONE_DAY)
            alone = drifts and day == days.low and last == days.high
            found.append(segment.over(day, last, alone))
            day = last + ONE_DAY if last < dt.date.max else last
            if len(found) > MOST_SEGMENTS or (self._motion is None and day <= days.high):
                return Lack.ANY
            if last == dt.date.max:
                break
        return hull(found)

    def _segment(self, spec: FactSpec, args: Args, day: dt.date) -> Segment:
        known = self._segments.setdefault((spec.name, args), [])
        at = bisect_right(known, day, key=lambda one: one.start)
        if at and known[at - 1].holds(day):
            return known[at - 1]
        held = self._provider.fact(spec.name, args, day)
        value = None if held.value is None else as_fact(spec, held.value)
        motion = self._motion(spec.name, args, day) if self._motion else None
        made = Segment(day, value, motion or Motion(until=day + ONE_DAY))
        known.insert(at, made)
        return made

    def subject(self, about: str, days: Span) -> int:
        """Whether the person stands for the unit on any of `days`, as a set of truth values."""
        ask = getattr(self._provider, "stands_for", None)
        if ask is None:
            return YES
        found = [ask(about, day) for day in self._households(days) or ()]
        return sum({OF_TRUTH[one] for one in found}) or ALL

    def _households(self, days: Span) -> list[dt.date] | None:
        """Days that speak for all of `days`: on each that follows, others are lived with.

        None when the provider cannot tell for how long the same people live together.
        """
        until = getattr(self._provider, "household_until", None)
        found, day = [], days.low
        while day is not None and day <= days.high:
            found.append(day)
            if len(found) > MOST_SEGMENTS or (until is None and day < days.high):
                return None
            day = until(day) if until else None
        return found

    # -- what is worked out -----------------------------------------------------------
    def _worked_out(self, spec: FactSpec, days: Span, as_at: Span) -> Reading:
        working = self._workings.of(spec.name)
        assert working is not None
        if spec.derive.kind == "related":
            return self._related(working, days, as_at)
        assert working.value is not None
        read = partial(self._inner, days, as_at)
        found = Ranges(as_at, read).span(working.value)
        if not isinstance(found, Span):
            return found
        return _bounded(spec, found)

    def _related(self, working: Working, days: Span, as_at: Span) -> Reading:
        """What is taken of the people lived with, over every household of those days."""
        assert isinstance(working.spec.derive, Related)
        starts = self._households(days)
        if starts is None:
            return Lack.ANY
        ends = [*(day - ONE_DAY for day in starts[1:]), days.high]
        found: list[Reading] = []
        for first, last in zip(starts, ends, strict=True):
            people = self._lived_with(working.spec.derive.who, first)
            if people is None:
                found.append(Lack.UNKNOWN)
                continue
            span = Span(first, last)
            found.append(
                taken_over(working, [one._counted(working, span, as_at) for one in people])
            )
        return hull(found)

    def _lived_with(self, who: str, day: dt.date) -> list[Moving] | None:
        if (who, day) not in self._people:
            ask = getattr(self._provider, "related", None)
            found = ask(who, day) if ask else None
            self._people[who, day] = (
                None if found is None else [Moving(one, self._workings) for one in found]
            )
        return self._people[who, day]

    def _counted(self, working: Working, days: Span, as_at: Span) -> tuple[int, Reading]:
        """Whether this person counts among those lived with, and what `of` comes to."""
        inner = Ranges(as_at, partial(self._inner, days, as_at))
        counts = inner.truths(working.condition) if working.condition else YES
        return counts, inner.span(working.value) if working.value else Lack.UNKNOWN

    def _inner(self, days: Span, as_at: Span, use: t.FactUse) -> Reading:
        if use.key != DAY:
            return self.over(use.key, days, as_at)
        same = days == as_at
        return Span(days.low, days.low, 1, (days.high - days.low).days) if same else days

    def _age(self, held: Reading, days: Span, as_at: Span) -> Reading:
        """The age held or stated, unless only the date of birth was stated."""
        if BIRTH not in self._workings.facts or not self._stated(BIRTH):
            return held
        if self._stated(AGE) and isinstance(held, Span):
            return held
        born = self.over(t.FactKey(BIRTH), days, as_at)
        if not isinstance(born, Span):
            return held if born is Lack.UNKNOWN else Lack.ANY
        born = born.still
        if born.low > days.high:
            return Lack.UNKNOWN
        if not born.point or born.high > days.low:
            return Lack.ANY
        return Span(whole_years(born.low, days.low), whole_years(born.low, days.high))


def taken_over(working: Working, people: Sequence[tuple[int, Reading]]) -> Reading:
    """What `related` takes of people, each as (whether they count, the value of `of`)."""
    assert isinstance(working.spec.derive, Related)
    take, counts = working.spec.derive.take, [each for each, _ in people]
    if take in ("any", "all"):
        return as_reading(some(counts) if take == "any" else every(counts))
    if any(each & OPEN for each in counts):
        return Lack.UNKNOWN if OPEN in counts else Lack.ANY
    low = sum(each == YES for each in counts)
    high = sum(bool(each & YES) for each in counts)
    if take == "count":
        return _bounded(working.spec, Span(low, high))
    values = [_held_as(working.spec, value) for each, value in people if each & YES]
    if low != high or any(not isinstance(value, Span) for value in values):
        sure = low == high and Lack.UNKNOWN in values
        return Lack.UNKNOWN if sure else Lack.ANY
    spans = [value for value in values if isinstance(value, Span)]
    return _totalled(working.spec, take, spans)


def _held_as(spec: FactSpec, value: Reading) -> Reading:
    return _bounded(spec, value) if isinstance(value, Span) else value


def _totalled(spec: FactSpec, take: str, spans: Sequence[Span]) -> Reading:
    if take == "sum":
        low = sum((one.low for one in spans), start=Fraction(0))
        return _bounded(spec, Span(low, sum((one.high for one in spans), start=Fraction(0))))
    if not spans:
        return Lack.UNKNOWN
    pick = min if take == "least" else max
    return _bounded(spec, Span(pick(s.low for s in spans), pick(s.high for s in spans)))


def _bounded(spec: FactSpec, span: Span) -> Reading:
    """As facts are held; beyond the language's bounds, where a value is unknown, ANY."""
    span = span.still
    low, high = in_bounds(spec, span.low), in_bounds(spec, span.high)
    return Lack.ANY if low is None or high is None else Span(low, high)
