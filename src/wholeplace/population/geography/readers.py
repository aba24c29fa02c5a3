"""One reader for each official open file, in the layout its publisher gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from wholeplace.population.geography.model import Boundary, Indicator, Ring
from wholeplace.population.geography.tables import WrongLayout, number, read_json, read_rows

IOD_2025_PUBLISHED = date(2025, 10, 30)
"""Indices of Deprivation 2025: the day they were released, from which they are the newest."""


@dataclass(frozen=True, slots=True)
class WardOfSmallArea:
    """A small area of 2021 in the ward of 2024 and the council that it best fits."""

    lsoa_code: str
    lsoa_name: str
    ward_code: str
    ward_name: str
    council_code: str
    council_name: str


@dataclass(frozen=True, slots=True)
class SmallAreaChange:
    """How a small area of 2011 became one of 2021: U unchanged, S split, M merged, X other."""

    lsoa11_code: str
    lsoa21_code: str
    change: str


@dataclass(frozen=True, slots=True)
class ConstituencyShare:
    """Share of a 2011 small area's people within a 2024 constituency (publisher's own key)."""

    lsoa11_code: str
    key: str
    share: float
    people: float


@dataclass(frozen=True, slots=True)
class PostcodePoint:
    """A postcode's National Grid point in metres."""

    postcode: str
    easting: float
    northing: float
    council_code: str


@dataclass(frozen=True, slots=True)
class WardPopulation:
    """Residents of a ward at the publisher's mid-year."""

    ward_code: str
    ward_name: str
    population: int


def read_deprivation(path: Path) -> list[Indicator]:
    """Indices of Deprivation 2025 by small area of 2021: the decile and score of each.

    Deciles run from 1, the most deprived tenth of England, to 10.
    """
    rows = read_rows(path, ("lsoa21_code", "IMD_decile", "IMD_score"))
    found = []
    for row in rows:
        for name, column in (("imd_decile", "IMD_decile"), ("imd_score", "IMD_score")):
            value = number(path, row, column)
            found.append(Indicator(row["lsoa21_code"], name, value, IOD_2025_PUBLISHED, None))
            if name == "imd_decile" and value not in range(1, 11):
                raise WrongLayout(f"{path.name} has an IMD decile of {value}, not 1 to 10.")
    return found


def read_wards_of_small_areas(path: Path) -> list[WardOfSmallArea]:
    """The best-fit look-up from small areas of 2021 to wards and councils of 2024."""
    columns = (
        "lsoa21_code",
        "lsoa21_name",
        "ward24_code",
        "ward24_name",
        "ltla24_code",
        "ltla24_name",
    )
    return [
        WardOfSmallArea(*(row[column] for column in columns)) for row in read_rows(path, columns)
    ]


def read_small_area_changes(path: Path) -> list[SmallAreaChange]:
    """The look-up from small areas of 2011 to those of 2021."""
    columns = ("lsoa11_code", "lsoa21_code", "change_code")
    return [
        SmallAreaChange(*(row[column] for column in columns)) for row in read_rows(path, columns)
    ]


def read_constituency_shares(path: Path) -> list[ConstituencyShare]:
    """Where the people of each 2011 small area fall among the constituencies of 2024.

    Slivers, where a line was drawn differently but nobody lives, have no share and are left out.
    """
    rows = read_rows(path, ("LSOA11", "PARL25", "percentage_overlap_pop", "overlap_pop"))
    shares = [
        ConstituencyShare(
            row["LSOA11"],
            row["PARL25"],
            number(path, row, "percentage_overlap_pop"),
            number(path, row, "overlap_pop"),
        )
        for row in rows
    ]
    return [share for share in shares if share.share > 0]


def read_constituency_names(path: Path) -> dict[str, tuple[str, str]]:
    """The publisher's key to (official code, name) for the constituencies of 2024."""
    rows = read_rows(path, ("UKPARL.2025", "PCON24CD", "PCON24NM"))
    return {row["UKPARL.2025"]: (row["PCON24CD"], row["PCON24NM"]) for row in rows}


def read_postcodes(path: Path) -> list[PostcodePoint]:
    """Postcodes with the grid point of each, spaced as people write them ("B1 1AA")."""
    rows = read_rows(path, ("pcd", "oseast1m", "osnrth1m", "laua"))
    return [
        PostcodePoint(
            spaced(row["pcd"]),
            number(path, row, "oseast1m"),
            number(path, row, "osnrth1m"),
            row["laua"],
        )
        for row in rows
    ]


def spaced(postcode: str) -> str:
    """A postcode with one space before its last three characters."""
    tight = postcode.replace(" ", "").upper()
    return f"{tight[:-3]} {tight[-3:]}"


def read_ward_populations(path: Path) -> list[WardPopulation]:
    """Mid-year residents of each ward."""
    rows = read_rows(path, ("ward_code", "ward_name", "population"))
    return [
        WardPopulation(row["ward_code"], row["ward_name"], int(number(path, row, "population")))
        for row in rows
    ]


def read_ward_boundaries(path: Path) -> list[Boundary]:
    """Ward outlines from GeoJSON, in the order of their codes."""
    return read_boundaries(path, "WD22CD", "WD22NM")


def read_small_area_boundaries(path: Path) -> list[Boundary]:
    """Outlines of the small areas of 2011 from GeoJSON, in the order of their codes."""
    return read_boundaries(path, "LSOA11CD", "LSOA11NM")


def read_boundaries(path: Path, code: str, name: str) -> list[Boundary]:
    """Outlines from GeoJSON whose properties hold `code` and `name`.

    Raises:
        WrongLayout: no features, a property missing, or a shape that is not a polygon.
    """
    features = read_json(path, ("features",))["features"]
    if not features:
        raise WrongLayout(f"{path.name} holds no areas.")
    found = []
    for feature in features:
        properties = feature.get("properties") or {}
        if code not in properties or name not in properties:
            raise WrongLayout(
                f"{path.name} has an area without {code} and {name}.",
                why=f"Found {', '.join(sorted(properties))}.",
            )
        outline = tuple(rings(path, feature.get("geometry") or {}))
        found.append(Boundary(properties[code], properties[name], outline))
    return sorted(found, key=lambda boundary: boundary.area_code)


def rings(path: Path, geometry: dict[str, Any]) -> Iterator[Ring]:
    """Every ring of a Polygon or MultiPolygon, without the repeated last point."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not coordinates:
        raise WrongLayout(f"{path.name} has a shape of type {kind}, not Polygon or MultiPolygon.")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    for polygon in polygons:
        for ring in polygon:
            points = np.array([point[:2] for point in ring], dtype=np.float64)
            yield points[:-1] if (points[0] == points[-1]).all() else points


def read_claimants(path: Path) -> list[Indicator]:
    """Claimant rate (percent of residents aged 16 to 64) of each ward and month.

    The publisher gives the rate for the newest month and the count for every month. The
    rate of an earlier month is its count over the newest month's implied residents aged 16
    to 64, to one decimal. The newest month stays open until a newer one is loaded.
    """
    found = read_json(path, ("months", "wards"))
    months = [date.fromisoformat(f"{month}-01") for month in found["months"]]
    rows = []
    for ward in found["wards"]:
        lacking = {"ward_code", "pct_16_64", "count", "trend"} - set(ward)
        if lacking or len(ward["trend"]) != len(months):
            raise WrongLayout(
                f"{path.name} has a ward without a rate, a count and {len(months)} months."
            )
        rows += [claimant_rate(ward, months, index) for index in range(len(months))]
    if not rows:
        raise WrongLayout(f"{path.name} holds no wards.")
    return rows


def claimant_rate(ward: dict[str, Any], months: list[date], index: int) -> Indicator:
    """The rate of one ward in one month, true from its first day to its last."""
    newest = index == len(months) - 1
    rate = float(ward["pct_16_64"])
    if not newest:
        rate = round(ward["trend"][index] * rate / max(ward["count"], 1), 1)
    until = None if newest else months[index + 1] - timedelta(days=1)
    return Indicator(ward["ward_code"], "claimant_rate", rate, months[index], until)


def read_universal_credit(path: Path) -> dict[str, float]:
    """Ward code to the percent of all residents who are on Universal Credit."""
    wards = read_json(path, ("wards",))["wards"]
    try:
        return {ward["ward_code"]: float(ward["pct_on_uc"]) for ward in wards}
    except (KeyError, TypeError) as error:
        raise WrongLayout(f"{path.name} has a ward without ward_code and pct_on_uc.") from error


def read_census(path: Path, column: str) -> dict[str, dict[str, float]]:
    """A census table by small area of 2021: code to {category of `column`: people or homes}."""
    found: dict[str, dict[str, float]] = {}
    for row in read_rows(path, ("lsoa21_code", column, "n")):
        found.setdefault(row["lsoa21_code"], {})[row[column]] = number(path, row, "n")
    return found
