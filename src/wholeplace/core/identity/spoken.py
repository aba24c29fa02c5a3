"""The names somebody may be looked for under: of each record, pairs of a given and a family name.

A woman whom one file calls Harpreet Kaur Gill is asked for as Harpreet Gill and as Harpreet Kaur,
somebody double-barrelled by one half, a married woman by the name before. `pairs_of` is the plain
way; loading makes the same pairs for whole files at once, and a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from wholeplace.core.identity.folding import fold
from wholeplace.core.identity.sounds import pair_number, sound_number
from wholeplace.core.identity.standardise import LONGEST, name_words

NAMES = ("given_names", "family_name", "previous_family_name", "known_as")
"""The columns of a record that say what somebody is called, in the order of `pairs_of`."""

MOST_GIVEN, MOST_PARTS = 3, 4
MAIN, PART, KNOWN_AS, PREVIOUS = range(4)
"""What a pair is: the name itself, a part of it, what they are known as, a name before."""

RELIGIOUS = frozenset(
    (
        *("singh", "kaur", "begum", "begom", "bibi", "khatun", "khatoon", "khanom", "khanum"),
        *("khanam", "akhtar", "akther", "akter", "bano", "banu", "sultana", "parveen", "bi"),
        *("beevi", "devi", "kumari"),
    )
)
"""Names that go with a given name, and stand with it or as a family name."""

PARTICLES = frozenset(
    (
        *("al", "el", "ul", "bin", "ibn", "bint", "binti", "ben", "abu", "van", "von", "der"),
        *("den", "de", "da", "do", "dos", "das", "du", "di", "del", "la", "le", "y", "ni", "nic"),
        *("mac", "ap", "ab", "st", "e"),
    )
)
"""Words that are no name by themselves."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One pair: its number (see `sounds.pair_number`), both folded names, and what it is."""

    number: int
    given: str
    family: str
    how: int


@lru_cache(maxsize=100_000)
def given_words(text: str | None) -> tuple[str, ...]:
    """The first of the given names, folded, without titles.

    >>> given_words("Mrs Harpreet Kaur")
    ('harpreet', 'kaur')
    """
    return name_words(text)[:MOST_GIVEN]


@lru_cache(maxsize=100_000)
def family_parts(text: str | None) -> tuple[str, ...]:
    """A family name folded to one word, and then its parts where there are several.

    >>> family_parts("Smith-Jones"), family_parts("bin Ahmed")
    (('smithjones', 'smith', 'jones'), ('binahmed', 'ahmed'))
    """
    whole = fold(text or "")[:LONGEST]
    folded = [fold(part)[:LONGEST] for part in re.split(r"[\s\-–/]+", text or "")]
    parts = [part for part in folded if len(part) > 1 and part not in PARTICLES]
    found = dict.fromkeys([whole, *parts] if whole else [])
    return tuple(found)[:MOST_PARTS]


def pairs_of(
    given: str | None, family: str | None, previous: str | None = None, known: str | None = None
) -> tuple[Spoken, ...]:
    """Every pair of a record, each number once and for the best of its reasons.

    What somebody is known as may be a given or a family name: files do not say.
    """
    found: dict[int, Spoken] = {}
    made = sorted(_made(given, family, previous, known), key=lambda p: (p.how, p.given, p.family))
    for one in made:
        found.setdefault(one.number, one)
    return tuple(found.values())


def _made(
    given: str | None, family: str | None, previous: str | None, known: str | None
) -> Iterator[Spoken]:
    words, parts, called = given_words(given), family_parts(family), given_words(known)
    firsts = [
        (word, PART if at else MAIN)
        for at, word in enumerate(words)
        if not at or word not in RELIGIOUS
    ]
    lasts = [(part, PART if at else MAIN) for at, part in enumerate(parts)]
    lasts += [(word, PART) for word in words[1:] if word in RELIGIOUS]
    lasts += [(part, PREVIOUS) for part in family_parts(previous)]
    sides = [(firsts, lasts), ([(w, KNOWN_AS) for w in called], lasts)]
    sides.append((firsts, [(w, KNOWN_AS) for w in called]))
    for left, right in sides:
        for one, how in left:
            for other, why in right:
                if one != other or (how, why) == (MAIN, MAIN):
                    number = pair_number(sound_number(one), sound_number(other))
                    yield Spoken(number, one, other, max(how, why))
