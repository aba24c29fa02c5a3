"""Where households live: tenure, since when, at which address, and where they were before."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache

import numpy as np

from wholeplace.population.city.areas import TENURES, CityAreas
from wholeplace.population.city.homes import (
    CHILD,
    HEAD,
    PARTNER,
    SHAPE,
    Homes,
    People,
    among,
)
from wholeplace.population.city.streams import Bools, Draws, Ints

TENURE = {name: at for at, name in enumerate(TENURES)}
YEARS_THERE: dict[str, tuple[tuple[float, float], ...]] = {
    "owned": ((0, 0), (0.2, 6), (0.5, 19), (1, 50)),
    "mortgage": ((0, 0), (0.4, 4), (0.8, 12), (1, 28)),
    "council": ((0, 0), (0.3, 4), (0.7, 14), (1, 40)),
    "housing_association": ((0, 0), (0.4, 4), (0.8, 12), (1, 30)),
    "private_rent": ((0, 0), (0.4, 1.2), (0.8, 4), (1, 14)),
    "supported": ((0, 0), (0.6, 0.8), (1, 3)),
}
STREET_FIRST, STREET_LAST = (
    tuple(word.strip() for word in words.split(","))
    for words in (
        """Tanyard, Lockkeeper, Bellfounder, Cooper's, Gosling, Harrow, Millrace, Nailer's, Orchard
        , Pinfold, Quillet, Ropewalk, Saddler, Tinder, Underwood, Vinegar, Wheelwright, Yewtree
        , Amberley, Bramble, Candle, Drover's, Elderberry, Fernhollow, Glassmaker, Hawthorn
        , Ironbridge, Jackdaw, Kingfisher, Larkfield, Meadowsweet, Nightingale, Osier, Pewter
        , Rushy, Silversmith, Thistle, Warstone, Barleycorn, Chandler, Damson, Foundry, Greensand
        , Hopyard, Juniper, Kestrel, Limekiln, Moorhen, Priory, Quarry, Redwing, Sandpit
        , Tollgate, Weaver's, Button, Anvil, Bluebell, Copperas, Dovecote""",
        """Road, Street, Lane, Avenue, Grove, Close, Croft, Drive, Place, Terrace, Way, Gardens
        , Rise, Crescent, Walk""",
    )
)
LANDLORDS = {
    "council": ("The council",),
    "housing_association": (
        "Three Locks Homes",
        "Anvil Housing Association",
        "Rea Valley Housing Trust",
        "Bellfounder Homes",
        "Greensand Housing",
    ),
    "supported": ("Lantern House Supported Living", "Fresh Step Homes", "Harbour Move On"),
}


@dataclass(frozen=True, slots=True)
class Dwellings:
    """Addresses, one entry each; the first ones are the households' own, in their order.

    `area` indexes CityAreas; `postcode` its postcodes; `number` the house; `flat` 0 for none.
    `block` is 0 or names a block of flats where only people of one ward lived before, so
    that two wards made apart never write one address twice. `care` is 0 or names a care home.
    """

    area: Ints
    postcode: Ints
    number: Ints
    flat: Ints
    block: Ints
    care: Ints


@dataclass(frozen=True, slots=True)
class Tenancies:
    """Who lives where: the present households first, then where some lived before.

    `home` indexes Homes, `dwelling` Dwellings; `since` and `until` are days since 1970, with
    NEVER for a tenancy that still runs; `landlord` 0 is none or a private one.
    """

    home: Ints
    dwelling: Ints
    tenure: Ints
    landlord: Ints
    since: Ints
    until: Ints


STREET_LENGTH = 140
"""A postcode's houses begin at a number up to this."""

DOORS, STRIDE = 12, 5
"""Flats of a building; they are let in this step, which shares no factor with their number."""

NEVER = 10**6
"""A day that never comes: the end of what still runs."""


@cache
def landlord_names() -> tuple[str, ...]:
    """Every landlord by number; 0 is nobody, then private landlords by invented initials."""
    named = [name for names in LANDLORDS.values() for name in names]
    private = [f"{first} {last} Lettings" for first in "ABCDEFGH" for last in ("Hill", "Vale")]
    return ("", *named, *private)


def make_tenures(draws: Draws, areas: CityAreas, homes: Homes, people: People, day: int) -> Ints:
    """Tenure of each household: by its area, then bent to fit who lives there."""
    found = draws.pick_rows(areas.tenure, homes.area)
    head_age = people.years(day)[people.part == HEAD]
    renting = draws.pick((0.35, 0.2, 0.45), len(found)) + TENURE["council"]
    young = (head_age < 27) & (found <= TENURE["mortgage"]) & draws.chance(0.7, len(found))
    alone = among(homes.shape, "lone_parent") & (found <= TENURE["mortgage"])
    found = np.where(young | (alone & draws.chance(0.5, len(found))), renting, found)
    elder = (head_age >= 66) & (found == TENURE["mortgage"])
    found = np.where(elder, TENURE["owned"], found)
    sharing = among(homes.shape, "sharers", "students")
    found = np.where(sharing, TENURE["private_rent"], found)
    families = (found == TENURE["supported"]) & (homes.shape != SHAPE["single"])
    found = np.where(families, TENURE["housing_association"], found)
    return np.where(homes.shape == SHAPE["supported"], TENURE["supported"], found)


def make_landlords(draws: Draws, tenure: Ints) -> Ints:
    """A landlord's number for each tenancy."""
    names = landlord_names()
    found = np.zeros(len(tenure), dtype=np.int64)
    for kind, own in LANDLORDS.items():
        choice = names.index(own[0]) + draws.between(0, len(own) - 1, len(tenure))
        found = np.where(tenure == TENURE[kind], choice, found)
    first = names.index("A Hill Lettings")
    private = first + draws.between(0, len(names) - first - 1, len(tenure))
    return np.where(tenure == TENURE["private_rent"], private, found)


def make_tenancies(
    draws: Draws, areas: CityAreas, homes: Homes, people: People, day: int
) -> tuple[Tenancies, Dwellings]:
    """Present homes and, for about half of those who moved within six years, the one before."""
    count = len(homes.area)
    tenure = make_tenures(draws, areas, homes, people, day)
    stay = np.zeros(count, dtype=np.int64)
    for name, years in YEARS_THERE.items():
        days = [(share, 3 + value * 365) for share, value in years]
        stay = np.where(tenure == TENURE[name], draws.curve(days, count), stay)
    adult = people.born[people.part == HEAD] + 18 * 366
    since = np.minimum(np.maximum(day - stay, adult), day)
    moved = (day - since < 6 * 365) & (since - adult > 200) & draws.chance(0.5, count)
    movers = np.flatnonzero(moved)
    before = earlier(draws, homes.area[movers], areas)
    dwellings = addresses(draws, areas, homes.area, before)
    until = since[movers] - 1
    began = np.maximum(until - draws.between(150, 2500, len(movers)), adult[movers])
    both = np.concatenate([tenure, earlier_tenure(draws, tenure[movers])])
    return (
        Tenancies(
            home=np.concatenate([np.arange(count), movers]),
            dwelling=np.arange(count + len(movers)),
            tenure=both,
            landlord=make_landlords(draws, both),
            since=np.concatenate([since, began]),
            until=np.concatenate([np.full(count, NEVER), until]),
        ),
        dwellings,
    )


def earlier(draws: Draws, area: Ints, areas: CityAreas) -> Ints:
    """The area of an earlier home: the same one or any other of the city, as likely."""
    anywhere = draws.pick(areas.population, len(area))
    return np.where(draws.chance(0.5, len(area)), area, anywhere)


def earlier_tenure(draws: Draws, tenure: Ints) -> Ints:
    """The tenure of an earlier home: private renting for two in three, else as now."""
    rented = draws.chance(0.65, len(tenure)) & (tenure != TENURE["supported"])
    return np.where(rented, TENURE["private_rent"], tenure)


def addresses(draws: Draws, areas: CityAreas, area: Ints, before: Ints) -> Dwellings:
    """An address for each household and then for each earlier home.

    A postcode is a part of one side of a street: its houses have every other number from where
    it begins. One in six households has a flat, in buildings of DOORS. Earlier homes are flats
    in a block of their own.
    """
    sizes = np.array([len(names) for names in areas.postcodes])
    both, count = np.concatenate([area, before]), len(area)
    turn, postcode = np.divmod(np.concatenate([places(area), places(before)]), sizes[both])
    begins, shift = np.divmod(marks(areas, both, postcode), DOORS)
    building, door = np.divmod(turn, DOORS)
    door = 1 + (STRIDE * door + shift) % DOORS
    flat = np.concatenate([draws.chance(0.16, count), np.ones(len(before), dtype=np.bool_)])
    block = np.where(np.arange(len(both)) < count, 0, 1 + int(areas.ward[area[0]]))
    number = 1 + begins % STREET_LENGTH + 2 * np.where(flat, building, turn)
    return Dwellings(
        area=both,
        postcode=postcode,
        number=np.where(block > 0, 0, number),
        flat=np.where(block > 0, DOORS * building + door, np.where(flat, door, 0)),
        block=block,
        care=np.zeros(len(both), dtype=np.int64),
    )


def marks(areas: CityAreas, area: Ints, postcode: Ints) -> Ints:
    """A number that follows from each entry's postcode, and from nothing else."""
    pairs = zip(area.tolist(), postcode.tolist(), strict=True)
    return np.array([zlib.crc32(areas.postcodes[a][p].encode()) for a, p in pairs], dtype=np.int64)


def places(area: Ints) -> Ints:
    """For each entry how many entries before it are of the same area."""
    order = np.argsort(area, kind="stable")
    found = np.empty(len(area), dtype=np.int64)
    found[order] = np.arange(len(area)) - np.searchsorted(area[order], area[order], side="left")
    return found


def block_name(block: int) -> str:
    """The invented name of a block of flats."""
    last = ("House", "Court")[(block - 1) // len(STREET_FIRST) % 2]
    return f"{STREET_FIRST[(block - 1) % len(STREET_FIRST)]} {last}"


def care_home_name(care: int) -> str:
    """The invented name of a care home."""
    return f"{STREET_FIRST[(care * 7) % len(STREET_FIRST)]} Lodge Care Home"


def street(postcode: str) -> str:
    """The invented street that a postcode stands for."""
    turn = zlib.crc32(postcode.encode())
    first = STREET_FIRST[turn % len(STREET_FIRST)]
    return f"{first} {STREET_LAST[turn // 64 % len(STREET_LAST)]}"


def members_of(
    draws: Draws, people: People, tenancies: Tenancies, day: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Who was in each tenancy: tenancy, person, since and until (days since 1970).

    An earlier home had the head, the partner and the children already born by its end.
    """
    now = len(np.unique(people.home))
    joined = since_when(draws, people, tenancies.since[people.home], day)
    past = np.arange(now, len(tenancies.home))
    starts = np.searchsorted(people.home, tenancies.home[past], side="left")
    sizes = np.searchsorted(people.home, tenancies.home[past], side="right") - starts
    person = np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    tenancy = np.repeat(past, sizes)
    there = np.isin(people.part[person], (HEAD, PARTNER, CHILD)) & (
        people.born[person] <= tenancies.until[tenancy]
    )
    person, tenancy = person[there], tenancy[there]
    return (
        np.concatenate([people.home, tenancy]),
        np.concatenate([np.arange(len(people.home)), person]),
        np.concatenate([joined, np.maximum(tenancies.since[tenancy], people.born[person])]),
        np.concatenate([np.full(len(people.home), NEVER), tenancies.until[tenancy]]),
    )


def since_when(draws: Draws, people: People, began: Ints, day: int) -> Ints:
    """The day each person joined the present household: a few partners and mates came later."""
    late: Bools = (people.part == PARTNER) & draws.chance(0.1, len(began))
    late |= (people.part > CHILD) & draws.chance(0.3, len(began))
    share = draws.uniform(len(began))
    later = began + np.floor((day - began) * share).astype(np.int64)
    return np.maximum(np.where(late, later, began), people.born)
