"""Rent and council tax accounts: what is charged, what help meets, what is owed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np

from wholeplace.population.city.dwellings import NEVER, TENURE
from wholeplace.population.city.homes import HEAD
from wholeplace.population.city.jobs import make_jobs
from wholeplace.population.city.spells import BENEFIT, Spells
from wholeplace.population.city.streams import Draws, Ints
from wholeplace.population.city.ward import Ward

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
KINDS = ("rent", "council_tax")
RENT, COUNCIL_TAX = 0, 1
EPOCH = date(1970, 1, 1)
REVIEWED_DAYS = 10  # from the start of a job until the help is worked out anew
NEW_JOB_DAYS = 120  # a job that began since then has changed the household's help already


@dataclass(frozen=True, slots=True)
class Accounts:
    """One entry an account on a day; amounts are pence, charge and help a week's."""

    home: Ints
    kind: Ints
    charge: Ints
    help: Ints
    arrears: Ints
    day: Ints


def billing_day(day: int) -> int:
    """The 1 April on or before a day, both in days since 1970: when charges were set."""
    when = EPOCH + timedelta(days=day)
    april = date(when.year, 4, 1)
    if april > when:
        april = date(when.year - 1, 4, 1)
    return (april - EPOCH).days


def make_accounts(ward: Ward, spells: Spells) -> Accounts:
    """Accounts at the start of the billing year; again eight days ago where help or debt is,
    and ten days after a new job began, when the help was worked out anew.

    Every household has a council tax account. A rent account is known where the council is
    the landlord or where a benefit meets or met the rent.
    """
    draws = ward.draws("accounts")
    known = (ward.tenure == TENURE["council"]) | met(ward, spells)
    job = kept_in_work(draws, ward)
    everybody = np.ones(len(ward.homes.area), dtype=np.bool_)
    parts = [
        *_readings(ward, spells, RENT, known & (ward.rent > 0), job, draws),
        *_readings(ward, spells, COUNCIL_TAX, everybody, job, draws),
    ]
    together = [
        np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Accounts)
    ]
    found = Accounts(*together)
    order = np.lexsort((found.day, found.kind, found.home))
    return Accounts(*(getattr(found, field.name)[order] for field in fields(Accounts)))


def _readings(
    ward: Ward, spells: Spells, kind: int, keep: Flags, job: tuple[Ints, Ints], draws: Draws
) -> list[Accounts]:
    """One kind's entries on each of the three days, for the households to keep."""
    charge = ward.rent if kind == RENT else ward.council_tax
    kept, changed = job
    newest = ward.day - 8
    opened = min(billing_day(ward.day), newest - 1)
    owed = arrears(draws, ward, charge)
    now = helping(ward, spells, kind, newest) * kept // 100
    since = ward.tenancies.since[: len(charge)]
    had = keep & (since <= newest)
    parts = []
    for which, helped, day in (
        (keep & (since <= opened), helping(ward, spells, kind, opened), opened),
        (had & (changed > opened) & (changed < newest) & (now > 0), now, changed),
        (had & ((now > 0) | (owed > 0)), now, newest),
    ):
        home = np.flatnonzero(which)
        due = np.minimum(helped, charge)[home]
        days = np.broadcast_to(day, len(charge))[home]
        kinds = np.full(len(home), kind)
        parts.append(Accounts(home, kinds, charge[home], due, owed[home], days))
    return parts


def met(ward: Ward, spells: Spells) -> Flags:
    """Whether any benefit with housing costs was ever paid to each household."""
    homes = ward.people.home[spells.person[spells.housing]]
    return np.bincount(homes, minlength=len(ward.homes.area)) > 0


def helping(ward: Ward, spells: Spells, kind: int, when: int) -> Ints:
    """Pence a week of help that ran on a day, for each household."""
    running = (spells.start <= when) & (spells.end >= when)
    head = ward.people.part[spells.person] == HEAD
    count = len(ward.homes.area)
    if kind == COUNCIL_TAX:
        mark = running & head & (spells.benefit == BENEFIT["cts"])
        amount = spells.pence
    else:
        mark = running & head & spells.housing
        rent = ward.rent[ward.people.home[spells.person]]
        in_credit = np.where(spells.pence > rent, rent, spells.pence // 2)
        amount = np.where(spells.benefit == BENEFIT["hb"], spells.pence, in_credit)
    found = np.zeros(count, dtype=np.int64)
    np.maximum.at(found, ward.people.home[spells.person[mark]], amount[mark])
    return found


def kept_in_work(draws: Draws, ward: Ward) -> tuple[Ints, Ints]:
    """What a new job changes: percent of its help that each household keeps, and since when.

    Without a new job a household keeps 100 percent, since day 0.
    """
    jobs = make_jobs(ward)
    new = (jobs.start > ward.day - NEW_JOB_DAYS) & (jobs.start <= ward.day) & (jobs.end == NEVER)
    count = len(ward.homes.area)
    began = np.zeros(count, dtype=np.int64)
    np.maximum.at(began, ward.people.home[jobs.person[new]], jobs.start[new])
    kept = np.where(began > 0, draws.between(30, 75, count), 100)
    return kept, np.where(began > 0, began + REVIEWED_DAYS, 0)


def arrears(draws: Draws, ward: Ward, charge: Ints) -> Ints:
    """Pence owed: mostly nothing, more often something where life is harder."""
    count = len(charge)
    behind = draws.chance(0.05 + 0.17 * ward.hardship, count)
    weeks = draws.curve(((0, 1), (0.5, 4), (0.85, 13), (1, 45)), count)
    return np.where(behind, charge * weeks + draws.between(0, 99, count), 0) * (charge > 0)
