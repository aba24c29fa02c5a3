"""Columns of a file from arrays: keys, dates, pounds, flags, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wholeplace.population.city.streams import Bools, Ints


def text(values: Sequence[str] | np.ndarray[Any, Any]) -> pa.Array:
    """A column of strings."""
    return pa.array(values, type=pa.string())


def padded(numbers: Ints, width: int) -> pa.Array:
    """Numbers as strings with leading zeros."""
    return pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")


def keys(prefix: str, numbers: Ints) -> pa.Array:
    """Keys that sort as their numbers do: a prefix and nine figures."""
    return pc.binary_join_element_wise(prefix, padded(numbers, 9), "")


def days(numbers: Ints, missing: Bools | None = None) -> pa.Array:
    """Dates from days since 1970; empty where `missing`."""
    safe = numbers if missing is None else np.where(missing, 0, numbers)
    return pa.array(safe.astype(np.int32), mask=missing).cast(pa.date32())


def money(pence: Ints) -> pa.Array:
    """Pounds as "123.45", exactly, from pence."""
    wide = np.empty((len(pence), 2), dtype=np.int64)  # a 128-bit whole number, low half first
    wide[:, 0] = pence
    wide[:, 1] = np.where(pence < 0, -1, 0)
    kind = pa.decimal128(18, 2)
    return pa.Array.from_buffers(kind, len(pence), [None, pa.py_buffer(wide.tobytes())])


def flags(values: Bools) -> pa.Array:
    """Y or N."""
    return pc.if_else(pa.array(values), "Y", "N")


def repeated(value: str, count: int) -> pa.Array:
    """A column of one string."""
    return pa.array([value]).take(pa.array(np.zeros(count, dtype=np.int64)))


def blank(column: pa.Array, missing: Bools) -> pa.Array:
    """The column with nothing where `missing`."""
    return pc.if_else(pa.array(missing), pa.scalar(None, type=column.type), column)


def uk_days(numbers: Ints, missing: Bools | None = None) -> pa.Array:
    """Dates as 01/06/2026, the way most systems of this country export them."""
    return pc.strftime(days(numbers, missing).cast(pa.timestamp("s")), format="%d/%m/%Y")
