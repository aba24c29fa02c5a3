"""The weeks of an award, by both readings of "up to 12 weeks" (scenario 05.1's dates)."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.money.awards import award_schedule, weeks_after_job_loss

JOB = dt.date(2026, 6, 1)


def test_twelve_weeks_in_total_leave_eight_after_the_statutory_four() -> None:
    found = award_schedule(JOB, 3_500, weeks=12, counting="total")
    assert found.statutory_last == dt.date(2026, 6, 28)
    assert (found.first, found.last) == (dt.date(2026, 6, 29), dt.date(2026, 8, 23))
    assert (len(found.weeks), found.total_pence) == (8, 28_000)
    assert found.steps == (
        "The job starts on Monday 1 June 2026.",
        "The 4 statutory weeks run to Sunday 28 June 2026.",
        "12 weeks in total less 4 leave 8 to award.",
        "The award runs from Monday 29 June 2026 to Sunday 23 August 2026.",
        "8 weeks at £35.00 come to £280.00.",
    )


def test_twelve_weeks_on_top_run_to_20_september() -> None:
    found = award_schedule(JOB, 3_500, weeks=12, counting="additional")
    assert (found.first, found.last) == (dt.date(2026, 6, 29), dt.date(2026, 9, 20))
    assert len(found.weeks) == 12


def test_weeks_follow_each_other_without_gap_or_overlap() -> None:
    weeks = award_schedule(JOB, 3_500, weeks=12, counting="additional").weeks
    assert [week.number for week in weeks] == list(range(1, 13))
    for one, two in itertools.pairwise(weeks):
        assert two.first == one.last + dt.timedelta(days=1)
        assert (one.last - one.first).days == 6


def test_no_statutory_weeks() -> None:
    found = award_schedule(JOB, 100, weeks=2, counting="total", statutory_weeks=0)
    assert (found.first, found.last) == (JOB, dt.date(2026, 6, 14))


@pytest.mark.parametrize(("weeks", "pence"), [(4, 3_500), (12, 0), (12, -1)])
def test_an_award_of_nothing_is_refused(weeks: int, pence: int) -> None:
    with pytest.raises(UserMistake):
        award_schedule(JOB, pence, weeks=weeks, counting="total")


def test_a_job_lost_stops_the_award_from_the_next_week() -> None:
    found = award_schedule(JOB, 3_500, weeks=12, counting="total")
    lost = weeks_after_job_loss(found, dt.date(2026, 7, 7))
    assert [week.number for week in lost] == [3, 4, 5, 6, 7, 8]
    assert weeks_after_job_loss(found, found.last) == ()
