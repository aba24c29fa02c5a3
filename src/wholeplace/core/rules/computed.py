"""Facts worked out from other facts: by a rule, from the people lived with, or an age.

What somebody stated, or an agency holds, comes first. Otherwise every inner fact is read at
the day that the fact itself is read at, and `as_at` in its rule is that day; a dated figure is
that of the evaluation's day. What an inner fact leaves unknown stays unknown by Kleene's
tables, and what is not known of the people lived with makes it unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import partial
from typing import Any

from wholeplace.core.kernel.money import round_half_up
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import FACT_SCALE, Vocabulary, check_rule, fact_type
from wholeplace.core.rules.evaluate import truth_and, truth_or
from wholeplace.core.rules.facts import Computed, FactSpec, Related
from wholeplace.core.rules.files.faults import listed
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.quick import Facts, quick
from wholeplace.core.rules.rates import Rate, RateTable
from wholeplace.core.rules.stated import Args, FactsProvider, FactState, FactValue, as_fact
from wholeplace.core.rules.tree import Kind

DAY = t.FactKey("as_at")
"""Stands for the day that a worked-out fact is read at, as if it were a fact of its rule."""
BIRTH, AGE = "date_of_birth", "age"
GROWN_UP = 18
EARLIEST, LATEST = dt.date(1800, 1, 1), dt.date(2200, 12, 31)
WHOSE = {
    "partner": "the partner",
    "children": "their children",
    "parents": "their parents",
    "non_dependants": "the non-dependants",
    "household": "the others in the household",
}


@dataclass(frozen=True)
class Working:
    """How one fact is worked out, checked.

    Attributes:
        value: the rule's value; of `related`, what is summed or compared (else None).
        condition: of `related`, which people count; None for everybody.
        inputs: the facts read: the person's own, or (`related`) those of the people lived with.
    """

    spec: FactSpec
    value: t.Node | None
    condition: t.Node | None
    inputs: tuple[t.FactKey, ...]


class Workings:
    """Every worked-out fact of a place, each checked when it is first asked for.

    Args:
        facts: every fact, by name.
        rates: the place's dated figures, by name.
    """

    def __init__(
        self, facts: Mapping[str, FactSpec], rates: Mapping[str, Rate | RateTable] | None = None
    ) -> None:
        self.facts = facts
        self._vocabulary = Vocabulary(facts, rates=rates or {})
        self._known: dict[str, Working] = {}
        self.compiled: dict[Any, Any] = {}

    def of(self, name: str) -> Working | None:
        """How a fact is worked out; None when it is read, asked or counted in rows.

        Raises RuleMistake when its rule is wrong (never for a place that was loaded).
        """
        if name not in self._known:
            spec = self.facts[name]
            if not isinstance(spec.derive, (Computed, Related)):
                return None
            self._known[name] = compiled(spec, self._vocabulary)
        return self._known[name]

    def inputs(self, name: str) -> tuple[t.FactKey, ...]:
        """The facts that a worked-out fact reads itself; none for any other fact."""
        working = self.of(name)
        return working.inputs if working else ()

    def read_for(self, name: str) -> tuple[str, ...]:
        """The fact and everything that it is worked out from, each once, inputs followed."""
        found: dict[str, None] = {}
        waiting = [name]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found[one] = None
                waiting += [key.name for key in reversed(self.inputs(one))]
        return tuple(found)


def compiled(spec: FactSpec, vocabulary: Vocabulary) -> Working:
    """A worked-out fact, checked. Raises RuleMistake (a position in `of` or `when`)."""
    derive = spec.derive
    value = condition = None
    if isinstance(derive, Computed):
        value = _checked(derive.of, spec, vocabulary)
    elif isinstance(derive, Related):
        value = _checked(derive.of, spec, vocabulary) if derive.of else None
        if derive.when:
            condition = check_rule(derive.when, vocabulary).tree
    uses = [t.fact_uses(node) for node in (condition, value) if node]
    inputs = tuple(dict.fromkeys(use.key for found in uses for use in found))
    return Working(spec, _on_its_day(value), _on_its_day(condition), inputs)


def _checked(text: str, spec: FactSpec, vocabulary: Vocabulary) -> t.Node:
    tree = check_rule(text, vocabulary, Kind(spec.type)).tree
    if strange := sorted(tree.type.codes - set(spec.codes)):
        what = f"this can be {listed(strange)}, which `codes` of this fact leaves out"
        raise RuleMistake(text, tree.start, what, "add the code to `codes`")
    return tree


def _on_its_day(node: Any) -> Any:
    """The tree with `as_at` read like a fact, so that each engine puts the fact's day there."""
    match node:
        case t.AsAt():
            return t.FactUse(node.type, node.start, node.end, DAY)
        case t.FactKey():
            return node
        case tuple():
            return tuple(_on_its_day(part) for part in node)
        case t.Node():
            parts = {field.name: getattr(node, field.name) for field in fields(node)}
            changed = {
                name: _on_its_day(part)
                for name, part in parts.items()
                if isinstance(part, (t.Node, tuple))
            }
            return replace(node, **changed)
    return node


def inputs(
    spec: FactSpec,
    facts: Mapping[str, FactSpec],
    rates: Mapping[str, Rate | RateTable] | None = None,
) -> tuple[t.FactKey, ...]:
    """The facts that a fact is worked out from; none when it is not worked out."""
    if not isinstance(spec.derive, (Computed, Related)):
        return ()
    return compiled(spec, Vocabulary(facts, rates=rates or {})).inputs


# -- values -------------------------------------------------------------------------------
def in_bounds(spec: FactSpec, value: t.Value | None) -> t.Value | None:
    """A worked-out value as facts are held: four decimals, whole pence; None beyond bounds.

    Halves are rounded away from zero.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, dt.date):
        return value if EARLIEST <= value <= LATEST else None
    scale = FACT_SCALE if spec.type in ("number", "percent") else 0
    rounded = Fraction(round_half_up(Fraction(value) * 10**scale), 10**scale)
    if abs(rounded) > fact_type(spec).bound:
        return None
    return rounded if scale else int(rounded)


def whole_years(born: dt.date, day: dt.date) -> int:
    """Whole years lived on the day; someone born on 29 February ages on 1 March."""
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year - (0 if had_birthday else 1)


def taken(spec: FactSpec, people: Iterable[tuple[bool | None, t.Value | None]]) -> t.Value | None:
    """What `related` takes of people, each as (whether they count, the value of `of`)."""
    assert isinstance(spec.derive, Related)
    found = list(people)
    counts = [each for each, _ in found]
    if spec.derive.take == "any":
        return truth_or(counts)
    if spec.derive.take == "all":
        return truth_and(counts)
    if None in counts:
        return None
    if spec.derive.take == "count":
        return in_bounds(spec, sum(each is True for each in counts))
    values = [in_bounds(spec, value) for each, value in found if each]
    return None if None in values else _of_values(spec, spec.derive.take, values)


def _of_values(spec: FactSpec, take: str, values: Sequence[Any]) -> t.Value | None:
    if take == "sum":
        return in_bounds(spec, sum(values, start=Fraction(0)))
    if not values:
        return None
    found: t.Value = min(values) if take == "least" else max(values)
    return found


# -- one person ---------------------------------------------------------------------------
class WorkedOut:
    """A provider whose facts are worked out where nobody stated or holds them.

    Args:
        provider: what is known of one person. It may offer `stated(name)`, whether somebody
            stated the fact; `related(who, day)`, a provider for each of the people lived
            with (None: it is not known who they are); and `stands_for(about, day)`, whether
            the person answers for a `household`, a `benefit unit` or as a `child`. Without
            `related` nobody knows; without `stands_for` whoever asks answers for the unit.
        workings: the place's worked-out facts.
        as_at: the evaluation's day, whose dated figures count.

    Schemes of one person share it: `kept` is where they leave for each other what they made of
    these facts alone.
    """

    def __init__(self, provider: FactsProvider, workings: Workings, as_at: dt.date) -> None:
        self._provider = provider
        self._workings = workings
        self._as_at = as_at
        self._known: dict[tuple[str, Args, dt.date], FactValue] = {}
        self._days: dict[dt.date, _OnDay] = {}
        self.kept: dict[Any, Any] = {}
        self._people: dict[tuple[str, dt.date], tuple[WorkedOut, ...] | None] = {}

    @classmethod
    def over(cls, provider: FactsProvider, workings: Workings, as_at: dt.date) -> WorkedOut:
        """`provider` itself when it works these facts out already, so that they are shared."""
        if isinstance(provider, cls) and (provider._workings, provider._as_at) == (workings, as_at):
            return provider
        return cls(provider, workings, as_at)

    @property
    def beneath(self) -> FactsProvider:
        """What is known of the person before anything is worked out."""
        return self._provider

    def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
        """The fact as at `day`, in the evaluators' shape. Raises FactMistake for a bad value."""
        if (name, args, day) not in self._known:
            self._known[name, args, day] = self._find(name, args, day)
        return self._known[name, args, day]

    def on(self, day: dt.date) -> Facts:
        """The values of all facts as at `day`, each worked out when it is first looked up."""
        if day not in self._days:
            self._days[day] = _OnDay(self, day)
        return self._days[day]

    def related(self, who: str, day: dt.date) -> tuple[WorkedOut, ...] | None:
        """The people lived with on the day; None when it is not known who they are."""
        if (who, day) not in self._people:
            ask = getattr(self._provider, "related", None)
            found = ask(who, day) if ask else None
            wrap = partial(WorkedOut, workings=self._workings, as_at=self._as_at)
            self._people[who, day] = None if found is None else tuple(map(wrap, found))
        return self._people[who, day]

    def stands_for(self, about: str, day: dt.date) -> bool | None:
        """Whether a scheme about a person, household, benefit unit or child asks this person.

        A child is a person under 18; of the rest see docs/language.md.
        """
        if about == "person":
            return True
        if about == "child" and AGE in self._workings.facts:
            years: Any = self.fact(AGE, (), day).value
            if years is not None:
                return bool(years < GROWN_UP)
        ask = getattr(self._provider, "stands_for", None)
        found: bool | None = ask(about, day) if ask else True
        return found

    def _find(self, name: str, args: Args, day: dt.date) -> FactValue:
        spec = self._workings.facts[name]
        held = self._provider.fact(name, args, day)
        if held.value is not None:
            held = replace(held, value=as_fact(spec, held.value))
        working = self._workings.of(name)
        if name == AGE and spec.derive.kind == "age":
            return self._age(held, day)
        if working is None or held.value is not None:
            return held
        found = self._by_rule(working, day) if working.spec.derive.kind == "rule" else None
        found = found or self._by_people(working, day)
        return held if found.value is None and held.source else found

    def _value(self, node: t.Node, day: dt.date) -> t.Value | None:
        found: t.Value | None = quick(node, self._workings.compiled)(self._as_at, self.on(day))
        return found

    def _by_rule(self, working: Working, day: dt.date) -> FactValue:
        assert working.value is not None
        value = in_bounds(working.spec, self._value(working.value, day))
        read = [self.fact(key.name, key.args, day) for key in working.inputs]
        names = [key.name for key in working.inputs]
        if value is None:
            facts = self._workings.facts
            each_read = zip(names, read, strict=True)
            lack = [facts[name].written for name, each in each_read if each.value is None]
            why = f"not worked out: {_and(lack)} not known" if lack else "it cannot be right"
            return FactValue(None, FactState.UNKNOWN, why)
        return FactValue(value, FactState.KNOWN, f"worked out from {_and(names)}", *_oldest(read))

    def _by_people(self, working: Working, day: dt.date) -> FactValue:
        assert isinstance(working.spec.derive, Related)
        who = working.spec.derive.who
        people = self.related(who, day)
        if people is None:
            why = "it is not known who lives in the household"
            return FactValue(None, FactState.UNKNOWN, why)
        value = taken(working.spec, (_one(working, person, day) for person in people))
        read = [p.fact(key.name, key.args, day) for p in people for key in working.inputs]
        names = _and([key.name for key in working.inputs])
        source = f"{names} of {WHOSE[who]}" if names else WHOSE[who]
        if value is None:
            why = f"not worked out from {source} ({len(people)})"
            return FactValue(None, FactState.UNKNOWN, why)
        said = f"worked out from {source} ({len(people)})"
        return FactValue(value, FactState.KNOWN, said, *_oldest(read))

    def _age(self, held: FactValue, day: dt.date) -> FactValue:
        """The age held or stated, unless only the date of birth was stated."""
        stated = getattr(self._provider, "stated", lambda name: False)
        if BIRTH not in self._workings.facts or not stated(BIRTH):
            return held
        if stated(AGE) and held.value is not None:
            return held
        born = self.fact(BIRTH, (), day)
        if not isinstance(born.value, dt.date):
            return held
        if born.value > day:
            return FactValue(None, FactState.UNKNOWN, f"{BIRTH} lies after the day")
        years = Fraction(whole_years(born.value, day))
        return replace(born, value=years, source=f"worked out from {BIRTH}")


class _OnDay(dict[t.FactKey, t.Value | None]):
    """One person's facts on one day; the day itself stands among them as `DAY`."""

    def __init__(self, known: WorkedOut, day: dt.date) -> None:
        super().__init__({DAY: day})
        self._fact, self._day = known.fact, day

    def __missing__(self, key: t.FactKey) -> t.Value | None:
        value = self[key] = self._fact(key.name, key.args, self._day).value
        return value


def _one(working: Working, person: WorkedOut, day: dt.date) -> tuple[bool | None, t.Value | None]:
    counts: Any = True if working.condition is None else person._value(working.condition, day)
    needed = working.value is not None and counts
    return counts, person._value(working.value, day) if needed and working.value else None


def _oldest(read: Iterable[FactValue]) -> tuple[dt.date | None, dt.date | None]:
    found = [each for each in read if each.value is not None]
    happened = [each.happened for each in found if each.happened]
    recorded = [each.recorded for each in found if each.recorded]
    return min(happened, default=None), min(recorded, default=None)


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))
