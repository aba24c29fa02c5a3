"""What linking reads: one Parquet file, a row for each person as one agency knows them.

The store of record exports it; here it is also made straight from the folders of an invented
city, for benchmarks and tests without PostgreSQL.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import parquet
from wholeplace.population.engines.duckdb.quoting import text_literal

COLUMNS: dict[str, str] = {
    "source": "VARCHAR",
    "source_key": "VARCHAR",
    "given_names": "VARCHAR",
    "family_name": "VARCHAR",
    "previous_family_name": "VARCHAR",
    "known_as": "VARCHAR",
    "date_of_birth": "DATE",
    "sex": "VARCHAR",
    "nhs_number": "VARCHAR",
    "upn": "VARCHAR",
    "ni_number": "VARCHAR",
    "phone": "VARCHAR",
    "email": "VARCHAR",
    "line_1": "VARCHAR",
    "line_2": "VARCHAR",
    "uprn": "VARCHAR",
    "postcode": "VARCHAR",
}
"""Columns beside `record_id` (whole number, each once) and their types in DuckDB. All may be
empty, and one that a file lacks is empty throughout; of `source_key` nothing is read."""

_DAY = "coalesce(try_strptime({0}::VARCHAR, '%d/%m/%Y')::DATE, try_cast({0} AS DATE))"
_SEX = "CASE sex::VARCHAR WHEN '1' THEN 'M' WHEN '2' THEN 'F' ELSE sex::VARCHAR END"

# Source → its file of people, and how each column is called there.
_SOURCES: dict[str, tuple[str, dict[str, str]]] = {
    "council-housing": (
        "tenants",
        {
            "source_key": "tenant_ref",
            "given_names": "first_names",
            "family_name": "surname",
            "sex": "gender",
            "line_1": "address_1",
            "line_2": "address_2",
        },
    ),
    "schools": (
        "pupils",
        {
            "source_key": "pupil_id",
            "given_names": "legal_forenames",
            "family_name": "legal_surname",
            "previous_family_name": "preferred_surname",
            "phone": "contact_phone",
            "line_1": "address_1",
            "line_2": "address_2",
        },
    ),
    "community-health": (
        "patients",
        {
            "source_key": "patient_id",
            "sex": _SEX,
            "line_1": "address_1",
            "line_2": "address_2",
        },
    ),
    "police": (
        "persons",
        {
            "source_key": "person_urn",
            "given_names": "forenames",
            "family_name": "surname",
            "line_1": "last_known_address",
        },
    ),
}

# Of several homes, the one not ended, moved into last.
_BENEFITS = """
    SELECT residents.*, homes.* EXCLUDE (person_key), residents.person_key AS source_key
    FROM residents LEFT JOIN (
        SELECT m.person_key, a.line_1, a.line_2, a.uprn, a.postcode
        FROM household_members AS m JOIN households AS h USING (household_key)
            JOIN addresses AS a USING (uprn)
        QUALIFY row_number() OVER (
            PARTITION BY m.person_key ORDER BY least(m.to_date, h.to_date) DESC NULLS FIRST,
                greatest(m.from_date, h.from_date) DESC NULLS LAST, m.member_key DESC) = 1
    ) AS homes USING (person_key)"""


def records_of_city(city: Path, out: Path) -> int:
    """Write records.parquet of an invented city straight from the folders of its agencies.

    Every row is taken as it stands. `record_id` counts from 1 in the order of source and key, so
    that the city's truth.csv tells the true person by both.

    Args:
        city: the folder that `city make` writes.
        out: the file to write.

    Returns:
        How many records.

    Raises:
        UserMistake: no agency's folder is there.
    """
    with duckdb.connect() as engine:
        parts = [part for name in _names() if (part := _part(engine, city, name))]
        if not parts:
            raise UserMistake(
                f"{city} holds no agency's records.", do="Make one: wholeplace city make."
            )
        every = " UNION ALL BY NAME ".join(parts)
        file = text_literal(str(out))
        engine.execute(
            "COPY (SELECT row_number() OVER (ORDER BY source, source_key) AS record_id, * "
            f"FROM ({every}) AS every ORDER BY record_id) TO {file} (FORMAT parquet)"
        )
        ((count,),) = engine.execute(f"SELECT count(*) FROM {parquet(out)}").fetchall()
    return int(count)


def _names() -> tuple[str, ...]:
    return ("council-benefits", *_SOURCES)


def _part(engine: duckdb.DuckDBPyConnection, city: Path, source: str) -> str:
    """One source's rows in COLUMNS, as a query; empty when its folder is not there."""
    folder = city / source
    if not folder.is_dir():
        return ""
    if source == "council-benefits":
        for name in ("residents", "household_members", "households", "addresses"):
            engine.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {_read(folder, name)}")
        return _columns(engine, f"({_BENEFITS})", source, {})
    name, renamed = _SOURCES[source]
    return _columns(engine, f"({_read(folder, name)})", source, renamed)


def _read(folder: Path, name: str) -> str:
    """A file as it stands, CSV or Parquet."""
    csv = folder / f"{name}.csv"
    if csv.exists():
        text = text_literal(str(csv))
        return f"SELECT * FROM read_csv({text}, header = true, all_varchar = true, nullstr = '')"
    return f"SELECT * FROM {parquet(folder / f'{name}.parquet')}"


def _columns(
    engine: duckdb.DuckDBPyConnection, rows: str, source: str, renamed: dict[str, str]
) -> str:
    held = {row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {rows} AS held").fetchall()}
    chosen = []
    for name, kind in COLUMNS.items():
        if name == "source":
            value = text_literal(source)
        elif name in renamed or name in held:
            value = renamed.get(name, name)
        else:
            value = "NULL"
        if name == "date_of_birth":
            value = _DAY.format(value)
        chosen.append(f"({value})::{kind} AS {name}")
    return f"SELECT {', '.join(chosen)} FROM {rows} AS held"
