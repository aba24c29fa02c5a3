"""Whole columns made comparable: DuckDB for what has a form, each distinct name once for the rest.

`wholeplace.core.identity.standardise` does the same to one value; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pyarrow as pa

from wholeplace.core.identity import standardise as plain
from wholeplace.core.identity.numbers import UPN_LETTERS
from wholeplace.population.engines.duckdb import date_literal, identifier
from wholeplace.population.identity.records import COLUMNS

_GIVEN = (plain.first_name, plain.canonical_first_name, plain.further_names)


def standardise(engine: duckdb.DuckDBPyConnection, records: str, made: str) -> None:
    """Make the table `made` of comparable values, a row a record, from the rows of `records`.

    Args:
        engine: the connection.
        records: a table or view of `record_id` (whole numbers) and any of `records.COLUMNS`.
        made: the new table's name: `id`, `source`, and the columns that `PEOPLE` compares.
    """
    held = {row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {records}").fetchall()}
    kept = ", ".join(
        f"{name if name in held else 'NULL'}::{kind} AS {name}" for name, kind in COLUMNS.items()
    )
    engine.execute(
        f"CREATE OR REPLACE TEMP VIEW given_rows AS SELECT * EXCLUDE (line_1, line_2), "
        "concat_ws(' ', line_1, line_2) AS address FROM "
        f"(SELECT record_id, {kept} FROM {records}) AS given"
    )
    _by_distinct(engine, "given_names", ("first", "canon", "further"), _GIVEN)
    _by_distinct(engine, "known_as", ("known",), (plain.canonical_first_name,))
    _by_distinct(engine, "family_name", ("surname",), (plain.surname,))
    _by_distinct(engine, "previous_family_name", ("previous",), (plain.surname,))
    _by_distinct(engine, "address", ("house",), (plain.house,))
    engine.execute(f"CREATE OR REPLACE TABLE {identifier(made)} AS {_ROWS}")
    for name in ("given_names", "known_as", "family_name", "previous_family_name", "address"):
        engine.execute(f"DROP TABLE {identifier('of_' + name)}")


def _by_distinct(
    engine: duckdb.DuckDBPyConnection,
    column: str,
    names: tuple[str, ...],
    makers: tuple[Callable[[str | None], str | None], ...],
) -> None:
    """A table `of_<column>`: each distinct value once, and what the makers make of it."""
    rows = engine.execute(
        f"SELECT DISTINCT {column} FROM given_rows WHERE {column} IS NOT NULL ORDER BY 1"
    ).fetchall()
    values = [row[0] for row in rows]
    columns = {"value": pa.array(values, pa.string())}
    for name, make in zip(names, makers, strict=True):
        columns[name] = pa.array([make(value) for value in values], pa.string())
    arrow = pa.table(columns)
    engine.register("distinct_values", arrow)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE of_{column} AS SELECT * FROM distinct_values")
    engine.unregister("distinct_values")


_DIGITS = "regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g')"
_PLAIN = "upper(regexp_replace(coalesce({}, ''), '[ -]', '', 'g'))"
_NHS = "regexp_replace(coalesce(nhs_number, ''), '[ -]', '', 'g')"
_WEIGHED = " + ".join(
    f"try_cast(nhs_text[{place + 1}] AS INTEGER) * {10 - place}" for place in range(9)
)
_UPN_WEIGHED = " + ".join(
    [f"try_cast(upn_text[{place}] AS INTEGER) * {place}" for place in range(2, 13)]
    + [
        "coalesce(try_cast(upn_text[13] AS INTEGER), "
        f"strpos('{UPN_LETTERS}', upn_text[13]) - 1) * 13"
    ]
)
_OUTWARD = "[A-Z][0-9]|[A-Z][0-9][0-9A-Z]|[A-Z][A-Z][0-9]|[A-Z][A-Z][0-9][0-9A-Z]"
_POSTCODE = f"({_OUTWARD})[0-9][ABD-HJLNP-UW-Z]{{2}}"

_TIDY = f"""
    SELECT record_id, source, given_names, known_as, family_name, previous_family_name, address,
        CASE WHEN date_of_birth >= {date_literal(plain.EARLIEST)} THEN date_of_birth END AS born,
        CASE upper(trim(sex, ' \t\n')) WHEN 'M' THEN 'M' WHEN 'F' THEN 'F' WHEN 'MALE' THEN 'M'
            WHEN 'FEMALE' THEN 'F' WHEN '1' THEN 'M' WHEN '2' THEN 'F' END AS sex,
        {_NHS} AS nhs_text,
        {_PLAIN.format("ni_number")} AS ni_text,
        {_PLAIN.format("upn")} AS upn_text,
        upper(regexp_replace(coalesce(postcode, ''), '[ \t]', '', 'g')) AS postcode_text,
        CASE WHEN length({_DIGITS}) > 11
            THEN regexp_replace({_DIGITS}, '^(?:00)?44(?:0)?([1-9])', '0\\1')
            ELSE {_DIGITS} END AS phone_text,
        lower(trim(email, ' \t\n')) AS email_text,
        trim(coalesce(uprn, ''), ' \t\n') AS uprn_text
    FROM given_rows"""

_ROWS = f"""
    SELECT record_id AS id, source, first, canon, further, known, surname, previous, sex, born,
        CASE WHEN born IS NOT NULL THEN strftime(born, '%Y%m%d') END AS born_text,
        (year(born) * 10000 + least(month(born), day(born)) * 100
            + greatest(month(born), day(born)))::INTEGER AS born_key,
        year(born)::INTEGER AS birth_year,
        CASE WHEN regexp_full_match(postcode_text, '{_POSTCODE}') THEN postcode_text END
            AS postcode,
        CASE WHEN postcode IS NOT NULL THEN postcode[:-3] END AS sector,
        house, CASE WHEN postcode IS NOT NULL THEN postcode || ' ' || split_part(house, ' ', 1) END
            AS home,
        CASE WHEN regexp_full_match(uprn_text, '[0-9]{{1,12}}')
            THEN nullif(ltrim(uprn_text, '0'), '') END AS uprn,
        CASE WHEN regexp_full_match(phone_text, '0[1-9][0-9]{{8,9}}') THEN phone_text END
            AS phone,
        CASE WHEN regexp_full_match(email_text, '[^@\\s]+@[^@\\s]+\\.[^@\\s]+')
            THEN email_text END AS email,
        CASE WHEN regexp_full_match(nhs_text, '[0-9]{{10}}')
            AND nhs_text <> repeat(nhs_text[1], 10)
            AND (11 - ({_WEIGHED}) % 11) % 11 = try_cast(nhs_text[10] AS INTEGER)
            THEN nhs_text END AS nhs,
        CASE WHEN regexp_full_match(ni_text, '[A-Z]{{2}}[0-9]{{6}}[A-D]') THEN ni_text END AS ni,
        CASE WHEN regexp_full_match(upn_text, '[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]')
            AND '{UPN_LETTERS}'[({_UPN_WEIGHED}) % 23 + 1] = upn_text[1] THEN upn_text END AS upn
    FROM ({_TIDY}) AS tidy
        LEFT JOIN of_given_names ON tidy.given_names = of_given_names.value
        LEFT JOIN of_known_as ON tidy.known_as = of_known_as.value
        LEFT JOIN of_family_name ON tidy.family_name = of_family_name.value
        LEFT JOIN of_previous_family_name
            ON tidy.previous_family_name = of_previous_family_name.value
        LEFT JOIN of_address ON tidy.address = of_address.value
    ORDER BY record_id"""
