"""What is asked is enough, nothing in it is spare, and no smaller set does.

Checked against brute force: facts whose few values are all tried, in every combination, through
the reference interpreter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import combinations, product
from math import prod
from pathlib import Path
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from tests.generative.rules import valid_rules as v

from wholeplace.core.rules.asking.ask import next_question, sufficient_set
from wholeplace.core.rules.asking.openness import Asked
from wholeplace.core.rules.check import Vocabulary, check_rule
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.schemes import AS_AT, Criterion, Part, PlaceRules, Scheme
from wholeplace.core.rules.stated import Args, FactValue, Motion
from wholeplace.core.rules.tree import FactKey

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
BASE = load_scheme(PLACE / "schemes" / "transition-payments.yaml", load_place(PLACE))
DAY = dt.date(2026, 6, 1)
_CODES = ["council", "owned", "rented"]
_SPECS = [
    v._spec("a", "boolean", v.STATED),
    v._spec("b", "boolean", v.STATED),
    v._spec("home", "code", v.STATED, codes={code: code for code in _CODES}),
    v._spec("n", "number", v.COUNT),
    v._spec("m", "number", v.COUNT),
    v._spec("start", "date", v.STATED),
]
FACTS = {spec.name: spec for spec in _SPECS}
# Rules compare counts with 2 at most, alone or in sums and differences of two, so that a count
# above 6 can do nothing that a smaller one cannot.
VALUES: dict[str, list[Any]] = {
    "a": [True, False],
    "b": [True, False],
    "home": _CODES,
    "n": list(range(7)),
    "m": list(range(7)),
    "start": [
        dt.date(1900, 1, 1),
        *(DAY + dt.timedelta(n) for n in range(-4, 5)),
        dt.date(2100, 12, 31),
    ],
}
MOST_WAYS = 7_000
"""Combinations of answers that are tried: enough for every fact at one day."""
SMALL = st.integers(0, 2)
SIGNS = v.COMPARISONS
ATOMS = st.one_of(
    st.sampled_from(["a", "b", "a", "not b", "home = owned", "home in [owned, council]"]),
    st.builds("{} {} {}".format, st.sampled_from("nm"), SIGNS, SMALL),
    st.builds("{} {} {}".format, st.sampled_from("nm"), SIGNS, SMALL),
    st.builds("n + m {} {}".format, SIGNS, SMALL),
    st.builds("n - m {} {}".format, SIGNS, SMALL),
    st.builds("n - m {} {}".format, SIGNS, SMALL),
    st.builds("n {} m".format, SIGNS),
    st.builds("m + {} {} n".format, SMALL, SIGNS),
    st.builds("n between {} and m".format, SMALL),
    st.builds("max(n, {}) {} {}".format, SMALL, SIGNS, SMALL),
    st.builds("(if a then n else m) {} {}".format, SIGNS, SMALL),
    st.builds("(a) = (n > {})".format, SMALL),
)
DATED = st.one_of(
    ATOMS,
    st.builds("start + {} days {} as_at".format, SMALL, SIGNS),
    st.builds("as_at - start {} {} days".format, SIGNS, SMALL),
)


def rules(atoms: Any) -> Any:
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds("({}) and ({})".format, inner, inner),
            st.builds("({}) or ({})".format, inner, inner),
            st.builds("not ({})".format, inner),
        ),
        max_leaves=4,
    )


@st.composite
def schemes(draw: Any, atoms: Any, ons: Any) -> Scheme:
    texts = draw(st.lists(rules(atoms), min_size=1, max_size=3))
    made = {
        f"c{n}": Criterion(f"c{n}", text, draw(ons), check_rule(text, Vocabulary(FACTS)))
        for n, text in enumerate(texts)
    }
    parts = tuple(Part("criterion", key) for key in made)
    parts = tuple(Part("not", parts=(p,)) if draw(st.integers(0, 5)) == 0 else p for p in parts)
    whole = Part(draw(st.sampled_from(["all", "any"])), parts=parts)
    return replace(
        BASE, criteria=made, eligible=whole, place=PlaceRules(FACTS), assume={}, about="person"
    )


class Held:
    """Some facts for good, some on days; every other is unknown."""

    def __init__(
        self, known: Mapping[str, Any], dated: Mapping[str, list[tuple[dt.date, Any]]] | None = None
    ) -> None:
        self.known, self.dated = known, dated or {}

    def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
        if name in self.known:
            return FactValue(self.known[name])
        begun = [value for first, value in self.dated.get(name, []) if first <= day]
        return FactValue(begun[-1] if begun else None)

    def motion(self, name: str, args: Args, day: dt.date) -> Motion:
        later = [first for first, _ in self.dated.get(name, []) if first > day]
        return Motion() if name in self.known else Motion(min(later, default=None))


class Answered(Held):
    """`Held`, and answers to (fact, day it is read at) that stand where it knows nothing."""

    def __init__(self, held: Held, answers: Mapping[Asked, Any]) -> None:
        super().__init__(held.known, held.dated)
        self._answers = answers

    def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
        found = super().fact(name, args, day)
        if found.value is not None:
            return found
        start = self.known.get("start", self._answers.get(Asked(FactKey("start"), AS_AT)))
        ons = [AS_AT] if day == DAY else []
        ons += ["start"] if day == start else []
        given = [
            self._answers[Asked(FactKey(name), on)]
            for on in ons
            if Asked(FactKey(name), on) in self._answers
        ]
        return FactValue(given[0] if given else None)


def settles(scheme: Scheme, held: Held, chosen: tuple[Asked, ...]) -> bool:
    """Whether every combination of answers settles the scheme: all are tried."""
    for values in product(*(VALUES[one.key.name] for one in chosen)):
        answers = dict(zip(chosen, values, strict=True))
        if Evaluation(scheme, Answered(held, answers), DAY).eligible is None:
            return False
    return True


def everything_asked(scheme: Scheme, held: Held) -> tuple[Asked, ...]:
    """Each unknown fact at each day that an unknown criterion reads it at."""
    run = Evaluation(scheme, held, DAY)
    found = []
    for item in run.undecided():
        if item.on != AS_AT and run.day(item.on) is None:
            found.append(Asked(FactKey(item.on), AS_AT))
        for name in VALUES:
            if name in item.rule.text.replace("council", "").replace("max", "").replace("not", ""):
                found.append(Asked(FactKey(name), item.on))
    return tuple(dict.fromkeys(o for o in found if run.fact(o.key, o.on).value is None))


def check(scheme: Scheme, held: Held) -> None:
    run = Evaluation(scheme, held, DAY)
    enough, first = sufficient_set(run), next_question(run)
    if run.eligible is not None:
        assert enough is None and first is None
        return
    assert enough is not None and first is not None
    assume(prod(len(VALUES[one.key.name]) for one in enough.asked) <= MOST_WAYS)
    assert settles(scheme, held, enough.asked)
    if not enough.exact:  # one may be spare, and nothing else
        event("not exact")
        assert set(enough.asked) <= set(everything_asked(scheme, held))
        assert not enough.smallest
        return
    assert enough.smallest
    event(f"{len(enough.asked)} asked")
    for one in enough.asked:
        assert not settles(scheme, held, tuple(o for o in enough.asked if o != one))
    for fewer in _smaller(scheme, held, len(enough.asked)):
        assert not settles(scheme, held, fewer)


def _smaller(scheme: Scheme, held: Held, size: int) -> Iterator[tuple[Asked, ...]]:
    asked = everything_asked(scheme, held)
    return combinations(asked, size - 1) if size else iter(())


KNOWN = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from(VALUES[name]) for name in ("a", "home", "n")},
)


@settings(max_examples=100, deadline=None)
@given(schemes(ATOMS, st.just(AS_AT)), KNOWN)
def test_a_set_is_enough_none_is_spare_and_it_is_smallest(
    scheme: Scheme, known: dict[str, Any]
) -> None:
    check(scheme, Held(known))


FEW = st.one_of(
    st.sampled_from(["a", "not a", "home = owned"]),
    st.builds("m {} {}".format, SIGNS, SMALL),
    st.builds("start + {} days {} as_at".format, SMALL, SIGNS),
)


@st.composite
def holdings(draw: Any) -> Held:
    """Facts that step from day to day around the day asked about."""
    dated = {}
    for name in ("a", "home", "m"):
        days = draw(st.lists(st.integers(-3, 3), max_size=2, unique=True).map(sorted))
        values = st.one_of(st.none(), st.sampled_from(VALUES[name]))
        steps = [(DAY + dt.timedelta(n), draw(values)) for n in days]
        dated[name] = [(dt.date(1800, 1, 1), draw(values)), *steps] if steps else []
    return Held({}, dated)


@settings(max_examples=70, deadline=None)
@given(schemes(FEW, st.sampled_from([AS_AT, "start", "start"])), holdings())
def test_an_unknown_day_is_asked_with_what_is_not_known_on_it(scheme: Scheme, held: Held) -> None:
    check(scheme, held)


class HeldStill(Held):
    """Facts that move, and nobody says how."""

    motion: Any = None


@settings(max_examples=70, deadline=None)
@given(schemes(FEW, st.sampled_from([AS_AT, "start", "start"])), holdings())
def test_where_nobody_says_how_facts_move_a_set_is_enough_all_the_same(
    scheme: Scheme, held: Held
) -> None:
    check(scheme, HeldStill(held.known, held.dated))


SUMS = st.one_of(
    st.builds("n - m {} {}".format, SIGNS, SMALL),
    st.builds("n {} m".format, SIGNS),
    st.builds("m + {} {} n".format, SMALL, SIGNS),
    st.builds("-n {} {} - m".format, SIGNS, SMALL),
    st.builds("2 * n {} m + m - {}".format, SIGNS, SMALL),
    st.builds("{} {} {}".format, st.sampled_from("nm"), SIGNS, SMALL),
    st.sampled_from(["a", "not b"]),
)


@settings(max_examples=100, deadline=None)
@given(schemes(SUMS, st.just(AS_AT)))
def test_comparisons_of_one_difference_are_told_exactly(scheme: Scheme) -> None:
    found = sufficient_set(Evaluation(scheme, Held({}), DAY))
    assert found is None or found.exact
    check(scheme, Held({}))


@settings(max_examples=100, deadline=None)
@given(schemes(DATED, st.just(AS_AT)), KNOWN)
def test_the_next_question_settles_as_often_as_it_says(
    scheme: Scheme, known: dict[str, Any]
) -> None:
    """The share is of stretches of answers; by brute force it is none or all just as often."""
    held = Held(known)
    run = Evaluation(scheme, held, DAY)
    first = next_question(run)
    if first is None:
        assert run.eligible is not None
        return
    assert first.criteria
    settled = [
        Evaluation(scheme, Answered(held, {first.asked: value}), DAY).eligible is not None
        for value in VALUES[first.asked.key.name]
    ]
    assert (first.settling == first.answers) == all(settled)
    assert (first.settling == 0) == (not any(settled))


@cache
def _yes_or_no(count: int) -> Scheme:
    specs = {f"f{n}": v._spec(f"f{n}", "boolean", v.STATED) for n in range(count)}
    pairs = " and ".join(f"(f{n} or f{n + 1})" for n in range(0, count, 2))
    rule = check_rule(pairs, Vocabulary(specs))
    made = {"c": Criterion("c", "c", AS_AT, rule)}
    return replace(
        BASE,
        criteria=made,
        eligible=Part("criterion", "c"),
        place=PlaceRules(specs),
        assume={},
        about="person",
    )


def test_beyond_twelve_unknown_facts_a_set_is_enough_and_none_is_spare() -> None:
    run = Evaluation(_yes_or_no(16), Held({}), DAY)
    found = sufficient_set(run)
    assert found is not None
    assert len(found.asked) == 16 and found.exact and not found.smallest
