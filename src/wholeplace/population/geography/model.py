"""What a place's geography is once read: areas, parents, figures, postcodes, boundaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

SMALL_AREA = "lsoa"
WARD = "ward"
CONSTITUENCY = "constituency"
COUNCIL = "council"

Ring = npt.NDArray[np.float64]
"""One closed line of a boundary: shape (points, 2), longitude then latitude in degrees."""


@dataclass(frozen=True, slots=True)
class Area:
    """One area of one kind, as drawn in one vintage.

    `kind` is lsoa (also for an invented small area), ward, constituency or council.
    `hex_q`, `hex_r` are axial coordinates in our own hexagon layout, for wards only.
    """

    code: str
    name: str
    kind: str
    vintage: str
    population: int | None = None
    hex_q: int | None = None
    hex_r: int | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """`share` of the child's people who live in the parent: over 0, at most 1.

    `main` marks the one parent of its kind that a whole child is counted under.
    """

    code: str
    parent_code: str
    kind: str
    share: float
    main: bool


@dataclass(frozen=True, slots=True)
class Indicator:
    """A published figure for an area. `to_date` is inclusive; None means still the newest."""

    area_code: str
    indicator: str
    value: float
    from_date: date
    to_date: date | None


@dataclass(frozen=True, slots=True)
class Postcode:
    """A postcode's point (WGS84 degrees, None when invented) and the areas it falls in.

    `drawn` is true when the 2011 small area was since split, so that the small area of
    2021 was drawn by seed among the parts rather than known.
    """

    postcode: str
    latitude: float | None
    longitude: float | None
    lsoa_code: str
    ward_code: str
    drawn: bool


@dataclass(frozen=True, slots=True)
class Boundary:
    """An area's outline: outer rings and holes alike, read by the even-odd rule."""

    area_code: str
    name: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Geography:
    """Everything the places room stores about one place."""

    council_code: str
    areas: tuple[Area, ...]
    parents: tuple[Parent, ...]
    indicators: tuple[Indicator, ...]
    postcodes: tuple[Postcode, ...]
    boundaries: tuple[Boundary, ...]
    sources: tuple[str, ...]

    def codes(self, kind: str) -> tuple[str, ...]:
        """Codes of one kind of area, in order."""
        return tuple(area.code for area in self.areas if area.kind == kind)

    def main_parent(self, kind: str) -> dict[str, str]:
        """Child code to the code of its main parent of that kind."""
        return {p.code: p.parent_code for p in self.parents if p.kind == kind and p.main}

    def newest(self, indicator: str) -> dict[str, float]:
        """Area code to the figure that is still open."""
        return {
            row.area_code: row.value
            for row in self.indicators
            if row.indicator == indicator and row.to_date is None
        }


def share_in_decile(rows: Iterable[Indicator], decile: int = 1) -> float:
    """Share of small areas whose Index of Multiple Deprivation decile is `decile`.

    Every small area counts once, whatever its population: that is how the published
    local authority summary ("proportion of LSOAs in most deprived 10% nationally") is made.

    Raises:
        ValueError: no row carries the indicator `imd_decile`.
    """
    deciles = [row.value for row in rows if row.indicator == "imd_decile"]
    if not deciles:
        raise ValueError("no rows of the indicator imd_decile")
    return sum(value == decile for value in deciles) / len(deciles)
