"""How names sound: what meets and what does not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.identity.sounds import LONGEST, pair_number, sound, sound_number


@pytest.mark.parametrize(
    "names",
    [
        "choudhury chaudhry chowdhury chaudhary",
        "rehman rahman rehmaan",
        "hussain husayn hussein hosain",
        "kowalski kovalski",
        "stephens stevens",
        "mcdonald macdonald",
        "thompson tomson",
        "jackson jaxon",
        "sheikh shaikh",
        "wright right",
        "knight night",
        "philips filips",
        "qureshi kureshi",
    ],
)
def test_names_that_are_written_by_ear_sound_alike(names: str) -> None:
    assert len({sound(name) for name in names.split()}) == 1


def test_a_name_in_another_script_is_its_own_sound() -> None:
    assert sound("محمد") == "محمد"


def test_short_forms_have_the_number_of_their_name() -> None:
    assert sound_number("shivaun") == sound_number("siobhan") != sound_number("susan")


@given(st.text("abcdefghijklmnopqrstuvwxyz0", max_size=30))
def test_a_sound_is_short_and_nothing_of_it_stands_twice(name: str) -> None:
    heard = sound(name)
    assert len(heard) <= LONGEST
    assert all(a != b for a, b in pairwise(heard))


@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_a_pair_has_one_number_whichever_comes_first(one: int, other: int) -> None:
    assert pair_number(one, other) == pair_number(other, one) < 2**62
