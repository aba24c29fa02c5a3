"""One person, one scheme, one day: every criterion's value, and which facts decided it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from wholeplace.core.kernel.money import round_half_up
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.computed import WorkedOut
from wholeplace.core.rules.evaluate import truth_and
from wholeplace.core.rules.quick import Facts, quick
from wholeplace.core.rules.schemes import AS_AT, Criterion, Part, Pay, Scheme
from wholeplace.core.rules.stated import FactsProvider, FactState, FactValue, asked_day

ANSWERS = {True: "yes", False: "no", None: "possible"}
NO_DAY = FactValue(None, FactState.UNKNOWN)


class _Nothing(dict[t.FactKey, t.Value | None]):
    def __missing__(self, key: t.FactKey) -> None:
        return None


NOTHING: Facts = _Nothing()
"""The facts of a day that is not known."""


class Evaluation:
    """Evaluates a scheme for one person as at a day; each fact is asked for once.

    A criterion read `on:` a dated fact that is unknown has all its facts unknown, even
    total ones: nobody can count to a day that is not known.

    `subject` is whether the scheme is about this person: whether they stand for the household
    or benefit unit, or are the child, that it is about (unknown makes a yes possible).

    Raises DayOutside for a day that nobody's facts can be of.
    """

    def __init__(self, scheme: Scheme, provider: FactsProvider, as_at: dt.date) -> None:
        self.scheme = scheme
        self.as_at = asked_day(as_at)
        self.known = WorkedOut.over(provider, scheme.place.workings, as_at)
        self._values: dict[tuple[int, str], t.Value | None] = {}
        self._days: dict[str, dt.date | None] = {AS_AT: as_at}
        self._decided: dict[tuple[int, str], tuple[t.FactUse, ...]] = {}
        self.subject = self.known.stands_for(scheme.about, as_at)
        self.criteria = {item.key: self.condition(item) for item in scheme.used_criteria()}
        self.eligible = truth_and([self.subject, scheme.eligible.truth(self.criteria)])

    @property
    def provider(self) -> FactsProvider:
        """What is known of the person, before anything is worked out."""
        return self.known.beneath

    def fact(self, key: t.FactKey, on: str = AS_AT) -> FactValue:
        """What the provider says of a fact at the day called `on`."""
        day = self.day(on)
        return NO_DAY if day is None else self.fact_at(key, day)

    def fact_at(self, key: t.FactKey, day: dt.date) -> FactValue:
        """What the provider says of a fact on a day."""
        return self.known.fact(key.name, key.args, day)

    def day(self, on: str) -> dt.date | None:
        """The day called `on`: `as_at`, or the dated fact's value as at that day."""
        if on not in self._days:
            self._days[on] = self._read_day(on)
        return self._days[on]

    def _read_day(self, on: str) -> dt.date | None:
        value = self.fact_at(t.FactKey(on), self.as_at).value
        if value is None:
            value = self.scheme.assume.get(on)
        return value if isinstance(value, dt.date) else None

    def value(self, node: t.Node, on: str) -> t.Value | None:
        """The value of a tree whose facts are read at the day called `on`."""
        day = self.day(on)
        facts = NOTHING if day is None else self.known.on(day)
        found: t.Value | None = quick(node, self.scheme.compiled)(self.as_at, facts)
        return found

    def known_value(self, node: t.Node, on: str) -> t.Value | None:
        """`value` of a node of the scheme's own trees, worked out once."""
        place = (id(node), on)
        if place not in self._values:
            self._values[place] = self.value(node, on)
        return self._values[place]

    def condition(self, criterion: Criterion) -> bool | None:
        """yes, no or unknown."""
        found = self.known_value(criterion.rule.tree, criterion.on)
        return None if found is None else bool(found)

    def pence(self, pay: Pay) -> int | None:
        """The amount each time it is paid, in pence, rounded half up; None while unknown."""
        found = self.known_value(pay.amount.tree, pay.on)
        return round_half_up(found) if isinstance(found, (int, Fraction)) else None

    # -- what decided -----------------------------------------------------------------
    def deciding(self, node: t.Node, on: str) -> tuple[t.FactUse, ...]:
        """The facts under `node`, one of the scheme's own trees, that made its value what it is.

        A no among parts joined by `and` decides alone, as does a yes among `or`; while a
        value is unknown, only what is itself unknown stands in the way of an answer.
        """
        place = (id(node), on)
        if place not in self._decided:
            uses = {use.key: use for use in self._deciding(node, on)}
            self._decided[place] = tuple(uses.values())
        return self._decided[place]

    def _deciding(self, node: t.Node, on: str) -> Iterator[t.FactUse]:
        all_of_it = self._undivided(node)
        if all_of_it is not None:
            yield from all_of_it
            return
        match node:
            case t.And(parts=parts) | t.Or(parts=parts):
                whole = self.known_value(node, on)
                for part in parts:
                    if self.known_value(part, on) is whole:
                        yield from self._deciding(part, on)
            case t.If(condition=condition, then=then, otherwise=otherwise):
                yield from self._deciding(condition, on)
                if (chosen := self.known_value(condition, on)) is not None:
                    yield from self._deciding(then if chosen else otherwise, on)
            case _:
                for child in t.children(node):
                    yield from self._deciding(child, on)

    def _undivided(self, node: t.Node) -> tuple[t.FactUse, ...] | None:
        """Every fact of a tree whose parts decide together; None where some may decide alone."""
        held, place = self.scheme.compiled, ("undivided", id(node))
        if place not in held:
            inner = list(t.walk(node))
            divided = any(isinstance(one, (t.And, t.Or, t.If)) for one in inner)
            uses = tuple(one for one in inner if isinstance(one, t.FactUse))
            held[place] = (node, None if divided else uses)
        found: tuple[t.FactUse, ...] | None = held[place][1]
        return found

    def undecided(self) -> list[Criterion]:
        """The unknown criteria that keep the answer open; none once it is settled."""
        if self.eligible is not None:
            return []
        keys = dict.fromkeys(self._open_keys(self.scheme.eligible))
        return [self.scheme.criteria[key] for key in keys]

    def _open_keys(self, part: Part) -> Iterator[str]:
        if part.truth(self.criteria) is not None:
            return
        if part.kind == "criterion":
            yield part.key
        for inner in part.parts:
            yield from self._open_keys(inner)

    def failed(self) -> list[Criterion]:
        """The criteria that made the answer no (for `not`, those that hold)."""
        if self.eligible is not False:
            return []
        keys = dict.fromkeys(self._against(self.scheme.eligible, False))
        return [self.scheme.criteria[key] for key in keys]

    def _against(self, part: Part, value: bool) -> Iterator[str]:
        if part.truth(self.criteria) is not value:
            return
        if part.kind == "criterion":
            yield part.key
        for inner in part.parts:
            yield from self._against(inner, value ^ (part.kind == "not"))

    def open_facts(self, node: t.Node, on: str) -> list[t.FactKey]:
        """The unknown facts that keep a tree unknown; the day itself comes first."""
        if self.day(on) is None:
            return [t.FactKey(on)]
        unknown = (use for use in self.deciding(node, on) if use.assumed is None)
        keys = (use.key for use in unknown if self.fact(use.key, on).value is None)
        return list(dict.fromkeys(keys))
