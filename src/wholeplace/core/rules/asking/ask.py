"""What to ask while an answer is open: the next question, and a set that is enough.

**The next question** is the one most likely to settle the answer by itself. Likely is measured
by representative answers: the thresholds that the rules set cut a fact's possible values into
stretches, each stretch counts once, and so does each code; the share of them that settles the
scheme decides. Ties go to the question that more open criteria wait for, then to the file's
order. A condition over several unknown facts is settled by none of them alone.

**A set is enough** when, whatever is answered to all of it, the answer is settled by Kleene's
tables, and no question can be dropped: for each there are answers to the others that leave it
open. Up to twelve unknown facts it is a smallest such set; beyond, it is found greedily and
proved all the same. It is found from counterexamples: answers that leave the scheme open, made
as large as can be, each of which says that something outside it must be asked.

Answers are taken one fact at a time: that two facts cannot be answered in some combination
(an age and a date of birth) is not known here, nor is it known that an answer would also be
learnt from another fact. Then more may be asked than needed, never less.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking.answers import Run, TooMany
from wholeplace.core.rules.asking.openness import Asked, Leaf, Open, Reader, cuts, mask_within
from wholeplace.core.rules.asking.question_days import days_to_try
from wholeplace.core.rules.asking.ranges import OPEN, TRUTH_OF
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.schemes import AS_AT

SMALLEST_UP_TO = 12
MOST_BOXES = 3_000
"""Boxes of answers looked at in one search before it gives up being exact."""


@dataclass(frozen=True)
class Next:
    """The question to ask first.

    settling: how many of `answers` representative answers settle the scheme by themselves.
    criteria: the open criteria that wait for it.
    """

    asked: Asked
    settling: int
    answers: int
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class Enough:
    """Questions that settle the answer whatever is said, none of which can be dropped.

    smallest: proved that no smaller set does. exact: proved that it is enough and that none can
    be dropped. Without it something was too much to prove: conditions bind several answers in
    too many ways (then the set is enough, and one of it may be spare), or an unknown day was
    asked for and the provider does not say how its facts move (then some days were tried).
    """

    asked: tuple[Asked, ...]
    smallest: bool
    exact: bool


def days_of(run: Evaluation) -> dict[str, dt.date | None]:
    """The day of each `on` of the scheme, None while it is unknown."""
    ons = dict.fromkeys([AS_AT, *(item.on for item in run.scheme.used_criteria())])
    return {on: run.day(on) for on in ons}


# -- the next question ------------------------------------------------------------------------
def next_question(
    run: Evaluation, may: Callable[[t.FactKey], bool] = lambda key: True
) -> Next | None:
    """The question most likely to settle the scheme; None when it is settled.

    Args:
        may: which facts may be asked for.
    """
    found = [one for one in _ranked(run) if may(one.asked.key)]
    return found[0] if found else None


def _ranked(run: Evaluation) -> list[Next]:
    """Every open question, the one most likely to settle the scheme first."""
    if run.eligible is not None:
        return []
    opened, days = Open(run), days_of(run)
    reader = Reader(run, days)
    found = [
        _weighed(opened, reader, days, asked)
        for asked in opened.asked
        if days[asked.on] is not None
    ]
    return sorted(found, key=lambda one: (-one.settling / one.answers, -len(one.criteria)))


def _weighed(
    opened: Open, reader: Reader, days: Mapping[str, dt.date | None], asked: Asked
) -> Next:
    is_day = _is_day(asked, days)
    waiting = opened.waiting.get(asked, [])
    told = {at: _runs(reader, leaf, asked) for at, leaf in _telling(opened, asked)}
    stretches = cuts(reader.domain(asked), list(told.values()))
    if is_day:
        same = [at for at, leaf in enumerate(opened.leaves) if leaf.on == asked.key.name]
        waiting = sorted({*waiting, *same})
        settling = _settling_days(opened, days, asked, stretches)
    else:
        settling = _settling(opened, told, stretches) if told else 0
    criteria = dict.fromkeys(opened.leaves[at].criterion for at in waiting)
    return Next(asked, settling, len(stretches), tuple(criteria))


def _telling(opened: Open, asked: Asked) -> list[tuple[int, Leaf]]:
    """The leaves that an answer to this alone can settle, by their place."""
    found = [(at, opened.leaves[at]) for at in opened.waiting.get(asked, ())]
    return [(at, leaf) for at, leaf in found if len(leaf.asked) == 1 or not leaf.strict]


def _settling(
    opened: Open, told: Mapping[int, tuple[Run, ...]], stretches: Iterable[tuple[int, int]]
) -> int:
    """How many stretches of answers settle the scheme, no other question being answered."""
    masks, touched = [OPEN] * len(opened.leaves), 0
    for at in told:
        touched |= 1 << at
    settling = 0
    for low, _ in stretches:
        for at, found in told.items():
            masks[at] = mask_within(found, low, low)
        settling += opened.truths(masks, touched) != OPEN
    return settling


def _settling_days(
    opened: Open,
    days: Mapping[str, dt.date | None],
    asked: Asked,
    stretches: Iterable[tuple[int, int]],
) -> int:
    """The same for an unknown day, from which what is read on it may be known too."""
    settling = 0
    for low, high in stretches:
        day = _nearest(low, high, opened.run.as_at)
        inner = Reader(opened.run, {**days, asked.key.name: day})
        masks = [_alone(inner, leaf) for leaf in opened.leaves]
        settling += opened.truths(masks) != OPEN
    return settling


def _is_day(asked: Asked, days: Mapping[str, dt.date | None]) -> bool:
    """Whether the fact is the unknown day of some criterion."""
    return asked.on == AS_AT and not asked.key.args and days.get(asked.key.name, asked) is None


def _alone(reader: Reader, leaf: Leaf) -> int:
    if leaf.strict and reader.unknown(leaf):
        return OPEN
    return reader.mask(leaf, {})


def _runs(reader: Reader, leaf: Leaf, asked: Asked) -> tuple[Run, ...]:
    try:
        return reader.runs(leaf, asked)
    except TooMany:
        domain = reader.domain(asked)
        return (Run(domain.low, domain.high, OPEN),)


def _nearest(low: int, high: int, day: dt.date) -> dt.date:
    return dt.date.fromordinal(min(max(low, day.toordinal()), high))


# -- a set that is enough ---------------------------------------------------------------------
def sufficient_set(run: Evaluation) -> Enough | None:
    """Questions that settle the scheme whatever is answered, none of which can be dropped.

    None when the scheme is settled, or when answering everything would not settle it (it is
    not known whom the person stands for).
    """
    if run.eligible is not None:
        return None
    search = _Search(run)
    many = len(search.asked) > SMALLEST_UP_TO
    needed: list[frozenset[Asked]] = []
    while True:
        chosen = _greedy(search.asked, needed) if many else _fewest(search.asked, needed)
        gap = search.gap(frozenset(chosen))
        if gap is None:
            break
        if not gap:
            return None if search.exact else Enough(search.asked, False, False)
        needed.append(gap)
    if many:
        chosen = _without_spare(search, chosen)
    return Enough(tuple(chosen), search.exact and not many, search.exact)


def _fewest(asked: Sequence[Asked], needed: Sequence[frozenset[Asked]]) -> list[Asked]:
    """The first smallest choice that has one of each needed group."""
    place = {one: 1 << at for at, one in enumerate(asked)}
    groups = [sum(place[one] for one in group) for group in needed]
    for size in range(len(asked) + 1):
        for picked in combinations(asked, size):
            bits = sum(place[one] for one in picked)
            if all(bits & group for group in groups):
                return list(picked)
    raise AssertionError("everything asked meets every group")


def _greedy(asked: Sequence[Asked], needed: Sequence[frozenset[Asked]]) -> list[Asked]:
    left, chosen = list(needed), set[Asked]()
    while left:
        best = max(asked, key=lambda one: sum(one in group for group in left))
        chosen.add(best)
        left = [group for group in left if best not in group]
    return [one for one in asked if one in chosen]


def _without_spare(search: _Search, chosen: list[Asked]) -> list[Asked]:
    for one in reversed(list(chosen)):
        rest = [other for other in chosen if other != one]
        if search.gap(frozenset(rest)) is None:
            chosen = rest
    return chosen


Box = tuple[int, int]
Given = Mapping[Asked, int]
"""Answers by their number in the fact's domain (of a day: its ordinal)."""


class _Search:
    """Looks for answers to some questions that leave the scheme open."""

    def __init__(self, run: Evaluation) -> None:
        self._run = run
        self._open = Open(run)
        self._days = days_of(run)
        self.asked = self._open.asked
        self.exact = True
        self._tries: dict[Asked, tuple[dt.date, ...]] = {}
        self._known: dict[tuple[dt.date | None, ...], _Instance] = {}

    def gap(self, chosen: frozenset[Asked]) -> frozenset[Asked] | None:
        """What lies outside the largest set found that answers leave open; None: enough."""
        given = self._counterexample(chosen, {})
        if given is None:
            return None
        for one in self.asked:
            if one not in chosen:
                wider = self._counterexample(chosen | {one}, given)
                if wider is not None:
                    chosen, given = chosen | {one}, wider
        return frozenset(self.asked) - chosen

    def _counterexample(self, chosen: Collection[Asked], given: Given) -> Given | None:
        """Answers to all of `chosen`, with those `given`, that leave the scheme open."""
        for days, answered in self._ways(chosen, given):
            try:
                found = self._instance(days).open_point(chosen, given)
            except TooMany:
                self.exact = False
                return {**given}
            if found is not None:
                return {**found, **answered}
        return None

    def _ways(
        self, chosen: Collection[Asked], given: Given
    ) -> Iterator[tuple[dict[str, dt.date | None], Given]]:
        """Each way to answer the unknown days among `chosen`."""
        unknown = [one for one in self.asked if one in chosen and _is_day(one, self._days)]
        tries = [
            (dt.date.fromordinal(given[one]),) if one in given else self._days_for(one)
            for one in unknown
        ]
        for days in product(*tries):
            answered = {one.key.name: day for one, day in zip(unknown, days, strict=True)}
            ordinals = {one: day.toordinal() for one, day in zip(unknown, days, strict=True)}
            yield {**self._days, **answered}, ordinals

    def _days_for(self, asked: Asked) -> tuple[dt.date, ...]:
        if asked not in self._tries:
            self._tries[asked], exact = days_to_try(self._open, asked)
            self.exact = self.exact and exact
        return self._tries[asked]

    def _instance(self, days: dict[str, dt.date | None]) -> _Instance:
        place = tuple(days.values())
        if place not in self._known:
            self._known[place] = _Instance(self._open, Reader(self._run, days), days)
        return self._known[place]


class _Instance:
    """The open scheme once every day is fixed, or fixed to be unknown."""

    def __init__(self, opened: Open, reader: Reader, days: Mapping[str, dt.date | None]) -> None:
        self._open, self._reader, self._days = opened, reader, days
        self._unknown = [reader.unknown(leaf) for leaf in opened.leaves]
        self._settled = [
            None if unknown else reader.mask(leaf, {})
            for leaf, unknown in zip(opened.leaves, self._unknown, strict=True)
        ]
        self._runs: dict[int, tuple[Run, ...]] = {}
        self._boxes = 0

    def open_point(self, chosen: Collection[Asked], given: Given) -> Given | None:
        """Answers to `chosen` that leave the scheme open. Raises TooMany."""
        self._boxes = 0
        boxes: dict[Asked, Box] = {}
        answered = {self._reader.same(one) for one in chosen if self._days[one.on] is not None}
        for one in dict.fromkeys(slot for unknown in self._unknown for slot in unknown):
            if one in answered:
                domain = self._reader.domain(one)
                at = given.get(one)
                boxes[one] = (domain.low, domain.high) if at is None else (at, at)
        return self._within(boxes)

    def _within(self, boxes: dict[Asked, Box]) -> Given | None:
        self._boxes += 1
        if self._boxes > MOST_BOXES:
            raise TooMany
        masks = [self._mask(at, boxes) for at in range(len(self._unknown))]
        if not self._open.truths(masks) & OPEN:
            return None
        if all(mask in TRUTH_OF for mask in masks):
            return {one: low for one, (low, _) in boxes.items()}
        for corner in (0, 1):
            point = {one: (box[corner], box[corner]) for one, box in boxes.items()}
            if self._truth(point) == OPEN:
                return {one: box[corner] for one, box in boxes.items()}
        for part in self._split(boxes, masks):
            found = self._within(part)
            if found is not None:
                return found
        return None

    def _truth(self, point: dict[Asked, Box]) -> int:
        return self._open.truths([self._mask(at, point) for at in range(len(self._unknown))])

    def _mask(self, at: int, boxes: Mapping[Asked, Box]) -> int:
        """The truth values of one leaf while the answers lie in their boxes."""
        settled = self._settled[at]
        if settled is not None:
            return settled
        unknown, leaf = self._unknown[at], self._open.leaves[at]
        inside = [one for one in unknown if one in boxes]
        if leaf.strict and len(inside) < len(unknown):
            return OPEN
        if len(unknown) == 1 and inside:
            return mask_within(self._leaf_runs(at), *boxes[unknown[0]])
        spans = {one: self._reader.domain(one).span(*boxes[one]) for one in inside}
        return self._reader.mask(leaf, spans)

    def _leaf_runs(self, at: int) -> tuple[Run, ...]:
        if at not in self._runs:
            self._runs[at] = self._reader.runs(self._open.leaves[at], self._unknown[at][0])
        return self._runs[at]

    def _split(self, boxes: dict[Asked, Box], masks: Sequence[int]) -> Iterator[dict[Asked, Box]]:
        """Two halves of the question that most undecided leaves wait for."""
        weights: dict[Asked, int] = {}
        for mask, unknown in zip(masks, self._unknown, strict=True):
            for one in unknown if mask not in TRUTH_OF else ():
                if one in boxes and boxes[one][0] < boxes[one][1]:
                    weights[one] = weights.get(one, 0) + 1
        if not weights:  # a date beyond the calendar: nothing can be said
            raise TooMany
        picked = max(weights, key=lambda one: weights[one])
        low, high = boxes[picked]
        middle = self._boundary(picked, low, high)
        yield {**boxes, picked: (low, middle - 1)}
        yield {**boxes, picked: (middle, high)}

    def _boundary(self, picked: Asked, low: int, high: int) -> int:
        """Where to cut: between two runs if there are any in the box, else in the middle."""
        starts = sorted(
            run.low
            for at, unknown in enumerate(self._unknown)
            if unknown == (picked,)
            for run in self._leaf_runs(at)
            if low < run.low <= high
        )
        return starts[len(starts) // 2] if starts else (low + high + 1) // 2
