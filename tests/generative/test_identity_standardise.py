"""Whole columns made comparable against one value at a time, whatever is typed."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wholeplace.core.identity.record import comparable
from wholeplace.population.identity.records import COLUMNS
from wholeplace.population.identity.standardise import standardise

Record = dict[str, Any]

texts = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "Dr Zoë Anne-Marie",
            "Mr",
            "O'Brien  Smith",
            "محمد علي",
            "🙂 José",
            "Bobby",
            "Mohd. Ali",
            "x" * 200,
            "Flat 3, 12b High St",
            "The Old Barn",
            "Łukasz",
        ]
    ),
)
numbers = st.one_of(
    texts,
    st.from_regex(r"\A[0-9]{3} ?[0-9]{3} ?[0-9]{4}\Z"),
    st.from_regex(r"\A(\+44|0044|0)[ ]?[0-9]{4} ?[0-9]{6}\Z"),
    st.from_regex(r"\A[A-Z]{2} ?[0-9]{6}[A-E]\Z"),
    st.from_regex(r"\A[A-Z][0-9]{11}[0-9A-Z]\Z"),
    st.from_regex(r"\A[A-Za-z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\Z"),
    st.sampled_from(["943 476 5919", "9434765918", "0000000000", "QQ 12 34 56 C", "b6  5rq"]),
    st.sampled_from(["A801200001001", "H801200001001", "T80120000100A", "0121 496 0123"]),
)
days = st.one_of(st.none(), st.dates(date(1880, 1, 1), date(2030, 1, 1)))
records = st.fixed_dictionaries(
    {
        name: days if name == "date_of_birth" else texts if "name" in name else numbers
        for name in COLUMNS
        if name != "source"
    }
)


def slowly(record: Record) -> Record:
    """What the table should hold of one record, a value at a time."""
    return {name: value for name, value in comparable(record).items() if name != "source"}


def quickly(made: list[Record]) -> list[Record]:
    """What the engine makes of the same records."""
    kinds = {name: pa.date32() if kind == "DATE" else pa.string() for name, kind in COLUMNS.items()}
    columns = {
        name: pa.array([record.get(name) for record in made], kind) for name, kind in kinds.items()
    }
    with duckdb.connect() as engine:
        engine.register("stored", pa.table({"record_id": range(len(made)), **columns}))
        standardise(engine, "stored", "people")
        found = engine.execute("SELECT * EXCLUDE (id, source) FROM people ORDER BY id")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@settings(max_examples=8, deadline=None)
@given(st.lists(records, min_size=20, max_size=60))
@example([dict.fromkeys(COLUMNS)])
@example([{name: "" if name != "date_of_birth" else None for name in COLUMNS}])
def test_columns_are_made_comparable_as_single_values_are(made: list[Record]) -> None:
    assert quickly(made) == [slowly(record) for record in made]


def test_a_file_may_lack_every_column_but_the_number() -> None:
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE stored AS SELECT 7 AS record_id")
        standardise(engine, "stored", "people")
        held = engine.execute("SELECT * EXCLUDE (id) FROM people").fetchall()
    assert set(held[0]) == {None}
