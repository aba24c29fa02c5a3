"""A whole place from a folder of official open files.

Small areas are those of 2021 (as IoD 2025 speaks of); their outlines are of 2011. So a
postcode gets its ward by point in polygon, and its small area through the 2011 outline and
the look-up: where an area was split since, one part is drawn by seed, among the parts in
the postcode's ward if there are any, and the postcode says that it was drawn.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wholeplace.population.geography import readers
from wholeplace.population.geography.grid import to_degrees
from wholeplace.population.geography.model import (
    CONSTITUENCY,
    COUNCIL,
    SMALL_AREA,
    WARD,
    Area,
    Geography,
    Indicator,
    Parent,
    Postcode,
)
from wholeplace.population.geography.polygons import NOWHERE, assign
from wholeplace.population.geography.tables import WrongLayout

FILES = {
    "deprivation": "imd2025_england_lsoa21_*.csv",
    "wards": "lookup_lsoa21_ward24_ltla24*.csv",
    "changes": "lookup_lsoa11_lsoa21*.csv",
    "constituency shares": "LSOA11_PARL25_combo_overlap*.csv",
    "constituency names": "ukparl.2025.csv",
    "ward boundaries": "*wards.geojson",
    "small area boundaries": "*lsoa11*.json",
    "postcodes": "*postcodes*.csv",
    "claimants": "*claimant-count*.json",
    "ward populations": "*ward_population*.csv",
}
NOT_THESE = ("_indicators", "_subdomains")


def find(folder: Path, kind: str) -> Path:
    """The folder's one file of a kind.

    Raises:
        WrongLayout: the folder has none, or several.
    """
    names = [
        path
        for path in sorted(folder.glob(FILES[kind]))
        if not any(part in path.stem for part in NOT_THESE)
    ]
    if len(names) != 1:
        found = ", ".join(path.name for path in names) or "none"
        raise WrongLayout(
            f"{folder} should have one file of {kind}, named like {FILES[kind]}.",
            why=f"Found {found}.",
            do="Name the folder that holds the open files, one of each kind.",
        )
    return names[0]


def read_place(folder: Path, *, seed: int = 1) -> Geography:
    """Read the official open files in `folder` into one geography.

    `seed` settles the small area of postcodes whose 2011 area was split.

    Raises:
        WrongLayout: a file is missing or is not in its published layout.
    """
    if not folder.is_dir():
        raise WrongLayout(f"{folder} is not a folder.", do="Give the folder of open files.")
    wards = readers.read_wards_of_small_areas(find(folder, "wards"))
    changes = readers.read_small_area_changes(find(folder, "changes"))
    populations = readers.read_ward_populations(find(folder, "ward populations"))
    shares = constituency_shares(folder, changes)
    names = readers.read_constituency_names(find(folder, "constituency names"))
    boundaries = readers.read_ward_boundaries(find(folder, "ward boundaries"))
    return Geography(
        council_code=wards[0].council_code,
        areas=tuple(areas(wards, populations, shares, names)),
        parents=tuple(parents(wards, shares, names)),
        indicators=tuple(indicators(folder, populations)),
        postcodes=tuple(locate(folder, wards, changes, seed)),
        boundaries=tuple(boundaries),
        sources=tuple(sorted(find(folder, kind).name for kind in FILES)),
    )


def constituency_shares(
    folder: Path, changes: Sequence[readers.SmallAreaChange]
) -> dict[str, dict[str, float]]:
    """Small area of 2021 to its shares among constituencies, adding up to 1.

    A part of a split area takes the whole's shares (nothing finer is published); a merged
    area weighs its parts by their people.
    """
    people: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    by_old: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        by_old[change.lsoa11_code].append(change.lsoa21_code)
    for row in readers.read_constituency_shares(find(folder, "constituency shares")):
        for code in by_old.get(row.lsoa11_code, ()):
            people[code][row.key] += row.people
    return {
        code: {key: count / sum(keys.values()) for key, count in sorted(keys.items())}
        for code, keys in sorted(people.items())
    }


def areas(
    wards: Sequence[readers.WardOfSmallArea],
    populations: Sequence[readers.WardPopulation],
    shares: Mapping[str, Mapping[str, float]],
    names: Mapping[str, tuple[str, str]],
) -> list[Area]:
    """Every area, council first."""
    size = {row.ward_code: row.population for row in populations}
    keys = sorted({key for found in shares.values() for key in found})
    ward_names = {row.ward_code: row.ward_name for row in wards}
    council = {(row.council_code, row.council_name) for row in wards}
    return [
        *(Area(code, name, COUNCIL, "2024", sum(size.values())) for code, name in sorted(council)),
        *(Area(*names[key], CONSTITUENCY, "2024") for key in keys),
        *(
            Area(code, name, WARD, "2024", size.get(code))
            for code, name in sorted(ward_names.items())
        ),
        *(
            Area(row.lsoa_code, row.lsoa_name, SMALL_AREA, "2021")
            for row in sorted(wards, key=lambda row: row.lsoa_code)
        ),
    ]


def parents(
    wards: Sequence[readers.WardOfSmallArea],
    shares: Mapping[str, Mapping[str, float]],
    names: Mapping[str, tuple[str, str]],
) -> list[Parent]:
    """Small area to ward and constituency, ward to council and (by its areas) constituency."""
    found = [Parent(row.lsoa_code, row.ward_code, WARD, 1.0, True) for row in wards]
    council = {row.ward_code: row.council_code for row in wards}
    found += [Parent(code, above, COUNCIL, 1.0, True) for code, above in council.items()]
    by_ward: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in wards:
        for key, share in shares.get(row.lsoa_code, {}).items():
            by_ward[row.ward_code][key] += share
    for code, keys in [*shares.items(), *by_ward.items()]:
        total, largest = sum(keys.values()), max(keys, key=lambda key: (keys[key], key))
        found += [
            Parent(code, names[key][0], CONSTITUENCY, round(share / total, 4), key == largest)
            for key, share in keys.items()
            if round(share / total, 4) > 0
        ]
    return sorted(found, key=lambda row: (row.kind, row.code, row.parent_code))


def indicators(folder: Path, populations: Sequence[readers.WardPopulation]) -> list[Indicator]:
    """Deprivation by small area, claimant rates and residents by ward."""
    claimants = readers.read_claimants(find(folder, "claimants"))
    since = min(row.from_date for row in claimants)
    return [
        *readers.read_deprivation(find(folder, "deprivation")),
        *claimants,
        *(
            Indicator(row.ward_code, "population", row.population, since, None)
            for row in populations
        ),
    ]


@dataclass(frozen=True, slots=True)
class Parts:
    """The small areas of 2021 that an area of 2011 became, each with its ward."""

    codes: tuple[str, ...]
    wards: tuple[str, ...]


def locate(
    folder: Path,
    wards: Sequence[readers.WardOfSmallArea],
    changes: Sequence[readers.SmallAreaChange],
    seed: int,
) -> list[Postcode]:
    """Every postcode of the council with its ward and small area, in order."""
    points = readers.read_postcodes(find(folder, "postcodes"))
    outlines = readers.read_small_area_boundaries(find(folder, "small area boundaries"))
    ward_outlines = readers.read_ward_boundaries(find(folder, "ward boundaries"))
    longitude, latitude = to_degrees(
        np.array([point.easting for point in points]),
        np.array([point.northing for point in points]),
    )
    old, ward = assign(outlines, longitude, latitude), assign(ward_outlines, longitude, latitude)
    parts = parts_of(wards, changes)
    found = []
    for index, point in enumerate(points):
        if old[index] == NOWHERE or ward[index] == NOWHERE:
            continue  # a point just across the council's border, or a placeholder grid reference
        code, ward_code = outlines[old[index]].area_code, ward_outlines[ward[index]].area_code
        if code in parts:
            lsoa, drawn = choose(parts[code], ward_code, point.postcode, seed)
            place = (round(float(latitude[index]), 6), round(float(longitude[index]), 6))
            found.append(Postcode(point.postcode, *place, lsoa, ward_code, drawn))
    return sorted(found, key=lambda row: row.postcode)


def parts_of(
    wards: Sequence[readers.WardOfSmallArea], changes: Sequence[readers.SmallAreaChange]
) -> dict[str, Parts]:
    """2011 code to its parts of 2021, in order of code."""
    ward_of = {row.lsoa_code: row.ward_code for row in wards}
    found: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        if change.lsoa21_code in ward_of:
            found[change.lsoa11_code].append(change.lsoa21_code)
    return {
        old: Parts(tuple(sorted(new)), tuple(ward_of[code] for code in sorted(new)))
        for old, new in found.items()
    }


def choose(parts: Parts, ward_code: str, postcode: str, seed: int) -> tuple[str, bool]:
    """One part for a postcode, and whether it had to be drawn."""
    here = [
        code for code, ward in zip(parts.codes, parts.wards, strict=True) if ward == ward_code
    ] or list(parts.codes)
    turn = zlib.crc32(f"{seed}:{postcode}".encode()) % len(here)
    return here[turn], len(here) > 1
