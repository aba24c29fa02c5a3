"""The small areas that a city is made in, and how each steers who lives there."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.files.places import place_folder
from wholeplace.population.city.characters import (
    CENSUS_GROUPS,
    CHARACTERS,
    COMMUNITIES,
    Character,
)
from wholeplace.population.city.streams import Floats, Ints
from wholeplace.population.geography import demonstration_geography, read_place
from wholeplace.population.geography.model import CONSTITUENCY, SMALL_AREA, WARD, Geography
from wholeplace.population.geography.readers import read_census, read_universal_credit

TENURES = ("owned", "mortgage", "council", "housing_association", "private_rent", "supported")
CENSUS_TENURES = {
    "Owned: Owns outright": "owned",
    "Owned: Owns with a mortgage or loan": "mortgage",
    "Shared ownership: Shared ownership": "mortgage",
    "Social rented: Rents from council or Local Authority": "council",
    "Social rented: Other social rented": "housing_association",
    "Private rented: Private landlord or letting agency": "private_rent",
    "Private rented: Other private rented": "private_rent",
    "Lives rent free": "private_rent",
}
NO_SUCH_POST_AREA = "BM"
"""Royal Mail has no postcode area of these letters, so an invented postcode, though of the
right shape, can be no real one."""

CREDIT_FOR_A_CLAIMANT = 2.05
"""People on Universal Credit for each claimant of unemployment benefits: our round figure."""


@dataclass(frozen=True, slots=True)
class CityAreas:
    """Small areas in order of ward then code; each array has one entry, or row, an area.

    `ward` indexes `ward_codes`; `population` weighs how many people an area gets; `hardship`
    is 0.1 (decile 10) to 1 (decile 1); `credit` is the share of residents on Universal
    Credit; `mix` has a weight a community, `tenure` a weight a tenure.
    """

    source: str
    fingerprint: str
    codes: tuple[str, ...]
    ward_codes: tuple[str, ...]
    towns: tuple[str, ...]
    characters: tuple[Character, ...]
    ward: Ints
    population: Floats
    hardship: Floats
    credit: Floats
    mix: Floats
    tenure: Floats
    postcodes: tuple[tuple[str, ...], ...]


def city_areas(place_dir: Path, open_data: Path | None) -> CityAreas:
    """The demonstration place's areas or, given a folder of open data, the published ones.

    Raises:
        UserMistake: the place's folder or an open file is missing or has another layout.
    """
    folder = place_folder(place_dir, "areas")
    if not folder.is_dir():
        raise UserMistake(
            f"{place_dir} has no folder named areas.", do="Name a place's folder with --place."
        )
    kinds = ward_characters(place_dir)
    if open_data is None:
        geography = demonstration_geography(place_dir)
        return assemble(geography, kinds, "demonstration", print_of([folder]))
    geography = read_place(open_data)
    found = assemble(geography, kinds, "open data", print_of([open_data, folder]))
    return published(found, open_data)


def ward_characters(place_dir: Path) -> dict[str, Character]:
    """Ward code to its invented character."""
    path = place_folder(place_dir, "areas") / "characters.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["ward_code"]: CHARACTERS[row["character"]] for row in csv.DictReader(file)}


def print_of(folders: Iterable[Path]) -> str:
    """A fingerprint of the data files that a city is made from."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.suffix in (".csv", ".json", ".geojson"):
                digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def assemble(
    geography: Geography, kinds: dict[str, Character], source: str, fingerprint: str
) -> CityAreas:
    """Areas as their characters, deciles and claimant rates alone would have them."""
    ward_of, seat_of = geography.main_parent(WARD), geography.main_parent(CONSTITUENCY)
    wards = tuple(sorted(set(geography.codes(WARD))))
    codes = sorted(geography.codes(SMALL_AREA), key=lambda code: (ward_of[code], code))
    ward = np.array([wards.index(ward_of[code]) for code in codes])
    names = {area.code: area.name for area in geography.areas}
    decile, rate = geography.newest("imd_decile"), geography.newest("claimant_rate")
    people = geography.newest("population")
    hardship = np.array([(11 - decile[code]) / 10 for code in codes])
    characters = tuple(kinds.get(code, CHARACTERS["mixed"]) for code in wards)
    kind = [characters[at] for at in ward]
    rates = np.array([rate.get(code, rate[ward_of[code]]) for code in codes])
    return CityAreas(
        source=source,
        fingerprint=fingerprint,
        codes=tuple(codes),
        ward_codes=wards,
        towns=tuple(town(names.get(seat_of[code], "")) for code in wards),
        characters=characters,
        ward=ward,
        population=np.array([people.get(code, 1000.0) for code in codes]),
        hardship=hardship,
        credit=rates / 100 * CREDIT_FOR_A_CLAIMANT,
        mix=np.array([character.mix for character in kind]),
        tenure=tenures(hardship, np.array([character.social for character in kind])),
        postcodes=postcodes_of(geography, codes, ward),
    )


def town(constituency: str) -> str:
    """The post town of a ward in this constituency."""
    return "Sutton Coldfield" if constituency.startswith("Sutton") else "Birmingham"


def tenures(hardship: Floats, social: Floats) -> Floats:
    """Weights of TENURES: owning falls and renting from a council rises with hardship."""
    return np.column_stack(
        [
            0.42 - 0.28 * hardship,
            0.38 - 0.20 * hardship,
            0.18 * hardship * social,
            0.03 + 0.09 * hardship * social,
            0.10 + 0.14 * hardship,
            0.002 + 0.016 * hardship,
        ]
    )


def postcodes_of(geography: Geography, codes: list[str], ward: Ints) -> tuple[tuple[str, ...], ...]:
    """Each area's published postcodes or, where there are none, invented ones."""
    if not geography.postcodes:
        return tuple(tuple(found) for found in invented_postcodes(ward))
    found: dict[str, list[str]] = {code: [] for code in codes}
    for row in geography.postcodes:
        found[row.lsoa_code].append(row.postcode)
    empty = [code for code, names in found.items() if not names]
    if empty:
        raise UserMistake(
            f"{len(empty)} small areas have no postcode, {empty[0]} the first.",
            do="Check that postcodes and boundaries are of the same council.",
        )
    return tuple(tuple(found[code]) for code in codes)


def invented_postcodes(ward: Ints) -> list[list[str]]:
    """360 postcodes of no real place for each ward, shared among its areas: "BM7 3AE"."""
    letters = [a + b for a in "ABDEFG" for b in "ABDEFG"]
    found: list[list[str]] = []
    for at in sorted(set(ward.tolist())):
        outward = f"{NO_SUCH_POST_AREA}{at + 1}"
        names = [f"{outward} {digit}{pair}" for digit in range(10) for pair in letters]
        count = int((ward == at).sum())
        share = len(names) // count
        found += [names[turn * share : (turn + 1) * share] for turn in range(count)]
    return found


def published(areas: CityAreas, folder: Path) -> CityAreas:
    """The same areas, steered by what the census and the benefit counts say of them."""
    ethnicity = read_census(only(folder, "census_ethnicity21*.csv"), "ethnic_group")
    tenure = read_census(only(folder, "census_household_tenure21*.csv"), "tenure")
    credit = read_universal_credit(only(folder, "*uc-wards.json"))
    people = np.array([sum(ethnicity[code].values()) for code in areas.codes])
    scores = 0.35 + areas.hardship  # an area claims more than its ward as it is poorer
    share = np.array([credit[areas.ward_codes[at]] / 100 for at in areas.ward])
    in_ward = np.bincount(areas.ward, people)
    mean = np.bincount(areas.ward, people * scores) / in_ward
    return CityAreas(
        source=areas.source,
        fingerprint=areas.fingerprint,
        codes=areas.codes,
        ward_codes=areas.ward_codes,
        towns=areas.towns,
        characters=areas.characters,
        ward=areas.ward,
        population=people,
        hardship=areas.hardship,
        credit=share * scores / mean[areas.ward],
        mix=np.array(
            [communities(ethnicity[code], areas.mix[at]) for at, code in enumerate(areas.codes)]
        ),
        tenure=np.array([held(tenure[code]) for code in areas.codes]),
        postcodes=areas.postcodes,
    )


def only(folder: Path, pattern: str) -> Path:
    """The folder's file of that pattern; a name that is not there is told by its reader."""
    return next(iter(sorted(folder.glob(pattern))), folder / pattern)


def communities(groups: dict[str, float], mix: Floats) -> list[float]:
    """Published people by broad group, split by the ward's character within each."""
    found = dict.fromkeys(COMMUNITIES, 0.0)
    for group, members in CENSUS_GROUPS.items():
        weights = {name: mix[COMMUNITIES.index(name)] for name in members}
        for name, weight in weights.items():
            found[name] += groups.get(group, 0.0) * float(weight) / sum(weights.values())
    return [found[name] for name in COMMUNITIES]


def held(households: dict[str, float]) -> list[float]:
    """Published households by our six tenures; one in sixty rented is taken as supported."""
    found = dict.fromkeys(TENURES, 0.0)
    for name, count in households.items():
        found[CENSUS_TENURES[name]] += count
    rented = found["council"] + found["housing_association"] + found["private_rent"]
    found["supported"] = rented / 60
    return [found[name] for name in TENURES]
