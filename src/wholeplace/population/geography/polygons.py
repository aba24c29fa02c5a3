"""Which boundary a point falls in: ray casting over whole arrays of points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from wholeplace.population.geography.model import Boundary, Ring

Floats = npt.NDArray[np.float64]
NOWHERE = -1


def inside(rings: Sequence[Ring], x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    """True for each point within the rings by the even-odd rule, so that holes are holes.

    A point on an edge belongs to one side only: the half-open rule on latitude keeps two
    neighbours that share the edge from both claiming it.
    """
    odd = np.zeros(len(x), dtype=np.bool_)
    for ring in rings:
        starts, ends = ring, np.roll(ring, -1, axis=0)
        for (x1, y1), (x2, y2) in zip(starts, ends, strict=True):
            if y1 == y2:
                continue
            crosses = (y1 > y) != (y2 > y)
            odd ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd


def assign(boundaries: Sequence[Boundary], x: Floats, y: Floats) -> npt.NDArray[np.int64]:
    """For each point the index of the first boundary that holds it, or NOWHERE."""
    found = np.full(len(x), NOWHERE, dtype=np.int64)
    for index, boundary in enumerate(boundaries):
        corners = np.concatenate(boundary.rings)
        low, high = corners.min(axis=0), corners.max(axis=0)
        near = np.flatnonzero(
            (found == NOWHERE) & (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
        )
        found[near[inside(boundary.rings, x[near], y[near])]] = index
    return found


def centroid(boundary: Boundary) -> tuple[float, float]:
    """Centre of area of the outline's largest ring, longitude and latitude in degrees."""
    areas = [signed_area(ring) for ring in boundary.rings]
    largest = int(np.argmax(np.abs(areas)))
    ring, area = boundary.rings[largest], areas[largest]
    following = np.roll(ring, -1, axis=0)
    cross = ring[:, 0] * following[:, 1] - following[:, 0] * ring[:, 1]
    centre = ((ring + following) * cross[:, None]).sum(axis=0) / (6 * area)
    return float(centre[0]), float(centre[1])


def signed_area(ring: Ring) -> float:
    """Shoelace area in square degrees: positive when the ring runs anticlockwise."""
    following = np.roll(ring, -1, axis=0)
    return float((ring[:, 0] * following[:, 1] - following[:, 0] * ring[:, 1]).sum() / 2)
