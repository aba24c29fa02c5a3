"""How like a record is to what somebody typed, and in which words to say so.

For search only: whether two records are one person is the linking model's to weigh.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import jellyfish

from wholeplace.core.identity.disagree import one_slip
from wholeplace.core.identity.folding import fold_words
from wholeplace.core.identity.nicknames import canonical
from wholeplace.core.identity.sounds import pair_number, sound, sound_number
from wholeplace.core.identity.spoken import (
    KNOWN_AS,
    MAIN,
    PART,
    PARTICLES,
    PREVIOUS,
    RELIGIOUS,
)
from wholeplace.core.identity.standardise import TITLES

MOST_WORDS = 5
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST = 3
"""Letters from which on a slip is looked for: one letter of two is half of the name."""

ALIKE = 0.65
"""Jaro-Winkler likeness of two names from which on one sound of theirs is more than chance."""

NEVER_KNOWN = (date(1900, 1, 1), date(1910, 1, 1))
"""What some systems write for a birth date that nobody knows."""

TURNED = "first and family name the other way about"
HOW = {
    MAIN: (),
    PART: ("part of a longer name",),
    KNOWN_AS: ("what they are known as",),
    PREVIOUS: ("a previous family name",),
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far a record is from what was typed, 0 for the same; and why it was found, in words.

    `half`: only one of two names is like; the other is another one.
    """

    far: int
    why: tuple[str, ...]
    half: bool = False


def typed_words(name: str) -> tuple[str, ...]:
    """The words of a typed name, folded, without titles before them.

    >>> typed_words("Mrs Zoë O'Brien")
    ('zoe', 'obrien')
    """
    words = fold_words(name)
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    return tuple(words[:MOST_WORDS])


def readings(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Each name that typed words can be: from which word, to before which, and the name.

    >>> list(readings(["ann", "lee"]))
    [(0, 1, 'ann'), (0, 2, 'annlee'), (1, 2, 'lee')]
    """
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield start, end, "".join(words[start:end])


def sound_numbers(words: Sequence[str]) -> list[int]:
    """The numbers of every pair of names that typed words can be."""
    return sorted({pair_number(sound_number(a), sound_number(b)) for a, b in _pairs(words)})


def slip_numbers(words: Sequence[str]) -> list[int]:
    """The numbers of every pair in which one of the two names has one slip."""
    found = set()
    for a, b in _pairs(words):
        for one, other in ((a, b), (b, a)):
            number = sound_number(one)
            found |= {pair_number(number, slip) for slip in _slips(other)}
    return sorted(found - set(sound_numbers(words)))


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each two names that typed words can be; a particle is none, but at either end, as Ben is."""
    names = [
        (start, end, name)
        for start, end, name in readings(words)
        if name not in PARTICLES or start == 0 or end == len(words)
    ]
    for _, end, one in names:
        for start, _, other in names:
            if start >= end:
                yield one, other


@lru_cache(maxsize=1000)
def _slips(name: str) -> frozenset[int]:
    """The numbers of the sounds of everything that is one slip from a name."""
    if len(name) < SHORTEST or not name.isascii():
        return frozenset()
    found = set()
    for at in range(len(name) + 1):
        before, after = name[:at], name[at:]
        found |= {before + letter + after for letter in LETTERS}
        if after:
            found |= {before + letter + after[1:] for letter in LETTERS}
            found.add(before + after[1:])
        if len(after) > 1:
            found.add(before + after[1] + after[0] + after[2:])
    return frozenset(map(sound_number, found - {name, ""}))


def name_likeness(words: Sequence[str], given: str, family: str, how: int) -> Likeness | None:
    """How like typed words are to one pair of a record's names; None where neither is.

    Args:
        words: of `typed_words`.
        given, family, how: of a `spoken.Spoken`.
    """
    best: Likeness | None = None
    names = list(readings(words))
    firsts = [(n, found) for n in names if (found := given_likeness(n[2], given))]
    lasts = [(n, found) for n in names if (found := family_likeness(n[2], family))]
    for (begin, end, _), first in firsts:
        for (start, stop, _), last in lasts:
            if start >= end or begin >= stop:
                one = _both(first, last, len(words) - (end - begin) - (stop - start), how)
                if start < begin:
                    turned = (TURNED, *one.why)
                    one = Likeness(one.far + 1, turned)
                best = min(best or one, one, key=lambda found: found.far)
    return best or _half([found for _, found in firsts], [found for _, found in lasts], words)


def _both(first: Likeness, last: Likeness, left_over: int, how: int) -> Likeness:
    return Likeness(
        first.far + last.far + 2 * left_over + min(how, 1),
        (
            *HOW[how],
            *(f"first name {w}" for w in first.why),
            *(f"family name {w}" for w in last.why),
        ),
    )


def _half(firsts: list[Likeness], lasts: list[Likeness], words: Sequence[str]) -> Likeness | None:
    if len(words) > 1 and not (firsts or lasts):
        return None
    if firsts:
        first = min(firsts, key=lambda found: found.far)
        other = ("another family name",) if len(words) > 1 else ()
        return Likeness(first.far + 4, (*(f"first name {w}" for w in first.why), *other), True)
    if lasts:
        last = min(lasts, key=lambda found: found.far)
        other = ("another first name",) if len(words) > 1 else ()
        return Likeness(last.far + 4, (*(f"family name {w}" for w in last.why), *other), True)
    return None


@lru_cache(maxsize=20_000)
def given_likeness(typed: str, given: str) -> Likeness | None:
    """How like a typed name is to a first name."""
    if typed == given:
        return Likeness(0, ())
    if canonical(typed) == canonical(given):
        return Likeness(1, ("in a short form or another spelling",))
    return _by_ear_or_slip(typed, given)


@lru_cache(maxsize=20_000)
def family_likeness(typed: str, family: str) -> Likeness | None:
    """How like a typed name is to a family name; a name like Begum is too common to go by."""
    if typed == family:
        return Likeness(0, ())
    if canonical(typed) == canonical(family) and typed[:1] == family[:1]:
        return Likeness(1, ("in another spelling",))
    return _by_ear_or_slip(typed, family)


def _by_ear_or_slip(typed: str, name: str) -> Likeness | None:
    slip = min(len(typed), len(name)) >= SHORTEST and one_slip(typed, name)
    if sound(typed) == sound(name) and jellyfish.jaro_winkler_similarity(typed, name) >= ALIKE:
        return Likeness(1 if slip else 2, ("sounds like it",))
    return Likeness(2, ("with one letter otherwise",)) if slip else None


def common_alone(words: Sequence[str]) -> bool:
    """Whether every word is a name that very many share, and that tells nobody apart."""
    return all(word in RELIGIOUS or canonical(word) == "mohammed" for word in words)


def born_near(typed: date) -> tuple[date, ...]:
    """Birth dates that may stand in a record for the typed one, itself first.

    For a date of NEVER_KNOWN that is any at all: these are those near it.
    """
    return (typed, *(day for day in _nearby(typed) if born_likeness(typed, day)))


def _nearby(typed: date) -> Iterator[date]:
    text = _figures(typed)
    texts = {text[:at] + figure + text[at + 1 :] for at in range(8) for figure in "0123456789"}
    texts |= {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(7)}
    texts |= {text[:4] + text[6:] + text[4:6], text[:4] + "0101", text[:6] + "15"}
    texts |= {_figures(day) for day in NEVER_KNOWN}
    months = [f"{month:02}" for month in range(1, 13)] if text[4:] == "0101" else []
    months += [text[4:6]] if text[6:] == "15" else []
    texts |= {f"{text[:4]}{month}{day:02}" for month in months for day in range(1, 32)}
    for one in sorted(texts - {text}):
        try:
            yield date(int(one[:4]), int(one[4:6]), int(one[6:]))
        except ValueError:
            continue


def _figures(day: date) -> str:
    """A day in eight figures, whatever its year: `strftime` leaves out noughts before it."""
    return day.isoformat().replace("-", "")


def born_likeness(typed: date, said: date | None) -> Likeness | None:
    """How like a typed birth date is to a record's; None where it is another day."""
    if said is None:
        return Likeness(2, ("no birth date is known",))
    if said == typed:
        return Likeness(0, ())
    if (said.year, said.month, said.day) == (typed.year, typed.day, typed.month):
        return Likeness(1, ("day and month of birth the other way about",))
    if one_slip(_figures(typed), _figures(said)):
        return Likeness(1, ("one figure of the birth date differs",))
    if _stands_for(said, typed) or _stands_for(typed, said):
        return Likeness(2, ("the birth date may stand for one not known",))
    return None


def _stands_for(written: date, other: date) -> bool:
    """Whether a date may have been written because no more of the other was known."""
    if written in NEVER_KNOWN:
        return True
    if (written.month, written.day) == (1, 1):
        return written.year == other.year
    return written.day == 15 and (written.year, written.month) == (other.year, other.month)
