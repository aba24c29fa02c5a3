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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking.answers import Run, TooMany
from wholeplace.core.rules.asking.openness import Asked, Leaf, Open, Reader, cuts, mask_within
from wholeplace.core.rules.asking.ranges import OPEN
from wholeplace.core.rules.asking.search import Search, days_of, is_day
from wholeplace.core.rules.decide import Evaluation

SMALLEST_UP_TO = 12


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

    That it is enough is always proved. smallest: proved that no smaller set does. exact: proved
    that none can be dropped. Without it one may be spare, because something was too much to
    prove: conditions bind several answers in too many ways (`search` says which), or an unknown
    day was asked for and not all the days that matter are known (`question_days` says when).
    """

    asked: tuple[Asked, ...]
    smallest: bool
    exact: bool


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
    a_day = is_day(asked, days)
    waiting = opened.waiting.get(asked, [])
    told = {at: _runs(reader, leaf, asked) for at, leaf in _telling(opened, asked)}
    stretches = cuts(reader.domain(asked), list(told.values()))
    if a_day:
        same = [at for at, leaf in enumerate(opened.leaves) if leaf.on == asked.key.name]
        waiting = sorted({*waiting, *same})
        settling = _settling_days(opened, days, asked, stretches)
    else:
        settling = _settling(opened, told, stretches) if told else 0
    criteria = dict.fromkeys(key for at in waiting for key in opened.leaves[at].criteria)
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
    search = Search(run)
    many = len(search.asked) > SMALLEST_UP_TO
    needed: list[frozenset[Asked]] = []
    while True:
        chosen = _greedy(search.asked, needed) if many else _fewest(search.asked, needed)
        gap = search.gap(frozenset(chosen))
        if gap is None:
            break
        if not gap:
            # It is unknown whom the person stands for, or a question stays open for good.
            sure = search.exact or run.subject is None
            return None if sure else Enough(search.asked, False, False)
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


def _without_spare(search: Search, chosen: list[Asked]) -> list[Asked]:
    for one in reversed(list(chosen)):
        rest = [other for other in chosen if other != one]
        if search.gap(frozenset(rest)) is None:
            chosen = rest
    return chosen
