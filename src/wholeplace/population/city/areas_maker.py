"""Make a demonstration place's area files: real wards, our hexagons, invented small areas.

Run once by `wholeplace city areas`, whose outcome is kept in the repository: ward and
constituency names and codes are facts; everything about a small area is invented here, from
its ward's character and a hash, and no published row is copied.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from wholeplace.population.city.characters import CHARACTERS, DEPRIVATION_SHARES
from wholeplace.population.geography.hexagons import lay_out
from wholeplace.population.geography.model import CONSTITUENCY, COUNCIL, WARD, Boundary, Geography
from wholeplace.population.geography.polygons import centroid

PEOPLE_A_SMALL_AREA = 1_900
FEWEST, MOST = 5, 12
WARD_COLUMNS = (
    "ward_code",
    "ward_name",
    "constituency_code",
    "constituency_name",
    "population",
    "hex_q",
    "hex_r",
)
SMALL_AREA_COLUMNS = ("code", "name", "ward_code", "imd_decile", "claimant_rate", "population")


def write_area_files(geography: Geography, characters: dict[str, str], out: Path) -> list[Path]:
    """Write council.csv, constituencies.csv, wards.csv and small_areas.csv into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    seat = geography.main_parent(CONSTITUENCY)
    names = {area.code: area.name for area in geography.areas}
    hexes = hexagons(geography.boundaries, seat)
    size = {a.code: round(a.population or 0, -2) for a in geography.areas if a.kind == WARD}
    councils = [(code, names[code]) for code in geography.codes(COUNCIL)]
    seats = sorted((code, names[code]) for code in geography.codes(CONSTITUENCY))
    wards = [
        (code, names[code], seat[code], names[seat[code]], people, *hexes[code])
        for code, people in size.items()
    ]
    small = invent([(code, names[code], people) for code, people in size.items()], characters)
    return [
        write(out / "council.csv", ("council_code", "council_name"), councils),
        write(out / "constituencies.csv", ("constituency_code", "constituency_name"), seats),
        write(out / "wards.csv", WARD_COLUMNS, wards),
        write(out / "small_areas.csv", SMALL_AREA_COLUMNS, small),
    ]


def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """One CSV file with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def hexagons(boundaries: Sequence[Boundary], seat: dict[str, str]) -> dict[str, tuple[int, int]]:
    """Our layout; wards of one constituency that touch count twice as neighbours."""
    corners = {
        row.area_code: {(round(x, 5), round(y, 5)) for ring in row.rings for x, y in ring.tolist()}
        for row in boundaries
    }
    codes = sorted(corners)
    pairs = [
        (one, other)
        for at, one in enumerate(codes)
        for other in codes[at + 1 :]
        if len(corners[one] & corners[other]) >= 2
    ]
    together = [pair for pair in pairs if seat[pair[0]] == seat[pair[1]]]
    return lay_out({row.area_code: centroid(row) for row in boundaries}, pairs + together)


def chance(*key: object) -> float:
    """A number from 0 up to 1 that depends on the key alone."""
    return float(zlib.crc32(":".join(map(str, key)).encode()) / 2**32)


def invent(
    wards: Sequence[tuple[str, str, int]], characters: dict[str, str]
) -> list[tuple[object, ...]]:
    """Small areas of every ward, with an invented decile, claimant rate and population."""
    found: list[tuple[str, str, str, float, int]] = []
    for number, (code, name, people) in enumerate(wards, start=1):
        count = min(MOST, max(FEWEST, round(people / PEOPLE_A_SMALL_AREA)))
        weights = np.array([0.8 + 0.4 * chance(code, at, "size") for at in range(count)])
        sizes = np.floor(people * weights / weights.sum() / 10).astype(int) * 10
        hardship = CHARACTERS[characters[code]].hardship
        lean = hardship + 0.16 * (chance(code, "lean") - 0.5)
        for at in range(count):
            score = lean + 0.42 * (chance(code, at, "score") - 0.5)
            area = f"DEMO{number:02d}{at + 1:03d}"
            found.append((area, f"{name} {at + 1}", code, score, int(sizes[at])))
    order = sorted(range(len(found)), key=lambda at: -found[at][3])
    rank = {at: place / (len(found) - 1) for place, at in enumerate(order)}
    return [
        (area, name, code, decile(rank[at]), rate(rank[at], area), people)
        for at, (area, name, code, _, people) in enumerate(found)
    ]


def decile(rank: float) -> int:
    """The decile of the area at `rank` (0 the most deprived, 1 the least)."""
    return 1 + int(np.searchsorted(np.cumsum(DEPRIVATION_SHARES)[:-1], rank, side="right"))


def rate(rank: float, area: str) -> float:
    """Claimants as a percent of residents aged 16 to 64: about 22 down to about 1.5."""
    return round(float(1.5 + 19.0 * (1 - rank) ** 1.35 + 2.0 * chance(area, "rate")), 1)
