"""How like a record is to what somebody typed, and in which words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wholeplace.core.identity import likeness
from wholeplace.core.identity.disagree import one_slip
from wholeplace.core.identity.likeness import born_likeness, born_near, name_likeness, typed_words
from wholeplace.core.identity.sounds import pair_number, sound_number
from wholeplace.core.identity.spoken import pairs_of

NAMES = st.text("abdehmnorst", min_size=1, max_size=7)


def like(typed: str, given_names: str, family: str) -> likeness.Likeness | None:
    found = [
        one
        for pair in pairs_of(given_names, family)
        if (one := name_likeness(typed_words(typed), pair.given, pair.family, pair.how))
    ]
    return min(found, key=lambda one: one.far, default=None)


@pytest.mark.parametrize(
    ("typed", "given_names", "family", "why"),
    [
        ("Siobhan Murphy", "Siobhan", "Murphy", ()),
        ("Mrs Siobhan Murphy", "Siobhan", "Murphy", ()),
        ("Shivaun Murphy", "Siobhan", "Murphy", "first name in a short form or another spelling"),
        ("Murphy Siobhan", "Siobhan", "Murphy", likeness.TURNED),
        ("Siobhan Murfy", "Siobhan", "Murphy", "family name sounds like it"),
        ("Jonh Smith", "John", "Smith", "first name sounds like it"),
        ("Karem Awan", "Karen", "Awan", "first name with one letter otherwise"),
        ("Harpreet Gill", "Harpreet Kaur", "Gill", ()),
        ("Harpreet Kaur", "Harpreet Kaur", "Gill", "part of a longer name"),
        ("Ann Smith Jones", "Ann", "Smith-Jones", ()),
        ("Ann Jones", "Ann", "Smith-Jones", "part of a longer name"),
        ("Ann Jones", "Ann", "Hall", "another family name"),
    ],
)
def test_why_somebody_is_found(
    typed: str, given_names: str, family: str, why: str | tuple[str, ...]
) -> None:
    found = like(typed, given_names, family)
    assert found is not None
    assert found.why == ((why,) if isinstance(why, str) else why)


@pytest.mark.parametrize(
    ("typed", "given_names", "family"),
    [("Ann Jones", "Ruth", "Hall"), ("Ali Khan", "Ella", "Quinn"), ("Jo", "Ruth", "Hall")],
)
def test_others_are_not_like_it(typed: str, given_names: str, family: str) -> None:
    assert like(typed, given_names, family) is None


def test_the_nearer_stands_before_the_farther() -> None:
    far = [
        found.far
        for given_names in ("John", "Jonh", "Jean")
        if (found := like("John Smith", given_names, "Smith"))
    ]
    assert far == sorted(far)
    assert far[0] == 0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (date(1987, 3, 12), ()),
        (date(1987, 12, 3), ("day and month of birth the other way about",)),
        (date(1987, 3, 13), ("one figure of the birth date differs",)),
        (date(1978, 3, 12), ("one figure of the birth date differs",)),
        (date(1987, 1, 1), ("the birth date may stand for one not known",)),
        (date(1910, 1, 1), ("the birth date may stand for one not known",)),
        (date(1987, 3, 15), ("one figure of the birth date differs",)),
        (None, ("no birth date is known",)),
    ],
)
def test_birth_dates(said: date | None, why: tuple[str, ...]) -> None:
    found = born_likeness(date(1987, 3, 12), said)
    assert found is not None
    assert found.why == why


def test_a_date_that_stands_for_one_not_known_is_like_those_that_it_may_stand_for() -> None:
    said = date(1987, 6, 24)
    for typed in (date(1987, 1, 1), date(1987, 6, 15), date(1910, 1, 1)):
        assert born_likeness(typed, said)
    assert said in born_near(date(1987, 1, 1))
    assert said in born_near(date(1987, 6, 15))
    assert not born_likeness(date(1986, 1, 1), said)
    assert not born_likeness(date(1987, 5, 15), said)


def test_a_year_of_three_figures_is_read_like_any_other() -> None:
    assert date(1999, 1, 1) in born_near(date(999, 1, 1))
    assert born_likeness(date(1999, 12, 1), date(199, 12, 1)) is None


def test_another_birth_date_is_not_like_it() -> None:
    assert born_likeness(date(1987, 3, 12), date(1990, 7, 30)) is None


@settings(max_examples=2, deadline=None)
@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)))
@example(date(1987, 1, 1))
@example(date(1987, 6, 15))
def test_birth_dates_to_look_for_are_all_that_are_like_it(typed: date) -> None:
    """The obvious way: every day of forty years, and those that systems write, are asked."""
    days = [date(typed.year - 20, 1, 1) + timedelta(days=n) for n in range(40 * 365)]
    found = [day for day in born_near(typed) if days[0] <= day <= days[-1]]
    assert set(likeness.NEVER_KNOWN) <= set(born_near(typed))
    assert set(found) == {day for day in days if born_likeness(typed, day)}
    assert len(found) == len(set(found))


@given(NAMES, NAMES, NAMES)
@example("ben", "smith", "smyth")
@example("smith", "ben", "bin")
@example("da", "aaa", "aaaa")
def test_whoever_is_one_slip_away_is_looked_for(first: str, family: str, other: str) -> None:
    words = [first, family]
    numbers = {*likeness.sound_numbers(words), *likeness.slip_numbers(words)}
    for name in (other, family[::-1], family + "a", family[1:], family[:-1] + "t"):
        if len(family) >= likeness.SHORTEST and one_slip(family, name) and name:
            assert pair_number(sound_number(first), sound_number(name)) in numbers
