"""Facts of everybody as plain whole numbers in memory.

Pence, days, ten-thousandths, days since 1970 and places in a list of codes: exact, and two or
four bytes a person where a fact's values fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wholeplace.population.trawl.bits import Bits, Truth, bits_of, everybody, truths_of

Numbers: TypeAlias = "np.ndarray[tuple[int], np.dtype[Any]]"
_MOST_DIGITS, _FINEST = 18, 4  # of a decimal that stands in eight bytes, and in a rule


@dataclass(frozen=True)
class Column:
    """One fact of everybody.

    Attributes:
        numbers: a whole number a person, of no meaning where the fact is not known.
        known: of whom it is known.
        parts: how many of the numbers are 1: 10,000 for a decimal of four places.
        codes: the code that each number stands for; None for other types.
    """

    numbers: Numbers
    known: Bits
    parts: int = 1
    codes: tuple[str, ...] | None = None


def column_of(held: pa.ChunkedArray) -> Column | Truth | None:
    """A fact as DuckDB gives it: whole numbers, or answers where it is a yes or no.

    None for a type that has neither form.
    """
    if pa.types.is_boolean(held.type):
        return truths_of(held)
    array = pa.concat_arrays(held.chunks) if held.chunks else pa.array([], held.type)
    known, codes = everybody(len(array)), None
    if (valid := array.buffers()[0]) is not None:
        known &= bits_of(valid, array.offset, len(array))
    if pa.types.is_string(array.type):
        coded = pc.dictionary_encode(array)
        codes, array = tuple(coded.dictionary.to_pylist()), coded.indices
    numbers = _numbers(array)
    parts = 10**array.type.scale if pa.types.is_decimal(array.type) else 1
    return None if numbers is None else Column(_narrow(numbers, known), known, parts, codes)


def _numbers(array: pa.Array) -> Numbers | None:
    held = array.buffers()[1]
    start, end = array.offset, array.offset + len(array)
    if held is None:
        return np.zeros(0, np.int64)
    if pa.types.is_decimal128(array.type):
        fits = array.type.precision <= _MOST_DIGITS and 0 <= array.type.scale <= _FINEST
        return np.frombuffer(held, np.int64)[::2][start:end] if fits else None
    for kind, size in ((pa.int64(), np.int64), (pa.int32(), np.int32), (pa.date32(), np.int32)):
        if array.type == kind:
            return np.frombuffer(held, size)[start:end]
    return None


def _narrow(numbers: Numbers, known: Bits) -> Numbers:
    """The same in fewer bytes, where they fit; nought where the engine left whatever was there."""
    told = np.unpackbits(known.view(np.uint8), count=len(numbers), bitorder="little")
    numbers = np.where(told.view(np.bool_), numbers, 0)
    if len(numbers):
        least, most = int(numbers.min()), int(numbers.max())
        for kind in (np.int16, np.int32):
            if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
                return numbers.astype(kind)
    return numbers
