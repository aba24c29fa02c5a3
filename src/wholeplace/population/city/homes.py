"""Households and the people in them: who lives with whom, how old, of which sex.

These are the people that every agency's extract is written from; nothing here knows of
benefits or of any agency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wholeplace.population.city.areas import CityAreas
from wholeplace.population.city.characters import COMMUNITIES
from wholeplace.population.city.streams import Draws, Floats, Ints, whole

SHAPES = (
    "single",
    "elder_single",
    "couple",
    "elder_couple",
    "couple_children",
    "lone_parent",
    "multi_generation",
    "grown_children",
    "sharers",
    "students",
    "supported",
)
SHAPE = {name: at for at, name in enumerate(SHAPES)}
COMMONNESS = (0.185, 0.15, 0.14, 0.085, 0.165, 0.08, 0.03, 0.125, 0.03, 0.014, 0.012)
HEAD, PARTNER, CHILD, GROWN, ELDER, MATE = range(6)
"""What a person is in the household."""

MAN, WOMAN, OTHER, UNSAID = range(4)
YEAR = 365.25
ADULT_DAYS = 18 * 366
LARGER_FAMILIES = ("pakistani", "bangladeshi", "somali", "arab", "nigerian")
FEW_CHILDREN = (0.40, 0.39, 0.14, 0.05, 0.015, 0.005)
MANY_CHILDREN = (0.24, 0.29, 0.24, 0.13, 0.06, 0.04)
HEAD_YEARS: dict[str, tuple[tuple[float, float], ...]] = {
    "single": ((0, 20), (0.2, 29), (0.45, 42), (0.75, 56), (1, 66)),
    "elder_single": ((0, 66), (0.4, 74), (0.75, 82), (0.95, 90), (1, 99)),
    "couple": ((0, 22), (0.3, 31), (0.6, 48), (1, 66)),
    "elder_couple": ((0, 66), (0.5, 72), (0.85, 81), (1, 94)),
    "sharers": ((0, 19), (0.6, 28), (1, 45)),
    "students": ((0, 18), (0.8, 21.5), (1, 27)),
    "supported": ((0, 18), (0.5, 36), (1, 66)),
}
FIRST_CHILD_AT = ((0, 17), (0.15, 21), (0.5, 27), (0.85, 33), (1, 42))
GROWN_YEARS = ((0, 18), (0.5, 22.5), (0.85, 28), (1, 38))


@dataclass(frozen=True, slots=True)
class Homes:
    """One entry a household: area (index into CityAreas), shape, the head's community."""

    area: Ints
    shape: Ints
    community: Ints


@dataclass(frozen=True, slots=True)
class People:
    """One entry a person, household by household, head first.

    `home` indexes Homes; `part` is HEAD to MATE; `born` is days since 1970; `sex` is MAN to
    UNSAID; `community` the naming community.
    """

    home: Ints
    part: Ints
    born: Ints
    sex: Ints
    community: Ints

    def years(self, day: int) -> Ints:
        """Age in whole years, within a day of a birthday, at `day` (days since 1970)."""
        return whole((day - self.born) / YEAR)


def make_homes(draws: Draws, areas: CityAreas, here: Ints, wanted: Ints) -> tuple[Homes, Ints]:
    """Households for exactly `wanted` people in each of the areas `here`.

    Returns the households and, for each, how many people of each part it has: shape
    (households, 6). A last household that would pass the number is made to fit it.
    """
    tries = np.repeat(here, wanted)
    shape = draws.pick_rows(shape_weights(areas), tries)
    community = draws.pick_rows(areas.mix, tries)
    parts = part_counts(draws, shape, community)
    sizes = parts.sum(axis=1)
    starts = np.concatenate([[0], np.cumsum(wanted)[:-1]])
    first = np.repeat(starts, wanted)
    totals = np.concatenate([[0], np.cumsum(sizes)])
    before = totals[:-1] - totals[first]
    limit = np.repeat(wanted, wanted)
    fits = before + sizes <= limit
    cut = (before < limit) & ~fits
    left = np.where(cut, limit - before, 0)
    shape = np.where(cut, shape_of_size(left), shape)
    parts = np.where(cut[:, None], parts_of_size(left), parts)
    times = (fits | cut).astype(np.int64)
    homes = Homes(
        area=np.repeat(tries, times),
        shape=np.repeat(shape, times),
        community=np.repeat(community, times),
    )
    return homes, np.repeat(parts, times, axis=0)


def shape_of_size(left: Ints) -> Ints:
    """The shape of a household of exactly so many people."""
    small = [SHAPE["single"], SHAPE["single"], SHAPE["couple"]]
    ladder = np.array(small + [SHAPE["couple_children"]] * 4 + [SHAPE["multi_generation"]])
    return np.asarray(ladder[np.minimum(left, len(ladder) - 1)], dtype=np.int64)


def parts_of_size(left: Ints) -> Ints:
    """How many of each part such a household has: shape (households, 6)."""
    parts = np.zeros((len(left), 6), dtype=np.int64)
    parts[:, HEAD] = 1
    parts[:, PARTNER] = left > 1
    parts[:, ELDER] = np.where(left > 6, 2, 0)
    parts[:, CHILD] = np.maximum(left - 2 - parts[:, ELDER], 0)
    return parts


def shape_weights(areas: CityAreas) -> Floats:
    """How common each household shape is in each area."""
    mix = areas.mix / areas.mix.sum(axis=1, keepdims=True)
    asian = mix[:, [COMMUNITIES.index(n) for n in ("pakistani", "punjabi", "bangladeshi")]]
    wide = asian.sum(axis=1)
    kinds = [areas.characters[at] for at in areas.ward]
    elders = np.array([kind.elders for kind in kinds]) * (1.15 - 0.35 * areas.hardship)
    weights = np.tile(np.array(COMMONNESS), (len(wide), 1))
    weights[:, SHAPE["elder_single"]] *= elders
    weights[:, SHAPE["elder_couple"]] *= elders * (1.3 - 0.5 * areas.hardship)
    weights[:, SHAPE["couple_children"]] *= 0.85 + 0.6 * wide
    weights[:, SHAPE["lone_parent"]] *= 0.3 + 1.0 * areas.hardship
    weights[:, SHAPE["multi_generation"]] *= 0.4 + 2.2 * wide
    weights[:, SHAPE["sharers"]] *= np.array([kind.sharers for kind in kinds])
    weights[:, SHAPE["students"]] *= np.array([kind.students for kind in kinds])
    weights[:, SHAPE["supported"]] *= 0.2 + 1.1 * areas.hardship
    return np.asarray(weights, dtype=np.float64)


def part_counts(draws: Draws, shape: Ints, community: Ints) -> Ints:
    """How many people of each part a household has: shape (households, 6)."""
    count = len(shape)
    larger = np.isin(community, [COMMUNITIES.index(name) for name in LARGER_FAMILIES])
    few, many = 1 + draws.pick(FEW_CHILDREN, count), 1 + draws.pick(MANY_CHILDREN, count)
    children = np.where(larger, many, few)
    extra = draws.pick((0.62, 0.28, 0.10), count)
    second = draws.chance(0.45, count).astype(np.int64)
    young = among(shape, "couple_children", "lone_parent", "multi_generation")
    grown = among(shape, "grown_children")
    parts = np.zeros((count, 6), dtype=np.int64)
    parts[:, HEAD] = 1
    parts[:, PARTNER] = among(
        shape, "couple", "elder_couple", "couple_children", "multi_generation"
    ) | (grown & (draws.uniform(count) < 0.65))
    parts[:, CHILD] = np.where(young, children, 0)
    parts[:, GROWN] = np.where(grown, 1 + extra, 0)
    parts[:, ELDER] = np.where(among(shape, "multi_generation"), 1 + second, 0)
    parts[:, MATE] = np.where(among(shape, "sharers"), 1 + extra + second, 0)
    parts[:, MATE] += np.where(among(shape, "students"), 2 + extra + second, 0)
    return parts


def among(shape: Ints, *names: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether each household's shape is one of these."""
    return np.asarray(np.isin(shape, [SHAPE[name] for name in names]))


def make_people(draws: Draws, homes: Homes, parts: Ints, day: int) -> People:
    """Everybody in the households, with a birth date before `day` (days since 1970)."""
    count = len(homes.shape)
    home = np.repeat(np.arange(count), parts.sum(axis=1))
    part = np.repeat(np.tile(np.arange(6), count), parts.ravel())
    runs = np.repeat(np.cumsum(parts.ravel()) - parts.ravel(), parts.ravel())
    turn = np.arange(len(home)) - runs
    sex = sexes(draws, homes, home, part)
    age = ages(draws, homes, home, part, turn, len(home))
    community = homes.community[home]
    married_in = (part == PARTNER) & draws.chance(0.08, len(home))
    from_anywhere = married_in | (part == MATE)
    others = draws.pick_rows(homes_mix(homes), np.zeros(len(home), dtype=np.int64))
    community = np.where(from_anywhere, others, community)
    return People(home=home, part=part, born=day - age, sex=sex, community=community)


def homes_mix(homes: Homes) -> Floats:
    """One row: how common each community is among these households."""
    counts = np.bincount(homes.community, minlength=len(COMMUNITIES))
    return counts[None, :].astype(np.float64)


def sexes(draws: Draws, homes: Homes, home: Ints, part: Ints) -> Ints:
    """Sex of each person: most lone parents and elders alone are women."""
    share = np.full(len(homes.shape), 0.46)
    share[among(homes.shape, "lone_parent")] = 0.88
    share[among(homes.shape, "elder_single")] = 0.63
    share[among(homes.shape, "supported")] = 0.35
    head = draws.chance(share, len(homes.shape))
    same = draws.chance(0.02, len(homes.shape))
    woman = draws.chance(0.495, len(home))
    woman = np.where(part == HEAD, head[home], woman)
    woman = np.where(part == PARTNER, head[home] == same[home], woman)
    rare = draws.pick((0.9965, 0.001, 0.0025), len(home))
    return np.where(rare == 0, np.where(woman, WOMAN, MAN), np.where(rare == 1, OTHER, UNSAID))


def ages(draws: Draws, homes: Homes, home: Ints, part: Ints, turn: Ints, count: int) -> Ints:
    """Age in days of each person.

    A parent's age follows from the oldest child's, so that nobody has a child at ten; brothers
    and sisters are years apart, with an occasional pair of twins.
    """
    households = len(homes.shape)
    oldest = in_days(draws, ((0, 0), (1, 18)), households)
    eldest = in_days(draws, GROWN_YEARS, households)
    parent = in_days(draws, FIRST_CHILD_AT, households)
    head = np.zeros(households, dtype=np.int64)
    for name, curve in HEAD_YEARS.items():
        head = np.where(homes.shape == SHAPE[name], in_days(draws, curve, households), head)
    with_young = among(homes.shape, "couple_children", "lone_parent", "multi_generation")
    head = np.where(with_young, oldest + parent, head)
    head = np.where(among(homes.shape, "grown_children"), eldest + parent, head)
    gap = in_days(draws, ((0, 0), (0.04, 0.01), (0.05, 1), (0.5, 2.3), (1, 5)), count)
    behind = since_first(gap, turn, home, part)
    near = draws.between(-5 * 365, 4 * 365, count)
    partner = grown_up(head[home] + near)
    partner = np.where(
        (part == PARTNER) & with_young[home], np.maximum(partner, oldest[home] + 17 * 366), partner
    )
    older = head[home] + in_days(draws, ((0, 19), (0.5, 26), (1, 40)), count)
    mate = grown_up(head[home] + draws.between(-900, 1800, count))
    child = np.maximum(oldest[home] - behind, draws.between(1, 300, count))
    grown = np.maximum(eldest[home] - behind, draws.between(ADULT_DAYS, 19 * 366, count))
    return np.select(
        [part == PARTNER, part == CHILD, part == GROWN, part == ELDER, part == MATE],
        [partner, child, grown, np.minimum(older, 100 * 365), mate],
        default=head[home],
    )


def grown_up(age: Ints) -> Ints:
    """Ages in days from 18 years on: whoever would be younger is as much older as they were short.

    Not all 18 to the day, or a city's students would be born on one day.
    """
    return np.where(age < ADULT_DAYS, 2 * ADULT_DAYS - age, age)


def in_days(draws: Draws, years: Sequence[tuple[float, float]], count: int) -> Ints:
    """Days drawn from a curve of years."""
    return draws.curve([(share, value * YEAR) for share, value in years], count)


def since_first(gap: Ints, turn: Ints, home: Ints, part: Ints) -> Ints:
    """Days between the birth of the first of a part in the household and each later one."""
    own = np.where(turn == 0, 0, gap)
    total = np.cumsum(own)
    change = np.ones(len(home), dtype=np.bool_)
    change[1:] = (home[1:] != home[:-1]) | (part[1:] != part[:-1])
    starts = np.flatnonzero(change)
    lengths = np.diff(np.append(starts, len(home)))
    return np.asarray(total - np.repeat(total[starts], lengths), dtype=np.int64)
