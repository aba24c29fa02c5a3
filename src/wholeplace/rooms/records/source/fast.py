"""The checks of one field as SQL for DuckDB, generated from the source file.

Every function takes the column as it stands in SQL: trimmed text, NULL when empty. A fault is a
pair (condition under which a value that is not NULL is wrong, reason). `slow.py` says the same
rules in plain Python; a generative test holds the two together.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TypeAlias

from wholeplace.population.engines.duckdb import date_literal, text_literal
from wholeplace.population.engines.duckdb.quoting import text_list
from wholeplace.rooms.records.source import reasons
from wholeplace.rooms.records.source import spec as s

Faults: TypeAlias = "list[tuple[str, str]]"

CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"
MONEY = r"-?[0-9]{1,9}(\.[0-9]{2})?"
WHOLE = r"-?[0-9]{1,10}"
NUMBER = r"-?[0-9]{1,9}(\.[0-9]{1,4})?"
# Both cases are spelled out: other alphabets have letters whose capitals are ours.
POSTCODE = r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]?[0-9][A-Za-z]{2}"
NI_SHAPE = r"[A-Za-z]{2}[0-9]{6}[A-Da-d]"
NI_FIRST = r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
NI_NEVER = ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")


def trimmed(column: str) -> str:
    """The column without spaces around it; NULL when nothing is left."""
    return f"nullif(trim({column}, ' '), '')"


def whole(column: str, pattern: str) -> str:
    """Whether the whole value has the shape."""
    return f"regexp_full_match({column}, {text_literal(pattern)})"


def closed_up(column: str) -> str:
    """Without its spaces."""
    return f"replace({column}, ' ', '')"


def strictly(column: str) -> str:
    """Whether it is a day in the one form that casts back to itself: no 2026-6-1, time or BC."""
    back = f"CAST(try_cast({column} AS DATE) AS VARCHAR)"
    return f"(length({column}) = 10 AND {back} IS NOT DISTINCT FROM {column})"


def typed(field: s.AnyField, column: str) -> str:
    """The value as it is stored; NULL where it cannot be read."""
    if isinstance(field, s.DateField):
        return f"try_cast({column} AS DATE)"
    if isinstance(field, s.MoneyField):
        return f"CAST(try_cast({column} AS DECIMAL(12, 2)) * 100 AS BIGINT)"
    if isinstance(field, s.IntegerField):
        return f"try_cast({column} AS BIGINT)"
    if isinstance(field, s.NumberField):
        return f"try_cast({column} AS DECIMAL(14, 4))"
    if isinstance(field, s.FlagField):
        yes, no = text_literal(field.yes), text_literal(field.no)
        return f"CASE {column} WHEN {yes} THEN true WHEN {no} THEN false END"
    if isinstance(field, s.NiNumberField):
        return f"upper({closed_up(column)})"
    if isinstance(field, s.PostcodeField):
        return f"upper(regexp_replace({closed_up(column)}, '(...)$', ' \\1'))"
    return column


def faults(field: s.AnyField, column: str, day: dt.date) -> Faults:
    """What can be wrong with a value, in the order in which it is looked for."""
    if isinstance(field, s.DateField):
        return _date(field, column, day)
    if isinstance(field, s.MoneyField):
        return [
            (f"NOT {whole(column, MONEY)}", reasons.NOT_MONEY),
            *_limits(typed(field, column), field.least, field.most, "£"),
        ]
    if isinstance(field, s.IntegerField):
        return [
            (f"NOT {whole(column, WHOLE)}", reasons.NOT_WHOLE),
            *_limits(typed(field, column), field.least, field.most),
        ]
    if isinstance(field, s.NumberField):
        return [
            (f"NOT {whole(column, NUMBER)}", reasons.NOT_NUMBER),
            *_limits(typed(field, column), field.least, field.most),
        ]
    return _words(field, column)


def _date(field: s.DateField, column: str, day: dt.date) -> Faults:
    latest = day if field.latest == "load_day" else field.latest
    value = typed(field, column)
    return [
        (f"NOT {strictly(column)}", reasons.NOT_A_DATE),
        (f"{value} < {date_literal(field.earliest)}", reasons.too_early(field)),
        (f"{value} > {date_literal(latest)}", reasons.too_late(field)),
    ]


def _limits(value: str, least: Decimal | int, most: Decimal | int, unit: str = "") -> Faults:
    times = 100 if unit else 1
    return [
        (f"{value} < {Decimal(least) * times}", reasons.too_small(least, unit)),
        (f"{value} > {Decimal(most) * times}", reasons.too_big(most, unit)),
    ]


def _words(field: s.AnyField, column: str) -> Faults:
    if isinstance(field, s.CodeField):
        return [(f"{column} NOT IN {text_list(field.codes)}", reasons.not_a_code(field.codes))]
    if isinstance(field, s.FlagField):
        known = text_list([field.yes, field.no])
        return [(f"{column} NOT IN {known}", reasons.not_a_flag(field))]
    if isinstance(field, s.NiNumberField):
        return [(_not_ni(field, closed_up(column)), reasons.NOT_NI)]
    if isinstance(field, s.PostcodeField):
        return [(f"NOT {whole(closed_up(column), POSTCODE)}", reasons.NOT_POSTCODE)]
    most = field.most if isinstance(field, s.TextField) else s.LONGEST_KEY
    return text_faults(column, most)


def text_faults(column: str, most: int) -> Faults:
    """What can be wrong with words or a key."""
    return [
        (f"length({column}) > {most}", reasons.too_long(most)),
        (f"regexp_matches({column}, {text_literal(CONTROL)})", reasons.CONTROL),
    ]


def _not_ni(field: s.NiNumberField, value: str) -> str:
    prefix = f"upper(substr({value}, 1, 2))"
    issued = f"({whole(prefix, NI_FIRST)} AND {prefix} NOT IN {text_list(NI_NEVER)})"
    also = f" OR {prefix} IN {text_list(field.also)}" if field.also else ""
    return f"NOT ({whole(value, NI_SHAPE)} AND ({issued}{also}))"
