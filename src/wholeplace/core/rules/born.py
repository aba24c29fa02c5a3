"""Somebody is born before the day on which they are spoken of."""

from __future__ import annotations

import datetime as dt

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.rules.computed import BIRTH
from wholeplace.core.rules.stated import FactMistake, StatedFacts


def check_born(stated: StatedFacts, day: dt.date) -> None:
    """Raises FactMistake when the date of birth that was stated lies after the day."""
    if not stated.stated(BIRTH):
        return
    born = stated.fact(BIRTH, (), day).value
    if isinstance(born, dt.date) and born > day:
        what = f"{born.isoformat()} lies after the day that is spoken of, {show_day(day)}"
        raise FactMistake(BIRTH, what, "check the date")
