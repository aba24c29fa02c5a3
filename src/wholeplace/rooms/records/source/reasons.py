"""Why a value or a row is set aside, in the words that a data officer reads.

The fast checks and the slow checker find faults each in its own way and say them alike.
"""

from __future__ import annotations

from decimal import Decimal

from wholeplace.core.kernel.dates import show_day
from wholeplace.rooms.records.source import spec as s

EMPTY = "This must not be empty."
TWICE = "This key stands on more than one row; which of them is right cannot be told."
REUSED = "This key named somebody else until now."
CONTROL = "This holds a control character."
NO_NUMBERS = ("NaN", "nan", "inf", "-inf")  # as programs write them in place of a text
NO_NUMBER = "This is what a program writes for a number that there is not."
NOT_MONEY = "This is not an amount of pounds written like 123.45."
NOT_WHOLE = "This is not a whole number."
NOT_NUMBER = "This is not a number with at most four decimals."
NOT_NHS = "This is not an NHS number: it does not have ten digits."
NHS_CHECK = "This is not an NHS number: its last digit does not follow from the others."
NHS_ALIKE = "This is not an NHS number: all its digits are alike."
NHS_TEST = "This is not an NHS number of anybody: those that begin with 999 are for tests."
NOT_UPN = "This is not a UPN: a letter, eleven digits, and a digit or letter."
UPN_CHECK = "This is not a UPN: its first letter does not follow from the rest."
BORN_LATER = "This day of birth is after the day of which the file tells."
NOT_NI = "This is not a National Insurance number."
NOT_POSTCODE = "This is not a postcode."


def too_long(most: int) -> str:
    """A text over its limit."""
    return f"This is longer than {most} characters."


def not_a_code(codes: list[str]) -> str:
    """A code that the source does not know."""
    return f"This is not one of: {', '.join(codes)}."


def not_a_flag(field: s.FlagField) -> str:
    """Neither yes nor no."""
    return f"This is neither {field.yes} nor {field.no}."


def not_a_date(field: s.DateField) -> str:
    """No day, or one written otherwise."""
    example = "2026-06-01" if field.format == "iso" else "01/06/2026"
    return f"This is not a day of the calendar written like {example}."


def too_young(least: int) -> str:
    """Born too late for whom the file is about."""
    if least == 0:
        return BORN_LATER
    return f"Born on this day, somebody is younger than {least} on the day of which the file tells."


def too_old(most: int) -> str:
    """Born too long ago for anybody, or for whom the file is about."""
    return f"Born on this day, somebody is older than {most} on the day of which the file tells."


def too_early(field: s.DateField) -> str:
    """A day before the earliest that can be."""
    return f"This day is before {show_day(field.earliest)}."


def too_late(field: s.DateField) -> str:
    """A day after the latest that can be."""
    if field.latest == "load_day":
        return "This day has not come yet."
    return f"This day is after {show_day(field.latest)}."


def too_small(least: Decimal | int, unit: str = "") -> str:
    """Below the least; most often an amount that must not be negative."""
    return "This must not be negative." if least == 0 else f"This is less than {unit}{least}."


def too_big(most: Decimal | int, unit: str = "") -> str:
    """Above the most."""
    return f"This is more than {unit}{most}."


def ends_first(first: str) -> str:
    """An end before its start."""
    return f"This day is before the row's {first}."


def no_such_key(file: str) -> str:
    """A reference to nothing."""
    return f"There is no row with this key in {file}."


def depends(file: str) -> str:
    """A reference to a row that was itself set aside."""
    return f"The row with this key in {file} was set aside, so this one is too."


def not_held(file: str) -> str:
    """A reference, in a delivery of changes, to what neither arrives nor is held."""
    return f"There is no row with this key in {file}, and none is held."


def leaves(file: str) -> str:
    """A reference to a row that the same delivery ends."""
    return f"The row with this key in {file} has ended."
