"""Benefit spells as a council's benefits system holds them, from a ward's truth."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from wholeplace.population.city.dwellings import NEVER, TENURE
from wholeplace.population.city.homes import CHILD, SHAPE
from wholeplace.population.city.streams import Bools, Draws, Ints, whole
from wholeplace.population.city.units import NOBODY, PENSION_AGE
from wholeplace.population.city.ward import Ward

BENEFITS = ("uc", "jsa", "esa", "is", "ib", "sda", "pc", "hb", "cts", "pip", "ca")
BENEFIT = {name: at for at, name in enumerate(BENEFITS)}
FLAT_PENCE = np.array((0, 9_205, 13_830, 9_205, 13_820, 10_835, 6_420, 0, 0, 11_000, 8_330))
"""Believable amounts of ours for a week, not the official rates of any year."""


def day_number(text: str) -> int:
    """Days since 1970 of an ISO date."""
    return int(np.datetime64(text, "D").astype(np.int64))


UC_ONLY_SINCE = day_number("2018-12-01")
"""New claims by working-age people have gone to Universal Credit since about this day."""

MOVED_FROM, MOVED_BY = day_number("2019-07-01"), day_number("2026-03-31")
"""Claims of the older benefits moved to Universal Credit between these days."""

NOT_KNOWN = -(10**6)
"""A first day that the benefits system does not hold."""

WINDOW = 6 * 365 + 2
OLDER_KINDS = ("jsa", "esa", "is", "ib", "sda")
OLDER_WEIGHTS = np.array(
    [
        (0.34, 0.54, 0.06, 0.04, 0.02),
        (0.12, 0.23, 0.62, 0.02, 0.01),  # lone parents
        (0.15, 0.75, 0.04, 0.04, 0.02),  # people in supported housing
    ]
)
BREAK_DAYS = ((0, 1), (0.4, 7), (0.7, 21), (0.9, 45), (1, 98))


@dataclass(frozen=True, slots=True)
class Spells:
    """One entry a spell.

    `person` indexes the ward's people; `start` may be NOT_KNOWN; `end` is the inclusive last
    day or NEVER; `pence` is a week's amount; `housing` says whether it has housing costs.
    """

    person: Ints
    benefit: Ints
    start: Ints
    end: Ints
    pence: Ints
    housing: Bools

    def where(self, keep: Bools | Ints) -> Spells:
        """Only the spells marked, or those of the given positions in their order."""
        return Spells(*(getattr(self, field.name)[keep] for field in fields(self)))


def joined(parts: list[Spells]) -> Spells:
    """Several lots of spells as one, in order of person, benefit and start."""
    together = Spells(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Spells))
    )
    return together.where(np.lexsort((together.start, together.benefit, together.person)))


def of(kind: str, person: Ints, start: Ints, end: Ints, pence: Ints | None = None) -> Spells:
    """Spells of one benefit, at its flat amount unless `pence` are given."""
    amount = np.full(len(person), FLAT_PENCE[BENEFIT[kind]]) if pence is None else pence
    same = np.full(len(person), BENEFIT[kind])
    return Spells(person, same, start, end, amount, np.full(len(person), kind == "hb"))


def make_spells(ward: Ward) -> Spells:
    """Every spell that touches the six years before the ward's day."""
    draws = ward.draws("spells")
    older, credit, stretch = income(draws, ward)
    parts = [
        older,
        credit,
        partners(ward, credit, stretch),
        older_housing(draws, ward, older),
        supported_housing(draws, ward),
        elder_housing(draws, ward),
        council_tax_support(draws, ward),
        pension_credit(draws, ward),
        care(draws, ward, "pip", 0.03, 0.10, 100),
        care(draws, ward, "ca", 0.01, 0.035, PENSION_AGE),
    ]
    return smudged(draws, ward, joined(parts))


def income(draws: Draws, ward: Ward) -> tuple[Spells, Spells, Ints]:
    """Each stretch as an older benefit, then Universal Credit from the day the claim moved.

    A third of those who moved kept the older benefit two weeks more (the run-on); one in ten
    claimed late and has a gap. Returns the older spells, the newer ones, and the stretch of
    each newer one.
    """
    unit, start, end = ward.stretches.unit, ward.stretches.start, ward.stretches.end
    count = len(unit)
    claimant = ward.units.claimant[unit]
    was_older = start < UC_ONLY_SINCE
    share = draws.curve(((0, 0), (0.3, 550), (1, 1000)), count)
    moved = MOVED_FROM + (MOVED_BY - MOVED_FROM) * share // 1000
    run_on = np.where(draws.chance(0.3, count), 13, -1)
    older_end = np.where(end <= moved, end, np.minimum(moved + run_on, end))
    older_end = np.where(older_end < start, start, older_end)
    kind = older_kinds(draws, ward, unit)
    no_housing = np.zeros(count, dtype=np.bool_)
    older = Spells(claimant, kind, start, older_end, FLAT_PENCE[kind], no_housing)
    late = np.where(draws.chance(0.1, count), draws.between(1, 14, count), 0)
    credit_start = np.where(was_older, np.maximum(moved + late, start), start)
    keep = ~was_older | ((end > moved) & (credit_start <= end))
    newer = new_claims(draws, ward, unit, credit_start, end)
    newer, stretch = broken(draws, newer.where(keep), np.flatnonzero(keep), ward.day)
    return older.where(was_older), newer, stretch


def older_kinds(draws: Draws, ward: Ward, unit: Ints) -> Ints:
    """Which older benefit a stretch was on: most lone parents Income Support."""
    shape = ward.homes.shape[ward.units.home[unit]]
    row = np.where(shape == SHAPE["lone_parent"], 1, np.where(shape == SHAPE["supported"], 2, 0))
    kinds = np.array([BENEFIT[name] for name in OLDER_KINDS])
    return np.asarray(kinds[draws.pick_rows(OLDER_WEIGHTS, row)], dtype=np.int64)


def new_claims(draws: Draws, ward: Ward, unit: Ints, start: Ints, end: Ints) -> Spells:
    """Universal Credit, or for a few short or sick childless claims new-style JSA or ESA."""
    count = len(unit)
    childless = ward.units.children[unit] == 0
    short = (np.minimum(end, ward.day) - start < 182) & childless
    style = draws.pick((0.9, 0.07, 0.03), count)
    kind = np.where(short & (style == 1), BENEFIT["jsa"], BENEFIT["uc"])
    kind = np.where(childless & (style == 2), BENEFIT["esa"], kind)
    liable = ward.units.liable[unit]
    home = ward.units.home[unit]
    renting = liable & (ward.rent[home] > 0) & (ward.tenure[home] != TENURE["supported"])
    credit = kind == BENEFIT["uc"]
    pence = np.where(credit, credit_pence(draws, ward, unit, renting), FLAT_PENCE[kind])
    return Spells(ward.units.claimant[unit], kind, start, end, pence, credit & renting)


def credit_pence(draws: Draws, ward: Ward, unit: Ints, renting: Bools) -> Ints:
    """Pence a week of Universal Credit: allowance, children, rent, less something for wages."""
    pair = ward.units.partner[unit] != NOBODY
    young = ward.people.years(ward.day)[ward.units.claimant[unit]] < 25
    allowance = np.where(pair, 15_390, np.where(young, 7_810, 9_800))
    children = np.minimum(ward.units.children[unit], 3) * 6_750
    rent = np.where(renting, ward.rent[ward.units.home[unit]], 0)
    working = draws.chance(0.37, len(unit))
    kept = np.where(working, draws.between(25, 80, len(unit)), 100)
    return np.asarray((allowance + children + rent) * kept // 100, dtype=np.int64)


def broken(draws: Draws, spells: Spells, stretch: Ints, day: int) -> tuple[Spells, Ints]:
    """One in eleven longer spells has a break of days or weeks: closed, then claimed again."""
    count = len(spells.start)
    last = np.minimum(spells.end, day)
    gap = draws.curve(BREAK_DAYS, count)
    length = last - spells.start
    cut = spells.start + 20 + whole(draws.uniform(count) * np.maximum(length - gap - 40, 1))
    breaks = draws.chance(0.09, count) & (length > gap + 60)
    first = Spells(
        spells.person,
        spells.benefit,
        spells.start,
        np.where(breaks, cut, spells.end),
        spells.pence,
        spells.housing,
    )
    again = spells.where(breaks)
    second = Spells(
        again.person, again.benefit, (cut + gap + 1)[breaks], again.end, again.pence, again.housing
    )
    both = Spells(
        *(
            np.concatenate([getattr(first, field.name), getattr(second, field.name)])
            for field in fields(Spells)
        )
    )
    return both, np.concatenate([stretch, stretch[breaks]])


def partners(ward: Ward, credit: Spells, stretch: Ints) -> Spells:
    """Universal Credit is one award to a couple: a row each, the amount on the claimant's."""
    partner = ward.units.partner[ward.stretches.unit[stretch]]
    keep = (partner != NOBODY) & (credit.benefit == BENEFIT["uc"])
    found = credit.where(keep)
    zero = np.zeros(len(found.start), dtype=np.int64)
    return Spells(partner[keep], found.benefit, found.start, found.end, zero, found.housing)


def older_housing(draws: Draws, ward: Ward, older: Spells) -> Spells:
    """Housing Benefit beside an older benefit, where the claimant pays rent."""
    home = ward.people.home[older.person]
    head = np.isin(older.person, ward.units.claimant[ward.units.liable])
    keep = head & (ward.rent[home] > 0)
    found = older.where(keep)
    pence = ward.rent[home[keep]] * draws.between(70, 100, len(found.start)) // 100
    return of("hb", found.person, found.start, found.end, pence)


def supported_housing(draws: Draws, ward: Ward) -> Spells:
    """Housing Benefit still meets the rent of supported housing, beside Universal Credit."""
    unit = ward.stretches.unit
    home = ward.units.home[unit]
    start = np.maximum(ward.stretches.start, ward.tenancies.since[home])
    keep = ward.units.liable[unit] & (ward.tenure[home] == TENURE["supported"])
    keep &= (start >= UC_ONLY_SINCE) & (start <= ward.stretches.end)
    pence = ward.rent[home[keep]] * draws.between(85, 100, int(keep.sum())) // 100
    return of("hb", ward.units.claimant[unit[keep]], start[keep], ward.stretches.end[keep], pence)


def elder_housing(draws: Draws, ward: Ward) -> Spells:
    """Housing Benefit of tenants past pension age."""
    units = ward.units
    count = len(units.home)
    share = 0.3 + 0.45 * ward.hardship[units.home]
    keep = units.elder & units.liable & (ward.rent[units.home] > 0) & draws.chance(share, count)
    person = units.claimant[keep]
    start, end = elder_days(draws, ward, person)
    pence = ward.rent[units.home[keep]] * draws.between(55, 100, len(person)) // 100
    return of("hb", person, start, end, pence)


def elder_days(draws: Draws, ward: Ward, person: Ints) -> tuple[Ints, Ints]:
    """A long claim that began past pension age; one in ten has ended."""
    count = len(person)
    earliest = np.maximum(ward.people.born[person] + PENSION_AGE * 366, ward.day - 12 * 365)
    earliest = np.minimum(earliest, ward.day - 30)
    start = draws.between(earliest, ward.day - 10, count)
    ended = start + whole(draws.uniform(count) * (ward.day - start))
    return start, np.where(draws.chance(0.1, count), ended, NEVER)


def council_tax_support(draws: Draws, ward: Ward) -> Spells:
    """Council Tax Support beside most stretches of people who pay the bill, and of elders."""
    unit = ward.stretches.unit
    count = len(unit)
    taxed = ward.council_tax[ward.units.home] > 0
    keep = (ward.units.liable & taxed)[unit] & draws.chance(0.8, count)
    start = ward.stretches.start + draws.between(0, 28, count)
    end = np.minimum(ward.stretches.end + draws.between(0, 6, count), NEVER)
    keep &= (start <= end) & (start <= ward.day)
    end = np.where(end > ward.day, NEVER, end)
    share = 0.1 + 0.42 * ward.hardship[ward.units.home]
    elder = ward.units.elder & ward.units.liable & taxed & draws.chance(share, len(share))
    person = np.concatenate([ward.units.claimant[unit[keep]], ward.units.claimant[elder]])
    elder_start, elder_end = elder_days(draws, ward, ward.units.claimant[elder])
    tax = ward.council_tax[ward.people.home[person]]
    return of(
        "cts",
        person,
        np.concatenate([start[keep], elder_start]),
        np.concatenate([end[keep], elder_end]),
        tax * draws.between(30, 100, len(person)) // 100,
    )


def pension_credit(draws: Draws, ward: Ward) -> Spells:
    """Pension Credit of single people and claimants past pension age."""
    units = ward.units
    share = 0.05 + 0.28 * ward.hardship[units.home]
    person = units.claimant[units.elder & draws.chance(share, len(share))]
    start, end = elder_days(draws, ward, person)
    return of("pc", person, start, end, draws.between(800, 9_000, len(person)))


def care(draws: Draws, ward: Ward, kind: str, base: float, more: float, below: int) -> Spells:
    """Spells of a disability or carer's benefit among adults younger than `below`."""
    years = ward.people.years(ward.day)
    share = base + more * ward.hardship[ward.people.home]
    able = (ward.people.part != CHILD) & (years >= 18) & (years < below)
    person = np.flatnonzero(able & draws.chance(share, len(years)))
    earliest = np.maximum(ward.people.born[person] + 16 * 366, ward.day - 9 * 365)
    start = draws.between(earliest, ward.day - 5, len(person))
    ended = start + whole(draws.uniform(len(person)) * (ward.day - start))
    end = np.where(draws.chance(0.16, len(person)), ended, NEVER)
    return of(kind, person, start, end)


def smudged(draws: Draws, ward: Ward, spells: Spells) -> Spells:
    """Cut at death and at the six years' edge; a first day in 150 is not held."""
    died = ward.died[spells.person]
    end = np.where(died < NEVER, np.minimum(spells.end, died), spells.end)
    keep = (spells.start <= end) & (end >= ward.day - WINDOW) & (spells.start <= ward.day)
    lost = draws.chance(0.007, len(keep))
    start = np.where(lost, NOT_KNOWN, spells.start)
    found = Spells(spells.person, spells.benefit, start, end, spells.pence, spells.housing)
    return found.where(keep)
