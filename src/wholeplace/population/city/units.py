"""Benefit units, and the stretches of time over which each was on an out-of-work benefit.

A unit is what a claim is made for: the head with a partner and their children, or any other
adult alone. Its stretches are an alternating process told backwards from the reference day,
so that the share on benefit that day is the published (or invented) share of its area.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wholeplace.population.city.areas import CityAreas
from wholeplace.population.city.dwellings import NEVER, TENURE
from wholeplace.population.city.homes import (
    CHILD,
    ELDER,
    HEAD,
    MATE,
    PARTNER,
    SHAPE,
    Homes,
    People,
)
from wholeplace.population.city.streams import Bools, Draws, Floats, Ints

PENSION_AGE = 66
NOBODY = -1
STRETCHES = 5
"""Stretches told back from the reference day; more would fall before the six years."""

SHAPE_LEAN = {
    "single": 1.1,
    "couple": 0.35,
    "couple_children": 0.85,
    "lone_parent": 2.6,
    "multi_generation": 0.7,
    "grown_children": 0.4,
    "sharers": 0.5,
    "students": 0.03,
    "supported": 3.5,
    "elder_single": 0.9,
    "elder_couple": 0.5,
}
TENURE_LEAN = {
    "owned": 0.35,
    "mortgage": 0.25,
    "council": 2.1,
    "housing_association": 2.0,
    "private_rent": 1.25,
    "supported": 2.4,
}
ON_SO_FAR = ((0, 1), (0.08, 8), (0.22, 26), (0.5, 95), (0.78, 230), (0.93, 420), (1, 760))
ON_WHOLE = ((0, 1), (0.15, 6), (0.35, 18), (0.5, 34), (0.72, 75), (0.88, 140), (1, 400))
OFF = ((0, 1), (0.12, 4), (0.3, 14), (0.6, 60), (0.85, 190), (1, 500))
OFF_SO_FAR = ((0, 0), (0.3, 40), (0.6, 110), (1, 330))


@dataclass(frozen=True, slots=True)
class Units:
    """One entry a benefit unit.

    `claimant` and `partner` index People (NOBODY for no partner); `home` indexes Homes;
    `liable` units pay the rent and council tax; `chance` is the likelihood of being on an
    out-of-work benefit on the reference day; `elder` units are past pension age.
    """

    claimant: Ints
    partner: Ints
    home: Ints
    children: Ints
    liable: Bools
    elder: Bools
    chance: Floats


@dataclass(frozen=True, slots=True)
class Stretches:
    """One entry a stretch on benefit: its unit, first and last day (NEVER: still running)."""

    unit: Ints
    start: Ints
    end: Ints


def make_units(areas: CityAreas, homes: Homes, people: People, tenure: Ints, day: int) -> Units:
    """Every adult in a unit; children count with the household's head."""
    adult = (people.part != PARTNER) & (people.part != CHILD)
    claimant = np.flatnonzero(adult)
    home = people.home[claimant]
    liable = people.part[claimant] == HEAD
    partner_in = np.full(len(homes.area), NOBODY, dtype=np.int64)
    partners = np.flatnonzero(people.part == PARTNER)
    partner_in[people.home[partners]] = partners
    children_in = np.bincount(people.home[people.part == CHILD], minlength=len(homes.area))
    units = Units(
        claimant=claimant,
        partner=np.where(liable, partner_in[home], NOBODY),
        home=home,
        children=np.where(liable, children_in[home], 0),
        liable=liable,
        elder=people.years(day)[claimant] >= PENSION_AGE,
        chance=np.zeros(len(claimant)),
    )
    lean = leanings(homes, people, units, tenure)
    chance = calibrated(areas, homes, people, units, lean)
    return Units(
        units.claimant, units.partner, units.home, units.children, liable, units.elder, chance
    )


def leanings(homes: Homes, people: People, units: Units, tenure: Ints) -> Floats:
    """How much likelier than the next a unit is to be on benefit, other things equal."""
    by_shape = np.array([SHAPE_LEAN[name] for name in SHAPE])
    by_tenure = np.array([TENURE_LEAN[name] for name in TENURE])
    part = people.part[units.claimant]
    shape = by_shape[homes.shape[units.home]]
    shape = np.where(units.liable | (part == MATE), shape, 0.7)
    shape = np.where(part == ELDER, 0.5, shape)
    lean = shape * by_tenure[tenure[units.home]]
    return np.asarray(np.where(units.elder, 0.0, lean), dtype=np.float64)


def calibrated(
    areas: CityAreas, homes: Homes, people: People, units: Units, lean: Floats
) -> Floats:
    """Leanings scaled so that each area's expected share of residents is the wanted one."""
    area = homes.area[units.home]
    size = 1 + (units.partner != NOBODY)
    wanted = areas.credit * np.bincount(homes.area[people.home], minlength=len(areas.codes))
    chance = lean
    for _ in range(8):
        got = np.bincount(area, chance * size, minlength=len(areas.codes))
        chance = np.minimum(chance * (wanted / np.maximum(got, 1e-9))[area], 0.97)
    return chance


def make_stretches(draws: Draws, people: People, units: Units, day: int) -> Stretches:
    """Every unit's stretches of the six years before `day`, in order of unit and start."""
    count = len(units.claimant)
    on_now = draws.chance(units.chance, count)
    ever = on_now | draws.chance(np.minimum(0.65, 0.03 + 1.15 * units.chance), count)
    ever &= ~units.elder
    cursor = np.where(on_now, day, day - 7 * draws.curve(OFF_SO_FAR, count))
    cursor -= np.where(on_now, 0, draws.between(1, 7, count))
    found: list[tuple[Ints, Ints, Ints]] = []
    born = people.born[units.claimant]
    earliest = born + 18 * 366
    for turn in range(STRETCHES):
        first = on_now & (turn == 0)
        weeks = np.where(first, draws.curve(ON_SO_FAR, count), draws.curve(ON_WHOLE, count))
        start = cursor - 7 * weeks - draws.between(0, 6, count)
        start = np.maximum(start, earliest)
        end = np.where(first, NEVER, cursor)
        keep = ever & (cursor > earliest) & (end >= day - 6 * 365)
        found.append((np.flatnonzero(keep), start[keep], end[keep]))
        cursor = start - 7 * draws.curve(OFF, count) - draws.between(2, 8, count)
    unit, start, end = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((start, unit))
    return Stretches(unit[order], start[order], end[order])
