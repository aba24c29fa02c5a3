"""FEBRL's columns as the table that the product compares, and the model over it.

FEBRL is invented people of Australia: postcodes of four figures, dates that cannot be, and a
social security number of seven figures. So what has a British form is made comparable here; names
and homes go through the product's own functions. `soc_sec_id` stands where a National Insurance
number stands: a number of one's own, compared as such and blocked by.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from wholeplace.core.identity import standardise as plain
from wholeplace.population.identity.model import Comparison, Level, Model
from wholeplace.population.identity.people import BLOCKS, BORN, FIRST, HOME, NI, SURNAME


def _text(name: str, column: str, words: str, alike: str) -> Comparison:
    """Three levels: the same, nearly (by `alike`, in SQL), and another."""
    return Comparison(
        name=name,
        missing=f"{column}_l IS NULL OR {column}_r IS NULL",
        levels=(
            Level(f"the same {words}", f"{column}_l = {column}_r", column, 0.85, 0.01),
            Level(f"nearly the same {words}", alike, None, 0.1, 0.01),
            Level(f"another {words}", "", None, 0.05, 0.98),
        ),
        columns=(column,),
    )


STREET = _text("street", "street", "street", "jaro_winkler_similarity(street_l, street_r) >= 0.85")
SUBURB = _text("suburb", "suburb", "suburb", "jaro_winkler_similarity(suburb_l, suburb_r) >= 0.9")
STATE = _text("state", "state", "state", "damerau_levenshtein(state_l, state_r) <= 1")
FEBRL = Model((FIRST, SURNAME, BORN, HOME, NI, STREET, SUBURB, STATE), BLOCKS)
"""The product's comparisons and blocks of people, and three more for FEBRL's own columns."""

EMPTY = ("further", "known", "previous", "sex", "phone", "email", "nhs", "upn", "source")
"""Columns that the product's comparisons and blocks name and FEBRL does not have."""


def read(engine: duckdb.DuckDBPyConnection, file: Path, made: str) -> None:
    """Make the table `made` of comparable values from febrlN.csv.

    Its columns are what the product's `standardise` makes, `id` counting by rec_id, and `part`,
    `rec_id`, `street`, `suburb` and `state`.
    """
    engine.execute(
        f"CREATE OR REPLACE TABLE febrl AS SELECT row_number() OVER (ORDER BY rec_id) AS id, * "
        f"FROM read_csv('{file}', all_varchar=true)"
    )
    rows = engine.execute("SELECT id, given_name, surname, street_number FROM febrl").fetchall()
    names = pa.table(
        {
            "id": pa.array([row[0] for row in rows], pa.int64()),
            "first": pa.array([plain.first_name(row[1]) for row in rows], pa.string()),
            "canon": pa.array([plain.canonical_first_name(row[1]) for row in rows], pa.string()),
            "family": pa.array([plain.surname(row[2]) for row in rows], pa.string()),
            "house": pa.array([plain.house(row[3]) for row in rows], pa.string()),
        }
    )
    engine.register("names", names)
    empty = ", ".join(f"NULL::VARCHAR AS {name}" for name in EMPTY)
    engine.execute(f"CREATE OR REPLACE TABLE {made} AS {_ROWS.format(empty=empty)}")
    engine.unregister("names")


_ROWS = """
    SELECT id, rec_id, part, first, canon, family AS surname, {empty},
        date_of_birth AS born, date_of_birth AS born_text,
        try_cast(date_of_birth[:4] || least(date_of_birth[5:6], date_of_birth[7:8])
            || greatest(date_of_birth[5:6], date_of_birth[7:8]) AS INTEGER) AS born_key,
        try_cast(date_of_birth[:4] AS INTEGER) AS birth_year,
        postcode, postcode[:3] AS sector, house, postcode || ' ' || house AS home,
        street_number || ' ' || trim(address_1) AS uprn,
        soc_sec_id AS ni, trim(address_1) AS street, trim(suburb) AS suburb, trim(state) AS state
    FROM febrl JOIN names USING (id) ORDER BY id"""
