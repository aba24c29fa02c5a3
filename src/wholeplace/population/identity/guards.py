"""What says nothing of who is who, found in the data: default dates, mass addresses, shared lines.

A date that a system writes when none is known joins everybody who has none; so does the address
of a hostel, or an office's telephone. Such a value is emptied before records meet: it then
counts for nothing, and no block is made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb
import pyarrow as pa

from wholeplace.population.engines.duckdb import text_literal


@dataclass(frozen=True, slots=True)
class Guards:
    """From how many records on a value is nobody's own.

    Attributes:
        date_times: how many times likelier than the dates around it a default date is.
        home: records of one agency at one postcode and house: more is a home for many.
        phone: records of one agency with one telephone.
        email: records of one agency with one e-mail address.
        number: records of one agency with one NHS, National Insurance or pupil number.
    """

    date_times: float = 4.0
    home: int = 25
    phone: int = 12
    email: int = 6
    number: int = 6


@dataclass(frozen=True, slots=True)
class Found:
    """The values that are nobody's own.

    Attributes:
        single: agency and default date (`1900-01-01`).
        yearly: agency and day of the year (`01-01`) that is one in every year.
        crowded: column → its values that too many records hold.
    """

    single: tuple[tuple[str, str], ...]
    yearly: tuple[tuple[str, str], ...]
    crowded: dict[str, tuple[str, ...]]

    def as_data(self) -> dict[str, Any]:
        """For guards.json."""
        return asdict(self)

    @classmethod
    def from_data(cls, held: dict[str, Any]) -> Found:
        """What `as_data` gave.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        return cls(
            tuple((source, day) for source, day in held["single"]),
            tuple((source, day) for source, day in held["yearly"]),
            {column: tuple(held["crowded"][column]) for column in CROWDED},
        )


@dataclass(frozen=True, slots=True)
class Emptied:
    """What was emptied.

    Attributes:
        dates: each default date (`1900-01-01`) or day of the year (`01-01`) with its agency.
        rows: column → rows in which it was emptied.
    """

    dates: tuple[tuple[str, str], ...]
    rows: dict[str, int]


def guard(engine: duckdb.DuckDBPyConnection, table: str, guards: Guards) -> Emptied:
    """Empty the values of `table` that are nobody's own."""
    return empty(engine, table, find(engine, table, guards))


def find(engine: duckdb.DuckDBPyConnection, table: str, guards: Guards) -> Found:
    """Find the values of `table` that are nobody's own."""
    single = _texts(engine, _SINGLE_DATES.format(table=table, times=guards.date_times))
    engine.execute(_DATES_TABLE.format(name="default_dates", query=_rows(single, "DATE")))
    yearly = _texts(engine, _YEARLY_DATES.format(table=table, times=guards.date_times))
    engine.execute("DROP TABLE default_dates")
    crowded = {
        column: tuple(
            value
            for _, value in _texts(engine, _CROWDED.format(table=table, column=column, most=most))
        )
        for column, most in _limits(guards).items()
    }
    return Found(single, yearly, crowded)


def empty(engine: duckdb.DuckDBPyConnection, table: str, found: Found) -> Emptied:
    """Empty these values of `table`; its rows are in the order of `id` from then on."""
    engine.execute(_DATES_TABLE.format(name="default_dates", query=_rows(found.single, "DATE")))
    engine.execute(_DATES_TABLE.format(name="default_days", query=_rows(found.yearly, "VARCHAR")))
    for column in CROWDED:
        engine.register("given_values", pa.table({"value": pa.array(found.crowded[column], TEXT)}))
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE crowded_{column} AS SELECT * FROM given_values"
        )
        engine.unregister("given_values")
    rows = _counted(engine, table)
    engine.execute(_EMPTY.format(table=table))
    for name in (*(f"crowded_{column}" for column in CROWDED), "default_dates", "default_days"):
        engine.execute(f"DROP TABLE {name}")
    return Emptied((*found.single, *found.yearly), rows)


TEXT = pa.string()
CROWDED = ("home", "phone", "email", "nhs", "ni", "upn")
"""Columns whose crowded values are emptied."""


def _limits(guards: Guards) -> dict[str, int]:
    number = guards.number
    most = (guards.home, guards.phone, guards.email, number, number, number)
    return dict(zip(CROWDED, most, strict=True))


def _texts(engine: duckdb.DuckDBPyConnection, query: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(source), str(value)) for source, value in engine.execute(query).fetchall())


def _rows(found: Sequence[tuple[str, str]], kind: str) -> str:
    if not found:
        return f"SELECT NULL::VARCHAR AS source, NULL::{kind} AS day WHERE false"
    values = ", ".join(f"({text_literal(source)}, {text_literal(day)})" for source, day in found)
    return f"SELECT source, day::{kind} AS day FROM (VALUES {values}) AS found (source, day)"


def _counted(engine: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    (row,) = engine.execute(_COUNT.format(table=table)).fetchall()
    names = ("birth_date", "birth_year", *CROWDED)
    return {name: int(count) for name, count in zip(names, row, strict=True)}


_DATES_TABLE = "CREATE OR REPLACE TEMP TABLE {name} AS {query}"

# A date against the ten days on either side of it, among one agency's records; far likelier
# than those, and by more than chance allows (six standard deviations of a Poisson count).
_SINGLE_DATES = """
    WITH counted AS (
        SELECT coalesce(source, '') AS source, born, count(*) AS held FROM {table}
        WHERE born IS NOT NULL GROUP BY ALL
    ), around AS (
        SELECT source, born, held, (sum(held) OVER (
            PARTITION BY source ORDER BY born RANGE BETWEEN INTERVAL 10 DAYS PRECEDING
            AND INTERVAL 10 DAYS FOLLOWING) - held) / 20.0 AS usual FROM counted
    )
    SELECT source, born FROM around
    WHERE held > {times} * usual AND held > usual + 6 * sqrt(usual) + 12
        AND NOT (month(born) = 1 AND day(born) = 1 AND held < 40 * usual)
    ORDER BY source, born"""

# A day of the year against all others: 1 January of every year.
_YEARLY_DATES = """
    WITH counted AS (
        SELECT coalesce(source, '') AS source, strftime(born, '%m-%d') AS day, count(*) AS held
        FROM {table} WHERE born IS NOT NULL
            AND (coalesce(source, ''), born) NOT IN (SELECT (source, day) FROM default_dates)
        GROUP BY ALL
    ), usual AS (SELECT source, sum(held) / 365.25 AS usual FROM counted GROUP BY source)
    SELECT source, day FROM counted JOIN usual USING (source)
    WHERE held > {times} * usual AND held > usual + 6 * sqrt(usual) + 6
    ORDER BY source, day"""

_CROWDED = """
    SELECT '', value FROM (SELECT DISTINCT value FROM (
        SELECT coalesce(source, '') AS source, {column} AS value FROM {table}
    ) AS held WHERE value IS NOT NULL GROUP BY source, value HAVING count(*) > {most})
    ORDER BY value"""

_IS_DEFAULT = "(coalesce(source, ''), born) IN (SELECT (source, day) FROM default_dates)"
_IS_YEARLY = (
    "(coalesce(source, ''), strftime(born, '%m-%d')) IN (SELECT (source, day) FROM default_days)"
)

_COUNT = f"""
    SELECT count(*) FILTER (WHERE {_IS_DEFAULT} OR {_IS_YEARLY}),
        count(*) FILTER (WHERE {_IS_DEFAULT}),
        count(*) FILTER (WHERE home IN (SELECT value FROM crowded_home)),
        count(*) FILTER (WHERE phone IN (SELECT value FROM crowded_phone)),
        count(*) FILTER (WHERE email IN (SELECT value FROM crowded_email)),
        count(*) FILTER (WHERE nhs IN (SELECT value FROM crowded_nhs)),
        count(*) FILTER (WHERE ni IN (SELECT value FROM crowded_ni)),
        count(*) FILTER (WHERE upn IN (SELECT value FROM crowded_upn))
    FROM {{table}}"""

_EMPTY = f"""
    CREATE OR REPLACE TABLE {{table}} AS
    SELECT * EXCLUDE (single_default, yearly_default) REPLACE (
        CASE WHEN NOT (single_default OR yearly_default) THEN born END AS born,
        CASE WHEN NOT (single_default OR yearly_default) THEN born_text END AS born_text,
        CASE WHEN NOT (single_default OR yearly_default) THEN born_key END AS born_key,
        CASE WHEN NOT single_default THEN birth_year END AS birth_year,
        CASE WHEN phone NOT IN (SELECT value FROM crowded_phone) THEN phone END AS phone,
        CASE WHEN email NOT IN (SELECT value FROM crowded_email) THEN email END AS email,
        CASE WHEN nhs NOT IN (SELECT value FROM crowded_nhs) THEN nhs END AS nhs,
        CASE WHEN ni NOT IN (SELECT value FROM crowded_ni) THEN ni END AS ni,
        CASE WHEN upn NOT IN (SELECT value FROM crowded_upn) THEN upn END AS upn,
        CASE WHEN home NOT IN (SELECT value FROM crowded_home) THEN home END AS home,
        CASE WHEN home IS NULL OR home NOT IN (SELECT value FROM crowded_home)
            THEN uprn END AS uprn
    )
    FROM (
        SELECT *, coalesce({_IS_DEFAULT}, false) AS single_default,
            coalesce({_IS_YEARLY}, false) AS yearly_default FROM {{table}}
    ) AS flagged ORDER BY id"""
