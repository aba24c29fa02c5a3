"""Bars: one a row, its name above and its figure at its end, so long names fit a phone."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from django.utils.safestring import SafeString

from wholeplace.web.charts import svg
from wholeplace.web.look.model import Column, Figure

LINE = 20
BAR = 22
GAP = 14
LETTERS = 34  # of a name on one line: what 290 pixels hold at the size of the text


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
    parts, top = [], 0
    for bar in chart.bars:
        lines = textwrap.wrap(bar.name, LETTERS) or [""]
        parts += _row(top, bar, lines, most)
        top += LINE * len(lines) + BAR + GAP
    return svg.picture(
        chart.id,
        chart.title,
        chart.summary,
        parts,
        role="group" if any(bar.href for bar in chart.bars) else "img",
        class_="wp-chart",
        width="100%",
        height=max(top, 1),
    )


def _row(top: int, bar: Bar, lines: list[str], most: float) -> list[str]:
    # The figure stands after the bar inside the last quarter, which bars never reach.
    length = 74 * (bar.value or 0) / most
    foot = top + LINE * len(lines)
    figure = svg.text(
        bar.shown,
        x=svg.percent(length),
        dx=0 if bar.value is None else 6,
        y=foot + 17,
        class_="wp-chart__text wp-chart__text--strong",
        font_weight="bold",
        fill=svg.INK,
    )
    box = svg.element(
        "rect",
        x=0,
        y=foot,
        width=svg.percent(max(length, 0.4)),
        height=BAR,
        class_="wp-chart__bar",
        fill=svg.SERIES[0],
    )
    return [_name(top, bar, lines), *([] if bar.value is None else [box]), figure]


def _name(top: int, bar: Bar, lines: list[str]) -> str:
    name = "".join(
        svg.text(line, x=0, y=top + LINE * (place + 1) - 4, class_="wp-chart__text", fill=svg.INK)
        for place, line in enumerate(lines)
    )
    return svg.element("a", name, href=bar.href, class_="wp-chart__link") if bar.href else name


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
