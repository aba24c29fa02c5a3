"""A map of real boundaries, for a place that has loaded them: patterns as well as colours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from wholeplace.web.charts import areas, svg
from wholeplace.web.charts.classes import Classes, equal_counts
from wholeplace.web.look.model import Figure

WIDTH = 600.0
EDGE = 4.0
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One area of a boundary map: its rings in degrees, longitude first. Holes are rings too."""

    code: str
    name: str
    rings: tuple[Ring, ...]
    value: float | None
    href: str = ""
    shown: str = ""
    marked: bool = False


def rings_of(geometry: Mapping[str, Any]) -> tuple[Ring, ...]:
    """The rings of a GeoJSON Polygon or MultiPolygon.

    Raises:
        ValueError: the geometry is of another kind, which has no inside to fill.
    """
    if geometry["type"] == "Polygon":
        polygons: Iterable[Any] = [geometry["coordinates"]]
    elif geometry["type"] == "MultiPolygon":
        polygons = geometry["coordinates"]
    else:
        raise ValueError(f"A boundary is a Polygon or MultiPolygon, not {geometry['type']}.")
    return tuple(
        tuple((float(spot[0]), float(spot[1])) for spot in ring)
        for polygon in polygons
        for ring in polygon
    )


def boundary_map(
    words: areas.MapWords, shapes: Sequence[Shape], classes: Classes | None = None
) -> SafeString:
    """The map, as wide as its box. It holds no text, so nothing in it can become too small."""
    groups = classes or equal_counts([shape.value for shape in shapes])
    place, height = _projection([spot for shape in shapes for ring in shape.rings for spot in ring])
    shades = sorted(
        {int(fill) for shape in shapes if (fill := areas.fill_of(shape, groups)[2]) != "none"}
    )
    defs = svg.element(
        "defs", "".join(areas.pattern(words.id, shade) for shade in shades) or svg.element("g")
    )
    drawn = sorted(shapes, key=lambda shape: shape.marked)
    parts = [defs, *(_area(shape, words, groups, place) for shape in drawn)]
    return svg.picture(
        words.id,
        words.title,
        words.summary,
        parts,
        role="group" if any(shape.href for shape in shapes) else "img",
        class_="wp-map wp-map--boundaries",
        width="100%",
        viewBox=f"0 0 {svg.number(WIDTH)} {svg.number(height)}",
    )


class _Projection:
    """Degrees to the picture: east-west shrunk by the latitude, which is true enough for a city."""

    def __init__(self, west: float, north: float, scale: float, shrink: float) -> None:
        self.west, self.north, self.scale, self.shrink = west, north, scale, shrink

    def __call__(self, spot: tuple[float, float]) -> tuple[float, float]:
        """A place in degrees as a place in the picture, to a tenth."""
        x = EDGE + (spot[0] - self.west) * self.shrink * self.scale
        y = EDGE + (self.north - spot[1]) * self.scale
        return round(x, 1), round(y, 1)


def _projection(spots: Sequence[tuple[float, float]]) -> tuple[_Projection, float]:
    if not spots:
        return _Projection(0, 0, 1, 1), 2 * EDGE
    west, east = min(x for x, _ in spots), max(x for x, _ in spots)
    south, north = min(y for _, y in spots), max(y for _, y in spots)
    shrink = math.cos(math.radians((south + north) / 2))
    across = max((east - west) * shrink, 1e-9)
    scale = (WIDTH - 2 * EDGE) / across
    return _Projection(west, north, scale, shrink), (north - south) * scale + 2 * EDGE


def _path(rings: tuple[Ring, ...], place: _Projection) -> str:
    """The rings as one path. Neighbouring points that fall together are said once."""
    path = []
    for ring in rings:
        last, steps = None, []
        for spot in map(place, ring):
            if spot != last:
                steps.append(f"{svg.number(spot[0])} {svg.number(spot[1])}")
            last = spot
        path.append(f"M{'L'.join(steps)}Z")
    return "".join(path)


def _area(shape: Shape, words: areas.MapWords, groups: Classes, place: _Projection) -> str:
    group = areas.fill_of(shape, groups)[2]
    fill = areas.GROUND if group == "none" else f"url(#{words.id}-p{group})"
    path = svg.element(
        "path",
        d=_path(shape.rings, place),
        fill=fill,
        fill_rule="evenodd",
        stroke=svg.INK,
        stroke_width=3.5 if shape.marked else 1,
        stroke_dasharray="3 2" if shape.value is None else None,
        class_=f"wp-map__shape{' wp-map__cnone' if group == 'none' else ''}"
        f"{' wp-map__area--marked' if shape.marked else ''}",
    )
    inner = svg.titled(areas.name_of(shape, words)) + path
    if shape.href:
        return svg.element("a", inner, href=shape.href, class_="wp-map__link")
    return svg.element("g", inner)


def boundary_figure(
    words: areas.MapWords, shapes: Sequence[Shape], classes: Classes | None = None
) -> Figure:
    """The map, its key and its table."""
    groups = classes or equal_counts([shape.value for shape in shapes])
    drawn = boundary_map(words, shapes, groups)
    return areas.map_figure(
        words, drawn, shapes, wide=False, key=areas.key(words, groups, shapes, patterned=True)
    )
