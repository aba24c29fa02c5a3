"""The weeks of a weekly award: statutory weeks first, then what the scheme pays.

"Up to 12 weeks" can mean 12 in all, of which the statutory ones are the first, or 12
after them; the seeds leave it open, so it is a setting (brief 00, gap 1; brief 05).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.kernel.money import format_pence

Counting = Literal["total", "additional"]
WEEK = dt.timedelta(days=7)
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class AwardWeek:
    """One week of an award: its number from 1, first and last day, and pence."""

    number: int
    first: dt.date
    last: dt.date
    amount_pence: int


@dataclass(frozen=True)
class AwardSchedule:
    """Statutory weeks and award weeks, with the sum in words.

    `statutory_last` is the day before the job when there are no statutory weeks.
    """

    job_start: dt.date
    statutory_weeks: int
    statutory_last: dt.date
    weeks: tuple[AwardWeek, ...]
    steps: tuple[str, ...]

    @property
    def first(self) -> dt.date:
        """First day of the award."""
        return self.weeks[0].first

    @property
    def last(self) -> dt.date:
        """Last day of the award."""
        return self.weeks[-1].last

    @property
    def total_pence(self) -> int:
        """The sum of the weeks."""
        return sum(week.amount_pence for week in self.weeks)


def award_schedule(
    job_start: dt.date,
    weekly_pence: int,
    *,
    weeks: int,
    counting: Counting,
    statutory_weeks: int = 4,
) -> AwardSchedule:
    """The schedule of an award that starts with a job, paying `weekly_pence` a week.

    With counting `total` the statutory weeks are among the scheme's `weeks`.
    Raises UserMistake when no week or no money would be left to award.
    """
    count = weeks - statutory_weeks if counting == "total" else weeks
    if count < 1:
        raise UserMistake(
            "No week is left to award.",
            why=f"{weeks} weeks in total, of which {statutory_weeks} are statutory.",
        )
    if weekly_pence < 1:
        raise UserMistake("An award must pay at least a penny a week.")
    start = job_start + statutory_weeks * WEEK
    made = tuple(
        AwardWeek(n + 1, start + n * WEEK, start + (n + 1) * WEEK - ONE_DAY, weekly_pence)
        for n in range(count)
    )
    steps = _steps(job_start, start, made, weeks, counting, statutory_weeks)
    return AwardSchedule(job_start, statutory_weeks, start - ONE_DAY, made, steps)


def paying(schedule: AwardSchedule, weekly_pence: int) -> AwardSchedule:
    """The same weeks at another amount a week. Raises UserMistake for less than a penny."""
    if weekly_pence < 1:
        raise UserMistake("An award must pay at least a penny a week.")
    weeks = tuple(replace(week, amount_pence=weekly_pence) for week in schedule.weeks)
    return replace(schedule, weeks=weeks, steps=(*schedule.steps[:-1], _sum(weeks)))


def weeks_from(schedule: AwardSchedule, promised: dt.date) -> AwardSchedule:
    """The weeks that begin after `promised`, the last day that earlier awards pay.

    A job start is paid its weeks once, however often it is asked for (brief 05, rule 3).
    Raises UserMistake when none is left.
    """
    left = [week for week in schedule.weeks if week.first > promised]
    if not left:
        raise UserMistake(
            "No week is left to award.",
            why=f"Earlier awards pay up to {show_day(promised)}.",
        )
    if len(left) == len(schedule.weeks):
        return schedule
    weeks = tuple(replace(week, number=n) for n, week in enumerate(left, 1))
    step = f"Earlier awards pay up to {show_day(promised)}: the first day is now "
    step += f"{show_day(weeks[0].first)}."
    return replace(schedule, weeks=weeks, steps=(*schedule.steps[:-1], step, _sum(weeks)))


def _sum(weeks: tuple[AwardWeek, ...]) -> str:
    weekly = weeks[0].amount_pence
    total = format_pence(len(weeks) * weekly)
    return f"{len(weeks)} weeks at {format_pence(weekly)} come to {total}."


def _steps(
    job_start: dt.date,
    start: dt.date,
    made: tuple[AwardWeek, ...],
    weeks: int,
    counting: str,
    statutory_weeks: int,
) -> tuple[str, ...]:
    count = len(made)
    steps = [f"The job starts on {show_day(job_start)}."]
    if statutory_weeks:
        steps.append(f"The {statutory_weeks} statutory weeks run to {show_day(start - ONE_DAY)}.")
    if counting == "total":
        steps.append(f"{weeks} weeks in total less {statutory_weeks} leave {count} to award.")
    else:
        steps.append(f"{weeks} weeks are awarded on top of the statutory ones.")
    steps.append(f"The award runs from {show_day(start)} to {show_day(made[-1].last)}.")
    steps.append(_sum(made))
    return tuple(steps)


def weeks_after_job_loss(schedule: AwardSchedule, job_end: dt.date) -> tuple[AwardWeek, ...]:
    """The weeks no longer due when the job ends on `job_end`.

    The week in which it ends is still paid; the award stops from the next (brief 05, rule 7).
    """
    return tuple(week for week in schedule.weeks if week.first > job_end)
