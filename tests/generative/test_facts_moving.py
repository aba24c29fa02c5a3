"""What is said of how one person's facts move holds on every day; the slow derivation tells."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

from tests.unit.population.facts_for_tests import FACTS
from tests.unit.population.people import START, City

from wholeplace.core.rules.asking.motion import Moving
from wholeplace.core.rules.asking.ranges import Lack, Span
from wholeplace.core.rules.computed import WorkedOut, Workings
from wholeplace.core.rules.tree import FactKey
from wholeplace.population.facts import PersonFacts

WORKINGS = Workings(FACTS)
LENGTHS = (1, 5, 40, 200)


def test_facts_stay_within_what_is_said_of_them_over_any_stretch_of_days() -> None:
    random, said = Random(7), Counter[str]()
    for person in City(seed=11, people=40).people().values():
        provider = PersonFacts(FACTS, person)
        moving = Moving(provider, WORKINGS)
        first = START + timedelta(random.randrange(900))
        days = Span(first, first + timedelta(random.choice(LENGTHS)))
        known = WorkedOut(provider, WORKINGS, first)
        for name in FACTS:
            said[_checked(moving, known, FactKey(name), days)] += 1
    assert said["any"] < said["span"] / 4, said
    assert said["unknown"] > 100


def _checked(moving: Moving, known: WorkedOut, key: FactKey, days: Span) -> str:
    found = moving.over(key, days, Span(days.low, days.low))
    step = max(1, (days.high - days.low).days // 30)
    for n in range(0, (days.high - days.low).days + 1, step):
        value = known.fact(key.name, key.args, days.low + timedelta(n)).value
        if isinstance(found, Span):
            assert value is not None and found.low <= value <= found.high, (key, days, n)
        elif found is not Lack.ANY:
            assert (value is None) == (found is Lack.UNKNOWN), (key, days, n)
    return "span" if isinstance(found, Span) else found.value


def test_a_leap_days_child_is_a_year_older_on_1_march() -> None:
    person = next(iter(City(seed=3, people=1).people().values()))
    provider = PersonFacts(FACTS, person)
    born = date(2008, 2, 29)
    person.person.values["date_of_birth"] = born
    told = provider.motion("age", (), date(2026, 2, 20))
    assert told.until == date(2026, 3, 1)
    assert provider.fact("age", (), date(2026, 2, 28)).value == 17
    assert provider.fact("age", (), date(2026, 3, 1)).value == 18
