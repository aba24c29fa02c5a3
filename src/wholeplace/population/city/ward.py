"""Everything true of one ward's people: what every agency's extract is written from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wholeplace.population.city.areas import CityAreas
from wholeplace.population.city.characters import COMMUNITIES
from wholeplace.population.city.dwellings import (
    NEVER,
    TENURE,
    Dwellings,
    Tenancies,
    make_tenancies,
)
from wholeplace.population.city.families import (
    into_care_homes,
    tell_twins_apart,
    with_step_families,
    with_twins,
)
from wholeplace.population.city.homes import (
    CHILD,
    HEAD,
    MAN,
    MATE,
    PARTNER,
    WOMAN,
    Homes,
    People,
    among,
    make_homes,
    make_people,
)
from wholeplace.population.city.names import (
    OWN_NAME_WOMEN,
    Names,
    as_a_man_has_it,
    awkward,
    families,
    givens,
    name_pool,
)
from wholeplace.population.city.streams import Draws, Floats, Ints
from wholeplace.population.city.units import Stretches, Units, make_stretches, make_units

RENTS = {
    "owned": (0, 0),
    "mortgage": (0, 0),
    "council": (8_900, 13_200),
    "housing_association": (10_200, 15_800),
    "private_rent": (13_800, 26_500),
    "supported": (19_500, 31_500),
}
"""Pence a week, lowest and highest: believable figures of ours."""


@dataclass(frozen=True, slots=True)
class Ward:
    """One ward's truth as at `day` (days since 1970).

    `rent` and `council_tax` are pence a week of each household; `hardship` has one entry a
    household; `died` is a day or NEVER for each person.
    """

    number: int
    seed: int
    day: int
    areas: CityAreas
    homes: Homes
    people: People
    names: Names
    died: Ints
    tenancies: Tenancies
    dwellings: Dwellings
    units: Units
    stretches: Stretches
    rent: Ints
    council_tax: Ints
    hardship: Floats

    def draws(self, purpose: str) -> Draws:
        """A stream of this ward's own for one purpose, untouched by any other."""
        return Draws(self.seed, self.number, purpose)

    @property
    def tenure(self) -> Ints:
        """Present tenure of each household."""
        return self.tenancies.tenure[: len(self.homes.area)]


def make_ward(areas: CityAreas, number: int, wanted: Ints, seed: int, day: int) -> Ward:
    """A ward with exactly `wanted` people in each small area of the city (its own only)."""
    here = np.flatnonzero(areas.ward == number)
    homes, parts = make_homes(Draws(seed, number, "homes"), areas, here, wanted[here])
    people = with_twins(make_people(Draws(seed, number, "people"), homes, parts, day))
    draws = Draws(seed, number, "dwellings")
    tenancies, dwellings = make_tenancies(draws, areas, homes, people, day)
    tenure = tenancies.tenure[: len(homes.area)]
    units = make_units(areas, homes, people, tenure, day)
    hardship = areas.hardship[homes.area]
    settled = into_care_homes(
        Draws(seed, number, "care homes"), homes, people, tenancies, dwellings, day
    )
    return Ward(
        number=number,
        seed=seed,
        day=day,
        areas=areas,
        homes=settled.homes,
        people=people,
        names=name_families(seed, number, homes, people),
        died=make_deaths(Draws(seed, number, "deaths"), people, day),
        tenancies=settled.tenancies,
        dwellings=settled.dwellings,
        units=units,
        stretches=make_stretches(Draws(seed, number, "stretches"), people, units, day),
        rent=make_rents(Draws(seed, number, "rents"), tenure, homes),
        council_tax=make_council_tax(Draws(seed, number, "tax"), homes, people, tenure, hardship),
        hardship=hardship,
    )


def name_families(seed: int, number: int, homes: Homes, people: People) -> Names:
    """Everybody's names, with those of step-families and twins."""
    names = make_names(Draws(seed, number, "names"), homes, people)
    names = with_step_families(Draws(seed, number, "step-families"), homes, people, names)
    return tell_twins_apart(people, names)


def make_names(draws: Draws, homes: Homes, people: People) -> Names:
    """Names that run in families: children take a parent's, most wives their husband's."""
    count = len(people.home)
    man = np.where(people.sex > WOMAN, draws.chance(0.5, count), people.sex == MAN)
    own = families(draws, people.community)
    heads = np.flatnonzero(people.part == HEAD)
    of_home = own[heads][people.home]
    takes = np.isin(people.part, (CHILD,)) & draws.chance(0.9, count)
    takes |= (people.part == PARTNER) & draws.chance(0.62, count)
    takes |= (people.part > CHILD) & (people.part < MATE) & draws.chance(0.85, count)
    apart = ~man & np.isin(people.community, OWN_NAME_WOMEN) & draws.chance(0.45, count)
    family = as_a_man_has_it(people.community, man, np.where(takes & ~apart, of_home, own))
    sikh = people.community == COMMUNITIES.index("punjabi")
    pool = name_pool()
    singh = pool.family[COMMUNITIES.index("punjabi")] + np.where(man, 0, 1)
    double = draws.chance(0.012, count) & np.isin(people.community, (0, 1))
    second = families(draws, people.community)
    middle = givens(draws, people.community, man, people.born - 25 * 365)
    has_middle = draws.chance(np.where(np.isin(people.community, (0, 1, 6)), 0.62, 0.25), count)
    first = givens(draws, people.community, man, people.born)
    has_middle &= middle != first
    names = Names(
        first=first,
        middle=np.where(sikh & draws.chance(0.7, count), singh, np.where(has_middle, middle, 0)),
        family=family,
        double=np.where(double & (second != family), second, 0),
    )
    return awkward(draws, names)


def make_deaths(draws: Draws, people: People, day: int) -> Ints:
    """Day of death for the few whom the records have not yet let go, else NEVER."""
    years = people.years(day)
    share = np.interp(years, (0, 40, 65, 80, 95), (0.0003, 0.0008, 0.008, 0.03, 0.09))
    dead = draws.chance(share, len(years))
    when = day - draws.between(1, 900, len(years))
    return np.where(dead & (when > people.born), when, NEVER)


def make_rents(draws: Draws, tenure: Ints, homes: Homes) -> Ints:
    """Pence a week of each household, to the nearest 5p."""
    low, high = (np.array([RENTS[name][at] for name in TENURE])[tenure] for at in (0, 1))
    whole_house = among(homes.shape, "couple_children", "multi_generation", "grown_children")
    low = np.where(whole_house, (low + high) // 2, low)
    return draws.between(low // 5, high // 5, len(tenure)) * 5


def make_council_tax(
    draws: Draws, homes: Homes, people: People, tenure: Ints, hardship: Floats
) -> Ints:
    """Pence a week of each household: by band, a quarter off for one adult, none for students."""
    bands = np.array((2_980, 3_470, 3_970, 4_470, 5_460, 6_450))
    drop = np.where(tenure > TENURE["mortgage"], 0.5, 0.0) + hardship
    turn = draws.uniform(len(tenure)) * np.maximum(1.9 - drop, 0.25) * 3.2
    charge = bands[np.minimum(turn.astype(np.int64), len(bands) - 1)]
    adults = np.bincount(people.home[people.part != CHILD], minlength=len(tenure))
    charge = np.where(adults == 1, charge * 3 // 4, charge)
    return np.where(among(homes.shape, "students"), 0, charge)
