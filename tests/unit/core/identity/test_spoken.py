"""Under which names somebody may be looked for."""

from __future__ import annotations

import pytest

from wholeplace.core.identity.spoken import KNOWN_AS, MAIN, PART, PREVIOUS, family_parts, pairs_of


@pytest.mark.parametrize(
    ("said", "pairs"),
    [
        (("Siobhan", "Murphy"), {("siobhan", "murphy", MAIN)}),
        (
            ("Harpreet Kaur", "Gill"),
            {("harpreet", "gill", MAIN), ("harpreet", "kaur", PART)},
        ),
        (
            ("Ann", "Smith-Jones"),
            {("ann", "smithjones", MAIN), ("ann", "smith", PART), ("ann", "jones", PART)},
        ),
        (("Dr Ali", "bin Ahmed"), {("ali", "binahmed", MAIN), ("ali", "ahmed", PART)}),
        (("Mary Rose", "Day"), {("mary", "day", MAIN), ("rose", "day", PART)}),
        (("Zoë", "Nguyễn", "O'Brien"), {("zoe", "nguyen", MAIN), ("zoe", "obrien", PREVIOUS)}),
        (
            ("Elizabeth", "Hall", None, "Zed"),
            {
                ("elizabeth", "hall", MAIN),
                ("zed", "hall", KNOWN_AS),
                ("elizabeth", "zed", KNOWN_AS),
            },
        ),
        (("Suharti", "Suharti"), {("suharti", "suharti", MAIN)}),
        (("", "Murphy"), set()),
        ((None, None), set()),
    ],
)
def test_pairs(said: tuple[str | None, ...], pairs: set[tuple[str, str, int]]) -> None:
    assert {(one.given, one.family, one.how) for one in pairs_of(*said)} == pairs


def test_a_number_stands_once_for_the_best_of_its_reasons() -> None:
    (one,) = pairs_of("Rahman", "Hussain", "Husayn")
    assert one.how == MAIN


def test_parts_are_few_however_long_a_name_is() -> None:
    assert len(family_parts("Ana-Bea-Cal-Dee-Eve-Fay-Gus")) == 4
