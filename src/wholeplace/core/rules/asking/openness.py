"""What keeps an answer open: the unknown facts, and the conditions that wait for them.

The open part of a scheme is cut down to *leaves*: comparisons and yes-or-no facts that are
unknown. What is known stays known whatever is answered (Kleene's tables are monotone), so
nothing else can matter. A question is a fact at a day: read at two days it is two questions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking.answers import Domain, Run, crossing, domain_of, runs
from wholeplace.core.rules.asking.ranges import (
    BOTH,
    EITHER,
    NO,
    NOT,
    OF_TRUTH,
    OPEN,
    YES,
    Lack,
    Ranges,
    Reading,
    Span,
    chosen,
    point,
)
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.schemes import AS_AT, Part


class Asked(NamedTuple):
    """A fact to ask for, and the day it is read at (`as_at` or a dated fact)."""

    key: t.FactKey
    on: str


MOST_KEPT = 2_000
"""Runs kept with a scheme before they are let go: those of dated rules pile up day by day."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """A condition that is unknown now; the same one in several places is one leaf.

    asked: the unknown facts in it; while the day `on` is unknown, all of its facts.
    strict: whether it stays unknown until every one of them is answered.
    """

    node: t.Node
    on: str
    asked: tuple[Asked, ...]
    strict: bool
    criteria: tuple[str, ...]


Masks = Sequence[int]
Truths = Callable[[Masks, int], int]
"""Sets of truth values of the leaves, and which of them (as bits) may be other than OPEN → that
of the whole. What has none of those under it is OPEN without being gone through."""
Folded = tuple[int, Truths] | int
"""Something quick over some leaves (as bits), or a truth value that nothing asked can change."""
EVERY_LEAF = -1


class Open:
    """A scheme's answer for one person as far as it is open.

    Attributes:
        leaves: the conditions that are unknown.
        asked: the unknown facts in them, in the order of the file; a day before its facts.
        waiting: for each question, the leaves that wait for it, by their place.
    """

    def __init__(self, run: Evaluation) -> None:
        self.run = run
        self.leaves: list[Leaf] = []
        self._same: dict[Any, int] = {}
        self._whole = _quick(self._part(run.scheme.eligible))[1]
        self._subject = OF_TRUTH[run.subject] * 8
        self.waiting: dict[Asked, list[int]] = {}
        for at, leaf in enumerate(self.leaves):
            for one in leaf.asked:
                self.waiting.setdefault(one, []).append(at)
        found: dict[Asked, None] = {}
        for leaf in self.leaves:
            if leaf.on != AS_AT and run.day(leaf.on) is None:
                found.setdefault(Asked(t.FactKey(leaf.on), AS_AT))
            found |= dict.fromkeys(leaf.asked)
        self.asked = tuple(found)

    def truths(self, masks: Masks, touched: int = EVERY_LEAF) -> int:
        """The answer's set of truth values, given those of the leaves.

        touched: the leaves (as bits) whose masks may be other than OPEN.
        """
        return BOTH[self._subject + self._whole(masks, touched)]

    # -- the open part, as something quick ----------------------------------------------
    def _part(self, part: Part) -> Folded:
        truth = part.truth(self.run.criteria)
        if truth is not None:
            return OF_TRUTH[truth]
        if part.kind == "criterion":
            item = self.run.scheme.criteria[part.key]
            return self._tree(item.rule.tree, item.on, item.key)
        return _joined(part.kind, [self._part(inner) for inner in part.parts])

    def _tree(self, node: t.Node, on: str, key: str) -> Folded:
        match node:
            case t.And(parts=parts):
                return _joined("all", [self._tree(part, on, key) for part in parts])
            case t.Or(parts=parts):
                return _joined("any", [self._tree(part, on, key) for part in parts])
            case t.Not(operand=operand):
                return _joined("not", [self._tree(operand, on, key)])
            case t.Between():
                ends = self._kept("ends", node, _ends)
                return _joined("all", [self._tree(end, on, key) for end in ends])
            case t.If(condition=condition, then=then, otherwise=otherwise):
                return self._choice([self._tree(n, on, key) for n in (condition, then, otherwise)])
        value = self.run.value(node, on)
        return OF_TRUTH[bool(value)] if value is not None else self._leaf(node, on, key)

    @staticmethod
    def _choice(parts: list[Folded]) -> Folded:
        if isinstance(parts[0], int):
            return parts[1] if parts[0] == YES else parts[2]
        (a, one), (b, two), (c, three) = (_quick(part) for part in parts)
        return a | b | c, lambda masks, touched: chosen(
            one(masks, touched), two(masks, touched), three(masks, touched)
        )

    def _leaf(self, node: t.Node, on: str, key: str) -> Folded:
        negated, node = self._kept("stem", node, stem)
        at = self._place_of(node, on, key)
        if negated:
            return 1 << at, lambda masks, touched: NOT[masks[at]]
        return 1 << at, lambda masks, touched: masks[at]

    def _place_of(self, node: t.Node, on: str, key: str) -> int:
        """Where the condition stands among the leaves; a new one is added."""
        same = (on, self._kept("shape", node, t.shape_of))
        at = self._same.setdefault(same, len(self.leaves))
        if at < len(self.leaves):
            held = self.leaves[at]
            self.leaves[at] = replace(held, criteria=(*held.criteria, key))
            return at
        uses, loose = self._kept("leaf", node, _read_by)
        asked = [Asked(u, on) for u in uses if self.run.fact(u, on).value is None]
        self.leaves.append(Leaf(node, on, tuple(asked), not loose, (key,)))
        return at

    def _kept(self, what: str, node: t.Node, make: Callable[[Any], Any]) -> Any:
        """Something worked out once of a node of the scheme's own trees."""
        held = self.run.scheme.compiled
        place = (what, id(node))
        if place not in held:
            held[place] = (node, make(node))
        return held[place][1]


def stem(node: t.Node) -> tuple[bool, t.Node]:
    """Whether a condition is the opposite of another, and that other: `a > b` of `a <= b`.

    Where one side is unknown both are, so they are one condition to ask about.
    """
    opposite = {"!=": "=", ">": "<=", ">=": "<"}
    if not isinstance(node, t.Compare) or node.operator not in opposite:
        return False, node
    return True, replace(node, operator=opposite[node.operator])


def _ends(node: t.Between) -> list[t.Compare]:
    """Both ends as comparisons: one may be settled while the other is not."""

    def end(operator: str, other: t.Node) -> t.Compare:
        return t.Compare(node.type, node.start, node.end, operator, node.value, other)

    return [end(">=", node.low), end("<=", node.high)]


def _read_by(node: t.Node) -> tuple[tuple[t.FactKey, ...], bool]:
    """The facts that a leaf reads and nobody assumes; whether some of them may be enough."""
    inner = [n for n in t.walk(node) if not isinstance(n, (t.FactUse, t.Literal))]
    loose = any(
        isinstance(n, t.If) or (n is not node and n.type.kind == t.Kind.BOOLEAN) for n in inner
    )
    return tuple(use.key for use in t.fact_uses(node) if use.assumed is None), loose


def _quick(part: Folded) -> tuple[int, Truths]:
    return (0, lambda masks, touched: part) if isinstance(part, int) else part


def _joined(kind: str, parts: Sequence[Folded]) -> Folded:
    """The parts as one; what is settled already is left out."""
    if kind == "not":
        return _negated(parts[0])
    table, rest, stop = (BOTH, YES, NO) if kind == "all" else (EITHER, NO, YES)
    left = [part for part in parts if not isinstance(part, int)]
    if stop in parts or not left:
        return stop if stop in parts else rest
    bits = 0
    for of, _ in left:
        bits |= of

    def joined(masks: Masks, touched: int) -> int:
        found = rest
        for of, part in left:
            found = table[found * 8 + (part(masks, touched) if of & touched else OPEN)]
            if found == stop:
                return found
        return found

    return bits, joined


def _negated(part: Folded) -> Folded:
    if isinstance(part, int):
        return NOT[part]
    bits, inner = part
    return bits, lambda masks, touched: NOT[inner(masks, touched)]


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
        self.as_at = run.as_at
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
        held, place = self._run.scheme.compiled, ("answers", asked.key.name)
        if place not in held:
            held[place] = domain_of(self._facts[asked.key.name])
        found: Domain = held[place]
        return found

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
        place, held = self._place(leaf, asked), self._run.scheme.compiled
        if place is not None and place in held:
            kept: tuple[Run, ...] = held[place][1]
            return kept
        found = self._runs(leaf, asked, domain)
        if place is not None:
            if len(held) > MOST_KEPT:
                held.clear()
            held[place] = (leaf.node, found)  # the node too, so that no other takes its id
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
        held, at = self._run.scheme.compiled, ("reads", id(leaf.node))
        if at not in held:
            dated = any(isinstance(n, (t.AsAt, t.RateUse, t.TableUse)) for n in t.walk(leaf.node))
            keys = {use.key for use in t.fact_uses(leaf.node)}
            held[at] = (leaf.node, keys, dated)
        _, keys, dated = held[at]
        if keys != {asked.key}:
            return None
        return "runs", id(leaf.node), self._run.as_at if dated else None


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
