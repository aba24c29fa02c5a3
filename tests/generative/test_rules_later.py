"""Looking ahead by leaps finds the same day as looking at every day, whatever the rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import given, reject, settings
from hypothesis import strategies as st
from tests.generative.rules import valid_rules as v

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.asking import later
from wholeplace.core.rules.check import check_rule
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.files.scheme_loader import load_place, load_scheme
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.rates import Rate
from wholeplace.core.rules.schemes import AS_AT, Criterion, Part, PlaceRules, Scheme
from wholeplace.core.rules.stated import Args, FactValue, Motion

PLACE = Path(__file__).parents[2] / "places" / "birmingham"
BASE = load_scheme(PLACE / "schemes" / "transition-payments.yaml", load_place(PLACE))
RULES = PlaceRules(v.FACTS)
DAY = dt.date(2026, 6, 1)
HORIZON = dt.timedelta(days=70)


@dataclass(frozen=True)
class Step:
    """From `start`: a value, and by how much it rises each day."""

    start: dt.date
    value: Any
    rise: int


class MovingPerson:
    """Facts that step and run; `tells` is whether it says how they move."""

    def __init__(self, steps: dict[str, list[Step]], tells: bool) -> None:
        self._steps = steps
        if tells:
            self.motion = self._motion

    def _at(self, name: str, day: dt.date) -> tuple[Step | None, dt.date | None]:
        steps = self._steps.get(name, [])
        begun = [step for step in steps if step.start <= day]
        return (begun[-1] if begun else None), min(
            (step.start for step in steps if step.start > day), default=None
        )

    def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
        step, _ = self._at(name, day)
        if step is None or step.value is None:
            return FactValue(None)
        return FactValue(
            step.value + step.rise * (day - step.start).days if step.rise else step.value
        )

    def _motion(self, name: str, args: Args, day: dt.date) -> Motion:
        step, until = self._at(name, day)
        rise = step.rise if step else 0
        return Motion(until, rise, rise)


def _steps(spec: Any) -> Any:
    kind = spec.type
    held: Any = st.sampled_from(v.CODES[spec.name]) if spec.codes else v._HELD[kind]
    if kind == "date":
        held = st.dates(dt.date(2026, 3, 1), dt.date(2026, 9, 30))
    if kind == "duration":
        held = st.integers(0, 200)
    if spec.name in v.WHOLE:
        held = st.integers(0, 40)
    rises = st.sampled_from([0, 1]) if kind == "duration" else st.just(0)
    starts = st.dates(DAY - dt.timedelta(40), DAY + dt.timedelta(80))
    step = st.builds(Step, starts, st.one_of(st.none(), *[held] * 6), rises)
    return st.lists(step, min_size=1, max_size=3, unique_by=lambda one: one.start).map(
        lambda found: sorted(
            [Step(dt.date(1800, 1, 1), found[0].value, 0), *found] if found else [],
            key=lambda one: one.start,
        )
    )


people = st.builds(
    MovingPerson, st.fixed_dictionaries({s.name: _steps(s) for s in v._SPECS}), st.just(True)
)


def criterion(key: str, text: str, on: str) -> Criterion:
    try:
        return Criterion(key, key, on, check_rule(text, v.VOCABULARY))
    except RuleMistake:  # too large a product: refused in words elsewhere
        reject()


NEAR = st.one_of(
    v.conditions(2),
    st.builds("job_start_date + {} days {} as_at".format, st.integers(0, 60), v.COMPARISONS),
    st.builds("time_on(qualifying_benefits) >= {} days".format, st.integers(0, 260)),
    st.builds("as_at - job_start_date >= {} days".format, st.integers(0, 100)),
    st.builds("job_start_date + {} months <= as_at".format, st.integers(0, 3)),
    st.builds("job_start_date + 10 weeks {} as_at".format, v.COMPARISONS),
    st.sampled_from(["employed", "not employed", "has_partner", "age >= 18", "tenure = council"]),
    st.sampled_from(["jobs_started >= 20", "tenure in [owned, council]", "last_tenure = owned"]),
)


@st.composite
def schemes(draw: Any) -> Scheme:
    texts = draw(st.lists(NEAR, min_size=1, max_size=4))
    ons = st.sampled_from([AS_AT, AS_AT, AS_AT, "job_start_date"])
    made = {f"c{n}": criterion(f"c{n}", text, draw(ons)) for n, text in enumerate(texts)}
    parts = tuple(Part("criterion", key) for key in made)
    parts = tuple(Part("not", parts=(p,)) if draw(st.integers(0, 4)) == 0 else p for p in parts)
    whole = Part(draw(st.sampled_from(["all", "all", "all", "any"])), parts=parts)
    ends = draw(st.one_of(st.none(), st.dates(DAY, DAY + HORIZON)))
    begins = draw(st.sampled_from([dt.date(2009, 4, 1), DAY + dt.timedelta(20)]))
    return replace(
        BASE,
        criteria=made,
        eligible=whole,
        place=RULES,
        assume={},
        valid_from=begins,
        valid_to=ends,
        about="person",
    )


def same(scheme: Scheme, person: MovingPerson) -> None:
    if Evaluation(scheme, person, DAY).eligible is not False:
        return
    slow = later.slowly(scheme, person, DAY, HORIZON)
    fast = later.first_change(scheme, person, DAY, HORIZON)
    assert (fast.change, fast.until, fast.why) == (slow.change, slow.until, slow.why)
    assert fast.own == slow.own


@settings(max_examples=250, deadline=None)
@given(schemes(), people)
def test_leaping_finds_what_going_day_by_day_finds(scheme: Scheme, person: MovingPerson) -> None:
    same(scheme, person)


@settings(max_examples=30, deadline=None)
@given(schemes(), people)
def test_facts_that_do_not_say_how_they_move_are_followed_day_by_day(
    scheme: Scheme, person: MovingPerson
) -> None:
    same(scheme, MovingPerson(person._steps, tells=False))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=3),
    st.lists(st.integers(0, 300), min_size=4, max_size=4),
    st.integers(0, 300),
)
def test_figures_of_the_new_day_apply_and_end_the_search(
    lengths: list[int], values: list[int], rent: int
) -> None:
    day, figures = DAY - dt.timedelta(5), []
    for length, value in zip(lengths, values, strict=False):
        last = day + dt.timedelta(length + 5)
        figures.append(t.DatedFigure(day, last, value * 100, "a source"))
        day = last + later.ONE_DAY
    held = t.Type(t.Kind.MONEY, bound=10**8)
    use = t.RateUse(held, 0, 1, "cap", tuple(figures))
    rent_use = t.FactUse(held, 0, 1, t.FactKey("weekly_rent"))
    tree = t.Compare(t.Type(t.Kind.BOOLEAN), 0, 1, "<", rent_use, use)
    made = Criterion("c", "c", AS_AT, t.Rule("weekly_rent < cap", tree))
    place = PlaceRules(v.FACTS, rates={"cap": Rate("cap", "a cap", held, tuple(figures))})
    scheme = replace(
        BASE,
        criteria={"c": made},
        eligible=Part("criterion", "c"),
        place=place,
        assume={},
        about="person",
    )
    steps = {"weekly_rent": [Step(dt.date(1800, 1, 1), rent * 100, 0)]}
    same(scheme, MovingPerson(steps, tells=True))
    found = later.limit_of(scheme, DAY)
    assert (found.day, found.why) == (figures[-1].last, "figures")
