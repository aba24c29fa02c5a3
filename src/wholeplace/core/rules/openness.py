"""What keeps an answer open: the unknown facts, and the conditions that wait for them.

The open part of a scheme is cut down to *leaves*: comparisons and yes-or-no facts that are
unknown. What is known stays known whatever is answered (Kleene's tables are monotone), so
nothing else can matter. A question is a fact at a day: read at two days it is two questions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.answers import Domain, Run, crossing, domain_of, runs
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.ranges import (
    BOTH,
    NOT,
    OF_TRUTH,
    Lack,
    Ranges,
    Reading,
    Span,
    chosen,
    every,
    point,
    some,
)
from wholeplace.core.rules.schemes import AS_AT, Part


class Asked(NamedTuple):
    """A fact to ask for, and the day it is read at (`as_at` or a dated fact)."""

    key: t.FactKey
    on: str


MOST_KEPT = 2_000
"""Runs kept with a scheme before they are let go: those of dated rules pile up day by day."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """A condition that is unknown now.

    asked: the unknown facts in it; while the day `on` is unknown, all of its facts.
    strict: whether it stays unknown until every one of them is answered.
    """

    node: t.Node
    on: str
    asked: tuple[Asked, ...]
    strict: bool
    criterion: str


Masks = Sequence[int]
Truths = Callable[[Masks], int]


class Open:
    """A scheme's answer for one person as far as it is open.

    Attributes:
        leaves: the conditions that are unknown.
        asked: the unknown facts in them, in the order of the file; a day before its facts.
        truths: leaves' sets of truth values → those of the answer.
    """

    def __init__(self, run: Evaluation) -> None:
        self.run = run
        self.leaves: list[Leaf] = []
        whole = self._part(run.scheme.eligible)
        subject = OF_TRUTH[run.subject] * 8
        self.truths: Truths = lambda masks: BOTH[subject + whole(masks)]
        found: dict[Asked, None] = {}
        for leaf in self.leaves:
            if leaf.on != AS_AT and run.day(leaf.on) is None:
                found.setdefault(Asked(t.FactKey(leaf.on), AS_AT))
            found |= dict.fromkeys(leaf.asked)
        self.asked = tuple(found)

    # -- the open part, as something quick ----------------------------------------------
    def _part(self, part: Part) -> Truths:
        truth = part.truth(self.run.criteria)
        if truth is not None:
            return _always(OF_TRUTH[truth])
        if part.kind == "criterion":
            item = self.run.scheme.criteria[part.key]
            return self._tree(item.rule.tree, item.on, item.key)
        return _joined(part.kind, [self._part(inner) for inner in part.parts])

    def _tree(self, node: t.Node, on: str, key: str) -> Truths:
        value = self.run.value(node, on)
        if value is not None:
            return _always(OF_TRUTH[bool(value)])
        match node:
            case t.And(parts=parts):
                return _joined("all", [self._tree(part, on, key) for part in parts])
            case t.Or(parts=parts):
                return _joined("any", [self._tree(part, on, key) for part in parts])
            case t.Not(operand=operand):
                return _joined("not", [self._tree(operand, on, key)])
            case t.Between(value=inner, low=low, high=high):
                ends = [_ends(node, ">=", inner, low), _ends(node, "<=", inner, high)]
                return _joined("all", [self._tree(end, on, key) for end in ends])
            case t.If(condition=condition, then=then, otherwise=otherwise):
                one, two, three = (self._tree(n, on, key) for n in (condition, then, otherwise))
                return lambda masks: chosen(one(masks), two(masks), three(masks))
        return self._leaf(node, on, key)

    def _leaf(self, node: t.Node, on: str, key: str) -> Truths:
        at = len(self.leaves)
        uses = [use for use in t.fact_uses(node) if use.assumed is None]
        asked = [Asked(u.key, on) for u in uses if self.run.fact(u.key, on).value is None]
        loose = any(
            isinstance(n, t.If) or (n is not node and n.type.kind == t.Kind.BOOLEAN)
            for n in t.walk(node)
            if not isinstance(n, (t.FactUse, t.Literal))
        )
        self.leaves.append(Leaf(node, on, tuple(asked), not loose, key))
        return lambda masks: masks[at]


def _ends(node: t.Between, operator: str, left: t.Node, right: t.Node) -> t.Compare:
    return t.Compare(node.type, node.start, node.end, operator, left, right)


def _always(mask: int) -> Truths:
    return lambda masks: mask


def _joined(kind: str, parts: Sequence[Truths]) -> Truths:
    if kind == "not":
        inner = parts[0]
        return lambda masks: NOT[inner(masks)]
    if kind == "all":
        return lambda masks: every(part(masks) for part in parts)
    return lambda masks: some(part(masks) for part in parts)


# -- one leaf ---------------------------------------------------------------------------------
Days = Mapping[str, dt.date | None]
"""The day that each dated fact gives; `as_at` among them."""


class Reader:
    """What leaves can come to, given the days and which answers are looked at.

    Args:
        run: the evaluation whose answer is open.
        days: a day for each `on`, None while it is unknown.
    """

    def __init__(self, run: Evaluation, days: Days) -> None:
        self._run = run
        self._days = days
        self._first: dict[dt.date, str] = {}
        for on, day in days.items():
            if day is not None:
                self._first.setdefault(day, on)
        self._as_at = Span(run.as_at, run.as_at)
        self._facts = run.scheme.place.facts

    def same(self, asked: Asked) -> Asked:
        """The one question for a fact on one calendar day, by whatever name the day goes."""
        day = self._days[asked.on]
        return asked if day is None else Asked(asked.key, self._first[day])

    def known(self, asked: Asked) -> t.Value | None:
        """What is known of a fact on its day."""
        asked = self.same(asked)
        if asked.on == AS_AT and (day := self._days.get(asked.key.name)) and not asked.key.args:
            return day
        day = self._days[asked.on]
        return None if day is None else self._run.fact_at(asked.key, day).value

    def domain(self, asked: Asked) -> Domain:
        """The answers that may be given for a fact."""
        return domain_of(self._facts[asked.key.name])

    def unknown(self, leaf: Leaf) -> tuple[Asked, ...]:
        """The facts of a leaf that are unknown given the days; those without a day too."""
        left = (self.same(asked) for asked in leaf.asked if self.known(asked) is None)
        return tuple(dict.fromkeys(left))

    def mask(self, leaf: Leaf, answers: Mapping[Asked, Reading]) -> int:
        """The truth values that a leaf can have while the answers lie within bounds."""
        on = leaf.on

        def read(use: t.FactUse) -> Reading:
            if self._days[on] is None:
                return Lack.UNKNOWN
            asked = self.same(Asked(use.key, on))
            return answers[asked] if asked in answers else point(self.known(asked))

        return Ranges(self._as_at, read).truths(leaf.node)

    def runs(self, leaf: Leaf, asked: Asked) -> tuple[Run, ...]:
        """The runs of a leaf in one fact while others in it stay unknown. Raises TooMany."""
        domain = self.domain(asked)
        found: tuple[Run, ...] | None = None
        place = self._place(leaf, asked)
        held = self._run.scheme.compiled
        if place is None or (found := held.get(place)) is None:
            found = self._runs(leaf, asked, domain)
        if place is not None:
            if len(held) > MOST_KEPT:
                held.clear()
            held[place] = found
        return found

    def _runs(self, leaf: Leaf, asked: Asked, domain: Domain) -> tuple[Run, ...]:
        def over(low: int, high: int) -> int:
            return self.mask(leaf, {asked: domain.span(low, high)})

        return runs(domain, over, self._guesses(leaf, asked, domain))

    def _guesses(self, leaf: Leaf, asked: Asked, domain: Domain) -> list[int]:
        if not isinstance(leaf.node, t.Compare) or domain.listed:
            return []
        left, right = leaf.node.left, leaf.node.right
        if left.type.kind in (t.Kind.BOOLEAN, t.Kind.CODE):
            return []

        def difference(at: int) -> Any:
            return _number(side(left, at)) - _number(side(right, at))

        def side(node: t.Node, at: int) -> Any:
            on = leaf.on

            def read(use: t.FactUse) -> Reading:
                one = self.same(Asked(use.key, on))
                return domain.span(at, at) if one == asked else point(self.known(one))

            return Ranges(self._as_at, read).span(node)

        try:
            return crossing(domain, difference)
        except TypeError:
            return []

    def _place(self, leaf: Leaf, asked: Asked) -> Any:
        """Where a leaf's runs are kept: one that reads nothing else of the person always has them.

        None for a leaf that reads other facts of the person.
        """
        if any(use.key != asked.key for use in t.fact_uses(leaf.node)):
            return None
        dated = any(isinstance(n, (t.AsAt, t.RateUse, t.TableUse)) for n in t.walk(leaf.node))
        sides = [(part.start, part.end) for part in t.children(leaf.node)]
        sign = getattr(leaf.node, "operator", "")
        return leaf.criterion, leaf.node.start, sign, *sides, self._run.as_at if dated else None


def _number(held: Reading) -> Any:
    if not isinstance(held, Span):
        raise TypeError
    return held.low.toordinal() if isinstance(held.low, dt.date) else held.low


# -- one unknown fact at a time ---------------------------------------------------------------
def cuts(domain: Domain, of: Sequence[tuple[Run, ...]]) -> list[tuple[int, int]]:
    """The stretches of a domain that none of these runs divides, in order."""
    starts = sorted({run.low for found in of for run in found} | {domain.low})
    return list(zip(starts, [*(at - 1 for at in starts[1:]), domain.high], strict=True))


def mask_within(found: Sequence[Run], low: int, high: int) -> int:
    """The truth values of the runs that meet the stretch."""
    mask = 0
    for run in found:
        if run.low <= high and low <= run.high:
            mask |= run.mask
    return mask
