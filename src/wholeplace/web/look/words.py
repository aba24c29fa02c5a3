"""Money, days and times in the words that a resident reads.

Everything here is a plain function over values, quick enough for a table of hundreds of
rows: Django's own date filters were the first cost of a page when it was measured.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
NOT_KNOWN = "Not known"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SHORT_MONTHS = tuple(name[:4] if name == "September" else name[:3] for name in MONTHS)
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


def pounds(amount_pence: int | None) -> str:
    """Pence as pounds: 123450 → "£1,234.50"; a debt has a true minus sign; None is not known."""
    if amount_pence is None:
        return NOT_KNOWN
    whole, part = divmod(abs(int(amount_pence)), 100)
    sign = MINUS if amount_pence < 0 else ""
    return f"{sign}£{whole:,}.{part:02d}"


def long_day(day: date | None) -> str:
    """A day in full, "1 June 2026"; None is not known."""
    if day is None:
        return NOT_KNOWN
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: date | None) -> str:
    """A day for a table, "1 Jun 2026", which never breaks across lines."""
    if day is None:
        return NOT_KNOWN
    return f"{day.day}{NO_BREAK}{SHORT_MONTHS[day.month - 1]}{NO_BREAK}{day.year}"


def clock(moment: datetime) -> str:
    """The time of day in England: "9:05am", "midday", "midnight"."""
    local = moment.astimezone(LONDON) if moment.tzinfo else moment
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    half = "am" if local.hour < 12 else "pm"
    return f"{local.hour % 12 or 12}:{local.minute:02d}{half}"


def long_moment(moment: datetime | None) -> str:
    """A day and a time in England: "1 June 2026 at 9:05am"."""
    if moment is None:
        return NOT_KNOWN
    local = moment.astimezone(LONDON) if moment.tzinfo else moment
    return f"{long_day(local.date())} at {clock(local)}"


def age_in_words(days: int) -> str:
    """How old a fact is, to the nearest sensible unit: "today", "3 days old", "5 weeks old"."""
    if days < 0:
        return "from a later day"
    if days == 0:
        return "from the same day"
    for size, unit in ((730, "year"), (61, "month"), (14, "week"), (1, "day")):
        if days >= size:
            count = days // {"year": 365, "month": 30, "week": 7, "day": 1}[unit]
            return f"{count} {unit}{'' if count == 1 else 's'} old"
    raise AssertionError("every positive age has a unit")  # pragma: no cover


def counted(number: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 person", "1,204 people"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: list[str] | tuple[str, ...], joiner: str = "and") -> str:
    """A list as a sentence says it: "a day, a month and a year"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {joiner} {parts[-1]}"
