"""The checks of one field as SQL for DuckDB, generated from the source file.

Every function takes the column as it stands in SQL: trimmed text, NULL when empty. A fault is a
pair (condition under which a value that is not NULL is wrong, reason). `slow.py` says the same
rules in plain Python; a generative test holds the two together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from wholeplace.core.identity.numbers import NHS_TESTS, UPN_LETTERS
from wholeplace.population.engines.duckdb import date_literal, text_literal
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
UPN_LETTER = "ABCDEFGHJKLMNPQRTUVWXYZabcdefghjklmnpqrtuvwxyz"
UPN = rf"[{UPN_LETTER}][0-9]{{11}}[0-9{UPN_LETTER}]"
NI_NEVER = ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")


def whole(column: str, pattern: str) -> str:
    """Whether the whole value has the shape."""
    return f"regexp_full_match({column}, {text_literal(pattern)})"


def closed_up(column: str) -> str:
    """Without its spaces."""
    return f"replace({column}, ' ', '')"


def strictly(column: str) -> str:
    """Whether it is an ISO day, the one form that casts back to itself: no 2026-6-1 or BC."""
    back = f"CAST(try_cast({column} AS DATE) AS VARCHAR)"
    return f"(length({column}) = 10 AND {back} IS NOT DISTINCT FROM {column})"


def iso(field: s.AnyField, column: str) -> str:
    """The text of a date field as `2026-06-01`; empty, or no day, when it is written otherwise."""
    if not isinstance(field, s.DateField) or field.format == "iso":
        return column
    slashes = f"substr({column}, 3, 1) = '/' AND substr({column}, 6, 1) = '/'"
    turned = f"substr({column}, 7) || '-' || substr({column}, 4, 2) || '-' || left({column}, 2)"
    return f"CASE WHEN {column} IS NOT NULL THEN CASE WHEN {slashes} THEN {turned} ELSE '' END END"


def is_day(field: s.AnyField, column: str) -> str:
    """Whether a date field's text is a day, written as the field says."""
    return strictly(f"({iso(field, column)})")


def mapped(column: str, codes: Mapping[str, str]) -> str:
    """The code stored for the file's; NULL for another."""
    whens = "".join(f" WHEN {text_literal(a)} THEN {text_literal(b)}" for a, b in codes.items())
    return f"CASE {column}{whens} END"


def among(column: str, codes: Sequence[str]) -> str:
    """Whether a value that is not NULL is one of these.

    Not `IN`: for a list of some length DuckDB 2.0 makes a join of it, and of list_contains, after
    which the rows of a big file no longer stand in the order of the file.
    """
    whens = "".join(f" WHEN {text_literal(code)} THEN true" for code in codes)
    return f"(CASE {column}{whens} ELSE false END)"


def typed(field: s.AnyField, column: str) -> str:
    """The value as it is stored; NULL where it cannot be read."""
    if isinstance(field, s.DateField):
        return f"try_cast({iso(field, column)} AS DATE)"
    if isinstance(field, s.CodeField) and isinstance(field.codes, dict):
        return mapped(column, field.codes)
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
    if isinstance(field, s.NhsNumberField):
        return closed_up(column)
    if isinstance(field, s.UpnField):
        return f"upper({column})"
    if isinstance(field, s.PostcodeField):
        return f"upper(regexp_replace({closed_up(column)}, '(...)$', ' \\1'))"
    return column


def faults(field: s.AnyField, column: str, reading: s.Reading) -> Faults:
    """What can be wrong with a value, in the order in which it is looked for."""
    if isinstance(field, s.DateField):
        return _date(field, column, reading)
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


def _date(field: s.DateField, column: str, reading: s.Reading) -> Faults:
    latest = reading.day if field.latest == "load_day" else field.latest
    value = typed(field, column)
    return [
        (f"NOT {is_day(field, column)}", reasons.not_a_date(field)),
        *(_ages(field.ages, value, reading.as_at) if field.ages else []),
        (f"{value} < {date_literal(field.earliest)}", reasons.too_early(field)),
        (f"{value} > {date_literal(latest)}", reasons.too_late(field)),
    ]


def _ages(ages: Sequence[int], value: str, as_at: dt.date) -> Faults:
    least, most = ages
    youngest, too_old = years_before(as_at, least), years_before(as_at, most + 1)
    return [
        (f"{value} > {date_literal(youngest)}", reasons.too_young(least)),
        (f"{value} <= {date_literal(too_old)}", reasons.too_old(most)),
    ]


def years_before(day: dt.date, years: int) -> dt.date:
    """The last day of birth of those who are `years` old on the day.

    Whoever was born on 29 February is a year older on 1 March, where the year has no such day.
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return dt.date(day.year - years, 2, 28)


def _limits(value: str, least: Decimal | int, most: Decimal | int, unit: str = "") -> Faults:
    times = 100 if unit else 1
    return [
        (f"{value} < {Decimal(least) * times}", reasons.too_small(least, unit)),
        (f"{value} > {Decimal(most) * times}", reasons.too_big(most, unit)),
    ]


def _words(field: s.AnyField, column: str) -> Faults:
    if isinstance(field, s.CodeField):
        codes = list(field.codes)
        return [(f"NOT {among(column, codes)}", reasons.not_a_code(codes))]
    if isinstance(field, s.FlagField):
        return [(f"NOT {among(column, [field.yes, field.no])}", reasons.not_a_flag(field))]
    if isinstance(field, s.NiNumberField):
        return [(_not_ni(field, closed_up(column)), reasons.NOT_NI)]
    if isinstance(field, s.NhsNumberField):
        return _not_nhs(field, closed_up(column))
    if isinstance(field, s.UpnField):
        return _not_upn(column)
    if isinstance(field, s.PostcodeField):
        return [(f"NOT {whole(closed_up(column), POSTCODE)}", reasons.NOT_POSTCODE)]
    most = field.most if isinstance(field, s.TextField) else s.LONGEST_KEY
    return text_faults(column, most)


def text_faults(column: str, most: int) -> Faults:
    """What can be wrong with words or a key."""
    return [
        (f"length({column}) > {most}", reasons.too_long(most)),
        (f"regexp_matches({column}, {text_literal(CONTROL)})", reasons.CONTROL),
        (among(column, reasons.NO_NUMBERS), reasons.NO_NUMBER),
    ]


def _not_ni(field: s.NiNumberField, value: str) -> str:
    prefix = f"upper(substr({value}, 1, 2))"
    issued = f"({whole(prefix, NI_FIRST)} AND NOT {among(prefix, NI_NEVER)})"
    also = f" OR {among(prefix, field.also)}" if field.also else ""
    return f"NOT ({whole(value, NI_SHAPE)} AND ({issued}{also}))"


def _not_nhs(field: s.NhsNumberField, value: str) -> Faults:
    """Ten digits, each weighed by its place from the right, come to a multiple of 11."""
    number = f"try_cast({value} AS BIGINT)"
    weighed = (f"{number} // {10**n} % 10 * {n + 1}" for n in range(10))
    found = [
        (f"NOT {whole(value, '[0-9]{10}')}", reasons.NOT_NHS),
        (f"{number} % 1111111111 = 0", reasons.NHS_ALIKE),
        (f"({' + '.join(weighed)}) % 11 <> 0", reasons.NHS_CHECK),
    ]
    if not field.also_invented:
        found.append((f"starts_with({value}, {text_literal(NHS_TESTS)})", reasons.NHS_TEST))
    return found


def _not_upn(column: str) -> Faults:
    """The twelve characters after the first, each times its place, tell the first."""
    letters, value = text_literal(UPN_LETTERS), f"upper({column})"
    number = f"try_cast(substr({value}, 2, 11) AS BIGINT)"
    digits = (f"{number} // {10**n} % 10 * {12 - n}" for n in range(11))
    last = f"substr({value}, 13, 1)"
    worth = f"coalesce(try_cast({last} AS BIGINT), strpos({letters}, {last}) - 1)"
    letter = f"substr({letters}, ({' + '.join(digits)} + 13 * {worth}) % 23 + 1, 1)"
    return [
        (f"NOT {whole(column, UPN)}", reasons.NOT_UPN),
        (f"{letter} <> left({value}, 1)", reasons.UPN_CHECK),
    ]
