"""Money, days and times read as a resident reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from wholeplace.web.look import marks, words


@pytest.mark.parametrize(
    ("pence", "shown"),
    [
        (0, "£0.00"),
        (5, "£0.05"),
        (3500, "£35.00"),
        (123450, "£1,234.50"),
        (100_000_000, "£1,000,000.00"),
        (-1, "−£0.01"),
        (-123450, "−£1,234.50"),
        (None, "Not known"),
    ],
)
def test_pence_read_as_pounds(pence: int | None, shown: str) -> None:
    assert words.pounds(pence) == shown


def test_days_in_full_and_for_tables() -> None:
    assert words.long_day(date(2026, 6, 1)) == "1 June 2026"
    assert words.short_day(date(2026, 9, 30)).split() == ["30", "Sept", "2026"]
    assert words.long_day(None) == words.short_day(None) == "Not known"


@pytest.mark.parametrize(
    ("hour", "minute", "shown"),
    [
        (8, 5, "9:05am"),
        (11, 0, "midday"),
        (23, 0, "midnight"),
        (12, 30, "1:30pm"),
        (0, 0, "1:00am"),
    ],
)
def test_moments_are_said_in_british_summer_time(hour: int, minute: int, shown: str) -> None:
    assert words.clock(datetime(2026, 6, 1, hour, minute, tzinfo=UTC)) == shown


def test_a_moment_before_midnight_in_utc_is_the_next_day_in_summer() -> None:
    late = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    assert words.long_moment(late) == "2 June 2026 at 12:30am"


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (-1, "from a later day"),
        (0, "from the same day"),
        (1, "1 day old"),
        (13, "13 days old"),
        (14, "2 weeks old"),
        (61, "2 months old"),
        (729, "24 months old"),
        (730, "2 years old"),
    ],
)
def test_age_in_words(days: int, shown: str) -> None:
    assert words.age_in_words(days) == shown


def test_lists_and_counts() -> None:
    assert words.listed(["a day", "a month", "a year"]) == "a day, a month and a year"
    assert words.listed([]) == ""
    assert words.counted(1, "person", "people") == "1 person"
    assert words.counted(1204, "person", "people") == "1,204 people"


def test_marks_escape_what_people_typed() -> None:
    assert marks.link("<b>", '"x', "<i>").count("<") == 4
    assert "&lt;script&gt;" in marks.tag("<script>")
    assert "&lt;b&gt;" in marks.status("<b>").lower()


def test_states_are_words_and_an_unlisted_one_still_reads() -> None:
    assert "Waiting for money" in marks.status("queued")
    assert "Some new state" in marks.status("some_new_state")
    with pytest.raises(KeyError):
        marks.tag("x", "beige")


def test_every_state_has_a_colour_that_exists() -> None:
    assert {colour for _, colour in marks.STATES.values()} <= marks.COLOURS
