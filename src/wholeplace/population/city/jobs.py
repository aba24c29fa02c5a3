"""Jobs as people told the council's benefits service of them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from wholeplace.population.city.dwellings import NEVER
from wholeplace.population.city.homes import GROWN
from wholeplace.population.city.streams import Draws, Ints, whole
from wholeplace.population.city.units import NOBODY
from wholeplace.population.city.ward import Ward

TRADES = ("Care", "Logistics", "Foods", "Cleaning", "Retail", "Security", "Catering")
FIRMS = ("Rea Valley", "Anvil", "Three Locks", "Bullring Row", "Canalside", "Pinfold")
EMPLOYERS = (
    *(f"{firm} {trade}" for trade in TRADES for firm in FIRMS),
    "Harborne Road School",
    "Cole Bank Hospital",
    "Digbeth Motor Works",
    "Stirchley Bakery",
)
UNKNOWN = -1
LENGTH_DAYS = ((0, 3), (0.12, 28), (0.25, 70), (0.45, 180), (0.7, 420), (1, 2200))
LATE_DAYS = ((0, 0), (0.55, 7), (0.88, 24), (0.97, 70), (1, 160))
HOURS = np.array((0, 8, 12, 16, 20, 24, 30, 35, 37, 40, 42))
HOURS_WEIGHTS = (0.05, 0.04, 0.06, 0.18, 0.12, 0.08, 0.1, 0.1, 0.13, 0.12, 0.02)


@dataclass(frozen=True, slots=True)
class Jobs:
    """One entry a job: `end` an inclusive last day or NEVER; `weeks` expected or UNKNOWN;
    `hours` a week, 0 where not told; `reported` the day it was told, never after the day."""

    person: Ints
    employer: Ints
    start: Ints
    end: Ints
    weeks: Ints
    hours: Ints
    reported: Ints


def make_jobs(ward: Ward) -> Jobs:
    """Jobs that ended a stretch, jobs during one, and jobs of grown-up sons and daughters."""
    draws = ward.draws("jobs")
    person, start = starts(draws, ward)
    count = len(person)
    days = draws.curve(LENGTH_DAYS, count)
    end = start + days
    end = np.where(end > ward.day, NEVER, end)
    died = ward.died[person]
    end = np.minimum(end, died)
    jobs = Jobs(
        person=person,
        employer=draws.between(0, len(EMPLOYERS) - 1, count),
        start=start,
        end=end,
        weeks=expected(draws, days),
        hours=HOURS[draws.pick(HOURS_WEIGHTS, count)],
        reported=told(draws, start, ward.day),
    )
    keep = (
        (jobs.reported <= np.minimum(died, ward.day))
        & (start >= ward.day - 6 * 365)
        & (start < died)
    )
    keep &= ward.people.born[person] + 16 * 366 <= start
    order = np.flatnonzero(keep)
    order = order[np.lexsort((start[order], person[order]))]
    return Jobs(*(getattr(jobs, field.name)[order] for field in fields(Jobs)))


def starts(draws: Draws, ward: Ward) -> tuple[Ints, Ints]:
    """Who started a job, and when."""
    unit, first, last = ward.stretches.unit, ward.stretches.start, ward.stretches.end
    count = len(unit)
    partner = ward.units.partner[unit]
    worker = ward.units.claimant[unit]
    worker = np.where((partner != NOBODY) & draws.chance(0.35, count), partner, worker)
    because = (last < ward.day) & draws.chance(0.6, count)
    after = last + 1 - draws.between(0, 5, count) * draws.chance(0.2, count)
    soon = (last == NEVER) & draws.chance(0.004, count)
    future = ward.day + draws.between(1, 28, count)
    length = np.minimum(last, ward.day) - first
    during = draws.chance(0.27, count) & (length > 60)
    within = first + 30 + whole(draws.uniform(count) * np.maximum(length - 30, 1))
    second = during & draws.chance(0.3, count) & (length > 200)
    within_again = first + 90 + whole(draws.uniform(count) * np.maximum(length - 90, 1))
    grown = np.flatnonzero((ward.people.part == GROWN) & draws.chance(0.2, len(ward.people.part)))
    grown_start = ward.day - draws.between(0, 1800, len(grown))
    marks = ((because, after), (during, within), (second, within_again), (soon, future))
    return (
        np.concatenate([*(worker[mark] for mark, _ in marks), grown]),
        np.concatenate([*(when[mark] for mark, when in marks), grown_start]),
    )


def expected(draws: Draws, days: Ints) -> Ints:
    """Weeks the job was expected to last: about its true length, a year when open, or unknown."""
    count = len(days)
    about = np.maximum(days // 7 * draws.between(85, 130, count) // 100, 1)
    rounded = np.where(about > 60, 52 + 52 * draws.chance(0.3, count), about)
    return np.where(draws.chance(0.16, count), UNKNOWN, rounded)


def told(draws: Draws, start: Ints, day: int) -> Ints:
    """The day each start was reported: mostly within days, a few months late, a few before."""
    count = len(start)
    late = start + draws.curve(LATE_DAYS, count)
    early = start - draws.between(1, 14, count)
    reported = np.where(draws.chance(0.06, count), early, late)
    return np.where(start > day, day - draws.between(0, 6, count), reported)
