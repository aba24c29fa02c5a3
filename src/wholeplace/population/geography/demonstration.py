"""A place's own invented small areas within its real wards and constituencies."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

from wholeplace.core.rules.files.places import place_folder
from wholeplace.population.geography.model import (
    CONSTITUENCY,
    COUNCIL,
    SMALL_AREA,
    WARD,
    Area,
    Geography,
    Indicator,
    Parent,
)
from wholeplace.population.geography.tables import WrongLayout, number, read_rows

VINTAGE = "demonstration"
SINCE = date(2018, 5, 3)
"""The invented figures hold from the day the wards of 2018 were first elected."""

WARD_COLUMNS = (
    "ward_code",
    "ward_name",
    "constituency_code",
    "constituency_name",
    "hex_q",
    "hex_r",
    "population",
)
SMALL_AREA_COLUMNS = ("code", "name", "ward_code", "imd_decile", "claimant_rate", "population")
COUNCIL_COLUMNS = ("council_code", "council_name")

Row = dict[str, str]


def demonstration_geography(place_dir: Path) -> Geography:
    """Read `place_dir`/areas: council.csv, constituencies.csv, wards.csv, small_areas.csv.

    Small areas keep the kind `lsoa`, so that a scheme asks the same question of both; their
    codes begin with DEMO, so that nobody takes an invented figure for a published one.

    Raises:
        WrongLayout: a file is missing, has another layout, or names a ward that is not there.
    """
    folder = place_folder(place_dir, "areas")
    council = read_rows(folder / "council.csv", COUNCIL_COLUMNS)[0]
    wards = read_rows(folder / "wards.csv", WARD_COLUMNS)
    small = read_rows(folder / "small_areas.csv", SMALL_AREA_COLUMNS)
    known = {row["ward_code"] for row in wards}
    for row in small:
        if row["ward_code"] not in known:
            raise WrongLayout(f"small_areas.csv: {row['code']} is in no ward of wards.csv.")
    return Geography(
        council_code=council["council_code"],
        areas=tuple(areas(council, wards, small, folder)),
        parents=tuple(parents(council, wards, small)),
        indicators=tuple(indicators(wards, small, folder)),
        postcodes=(),
        boundaries=(),
        sources=("small_areas.csv", "wards.csv"),
    )


def areas(council: Row, wards: list[Row], small: list[Row], folder: Path) -> list[Area]:
    """Every area, council first."""
    path = folder / "wards.csv"
    seats = sorted({(row["constituency_code"], row["constituency_name"]) for row in wards})
    size = [int(number(path, row, "population")) for row in wards]
    hexes = [(int(number(path, r, "hex_q")), int(number(path, r, "hex_r"))) for r in wards]
    return [
        Area(council["council_code"], council["council_name"], COUNCIL, "2024", sum(size)),
        *(Area(code, name, CONSTITUENCY, "2024") for code, name in seats),
        *(
            Area(row["ward_code"], row["ward_name"], WARD, "2024", people, *place)
            for row, people, place in zip(wards, size, hexes, strict=True)
        ),
        *(
            Area(row["code"], row["name"], SMALL_AREA, VINTAGE, int(row["population"]))
            for row in small
        ),
    ]


def parents(council: Row, wards: list[Row], small: list[Row]) -> list[Parent]:
    """Each small area lies wholly in one ward, and each ward in one constituency."""
    seat = {row["ward_code"]: row["constituency_code"] for row in wards}
    found = [
        *(Parent(r["code"], r["ward_code"], WARD, 1.0, True) for r in small),
        *(Parent(r["code"], seat[r["ward_code"]], CONSTITUENCY, 1.0, True) for r in small),
        *(Parent(code, above, CONSTITUENCY, 1.0, True) for code, above in seat.items()),
        *(Parent(code, council["council_code"], COUNCIL, 1.0, True) for code in seat),
    ]
    return sorted(found, key=lambda row: (row.kind, row.code, row.parent_code))


def indicators(wards: list[Row], small: list[Row], folder: Path) -> list[Indicator]:
    """Invented deciles and rates by small area; a ward's rate weighs its areas by people."""
    path = folder / "small_areas.csv"
    found: list[Indicator] = []
    people: dict[str, float] = defaultdict(float)
    claiming: dict[str, float] = defaultdict(float)
    for row in small:
        rate, size = number(path, row, "claimant_rate"), number(path, row, "population")
        decile = number(path, row, "imd_decile")
        found.append(Indicator(row["code"], "imd_decile", decile, SINCE, None))
        found.append(Indicator(row["code"], "claimant_rate", rate, SINCE, None))
        found.append(Indicator(row["code"], "population", size, SINCE, None))
        people[row["ward_code"]] += size
        claiming[row["ward_code"]] += rate * size
    for row in wards:
        code = row["ward_code"]
        rate = round(claiming[code] / max(people[code], 1), 1)
        found.append(Indicator(code, "claimant_rate", rate, SINCE, None))
        found.append(Indicator(code, "population", people[code], SINCE, None))
    return found
