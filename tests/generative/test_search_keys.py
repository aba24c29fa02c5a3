"""The keys of a whole file made at once, against those of one person at a time."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.core.identity.spoken import NAMES, RELIGIOUS, Spoken, pairs_of
from wholeplace.rooms.records import search_keys

WORDS = st.sampled_from(
    [
        *("Ann", "Anne", "Mohammed", "Mohd.", "Smith-Jones", "Smith", "bin Ahmed", "O'Brien"),
        *(
            "Łukasz",
            "محمد",
            "Dr Ali",
            "Ali",
            "Rehman",
            "Rahman",
            "Hussain Husayn",
            "-",
            "de la Cruz",
        ),
        *sorted(RELIGIOUS)[:6],
    ]
)
texts = st.one_of(WORDS, st.lists(WORDS, min_size=1, max_size=4).map(" ".join), st.text(max_size=9))
names = st.tuples(texts, texts, st.none() | texts, st.none() | texts)


def quickly(rows: list[tuple[Any, ...]], held: set[str]) -> dict[int, set[Spoken]]:
    """What the engine makes of the names that the file has."""
    columns = {
        name: pa.array([row[place] for row in rows], pa.string())
        for place, name in enumerate(NAMES)
        if name in held
    }
    born = pa.array([None] * len(rows), pa.date32())
    with duckdb.connect() as engine:
        table = pa.table({"person_id": range(len(rows)), **columns, "date_of_birth": born})
        engine.register("naming", table)
        search_keys.take_apart(engine, held)
        found = engine.execute(search_keys.pairs(held)).fetchall()
    made: dict[int, set[Spoken]] = {number: set() for number in range(len(rows))}
    for number, person, given_name, family, _, how in found:
        made[person].add(Spoken(number, given_name, family, how))
    assert sum(map(len, made.values())) == len(found)
    return made


@settings(max_examples=12, deadline=None)
@given(st.lists(names, min_size=1, max_size=30), st.booleans())
def test_keys_of_a_file_are_those_of_each_person(rows: list[tuple[Any, ...]], all_: bool) -> None:
    held = set(NAMES if all_ else NAMES[:2])
    slowly = {number: set(pairs_of(*(row if all_ else row[:2]))) for number, row in enumerate(rows)}
    assert quickly(rows, held) == slowly
