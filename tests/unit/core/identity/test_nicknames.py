"""Short forms and spellings: each name in one line, and what stands for it."""

from __future__ import annotations

import pytest

from wholeplace.core.identity.folding import fold
from wholeplace.core.identity.nicknames import _LINES, CANONICAL, canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [("bob", "robert"), ("muhammad", "mohd"), ("kate", "katarzyna"), ("aisha", "ayesha")],
)
def test_short_forms_and_spellings_meet(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


def test_a_name_that_nothing_is_known_of_stands_for_itself() -> None:
    assert canonical("zebedee") == "zebedee"


def test_each_name_is_folded_and_stands_once() -> None:
    names = _LINES.split()
    assert len(names) == len(set(names)) == len(CANONICAL)
    assert all(name == fold(name) for name in names)
    assert all(canonical(first) == first for first in CANONICAL.values())
