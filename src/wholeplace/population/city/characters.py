"""What kind of neighbourhood a ward is, as the invented city sees it.

A ward's character is a guess of ours that makes invented people believable: it is no
published figure and is never read by a scheme. With open data, published census shares and
deprivation replace what a character would say wherever they are given.
"""

from __future__ import annotations

from dataclasses import dataclass

COMMUNITIES = (
    "english",
    "irish",
    "pakistani",
    "punjabi",
    "gujarati",
    "bangladeshi",
    "caribbean",
    "nigerian",
    "somali",
    "polish",
    "romanian",
    "chinese",
    "arab",
)
"""Naming communities, in the order that every table of them is kept in."""

CENSUS_GROUPS = {
    "Asian, Asian British or Asian Welsh": (
        "pakistani",
        "punjabi",
        "gujarati",
        "bangladeshi",
        "chinese",
    ),
    "Black, Black British, Black Welsh, Caribbean or African": ("caribbean", "nigerian", "somali"),
    "Mixed or Multiple ethnic groups": ("english", "caribbean", "irish"),
    "White": ("english", "irish", "polish", "romanian"),
    "Other ethnic group": ("arab", "somali"),
}
"""The census's broad groups and the naming communities that share each of them."""

DEPRIVATION_SHARES = (0.43, 0.17, 0.11, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01)
"""Share of invented small areas in deciles 1 to 10: Birmingham's shape, rounded by us."""


@dataclass(frozen=True, slots=True)
class Character:
    """One kind of neighbourhood.

    `hardship` is 0 (none) to 1; `mix` has a weight for each of COMMUNITIES; `students`,
    `sharers` and `elders` scale how common those households are (1 is the city's average);
    `social` scales council and housing association homes.
    """

    hardship: float
    mix: tuple[float, ...]
    students: float = 0.3
    sharers: float = 0.8
    elders: float = 1.0
    social: float = 1.0


CHARACTERS: dict[str, Character] = {
    #                            eng iri pak pun guj ban car nig som pol rom chi ara
    "pakistani": Character(0.84, (10, 1, 60, 3, 2, 9, 3, 2, 6, 1, 2, 0.3, 5), 0.2, 0.6, 0.6, 0.9),
    "bangladeshi": Character(
        0.86, (9, 1, 20, 8, 3, 32, 12, 5, 7, 1, 3, 0.5, 4), 0.4, 0.9, 0.5, 1.3
    ),
    "handsworth": Character(
        0.74, (13, 2, 16, 30, 5, 6, 18, 5, 2, 3, 4, 0.7, 2), 0.3, 1.2, 0.8, 0.9
    ),
    "inner": Character(0.90, (24, 3, 16, 6, 2, 7, 16, 9, 11, 3, 4, 2, 6), 0.9, 1.2, 0.6, 1.8),
    "centre": Character(0.55, (42, 3, 7, 6, 4, 2, 10, 7, 3, 4, 5, 6, 5), 1.5, 2.2, 0.4, 1.2),
    "estate": Character(0.73, (79, 5, 3, 1, 0.5, 0.5, 6, 3, 1, 2, 2, 0.4, 0.6), 0.1, 0.5, 1.0, 1.7),
    "mixed": Character(0.62, (55, 5, 16, 4, 2, 2, 8, 3, 2, 3, 4, 0.6, 1.4), 0.2, 1.1, 0.9, 0.9),
    "asian_suburb": Character(
        0.52, (38, 5, 37, 5, 4, 3, 4, 1.5, 1.5, 1.5, 2, 0.7, 2), 0.2, 0.6, 1.0, 0.5
    ),
    "sikh_suburb": Character(
        0.42, (24, 2, 11, 38, 8, 3, 10, 3, 1, 1, 2, 0.8, 1), 0.8, 0.6, 1.1, 0.4
    ),
    "suburb": Character(
        0.38, (76, 7, 6, 3, 2, 0.7, 3, 1.5, 0.5, 1.5, 1, 0.8, 0.8), 0.2, 0.8, 1.2, 0.7
    ),
    "student": Character(0.36, (60, 4, 9, 5, 4, 1, 4, 4, 1, 2, 1, 6, 4), 9.0, 2.5, 0.6, 0.7),
    "leafy": Character(
        0.10, (84, 6, 2, 4, 3, 0.3, 1, 0.7, 0.1, 0.6, 0.3, 0.9, 0.3), 0.05, 0.3, 1.5, 0.4
    ),
}
