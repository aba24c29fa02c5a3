"""What a linking was made of has a name that changes with it, and with nothing else."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.population.identity.fingerprint import of_model, of_records
from wholeplace.population.identity.people import PEOPLE

ROWS = st.lists(st.tuples(st.integers(0, 9), st.text("ab", max_size=2) | st.none()), max_size=8)


ENGINE = duckdb.connect()


def name_of(rows, columns=("id", "name")):
    number, text = (list(values) for values in zip(*rows, strict=True)) if rows else ([], [])
    kinds = (pa.int64(), pa.string())
    held = [pa.array(values, kind) for values, kind in zip((number, text), kinds, strict=True)]
    ENGINE.register("given", pa.table(held, names=list(columns)))
    return of_records(ENGINE, "given")


@settings(deadline=None, max_examples=50)
@given(ROWS, ROWS, st.randoms())
def test_the_same_rows_in_any_order_and_no_others_have_one_name(one, other, random):
    shuffled = random.sample(one, len(one))
    assert name_of(one) == name_of(shuffled)
    by_text = sorted(one, key=str), sorted(other, key=str)
    assert (name_of(one) == name_of(other)) == (by_text[0] == by_text[1])


def test_other_columns_are_other_records():
    assert name_of([]) != name_of([], columns=("id", "surname"))


def test_a_model_that_says_anything_else_is_another():
    assert of_model(PEOPLE) == of_model(replace(PEOPLE))
    first, *others = PEOPLE.comparisons
    level, *rest = first.levels
    heavier = replace(first, levels=(replace(level, m=0.95), *rest))
    assert of_model(replace(PEOPLE, comparisons=(heavier, *others))) != of_model(PEOPLE)
    assert of_model(replace(PEOPLE, blocks=PEOPLE.blocks[1:])) != of_model(PEOPLE)
