"""Working days and due dates in England, with the sum shown step by step.

A working day is Monday to Friday and not a bank holiday of England and Wales. The
holidays come from the copy of the gov.uk list inside `govuk-bank-holidays`; nothing is
fetched. A day beyond that list is refused rather than guessed.
Source: brief 00, building rule 2; brief 14, section 4.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import cache

from wholeplace.core.kernel.errors import UserMistake

ONE_DAY = dt.timedelta(days=1)
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TERM = re.compile(r"([1-9][0-9]{0,3}) (working days?|days?|weeks?|months?)", re.ASCII)


@dataclass(frozen=True)
class WorkingDays:
    """A due date and how it was reached: one line for each day passed over or counted."""

    start: dt.date
    result: dt.date
    steps: tuple[str, ...]


@cache
def bank_holidays() -> dict[dt.date, str]:
    """Bank holidays of England and Wales by day, for whole years only."""
    from govuk_bank_holidays.bank_holidays import (  # type: ignore[import-untyped]  # slow
        BankHolidays,
    )

    listed = BankHolidays(use_cached_holidays=True).get_holidays("england-and-wales")
    return {item["date"]: str(item["title"]) for item in listed}


def known_years() -> tuple[int, int]:
    """The first and last year whose bank holidays are known."""
    years = {day.year for day in bank_holidays()}
    return min(years), max(years)


def why_not_working(day: dt.date) -> str:
    """Why `day` is no working day (`Saturday`, `Good Friday`), or an empty text.

    Raises:
        UserMistake: when the bank holidays of that year are not known.
    """
    first, last = known_years()
    if not first <= day.year <= last:
        raise UserMistake(
            f"The bank holidays of {day.year} are not known.",
            why=f"The list runs from {first} to {last}.",
            do="Choose a day in those years, or update govuk-bank-holidays.",
        )
    if day.weekday() >= 5:
        return DAY_NAMES[day.weekday()]
    return bank_holidays().get(day, "")


def is_working_day(day: dt.date) -> bool:
    """Whether `day` is a working day in England."""
    return not why_not_working(day)


def add_working_days(day: dt.date, count: int) -> WorkingDays:
    """The day `count` working days after `day`; `day` itself is not counted.

    A count of 0 gives `day` if it is a working day, and otherwise the next one.
    Raises UserMistake for a negative count or a year without known holidays.
    """
    if not 0 <= count <= 2_000:
        raise UserMistake("Working days are counted forwards, at most 2,000.")
    steps: list[str] = []
    current, counted = day, 0
    while counted < count or (count == 0 and not is_working_day(current)):
        current += ONE_DAY
        reason = why_not_working(current)
        if reason:
            steps.append(f"{show_day(current)} is not counted: {reason}")
            continue
        counted += 1
        if count:
            steps.append(f"{show_day(current)} is working day {counted}")
    return WorkingDays(day, current, tuple(steps))


def working_days_between(start: dt.date, end: dt.date) -> int:
    """How many working days lie after `start` and up to and including `end`."""
    days = (end - start).days
    return sum(is_working_day(start + n * ONE_DAY) for n in range(1, days + 1))


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` later, or the month's last day if it has none.

    31 January + 1 month is 28 (or 29) February; 29 February + 12 months is 28 February.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def due_date(start: dt.date, term: str) -> WorkingDays:
    """When `term` after `start` is up: `10 working days`, `14 days`, `4 weeks`, `1 month`.

    A month later is the same day of the month, or the month's last day.
    Raises UserMistake when the term is written otherwise.
    """
    match = _TERM.fullmatch(term.strip())
    if match is None:
        raise UserMistake(
            f"“{term[:40]}” is not a length of time.",
            do="Write it like 10 working days, 14 days, 4 weeks or 1 month.",
        )
    count, unit = int(match.group(1)), match.group(2)
    if unit.startswith("working"):
        return add_working_days(start, count)
    if unit.startswith("month"):
        result = add_months(start, count)
    else:
        result = start + count * ONE_DAY * (7 if unit.startswith("week") else 1)
    return WorkingDays(start, result, (f"{show_day(start)} and {term}: {show_day(result)}",))


def show_day(day: dt.date) -> str:
    """`Monday 1 June 2026`."""
    return f"{DAY_NAMES[day.weekday()]} {day.day} {day:%B %Y}"
