"""A ward map with one hexagon a ward: every ward is the same size, so all can be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from wholeplace.web.charts import areas, svg
from wholeplace.web.charts.classes import Classes, equal_counts
from wholeplace.web.look.model import Figure

SIZE = 26.0  # from centre to corner, so a hexagon is 45 wide: above the 24 that a finger needs
WIDE = SIZE * math.sqrt(3)
EDGE = 5.0


@dataclass(frozen=True, slots=True)
class Hexagon:
    """One area of a hexagon map.

    `q` and `r` are axial coordinates of a grid with points at the top: q grows to the right,
    r downwards, and each row down is set half a hexagon further right. `inside` is the
    short text drawn in it; `shown` replaces the figure's words (a suppressed count: "1–5").
    """

    code: str
    name: str
    q: int
    r: int
    value: float | None
    href: str = ""
    inside: str = ""
    shown: str = ""
    marked: bool = False


def hexagon_map(
    words: areas.MapWords, hexagons: Sequence[Hexagon], classes: Classes | None = None
) -> SafeString:
    """The map at its natural size; put it where it may scroll. Classes default to fifths.

    Raises:
        ValueError: two areas stand on one place of the grid.
    """
    if len({(one.q, one.r) for one in hexagons}) != len(hexagons):
        raise ValueError("Two areas stand on one place of the hexagon map.")
    groups = classes or equal_counts([one.value for one in hexagons])
    left, top, wide, tall = _frame(hexagons)
    # Marked ones last, so that their heavy edges lie over their neighbours'.
    drawn = sorted(hexagons, key=lambda one: (one.marked, one.r, one.q))
    parts = []
    for one in drawn:
        x, y = _centre(one)
        parts.append(_hexagon(one, x - left, y - top, words, groups))
    return svg.picture(
        words.id,
        words.title,
        words.summary,
        parts,
        role="group" if any(one.href for one in hexagons) else "img",
        class_="wp-map wp-map--hexagons",
        width=svg.number(wide),
        height=svg.number(tall),
        viewBox=f"0 0 {svg.number(wide)} {svg.number(tall)}",
    )


def _frame(hexagons: Sequence[Hexagon]) -> tuple[float, float, float, float]:
    """Left, top, width and height of what the hexagons cover, with an edge round it."""
    spots = [_centre(one) for one in hexagons] or [(0.0, 0.0)]
    left = min(x for x, _ in spots) - WIDE / 2 - EDGE
    top = min(y for _, y in spots) - SIZE - EDGE
    right = max(x for x, _ in spots) + WIDE / 2 + EDGE
    foot = max(y for _, y in spots) + SIZE + EDGE
    return left, top, right - left, foot - top


def _centre(one: Hexagon) -> tuple[float, float]:
    return WIDE * (one.q + one.r / 2), SIZE * 1.5 * one.r


def _corners(x: float, y: float) -> str:
    turns = (math.pi / 3 * step for step in range(6))
    reach = SIZE - 1
    return " ".join(
        f"{svg.number(x + reach * math.sin(turn))},{svg.number(y - reach * math.cos(turn))}"
        for turn in turns
    )


def _hexagon(one: Hexagon, x: float, y: float, words: areas.MapWords, groups: Classes) -> str:
    fill, ink, group = areas.fill_of(one, groups)
    shape = svg.element(
        "polygon",
        points=_corners(x, y),
        fill=fill,
        stroke=svg.INK,
        stroke_width=4 if one.marked else 1,
        stroke_dasharray="3 2" if one.value is None else None,
        class_=f"wp-map__area wp-map__c{group}{' wp-map__area--marked' if one.marked else ''}",
    )
    label = svg.text(
        one.inside or ("–" if one.value is None else f"{one.value:.0f}"),
        x=svg.number(x),
        y=svg.number(y + 5),
        text_anchor="middle",
        font_size=14,
        fill=ink,
        class_=f"wp-map__label wp-map__t{group}",
        aria_hidden="true",
    )
    inner = svg.titled(areas.name_of(one, words)) + shape + label
    if one.href:
        return svg.element("a", inner, href=one.href, class_="wp-map__link")
    return svg.element("g", inner)


def hexagon_figure(
    words: areas.MapWords, hexagons: Sequence[Hexagon], classes: Classes | None = None
) -> Figure:
    """The map, its key and its table."""
    groups = classes or equal_counts([one.value for one in hexagons])
    drawn = hexagon_map(words, hexagons, groups)
    return areas.map_figure(
        words, drawn, hexagons, wide=True, key=areas.key(words, groups, hexagons, patterned=False)
    )
