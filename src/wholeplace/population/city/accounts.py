"""Rent and council tax accounts: what is charged, what help meets, what is owed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np

from wholeplace.population.city.dwellings import TENURE
from wholeplace.population.city.homes import HEAD
from wholeplace.population.city.spells import BENEFIT, Spells
from wholeplace.population.city.streams import Draws, Ints
from wholeplace.population.city.ward import Ward

KINDS = ("rent", "council_tax")
RENT, COUNCIL_TAX = 0, 1
EPOCH = date(1970, 1, 1)


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
    """Accounts at the start of the billing year; again eight days ago where help or debt is.

    Every household has a council tax account. A rent account is known where the council is
    the landlord or where a benefit meets or met the rent.
    """
    draws = ward.draws("accounts")
    count = len(ward.homes.area)
    newest = ward.day - 8
    opened = min(billing_day(ward.day), newest - 1)
    parts = []
    known = (ward.tenure == TENURE["council"]) | met(ward, spells)
    for kind, charge, keep in (
        (RENT, ward.rent, known & (ward.rent > 0)),
        (COUNCIL_TAX, ward.council_tax, np.ones(count, dtype=np.bool_)),
    ):
        owed = arrears(draws, ward, charge)
        for when in (opened, newest):
            helped = helping(ward, spells, kind, when)
            had = keep & (ward.tenancies.since[:count] <= when)
            again = had & ((helped > 0) | (owed > 0)) if when == newest else had
            home = np.flatnonzero(again)
            due = np.minimum(helped, charge)
            rows = (charge[home], due[home], owed[home])
            same = (np.full(len(home), kind), np.full(len(home), when))
            parts.append(Accounts(home, same[0], *rows, same[1]))
    together = [
        np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Accounts)
    ]
    found = Accounts(*together)
    order = np.lexsort((found.day, found.kind, found.home))
    return Accounts(*(getattr(found, field.name)[order] for field in fields(Accounts)))


def met(ward: Ward, spells: Spells) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
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


def arrears(draws: Draws, ward: Ward, charge: Ints) -> Ints:
    """Pence owed: mostly nothing, more often something where life is harder."""
    count = len(charge)
    behind = draws.chance(0.05 + 0.17 * ward.hardship, count)
    weeks = draws.curve(((0, 1), (0.5, 4), (0.85, 13), (1, 45)), count)
    return np.where(behind, charge * weeks + draws.between(0, 99, count), 0) * (charge > 0)
