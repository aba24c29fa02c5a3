"""Bars: one a row, its name above and its figure at its end, so long names fit a phone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from wholeplace.web.charts import svg
from wholeplace.web.look.model import Column, Figure

ROW = 52
BAR = 22


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `value` None means no figure; `shown` is the figure in words."""

    name: str
    value: float | None
    shown: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class BarChart:
    """A bar chart: its title, one sentence that says what it shows, and its bars."""

    id: str
    title: str
    summary: str
    bars: tuple[Bar, ...]
    name_heading: str = "Name"
    value_heading: str = "Figure"


def bar_chart(chart: BarChart) -> SafeString:
    """Horizontal bars from nought, as long as their share of the largest.

    Raises:
        ValueError: a value is below nought, which a bar from nought cannot show.
    """
    values = [bar.value for bar in chart.bars if bar.value is not None]
    if any(value < 0 for value in values):
        raise ValueError("A bar chart shows figures of nought or more.")
    most = max(values, default=0) or 1
    parts = [part for place, bar in enumerate(chart.bars) for part in _row(place, bar, most)]
    role = "group" if any(bar.href for bar in chart.bars) else "img"
    return svg.picture(
        chart.id,
        chart.title,
        chart.summary,
        parts,
        role=role,
        class_="wp-chart",
        width="100%",
        height=max(ROW * len(chart.bars), 1),
    )


def _row(place: int, bar: Bar, most: float) -> list[str]:
    top = place * ROW
    # The figure stands after the bar inside the last quarter, which bars never reach.
    length = 74 * (bar.value or 0) / most
    name = svg.text(bar.name, x=0, y=top + 16, class_="wp-chart__text", fill=svg.INK)
    if bar.href:
        name = svg.element("a", name, href=bar.href, class_="wp-chart__link")
    figure = svg.text(
        bar.shown,
        x=svg.percent(length),
        dx=6,
        y=top + 40,
        class_="wp-chart__text wp-chart__text--strong",
        font_weight="bold",
        fill=svg.INK,
    )
    if bar.value is None:
        return [name, figure]
    box = svg.element(
        "rect",
        x=0,
        y=top + 23,
        width=svg.percent(max(length, 0.4)),
        height=BAR,
        class_="wp-chart__bar",
        fill=svg.SERIES[0],
    )
    return [name, box, figure]


def bar_figure(chart: BarChart) -> Figure:
    """The chart with its table."""
    return Figure(
        id=f"{chart.id}-figure",
        title=chart.title,
        summary=chart.summary,
        svg=bar_chart(chart),
        columns=(
            Column(chart.name_heading, heading=True),
            Column(chart.value_heading, numeric=True),
        ),
        rows=[(bar.name, bar.shown) for bar in chart.bars],
    )
