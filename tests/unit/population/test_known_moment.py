"""A moment of knowledge at either end of the calendar is refused in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.snapshot.known import NotYetKnown, check_moment

READ = datetime(2026, 6, 8, 12, tzinfo=UTC)


def test_the_last_moment_west_of_greenwich_is_yet_to_come():
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-14)))
    with pytest.raises(NotYetKnown, match="a moment that no calendar has"):
        check_moment(last, READ)


def test_the_first_moment_east_of_greenwich_is_in_no_calendar():
    first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    with pytest.raises(UserMistake, match="not in the calendar"):
        check_moment(first, READ)


def test_other_moments_are_as_they_were():
    check_moment(READ, READ)
    check_moment(datetime(1, 1, 2, tzinfo=timezone(timedelta(hours=14))), READ)
    with pytest.raises(NotYetKnown, match="2026-06-08 12:01 UTC"):
        check_moment(READ + timedelta(minutes=1), READ)
