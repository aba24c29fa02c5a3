"""People alike in the facts that a rule reads: it is asked of one of each kind, not of everybody.

A rule with sums, dates or choices is left to the engine, which takes many times as long a person
as a plain comparison. But what it reads has few different values: a million people have some
thousands of different lengths of time on a benefit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from wholeplace.population.trawl.bits import Truth, packed
from wholeplace.population.trawl.columns import Column, Numbers

MOST_KINDS = 1 << 20


@dataclass(frozen=True)
class Alike:
    """Everybody by kind.

    Attributes:
        kind: a number a person, the same for those alike.
        rows: for each kind that there is, the place of one person of it.
    """

    kind: Numbers
    rows: Numbers

    def everybody(self, asked: Truth) -> Truth:
        """The answers of everybody, given those of the persons in `rows`, in that order."""
        told = np.zeros(int(self.kind.max()) + 1, np.uint8)
        yes, no = (_each(bits, len(self.rows)) for bits in (asked.yes, asked.no))
        told[self.kind[self.rows]] = yes + 2 * no
        each = told[self.kind]
        return Truth(packed(each == 1), packed(each == 2))


def alike(facts: Iterable[Column | Truth | None], persons: int) -> Alike | None:
    """Everybody by the values of some facts; None where there may be too many different ones."""
    if not persons:
        return None
    kind, size = np.zeros(persons, np.int32), 1
    for fact in facts:
        coded = _coded(fact, persons)
        if coded is None or size * coded[1] > MOST_KINDS:
            return None
        kind, size = kind * np.int32(coded[1]) + coded[0], size * coded[1]
    one = np.full(size, -1, np.int64)
    one[kind] = np.arange(persons)
    return Alike(kind, np.sort(one[one >= 0]))


def _coded(fact: Column | Truth | None, persons: int) -> tuple[Numbers, int] | None:
    """A whole number from 0 a person, 0 where the fact is not known, and how many there may be."""
    if fact is None:
        return None
    if isinstance(fact, Truth):
        return _each(fact.yes, persons) + 2 * _each(fact.no, persons), 3
    least, most = int(fact.numbers.min()), int(fact.numbers.max())
    if most - least >= MOST_KINDS:
        return None
    values = fact.numbers.astype(np.int32) if fact.numbers.itemsize < 8 else fact.numbers
    coded = (values - least + 1) * _each(fact.known, persons)
    return coded.astype(np.int32), most - least + 2


def _each(bits: Numbers, persons: int) -> Numbers:
    return np.unpackbits(bits.view(np.uint8), count=persons, bitorder="little")
