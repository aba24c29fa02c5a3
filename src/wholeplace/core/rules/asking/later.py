"""When time alone changes a no: the first day, what the answer is then, and what turned.

Time alone: the same person with what is known now and nothing new. The day of the evaluation
moves on, so ages grow, running spells run on, windows pass and the figures of the new day
apply. The search ends with the scheme's last day, and where a figure is not known yet.

`slowly` goes day by day and is the reference. `first_change` leaps: over a range of days it
works out every value that the rules can have (`ranges`), and a range in which the answer can
only be no is passed over at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking.motion import ONE_DAY, Moving
from wholeplace.core.rules.asking.ranges import (
    BOTH,
    NO,
    NOT,
    OF_TRUTH,
    YES,
    Lack,
    Ranges,
    Reading,
    Span,
    every,
    some,
)
from wholeplace.core.rules.computed import AGE, GROWN_UP, WorkedOut
from wholeplace.core.rules.decide import ANSWERS, Evaluation
from wholeplace.core.rules.rates import rates_used
from wholeplace.core.rules.schemes import AS_AT, Criterion, Part, Scheme
from wholeplace.core.rules.stated import FactsProvider

HORIZON = dt.timedelta(days=3653)  # ten years
MOST_LOOKS = 400
"""Days that are evaluated in full before a search gives up; only odd providers need more."""


@dataclass(frozen=True)
class Change:
    """The first day on which the answer is no longer no.

    criteria: the keys of those that stood against it and do so no longer.
    """

    day: dt.date
    answer: str
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class Ahead:
    """What time alone does to a no.

    Attributes:
        change: the first change; None when there is none up to `until`.
        until: the last day that was looked at.
        why: what ended the search: `found`, `horizon`, `ends` (the scheme does), `figures`
            (a dated figure is not known beyond) or `effort` (the facts say too little of how
            they move, and going day by day would take too long).
        own: for each criterion that stands against the answer, the first day on which it is
            anything else, and what (`yes`, `no`, `unknown`); None when there is none.
        still: facts stated as plain values that time would move, such as an age: the search
            took them to stay.
    """

    change: Change | None
    until: dt.date
    why: str
    own: dict[str, tuple[dt.date, bool | None] | None]
    still: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limit:
    """The last day to look at, and what ends there."""

    day: dt.date
    why: str


def limit_of(scheme: Scheme, as_at: dt.date, horizon: dt.timedelta = HORIZON) -> Limit:
    """How far ahead of `as_at` a search can look."""
    ends = [Limit(as_at + horizon, "horizon")]
    if scheme.valid_to:
        ends.append(Limit(scheme.valid_to, "ends"))
    for use in _rates(scheme):
        held = use.figures if isinstance(use, t.RateUse) else use.tables
        day = as_at
        for first, last in sorted((one.first, one.last) for one in held):
            if first <= day + ONE_DAY and day <= last:
                day = last
        ends.append(Limit(day, "figures"))
    return min(ends, key=lambda end: end.day)


def _rates(scheme: Scheme) -> Iterable[t.RateUse | t.TableUse]:
    """Every dated figure that deciding the scheme can need, through worked-out facts too."""
    trees = [item.rule.tree for item in scheme.used_criteria()]
    names = [use.key.name for tree in trees for use in t.fact_uses(tree)]
    names += [item.on for item in scheme.used_criteria() if item.on != AS_AT]
    workings = scheme.place.workings
    for name in dict.fromkeys(one for each in names for one in workings.read_for(each)):
        working = workings.of(name)
        trees += [part for part in (working.value, working.condition) if part] if working else []
    return [use for tree in trees for use in rates_used(tree)]


# -- day by day -----------------------------------------------------------------------------
def slowly(
    scheme: Scheme, provider: FactsProvider, as_at: dt.date, horizon: dt.timedelta = HORIZON
) -> Ahead:
    """The reference: every day is evaluated in full. Raises nothing that `Evaluation` does not."""
    provider = provider.beneath if isinstance(provider, WorkedOut) else provider
    now, limit = Evaluation(scheme, provider, as_at), limit_of(scheme, as_at, horizon)
    own: dict[str, tuple[dt.date, bool | None] | None] = {i.key: None for i in now.failed()}
    change = None
    day = max(as_at + ONE_DAY, scheme.valid_from)
    while day <= limit.day and (change is None or None in own.values()):
        then = Evaluation(scheme, provider, day)
        for key in own:
            if own[key] is None and then.criteria[key] is not now.criteria[key]:
                own[key] = (day, then.criteria[key])
        if change is None and then.eligible is not False:
            change = _changed(now, then)
        day += ONE_DAY
    if change:
        return Ahead(change, change.day, "found", own, still(scheme, provider))
    return Ahead(None, max(limit.day, as_at), limit.why, own, still(scheme, provider))


def _changed(now: Evaluation, then: Evaluation) -> Change:
    turned = [i.key for i in now.failed() if then.criteria[i.key] is not now.criteria[i.key]]
    return Change(then.as_at, ANSWERS[then.eligible], tuple(turned))


def still(scheme: Scheme, provider: FactsProvider) -> tuple[str, ...]:
    """Facts that time moves, stated as plain values, that the scheme reads at `as_at`."""
    ask = getattr(provider, "still", None)
    if ask is None:
        return ()
    read = [u for i in scheme.used_criteria() if i.on == AS_AT for u in t.fact_uses(i.rule.tree)]
    facts = [scheme.place.facts[use.key.name] for use in read]
    moves = [fact for fact in facts if fact.derive.kind in ("age", "spells", "count")]
    return tuple(dict.fromkeys(fact.name for fact in moves if ask(fact.name)))


# -- by leaps -------------------------------------------------------------------------------
def first_change(
    scheme: Scheme,
    provider: FactsProvider,
    as_at: dt.date,
    horizon: dt.timedelta = HORIZON,
    *,
    now: Evaluation | None = None,
) -> Ahead:
    """The first day after `as_at` on which time alone changes a no.

    Args:
        now: the evaluation of `as_at`, when it is at hand; its answer must be no.

    Raises:
        RateMissing: `as_at` itself has no figure that the rules name.
    """
    return _Search(scheme, provider, now or Evaluation(scheme, provider, as_at), horizon).ahead()


class _Search:
    def __init__(
        self, scheme: Scheme, provider: FactsProvider, now: Evaluation, horizon: dt.timedelta
    ) -> None:
        self._scheme, self._now = scheme, now
        self._provider = provider.beneath if isinstance(provider, WorkedOut) else provider
        self._limit = limit_of(scheme, now.as_at, horizon)
        self._moving = Moving(self._provider, scheme.place.workings)
        self._thens: dict[dt.date, Evaluation] = {}

    def ahead(self) -> Ahead:
        own = {item.key: self._own(item) for item in self._now.failed()}
        kept = still(self._scheme, self._provider)
        day, surely = self._first(self._answers, NO, lambda then: then.eligible is False)
        if surely:
            why = self._limit.why if day == max(self._limit.day, self._now.as_at) else "effort"
            return Ahead(None, day, why, own, kept)
        return Ahead(_changed(self._now, self._then(day)), day, "found", own, kept)

    def _own(self, item: Criterion) -> tuple[dt.date, bool | None] | None:
        value = self._now.criteria[item.key]
        day, surely = self._first(
            partial(self._criterion, item),
            OF_TRUTH[value],
            lambda then: then.criteria[item.key] is value,
        )
        return None if surely else (day, self._then(day).criteria[item.key])

    def _then(self, day: dt.date) -> Evaluation:
        if day not in self._thens:
            self._thens[day] = Evaluation(self._scheme, self._provider, day)
        return self._thens[day]

    def _first(
        self, can: Callable[[Span], int], only: int, same: Callable[[Evaluation], bool]
    ) -> tuple[dt.date, bool]:
        """The first day that differs, and False; or the last day looked at, and True."""
        day = max(self._now.as_at, self._scheme.valid_from - ONE_DAY)
        for _ in range(MOST_LOOKS):
            if day >= self._limit.day:
                return max(self._limit.day, self._now.as_at), True
            day = self._leap(lambda last: can(Span(day + ONE_DAY, last)) == only, day)  # noqa: B023 - called at once
            if day >= self._limit.day:
                return self._limit.day, True
            day += ONE_DAY
            if not same(self._then(day)):
                return day, False
        return day, True

    def _leap(self, surely: Callable[[dt.date], bool], day: dt.date) -> dt.date:
        """The last day up to which nothing can differ, `day` itself when the next one may."""
        if surely(self._limit.day):
            return self._limit.day
        good, step = day, 1
        while good + dt.timedelta(step) < self._limit.day and surely(day + dt.timedelta(step)):
            good, step = day + dt.timedelta(step), step * 2
        bad = min(day + dt.timedelta(step), self._limit.day)
        while (bad - good).days > 1:
            middle = good + dt.timedelta((bad - good).days // 2)
            good, bad = (middle, bad) if surely(middle) else (good, middle)
        return good

    # -- what can be over a range of days ---------------------------------------------------
    def _answers(self, days: Span) -> int:
        found = self._part(days, self._scheme.eligible)
        return found if found == NO else BOTH[found * 8 + self._subject(days)]

    def _part(self, days: Span, part: Part) -> int:
        if part.kind == "criterion":
            return self._criterion(self._scheme.criteria[part.key], days)
        inner = (self._part(days, one) for one in part.parts)
        if part.kind == "not":
            return NOT[next(inner)]
        return every(inner) if part.kind == "all" else some(inner)

    def _criterion(self, item: Criterion, days: Span) -> int:
        return Ranges(days, partial(self._read, self._days_of(item.on, days), days)).truths(
            item.rule.tree
        )

    def _days_of(self, on: str, days: Span) -> Reading:
        """The days that a criterion's facts are read at."""
        if on == AS_AT:
            return days
        found = self._moving.over(t.FactKey(on), days, days)
        assumed = self._scheme.assume.get(on)
        if found is Lack.UNKNOWN and assumed:
            return Span(assumed, assumed)
        return found.still if isinstance(found, Span) else found

    def _read(self, read_at: Reading, as_at: Span, use: t.FactUse) -> Reading:
        if not isinstance(read_at, Span):
            return read_at if read_at is Lack.UNKNOWN else Lack.ANY
        return self._moving.over(use.key, read_at, as_at)

    def _subject(self, days: Span) -> int:
        """Whether the scheme is about this person, as `WorkedOut.stands_for` says."""
        if self._scheme.about == "person":
            return YES
        if self._scheme.about == "child" and AGE in self._scheme.place.facts:
            years = self._moving.over(t.FactKey(AGE), days, days)
            if isinstance(years, Span):
                years = years.still
                return (YES if years.low < GROWN_UP else 0) | (NO if years.high >= GROWN_UP else 0)
        return self._moving.subject(self._scheme.about, days)
