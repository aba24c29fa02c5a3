"""Which criteria are one question, and many answers as bits."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.population.schemes_for_tests import scheme

from wholeplace.core.rules.schemes import Part
from wholeplace.population.trawl.bits import everybody, left_after, ones, truth_of, whole
from wholeplace.population.trawl.questions import Day, meaning, questions_of

ADULT = {"value": 18, "meaning": "Grown up.", "source": "these tests"}


def tree(rule: str, **more: object) -> object:
    return scheme({"asked": rule}, **more).criteria["asked"].rule.tree


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("age >= 18", "18 <= age"),
        ("age  >=  18", "age >= 18.0"),
        ("age >= 18", "age >= grown_up"),
        ("age > 18 and weekly_rent > £5.00", "weekly_rent > £5.00 and age > 18"),
        ("age > 18 or (age < 2 or arrears > £1.00)", "(arrears > £1.00 or age < 2) or age > 18"),
        ("newest_benefit in [uc, hb]", "newest_benefit in [hb, uc]"),
        ("job_start_date = job_end_date", "job_end_date = job_start_date"),
        ("job_expected_length >= 2 weeks", "job_expected_length >= 14 days"),
    ],
)
def test_rules_that_mean_the_same_are_one_question(one: str, other: str) -> None:
    settings = {"grown_up": ADULT} if "grown_up" in other else {}
    assert meaning(tree(one)) == meaning(tree(other, settings=settings))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("age >= 18", "age > 18"),
        ("age >= 18", "age <= 18"),
        ("age >= 18", "job_hours >= 18"),
        ("age >= 18 and age >= 18", "age >= 18 or age >= 18"),
        ("jobs_started >= 1", "jobs_started(within: 5 weeks) >= 1"),
        ("weekly_rent > £1.00", "arrears > £1.00"),
        ("weekly_rent + arrears > £1.00", "weekly_rent - arrears > £1.00"),
        ("as_at - job_start_date > 1 days", "job_start_date - as_at > 1 days"),
        ("min(age, 4) > 2", "max(age, 4) > 2"),
        ("age between 1 and 5", "age between 5 and 1"),
        ("not central_heating", "central_heating"),
    ],
)
def test_rules_that_do_not_mean_the_same_are_two(one: str, other: str) -> None:
    assert meaning(tree(one)) != meaning(tree(other))


def test_what_a_scheme_assumes_is_part_of_what_it_asks() -> None:
    assert meaning(tree("age > 1")) != meaning(tree("age > 1", assume={"age": 3}))


def test_each_question_of_many_schemes_is_asked_once_a_day() -> None:
    rule, on = "age >= 18", "job_end_date"
    plain = scheme({"adult": rule, "dated": (on, rule), "tenant": "weekly_rent > £0.00"})
    same = scheme({"grown": (on, "18 <= age"), "of_age": "18 <= age"})
    assumed = scheme({"adult": (on, rule)}, assume={on: "2024-08-01"})

    found = questions_of([plain, same, assumed])

    days = [Day(), Day(on), Day(), Day(on, date(2024, 8, 1))]
    assert [question.day for question in found.asked] == days
    assert found.of == (
        {"adult": 0, "dated": 1, "tenant": 2},
        {"grown": 1, "of_age": 0},
        {"adult": 3},
    )
    assert found.days == (Day(on), Day(on, date(2024, 8, 1)))
    assert len({need.column for need in found.needs}) == len(found.needs) == 4


ANSWERS = st.sampled_from([True, False, None])
KEYS = ("a", "b", "c")
PARTS = st.recursive(
    st.sampled_from(KEYS).map(lambda key: Part("criterion", key)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Part("all", parts=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Part("any", parts=tuple(parts))),
        inner.map(lambda part: Part("not", parts=(part,))),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(
    people=st.lists(st.fixed_dictionaries(dict.fromkeys(KEYS, ANSWERS)), max_size=150),
    part=PARTS,
    cut=st.integers(0, 20),
)
def test_bits_come_to_what_each_person_comes_to(
    people: list[dict[str, bool | None]], part: Part, cut: int
) -> None:
    asked = people[cut:]  # a slice of an arrow column begins within a byte
    columns = {
        key: truth_of(pa.array([one[key] for one in people], pa.bool_())[cut:]) for key in KEYS
    }

    fits = whole(part, columns)

    expected = [part.truth(one) for one in asked]
    counts = tuple(expected.count(answer) for answer in (True, False, None))
    assert fits.counts(len(asked)) == counts
    bits = np.unpackbits(fits.yes.view(np.uint8), bitorder="little")[: len(asked)]
    assert bits.tolist() == [answer is True for answer in expected]
    left = [sum(all(one[key] is not False for key in KEYS[:n]) for one in asked) for n in (1, 2, 3)]
    assert list(left_after(list(columns.values()), len(asked))) == left


@given(st.integers(0, 1000))
def test_everybody_is_a_bit_each(persons: int) -> None:
    assert ones(everybody(persons)) == persons
