"""Days as people type them on the command line."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from wholeplace.core.kernel.errors import UserMistake

LONDON = ZoneInfo("Europe/London")


def day_or_today(text: str) -> dt.date:
    """The day that `text` gives, or today in London when it is empty.

    Raises:
        UserMistake: it is not a day of the calendar written YYYY-MM-DD.
    """
    if not text:
        return dt.datetime.now(LONDON).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UserMistake(f"“{text}” is not a day.", do="Write it like 2026-06-01.") from error
