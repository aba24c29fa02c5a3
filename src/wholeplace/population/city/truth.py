"""What is true of a ward's people beyond what any one agency needs: numbers, names, addresses.

Made once for a ward; every agency's extract is written from it, and so is the truth file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wholeplace.population.city.dwellings import NEVER, block_name, care_home_name, street
from wholeplace.population.city.families import shared_care
from wholeplace.population.city.homes import HEAD, MAN, PARTNER, WOMAN
from wholeplace.population.city.identifiers import (
    LINES,
    Texts,
    nhs_numbers,
    ni_numbers,
    texts,
)
from wholeplace.population.city.names import as_a_man_has_it, families, name_pool
from wholeplace.population.city.streams import Bools, Ints
from wholeplace.population.city.ward import Ward

ADULT = 18
MARRIED_EARLIER = 0.6
"""Of women from 60 who live alone or with their children: how many once took a husband's name."""


@dataclass(slots=True)
class Counters:
    """How many rows of each kind the wards before have taken; keys go on from there."""

    taken: dict[str, int] = field(default_factory=dict)

    def take(self, kind: str, count: int) -> Ints:
        """The next `count` numbers of a kind, from 1."""
        first = self.taken.get(kind, 0)
        self.taken[kind] = first + count
        return np.arange(first + 1, first + count + 1)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The lines of each dwelling's address; `line_2` is "" where there is none."""

    line_1: Texts
    line_2: Texts
    town: Texts
    postcode: Texts


@dataclass(frozen=True, slots=True)
class Truth:
    """A ward and, an entry a person, what is true of them.

    `number` is the person's in the whole city, from 1; `household` and `uprn` are the numbers
    of tenancies and dwellings. `line` is a telephone (identifiers.phones) of their own, and
    `home_line` that of the household's head. `before` and `married` are the surname before
    marriage (0 for none; indexes the pool's words) and its day (NEVER for none); `husbands` is
    the name that a wife who kept her own did not take (0 for none). `dwelling` is where they
    live, `former` an earlier address and `since` the day of the move. `other_home` is a child's
    second household, or NOBODY.
    """

    ward: Ward
    number: Ints
    household: Ints
    uprn: Ints
    addresses: Addresses
    nhs: Texts
    ni: Texts
    line: Ints
    home_line: Ints
    before: Ints
    married: Ints
    husbands: Ints
    dwelling: Ints
    former: Ints
    since: Ints
    other_home: Ints
    years: Ints
    alive: Bools


def make_truth(ward: Ward, counters: Counters) -> Truth:
    """The truth of one ward; numbers go on from `counters`."""
    people, day = ward.people, ward.day
    number = counters.take("person", len(people.home))
    head = np.flatnonzero(people.part == HEAD)
    line = ward.draws("lines").between(0, LINES - 1, len(number))
    before, married, husbands = marriages(ward)
    dwelling, former, since = lived(ward)
    return Truth(
        ward=ward,
        number=number,
        household=counters.take("home", len(ward.tenancies.home)),
        uprn=counters.take("dwelling", len(ward.dwellings.area)),
        addresses=address_book(ward),
        nhs=nhs_numbers(number, ward.seed),
        ni=texts(ni_numbers(number, ward.seed)),
        line=line,
        home_line=line[head][people.home],
        before=before,
        married=married,
        husbands=husbands,
        dwelling=dwelling,
        former=former,
        since=since,
        other_home=shared_care(ward.draws("shared care"), ward.homes, people, day),
        years=people.years(day),
        alive=ward.died == NEVER,
    )


def marriages(ward: Ward) -> tuple[Ints, Ints, Ints]:
    """Surname before marriage, day of marriage, and the name not taken, for each person."""
    draws, people, names = ward.draws("marriages"), ward.people, ward.names
    count = len(people.home)
    years = people.years(ward.day)
    head = np.flatnonzero(people.part == HEAD)
    partners = np.flatnonzero(people.part == PARTNER)
    woman = people.sex == WOMAN
    heads_name = names.family[head][people.home]
    partners_name = np.zeros(len(head), dtype=np.int64)
    partners_name[people.home[partners]] = names.family[partners]
    others = np.where(people.part == HEAD, partners_name[people.home], heads_name)
    couple = woman & np.isin(people.part, (HEAD, PARTNER)) & (others > 0)
    took = couple & (others == names.family) & (people.part == PARTNER)
    once = woman & ~couple & (years >= 60) & draws.chance(MARRIED_EARLIER, count)
    maiden = as_a_man_has_it(people.community, people.sex == MAN, families(draws, people.community))
    maiden = np.where(maiden == names.family, 0, maiden)
    before = np.where((took | once) & (names.first > 0), maiden, 0)
    after = 18 + np.asarray(draws.uniform(count) * np.clip(years - 18, 1, 14))
    married = people.born + np.asarray(after * 365.25, dtype=np.int64)
    married = np.where(before > 0, np.minimum(married, ward.day - 1), NEVER)
    kept = couple & (others != names.family) & (names.first > 0)
    return before, married, np.where(kept, others, 0)


def lived(ward: Ward) -> tuple[Ints, Ints, Ints]:
    """Each person's dwelling, a former one, and the day of the move between them.

    The former one is the household's earlier home where that is known, else another address of
    the ward, where somebody else lives now.
    """
    people, held = ward.people, ward.tenancies
    count = len(ward.homes.area)
    draws = ward.draws("former homes")
    other = (np.arange(count) + draws.between(1, max(count - 1, 1), count)) % count
    former = held.dwelling[other]
    former[held.home[count:]] = held.dwelling[count:]
    return (
        held.dwelling[:count][people.home],
        former[people.home],
        np.maximum(held.since[:count][people.home], people.born),
    )


def address_book(ward: Ward) -> Addresses:
    """The address of each dwelling, in lines."""
    homes, areas = ward.dwellings, ward.areas
    where = [
        areas.postcodes[a][p]
        for a, p in zip(homes.area.tolist(), homes.postcode.tolist(), strict=True)
    ]
    roads = {postcode: street(postcode) for postcode in set(where)}
    parts = (homes.number, homes.flat, homes.block, homes.care)
    rows = zip(*(part.tolist() for part in parts), strict=True)
    lines = [
        address_lines(roads[postcode], *row) for postcode, row in zip(where, rows, strict=True)
    ]
    towns = np.array(areas.towns, dtype=object)
    return Addresses(
        line_1=np.array([line[0] for line in lines], dtype=object),
        line_2=np.array([line[1] for line in lines], dtype=object),
        town=towns[areas.ward[homes.area]],
        postcode=np.array(where, dtype=object),
    )


def address_lines(road: str, number: int, flat: int, block: int, care: int) -> tuple[str, str]:
    """The first two lines of an address."""
    if care:
        return care_home_name(care), f"{number} {road}"
    if block:
        return f"Flat {flat} {block_name(block)}", road
    if flat:
        return f"Flat {flat}", f"{number} {road}"
    return f"{number} {road}", ""


def full_name_before(truth: Truth, who: Ints) -> Texts:
    """Surnames before marriage, None where there is none."""
    found: Texts = name_pool().words[truth.before[who]].copy()
    found[truth.before[who] == 0] = None
    return found
