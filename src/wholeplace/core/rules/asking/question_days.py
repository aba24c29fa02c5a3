"""Which days to try where the day that criteria are read at is itself unknown.

Once the day is answered, facts read at it may be known from what is held, differently on
different days, or still be unknown. The days are cut into stretches over which each open
condition reads the same: the same facts unknown, and the same truth where all are known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking.answers import MOST_RUNS, Domain
from wholeplace.core.rules.asking.motion import Moving
from wholeplace.core.rules.asking.openness import Asked, Leaf, Open, Reader, cuts, mask_within
from wholeplace.core.rules.asking.ranges import TRUTH_OF, Lack, Ranges, Reading, Span
from wholeplace.core.rules.schemes import AS_AT


def days_to_try(opened: Open, asked: Asked) -> tuple[tuple[dt.date, ...], bool]:
    """A day for each way in which an answer to a day can matter.

    Returns:
        The days, and whether they are proved to be all that matter. They are not when the
        provider does not say how its facts move, when facts move within a condition that has
        others unknown, when the day itself stands in a condition with other unknown facts, or when
        a fact is read at two unknown days, which may turn out to be one.
    """
    run, on = opened.run, asked.key.name
    reader = Reader(run, {AS_AT: run.as_at, on: None})
    domain = reader.domain(asked)
    own = [leaf for leaf in opened.leaves if leaf.asked == (asked,)]
    at_it = [leaf for leaf in opened.leaves if leaf.on == on]
    bound = any(asked in leaf.asked and leaf.asked != (asked,) for leaf in opened.leaves)
    bound = bound or _may_meet(opened, on, at_it)
    own_runs = [reader.runs(leaf, asked) for leaf in own]
    starts, exact = _starts(opened, at_it, domain)
    others = _other_days(opened, on)
    near = [n for day in others for n in (day, day + 1) if domain.low <= n <= domain.high]
    edges = sorted({*starts, *near, *(low for low, _ in cuts(domain, own_runs))})
    ends = [*(edge - 1 for edge in edges[1:]), domain.high]
    seen: dict[Any, dt.date] = {}
    for low, high in zip(edges, ends, strict=True):
        at = min(max(low, run.as_at.toordinal()), high)
        day = dt.date.fromordinal(at)
        ways = (at if at in others else 0, *(mask_within(found, at, at) for found in own_runs))
        seen.setdefault((ways, _signs(_moving(opened), run.as_at, at_it, at, at)), day)
    return tuple(seen.values()), exact and not bound


def _other_days(opened: Open, on: str) -> set[int]:
    """Known days that facts are read at: on the same day a fact is asked for once."""
    run = opened.run
    days = [run.as_at, *(run.day(item.on) for item in run.scheme.used_criteria() if item.on != on)]
    return {day.toordinal() for day in days if day is not None}


def _may_meet(opened: Open, on: str, at_it: Iterable[Leaf]) -> bool:
    """Whether a fact is also read at another day that is unknown: both may be one day."""
    keys = {one.key for leaf in at_it for one in leaf.asked}
    return any(
        leaf.on not in (on, AS_AT)
        and opened.run.day(leaf.on) is None
        and any(one.key in keys for one in leaf.asked)
        for leaf in opened.leaves
    )


def _moving(opened: Open) -> Moving:
    return Moving(opened.run.provider, opened.run.scheme.place.workings)


def _starts(opened: Open, leaves: Iterable[Leaf], domain: Domain) -> tuple[list[int], bool]:
    """The first days of stretches over which the leaves read the same; whether all are found."""
    moving, as_at = _moving(opened), opened.run.as_at
    today = min(max(as_at.toordinal(), domain.low), domain.high)
    if not hasattr(opened.run.provider, "motion"):
        return [domain.low, today, today + 1], False
    listed, found, at = list(leaves), list[int](), domain.low
    while at <= domain.high:
        found.append(at)
        if len(found) > MOST_RUNS:
            return [*found, today], False
        sign = _signs(moving, as_at, listed, at, at)
        if None in sign:
            return [*found, today], False
        if _signs(moving, as_at, listed, at, domain.high) == sign:
            break
        good, bad = at, domain.high
        while bad - good > 1:
            middle = (good + bad) // 2
            same = _signs(moving, as_at, listed, at, middle) == sign
            good, bad = (middle, bad) if same else (good, middle)
        at = good + 1
    return found, True


def _signs(
    moving: Moving, as_at: dt.date, leaves: Iterable[Leaf], low: int, high: int
) -> tuple[Any, ...]:
    """How each leaf reads when its day lies in the stretch; None where it is not always alike."""
    days = Span(dt.date.fromordinal(low), dt.date.fromordinal(high))
    return tuple(_sign(moving, Span(as_at, as_at), leaf, days) for leaf in leaves)


def _sign(moving: Moving, as_at: Span, leaf: Leaf, days: Span) -> Any:
    held: dict[t.FactKey, Reading] = {
        asked.key: moving.over(asked.key, days, as_at) for asked in leaf.asked
    }
    if any(found in (Lack.ANY, Lack.SOME) for found in held.values()):
        return None
    known = {key: found for key, found in held.items() if isinstance(found, Span)}
    if len(known) == len(held):

        def read(use: t.FactUse) -> Reading:
            return held.get(use.key, Lack.UNKNOWN)

        mask = Ranges(as_at, read).truths(leaf.node)
        return mask if mask in TRUTH_OF else None
    if any(not found.point for found in known.values()):
        return None
    return tuple((key, found.low) for key, found in known.items())
