"""Looks for answers that leave a scheme open: proof that a set of questions is enough.

A search that finds none has proved that none exist. It goes through boxes of answers, and a box
in which the answer can only be settled is passed over at once. Conditions over several answers
are told exactly where they compare one sum each (`lines`), however often they compare it. Left
to boxes alone are sums that share answers (`n - m` beside `n + m`), `min`, `max`, rounding,
tables and choices over several unknown answers; where these take too many boxes, the search says
that it cannot tell, which is taken as open: then a question may be asked that is not needed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from math import prod

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking.answers import Run, TooMany
from wholeplace.core.rules.asking.lines import Sum, answers_for, line_of, points_of, sums_apart
from wholeplace.core.rules.asking.openness import Asked, Open, Reader, mask_within
from wholeplace.core.rules.asking.question_days import days_to_try
from wholeplace.core.rules.asking.ranges import ALL, NO, OPEN, TRUTH_OF, YES
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.schemes import AS_AT

MOST_BOXES = 3_000
"""Boxes of answers looked at in one search before it gives up being exact."""
MOST_SUMS = 2_000
"""Ways in which sums of answers can turn out that are gone through in one box."""


def days_of(run: Evaluation) -> dict[str, dt.date | None]:
    """The day of each `on` of the scheme, None while it is unknown."""
    ons = dict.fromkeys([AS_AT, *(item.on for item in run.scheme.used_criteria())])
    return {on: run.day(on) for on in ons}


def is_day(asked: Asked, days: Mapping[str, dt.date | None]) -> bool:
    """Whether the fact is the unknown day of some criterion."""
    return asked.on == AS_AT and not asked.key.args and days.get(asked.key.name, asked) is None


Box = tuple[int, int]
Given = Mapping[Asked, int]
"""Answers by their number in the fact's domain (of a day: its ordinal)."""


class Search:
    """Looks for answers to some questions that leave the scheme open."""

    def __init__(self, run: Evaluation) -> None:
        self._run = run
        self._open = Open(run)
        self._days = days_of(run)
        self.asked = self._open.asked
        self.exact = True
        self._tries: dict[Asked, tuple[dt.date, ...]] = {}
        self._unsure: set[Asked] = set()
        self._known: dict[tuple[dt.date | None, ...], Instance] = {}

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
        return {**given} if self._may_stay_open(chosen) else None

    def _may_stay_open(self, chosen: Collection[Asked]) -> bool:
        """Whether days that were not tried could leave the scheme open, for all that is known.

        On such a day anything that is asked may come to anything, and the rest may be unknown.
        """
        days = {one.key.name for one in self._unsure if one in chosen}
        if not days:
            return False
        masks = [
            OPEN
            if self._days[leaf.on] is None and Asked(t.FactKey(leaf.on), AS_AT) not in chosen
            else YES | NO
            if all(one in chosen for one in leaf.asked)
            else ALL
            for leaf in self._open.leaves
        ]
        return bool(self._open.truths(masks) & OPEN)

    def _ways(
        self, chosen: Collection[Asked], given: Given
    ) -> Iterator[tuple[dict[str, dt.date | None], Given]]:
        """Each way to answer the unknown days among `chosen`."""
        unknown = [one for one in self.asked if one in chosen and is_day(one, self._days)]
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
            if not exact:
                self._unsure.add(asked)
        return self._tries[asked]

    def _instance(self, days: dict[str, dt.date | None]) -> Instance:
        place = tuple(days.values())
        if place not in self._known:
            self._known[place] = Instance(self._open, Reader(self._run, days), days)
        return self._known[place]


class Instance:
    """The open scheme once every day is fixed, or fixed to be unknown."""

    def __init__(self, opened: Open, reader: Reader, days: Mapping[str, dt.date | None]) -> None:
        self._open, self._reader, self._days = opened, reader, days
        self._unknown = [reader.unknown(leaf) for leaf in opened.leaves]
        self._settled = [
            None if unknown else reader.mask(leaf, {})
            for leaf, unknown in zip(opened.leaves, self._unknown, strict=True)
        ]
        self._runs: dict[int, tuple[Run, ...]] = {}
        self._lines = [
            line_of(reader, leaf) if len(unknown) > 1 else None
            for leaf, unknown in zip(opened.leaves, self._unknown, strict=True)
        ]
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
        sums = self._sums(boxes, masks)
        if sums is not None:
            return self._among(sums, boxes, masks)
        for corner in (0, 1):
            point = {one: (box[corner], box[corner]) for one, box in boxes.items()}
            if self._truth(point) == OPEN:
                return {one: box[corner] for one, box in boxes.items()}
        for part in self._split(boxes, masks):
            found = self._within(part)
            if found is not None:
                return found
        return None

    def _sums(
        self, boxes: dict[Asked, Box], masks: Sequence[int]
    ) -> list[tuple[Sum, list[int]]] | None:
        """The sums that what is not settled in the boxes turns on; None if it is not just sums."""
        left = [at for at, mask in enumerate(masks) if mask not in TRUTH_OF]
        found = sums_apart([self._lines[at] for at in left])
        if found is None or any(one not in boxes for of in found for one, _ in of):
            return None
        ways = prod(
            len(self._points(of, [left[n] for n in of_it], boxes)) for of, of_it in found.items()
        )
        if ways > MOST_SUMS:
            return None
        return [(of, [left[n] for n in of_it]) for of, of_it in found.items()]

    def _points(self, of: Sum, leaves: Sequence[int], boxes: dict[Asked, Box]) -> list[int]:
        lines = [line for at in leaves if (line := self._lines[at])]
        return points_of(of, lines, boxes)

    def _among(
        self, sums: list[tuple[Sum, list[int]]], boxes: dict[Asked, Box], masks: list[int]
    ) -> Given | None:
        """Answers in the boxes that leave the scheme open, where only sums are not settled."""
        for totals in product(*(self._points(of, leaves, boxes) for of, leaves in sums)):
            given = {one: low for one, (low, _) in boxes.items()}
            for (of, leaves), total in zip(sums, totals, strict=True):
                for at in leaves:
                    line = self._lines[at]
                    masks[at] = line.mask(total) if line else masks[at]
                given |= answers_for(of, total, boxes)
            if self._open.truths(masks) == OPEN:
                return given
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
        # Where runs meet first: what is left then may be told by sums alone.
        picked = max(weights, key=lambda one: (bool(self._starts(one, *boxes[one])), weights[one]))
        low, high = boxes[picked]
        starts = self._starts(picked, low, high)
        middle = starts[len(starts) // 2] if starts else (low + high + 1) // 2
        yield {**boxes, picked: (low, middle - 1)}
        yield {**boxes, picked: (middle, high)}

    def _starts(self, picked: Asked, low: int, high: int) -> list[int]:
        """Where runs of this question's own conditions begin inside a box."""
        return sorted(
            run.low
            for at, unknown in enumerate(self._unknown)
            if unknown == (picked,)
            for run in self._leaf_runs(at)
            if low < run.low <= high
        )
