"""Names folded to keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.identity import fold, fold_words


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Zoë", "zoe"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("Smith-Jones", "smithjones"),
        ("Nguyễn", "nguyen"),
        ("Łukasz", "lukasz"),
        ("Straße", "strasse"),
        ("İbrahim", "ibrahim"),
        ("van der Berg", "vanderberg"),
        ("Ａｌｉ", "ali"),
        ("محمد", "محمد"),
        ("-", ""),
    ],
)
def test_a_name_and_its_key(name, key):
    assert fold(name) == key


@given(st.text())
def test_folding_twice_changes_nothing(name):
    assert fold(fold(name)) == fold(name)


@given(st.text())
def test_a_key_holds_letters_and_digits_only(name):
    assert all(c.isalnum() for c in fold(name))


def test_words_are_folded_one_by_one():
    assert fold_words("  O'Brien,  Zoë - ") == ["obrien", "zoe"]
