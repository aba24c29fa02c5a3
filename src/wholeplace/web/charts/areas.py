"""What the two maps share: an area with its figure, the key and the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from wholeplace.web.charts import svg
from wholeplace.web.charts.classes import NO_FIGURE, Classes
from wholeplace.web.look.marks import link
from wholeplace.web.look.model import Column, Figure

GROUND = "#ffffff"
NO_FIGURE_WORDS = "No figure"
# One pattern a class, denser as the figure rises; the first class is plain.
PATTERNS = ("", "M0 6h12", "M0 3h12M0 9h12", "M-3 3 3-3M0 12 12 0M9 15l6-6", "M0 6h12M6 0v12")


class Area(Protocol):
    """Anything a map draws: a code, a name, a figure, whether it is marked, where it leads."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def href(self) -> str: ...
    @property
    def marked(self) -> bool: ...
    @property
    def shown(self) -> str: ...


@dataclass(frozen=True, slots=True)
class MapWords:
    """What a map is about.

    `measure` names the figure ("Claimants, of people aged 16 to 64"); `say` puts one in
    words; `marked` says what a heavy edge means ("Priority area") and is empty when unused.
    """

    id: str
    title: str
    summary: str
    measure: str
    say: Callable[[float], str] = lambda value: f"{value:g}"
    area_heading: str = "Ward"
    marked: str = ""


def said(area: Area, words: MapWords) -> str:
    """An area's figure in words: its own words first (a suppressed count), then the figure."""
    if area.shown:
        return area.shown
    return NO_FIGURE_WORDS if area.value is None else words.say(area.value)


def name_of(area: Area, words: MapWords) -> str:
    """What a pointer or a screen reader is told about an area."""
    mark = f". {words.marked}" if area.marked and words.marked else ""
    return f"{area.name}: {said(area, words)}{mark}"


def fill_of(area: Area, classes: Classes) -> tuple[str, str, str]:
    """An area's colour, the colour of words upon it, and its class name for the style sheet."""
    group = classes.of(area.value)
    if group == NO_FIGURE:
        return GROUND, svg.INK, "none"
    shade = shade_of(group, len(classes.breaks) + 1)
    return (*svg.RAMP[shade], str(shade))


def shade_of(group: int, groups: int) -> int:
    """The shade of a class: few classes are spread over the whole ramp."""
    return len(svg.RAMP) - 1 if groups < 2 else round(group * (len(svg.RAMP) - 1) / (groups - 1))


def pattern(id: str, shade: int) -> str:
    """A class's pattern: its colour with lines that say the same without colour."""
    colour, ink = svg.RAMP[shade]
    ground = svg.element("rect", width=12, height=12, fill=colour, class_=f"wp-map__c{shade}")
    lines = svg.element("path", d=PATTERNS[shade], stroke=ink, stroke_width=1, fill="none")
    return svg.element(
        "pattern",
        ground + (lines if PATTERNS[shade] else ""),
        id=f"{id}-p{shade}",
        width=12,
        height=12,
        patternUnits="userSpaceOnUse",
    )


def key(words: MapWords, classes: Classes, areas: Sequence[Area], *, patterned: bool) -> SafeString:
    """The key under a map: each class with its sample and its words."""
    groups = classes.words(words.say)
    rows = []
    if any(area.value is not None for area in areas):
        for group, text in enumerate(groups):
            shade = shade_of(group, len(groups))
            fill = f"url(#{words.id}-p{shade})" if patterned else svg.RAMP[shade][0]
            rows.append((_sample(fill, 1, "wp-map__key"), text))
    if any(area.value is None for area in areas):
        rows.append((_sample(GROUND, 1, "wp-map__key", dashed=True), NO_FIGURE_WORDS))
    if words.marked and any(area.marked for area in areas):
        rows.append((_sample(GROUND, 4, "wp-map__key--marked"), words.marked))
    items = format_html_join("", "<li>{} {}</li>", rows)
    return format_html(
        '<p class="govuk-body-s wp-legend__measure">{}</p><ul class="wp-legend">{}</ul>',
        words.measure,
        items,
    )


def _sample(fill: str, width: int, class_: str, *, dashed: bool = False) -> SafeString:
    box = svg.element(
        "rect",
        x=2,
        y=2,
        width=28,
        height=16,
        fill=fill,
        stroke=svg.INK,
        stroke_width=width,
        stroke_dasharray="3 2" if dashed else None,
        class_=class_,
    )
    return SafeString(f'<svg width="32" height="20" aria-hidden="true" class="wp-key">{box}</svg>')


def map_figure(
    words: MapWords, drawn: str, areas: Sequence[Area], *, wide: bool, key: SafeString
) -> Figure:
    """A map with its table, highest figure first."""
    ordered = sorted(areas, key=lambda area: (area.value is None, -(area.value or 0), area.name))
    columns = [Column(words.area_heading, heading=True), Column(words.measure, numeric=True)]
    if words.marked:
        columns.append(Column(words.marked))
    rows = [
        (
            link(area.name, area.href) if area.href else area.name,
            said(area, words),
            *((("Yes" if area.marked else "No"),) if words.marked else ()),
        )
        for area in ordered
    ]
    return Figure(
        id=f"{words.id}-figure",
        title=words.title,
        summary=words.summary,
        svg=drawn,
        columns=tuple(columns),
        rows=rows,
        wide=wide,
        key=key,
    )
