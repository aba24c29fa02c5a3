"""Numbers that public bodies give to people, invented so that they can be nobody's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wholeplace.population.city import columns
from wholeplace.population.city.streams import Ints

Texts = np.ndarray[Any, np.dtype[np.object_]]
"""Strings, or None where there is none."""

MOST_PEOPLE = 4_000_000
"""Six figures and a letter from A to D give so many different National Insurance numbers."""

INVENTED_PREFIX = "QQ"
"""HMRC writes its own example numbers with QQ: no real prefix has a Q (its manual, NIM39110),
so an invented number has the shape of one and can belong to nobody."""

NHS_FIRST, NHS_BLOCK = 999, 899_990
"""NHS numbers that begin with 999 are kept for tests and issued to nobody; there are enough
for 899,990 people, and then 998 follows, of the same unissued hundred million."""

NO_SUCH_AUTHORITY = 999
"""No local authority has this number in the Department for Education's list."""

UPN_LETTERS = np.array(tuple("ABCDEFGHJKLMNPQRTUVWXYZ"), dtype=object)
DRAMA = (
    "07700 900",
    *(f"01{town} 496 0" for town in (13, 14, 15, 16, 17, 18, 21, 31, 41, 51, 61)),
    "0191 498 0",
    "020 7946 0",
    "028 9649 6",
    "029 2018 0",
    "01632 960",
)
"""Ofcom keeps the thousand numbers after each of these for drama: nobody has them."""

LINES = 1000 * len(DRAMA)


def texts(column: pa.Array) -> Texts:
    """A column as Python strings."""
    found: Texts = column.to_numpy(zero_copy_only=False)
    return found


def ni_numbers(person: Ints, seed: int) -> pa.Array:
    """A National Insurance number for each person's number, all different, that nobody has."""
    mixed = ((person - 1) * 1_234_567 + 7_919 * (seed % 100_003) + 13) % MOST_PEOPLE
    suffix = np.array(tuple("ABCD"), dtype=object)[mixed % 4]
    digits = columns.padded(mixed // 4, 6)
    return pc.binary_join_element_wise(INVENTED_PREFIX, digits, columns.text(suffix), "")


def nhs_numbers(person: Ints, seed: int) -> Texts:
    """An NHS number for each person's number from 1, all different, with its check digit.

    The tenth figure is 11 less the weighted sum of nine (weights 10 to 2) modulo 11; a sum
    that would need 10 is never used (NHS Data Dictionary, NHS NUMBER).
    """
    block, turn = np.divmod(person - 1, NHS_BLOCK)
    mixed = (turn * 611_953 + 7_919 * (seed % 100_003) + 101) % NHS_BLOCK
    eight = (NHS_FIRST - block) * 100_000 + mixed // 9
    weighed = sum((eight // 10 ** (7 - at)) % 10 * (10 - at) for at in range(8))
    never = (1 - np.asarray(weighed)) * 6 % 11  # the ninth figure that would need a check of 10
    ninth = mixed % 9 + (mixed % 9 >= never)
    check = -(weighed + 2 * ninth) % 11
    return texts(columns.padded(eight * 100 + ninth * 10 + check, 10))


def upns(school: Ints, year: Ints, serial: Ints) -> Texts:
    """Unique pupil numbers: a check letter, authority, school, year of entry, serial number.

    The letter is the weighted sum of the twelve figures (weights 2 to 13) modulo 23, by the
    Department for Education's guide to unique pupil numbers.
    """
    number = ((NO_SUCH_AUTHORITY * 10_000 + school) * 100 + year % 100) * 1000 + serial
    weighed = sum((number // 10 ** (11 - at)) % 10 * (2 + at) for at in range(12))
    letters = columns.text(UPN_LETTERS[np.asarray(weighed) % 23])
    return texts(pc.binary_join_element_wise(letters, columns.padded(number, 12), ""))


def phones(line: Ints) -> Texts:
    """Telephone numbers by line, from 0 up to LINES."""
    starts = columns.text(np.array(DRAMA, dtype=object)[line // 1000])
    return texts(pc.binary_join_element_wise(starts, columns.padded(line % 1000, 3), ""))
