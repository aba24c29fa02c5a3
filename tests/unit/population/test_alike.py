"""People alike: everybody's answers from those of one person of each kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.population.trawl.alike import MOST_KINDS, alike
from wholeplace.population.trawl.bits import truth_of
from wholeplace.population.trawl.columns import Column, column_of

PEOPLE = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-300, 300)),
        st.one_of(st.none(), st.sampled_from(["uc", "jsa"])),
        st.one_of(st.none(), st.booleans()),
    ),
    min_size=1,
    max_size=60,
)


def columns(people: list[tuple[Any, ...]]) -> list[Any]:
    kinds = (pa.int64(), pa.string(), pa.bool_())
    held = zip(kinds, zip(*people, strict=True), strict=True)
    return [column_of(pa.chunked_array([pa.array(values, kind)])) for kind, values in held]


@settings(deadline=None)
@given(people=PEOPLE, read=st.sets(st.sampled_from([0, 1, 2])))
def test_those_of_a_kind_are_alike_in_what_is_read_and_in_nothing_else(
    people: list[tuple[Any, ...]], read: set[int]
) -> None:
    found = alike([columns(people)[place] for place in sorted(read)], len(people))

    assert found is not None
    told = [tuple(person[place] for place in sorted(read)) for person in people]
    pairs = set(zip(told, found.kind.tolist(), strict=True))
    assert len(pairs) == len(set(told)) == len(set(found.kind.tolist())) == len(found.rows)
    answer = {kind: [True, False, None][hash(kind) % 3] for kind in told}
    asked = truth_of(pa.array([answer[told[row]] for row in found.rows], pa.bool_()))
    expected = truth_of(pa.array([answer[kind] for kind in told], pa.bool_()))
    everybody = found.everybody(asked)
    assert np.array_equal(everybody.yes, expected.yes)
    assert np.array_equal(everybody.no, expected.no)


def test_too_many_kinds_and_facts_without_a_column_are_left_to_the_engine() -> None:
    far = column_of(pa.chunked_array([pa.array([0, MOST_KINDS], pa.int64())]))
    some = column_of(pa.chunked_array([pa.array([0, 2000], pa.int64())]))
    assert isinstance(far, Column)
    assert alike([far], 2) is None
    assert alike([some], 2) is not None
    assert alike([some, some], 2) is None
    assert alike([some, None], 2) is None
    assert alike([], 0) is None


def test_numbers_take_as_few_bytes_as_what_is_known_needs() -> None:
    values = pa.array([1, 10**12], pa.int64())
    hidden = pa.Array.from_buffers(pa.int64(), 2, [pa.py_buffer(b"\x01"), values.buffers()[1]])
    column = column_of(pa.chunked_array([hidden]))
    assert isinstance(column, Column)
    assert column.numbers.dtype == np.int16 and column.numbers.tolist() == [1, 0]
