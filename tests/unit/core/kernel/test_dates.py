"""Working days in England, with the steps shown."""

from __future__ import annotations

import datetime as dt
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.kernel import dates
from wholeplace.core.kernel.errors import UserMistake


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_the_holidays_need_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was reached for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    dates.bank_holidays.cache_clear()
    assert dates.bank_holidays()[day("2026-12-25")] == "Christmas Day"


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-06-01", 10, "2026-06-15"),
        ("2026-05-01", 1, "2026-05-05"),  # over the weekend and Early May
        ("2026-04-02", 5, "2026-04-13"),  # Easter
        ("2026-12-24", 1, "2026-12-29"),  # 26 December is a Saturday: substitute on Monday
        ("2026-06-06", 0, "2026-06-08"),
        ("2026-06-05", 0, "2026-06-05"),
    ],
)
def test_working_days(start: str, count: int, expected: str) -> None:
    assert dates.add_working_days(day(start), count).result == day(expected)


def test_the_steps_name_every_day() -> None:
    assert dates.add_working_days(day("2026-05-01"), 1).steps == (
        "Saturday 2 May 2026 is not counted: Saturday",
        "Sunday 3 May 2026 is not counted: Sunday",
        "Monday 4 May 2026 is not counted: Early May bank holiday",
        "Tuesday 5 May 2026 is working day 1",
    )


@pytest.mark.parametrize("text", ["2011-12-30", "2040-01-03"])
def test_years_without_known_holidays_are_refused(text: str) -> None:
    with pytest.raises(UserMistake, match="not known"):
        dates.add_working_days(day(text), 3)


@given(st.dates(day("2013-01-01"), day("2027-06-30")), st.integers(1, 60))
def test_counting_back_gives_the_same_number(start: dt.date, count: int) -> None:
    found = dates.add_working_days(start, count)
    assert dates.is_working_day(found.result)
    assert dates.working_days_between(start, found.result) == count


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("10 working days", "2026-02-13"),
        ("14 days", "2026-02-14"),
        ("1 month", "2026-02-28"),
        ("4 weeks", "2026-02-28"),
    ],
)
def test_terms(term: str, expected: str) -> None:
    assert dates.due_date(day("2026-01-31"), term).result == day(expected)


@pytest.mark.parametrize("term", ["soon", "0 days", "ten days", "3 fortnights", ""])
def test_other_terms_are_refused(term: str) -> None:
    with pytest.raises(UserMistake, match="not a length of time"):
        dates.due_date(day("2026-01-31"), term)
