"""What families are beyond who lives with whom: twins, step-families, shared care, care homes.

Each is drawn from a stream of its own and laid over people who are already made, so that the
rest of them stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wholeplace.population.city.dwellings import TENURE, Dwellings, Tenancies
from wholeplace.population.city.homes import (
    CHILD,
    HEAD,
    MAN,
    PARTNER,
    SHAPE,
    WOMAN,
    Homes,
    People,
    among,
)
from wholeplace.population.city.names import ERA_STARTS, Names, as_a_man_has_it, name_pool
from wholeplace.population.city.streams import Draws, Ints

NOBODY = -1
TWINS_WITHIN = 4
"""Brothers and sisters drawn as born within so many days of each other are twins."""

STEP_SHARE = 0.14
"""Of couples with two children or more: how many have a child by an earlier partner."""

SHARED_CARE = 0.12
"""Of lone parents whose child's other parent could live nearby: how many share the care."""

CARE_FROM = 78
CARE_SHARE, CARE_SIZE, CARE_LEAST = 0.15, 24, 3
"""Of elders alone from that age this share lives in care homes of about so many; a small
ward's few live in one home."""


def with_twins(people: People) -> People:
    """The same people, those born within days of an elder brother or sister on the same day."""
    born = people.born.copy()
    alike = (people.home[1:] == people.home[:-1]) & (people.part[1:] == CHILD)
    alike &= people.part[:-1] == CHILD
    for at in np.flatnonzero(alike & (np.abs(born[1:] - born[:-1]) <= TWINS_WITHIN)).tolist():
        born[at + 1] = born[at]
    return replace(people, born=born)


def twins(people: People) -> Ints:
    """Each second and later of twins, by index: born on the same day as the one before."""
    alike = (people.home[1:] == people.home[:-1]) & (people.part[1:] == CHILD)
    alike &= (people.part[:-1] == CHILD) & (people.born[1:] == people.born[:-1])
    return np.flatnonzero(alike) + 1


def tell_twins_apart(people: People, names: Names) -> Names:
    """No twin has the other's first name: the second of them gets the next in the list."""
    pool = name_pool()
    first = names.first.copy()
    era = np.searchsorted(ERA_STARTS, people.born, side="right")
    for at in twins(people).tolist():
        if first[at] != first[at - 1]:
            continue
        sex = int(people.sex[at] == MAN)
        start = int(pool.given[people.community[at], sex, era[at]])
        size = int(pool.given_size[people.community[at], sex, era[at]])
        first[at] = start + (max(first[at] - start, 0) + 1) % size
    return replace(names, first=first)


def children_after_the_head(homes: Homes, people: People) -> tuple[Ints, Ints]:
    """Each household's first child by index, and how many children it has."""
    child = np.flatnonzero(people.part == CHILD)
    count = np.bincount(people.home[child], minlength=len(homes.area))
    first = np.full(len(homes.area), NOBODY, dtype=np.int64)
    first[people.home[child][::-1]] = child[::-1]
    return first, count


def with_step_families(draws: Draws, homes: Homes, people: People, names: Names) -> Names:
    """In some families the eldest child has a surname of neither partner and the partner their
    own: the child is of somebody before."""
    pool = name_pool()
    first, count = children_after_the_head(homes, people)
    couple = among(homes.shape, "couple_children", "multi_generation") & (count > 1)
    step = couple & draws.chance(STEP_SHARE, len(homes.area))
    eldest = first[step]
    partners = np.flatnonzero((people.part == PARTNER) & step[people.home])
    family, double = names.family.copy(), names.double.copy()
    for who in (eldest, partners):
        community = people.community[who]
        own = pool.family[community] + draws.ranked(pool.family_size[community])
        own = as_a_man_has_it(community, people.sex[who] == MAN, own)
        same = own == family[who]
        family[who] = np.where(same, pool.tail[0] + who % pool.tail[1], own)
        double[who] = 0
    return replace(names, family=family, double=double)


def shared_care(draws: Draws, homes: Homes, people: People, day: int) -> Ints:
    """For each person the other household where a child also lives, or NOBODY.

    A lone parent's children live in turns with their other parent: somebody alone in the same
    ward, of the other sex and old enough. Each is the other parent of one family at most.
    """
    found = np.full(len(people.home), NOBODY, dtype=np.int64)
    head = np.flatnonzero(people.part == HEAD)
    first, count = children_after_the_head(homes, people)
    lone = among(homes.shape, "lone_parent") & draws.chance(SHARED_CARE, len(homes.area))
    years = people.years(day)[head]
    other = np.where(people.sex[head] == WOMAN, MAN, WOMAN)
    free = {
        sex: np.flatnonzero(among(homes.shape, "single") & (people.sex[head] == sex)).tolist()
        for sex in (MAN, WOMAN)
    }
    for home in np.flatnonzero(lone & (count > 0)).tolist():
        rows = free[int(other[home])]
        fits = [at for at in rows if abs(years[at] - years[home]) < 10]
        if fits:
            rows.remove(fits[0])
            found[first[home] : first[home] + count[home]] = fits[0]
    return found


@dataclass(frozen=True, slots=True)
class Settled:
    """Where everybody lives once elders have gone into care homes."""

    homes: Homes
    tenancies: Tenancies
    dwellings: Dwellings


def into_care_homes(
    draws: Draws, homes: Homes, people: People, tenancies: Tenancies, dwellings: Dwellings, day: int
) -> Settled:
    """Some of the oldest who live alone share one address with many others.

    Each stays a household of one, as a benefits service sees a care home; the flats and houses
    that they left stand empty.
    """
    head = np.flatnonzero(people.part == HEAD)
    old = homes.shape == SHAPE["elder_single"]
    old &= (people.years(day)[head] >= CARE_FROM) & (tenancies.since[: len(head)] < day - 30)
    candidates = np.flatnonzero(old)
    taken = candidates[np.argsort(draws.uniform(len(candidates)), kind="stable")]
    taken = taken[: max(int(len(taken) * CARE_SHARE), min(len(taken), 2 * CARE_LEAST))]
    if len(taken) < CARE_LEAST:
        return Settled(homes, tenancies, dwellings)
    place = taken[np.arange(len(taken)) % (1 + len(taken) // CARE_SIZE)]
    since = np.maximum(tenancies.since[taken], day - draws.curve(((0, 30), (1, 1900)), len(taken)))
    return moved(homes, tenancies, dwellings, taken, place, since)


def moved(
    homes: Homes,
    tenancies: Tenancies,
    dwellings: Dwellings,
    taken: Ints,
    place: Ints,
    since: Ints,
) -> Settled:
    """The households `taken`, now at the dwellings `place`, which are care homes."""
    area, dwelling, tenure = homes.area.copy(), tenancies.dwelling.copy(), tenancies.tenure.copy()
    landlord, began = tenancies.landlord.copy(), tenancies.since.copy()
    care = dwellings.care.copy()
    area[taken] = dwellings.area[place]
    dwelling[taken], began[taken] = place, since
    tenure[taken], landlord[taken] = TENURE["supported"], 0
    care[place] = 1 + place % 97
    held = replace(tenancies, dwelling=dwelling, tenure=tenure, landlord=landlord, since=began)
    return Settled(replace(homes, area=area), held, replace(dwellings, care=care))
