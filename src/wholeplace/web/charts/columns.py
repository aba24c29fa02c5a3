"""Columns over time, or over steps in order: as many as a phone can show beside each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from wholeplace.web.charts import svg
from wholeplace.web.charts.lines import FLOOR, RIGHT, TOP, nice_top, scale, ticks
from wholeplace.web.look.model import Column, Figure

HEIGHT = 244
LEFT = 16.0  # percent of the width: room for the scale's figures beside the columns
FILLED = 0.76  # of its place; the rest stands between two columns
SHORT = 2  # letters of a name: that many fit under every column


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Columns from nought. `say` puts a value in words, `mark` one on the scale.

    `points` stand under the columns: all where they are short, otherwise the first, the middle
    and the last. `names` say them in full for the table and default to them. `whole` keeps the
    scale to whole numbers.
    """

    id: str
    title: str
    summary: str
    points: tuple[str, ...]
    values: tuple[float, ...]
    say: Callable[[float], str] = lambda value: f"{value:,.0f}"
    mark: Callable[[float], str] | None = None
    names: tuple[str, ...] = ()
    whole: bool = False
    point_heading: str = "When"
    value_heading: str = "Figure"


def column_chart(chart: ColumnChart) -> SafeString:
    """Upright columns up to a round top.

    Raises:
        ValueError: another number of values than of points, or a value below nought.
    """
    if len(chart.values) != len(chart.points):
        raise ValueError("Every point has one value.")
    if any(value < 0 for value in chart.values):
        raise ValueError("A column chart shows figures of nought or more.")
    top = nice_top(max(chart.values, default=0))
    top += 1 if chart.whole and top % 2 else 0
    place = (RIGHT - LEFT) / max(len(chart.points), 1)
    lefts = [LEFT + place * at + place * (1 - FILLED) / 2 for at in range(len(chart.points))]
    grid, figures = scale(top, chart.mark or chart.say)
    parts = [*grid]
    for name, value, left in zip(_names(chart), chart.values, lefts, strict=True):
        parts += _column(f"{name}: {chart.say(value)}", value / top, left, place * FILLED)
    parts += [*figures, *_under(chart.points, lefts, place * FILLED)]
    return svg.picture(
        chart.id,
        chart.title,
        chart.summary,
        parts,
        class_="wp-chart",
        width="100%",
        height=HEIGHT,
    )


def _names(chart: ColumnChart) -> tuple[str, ...]:
    return chart.names or chart.points


def _column(words: str, share: float, left: float, width: float) -> list[str]:
    if share <= 0:
        return []
    tall = max((FLOOR - TOP) * share, 1.5)  # a penny is not nothing
    box = svg.element(
        "rect",
        x=svg.percent(left),
        y=svg.number(FLOOR - tall),
        width=svg.percent(width),
        height=svg.number(tall),
        class_="wp-chart__bar",
        fill=svg.SERIES[0],
    )
    return [svg.element("g", svg.titled(words) + box)]


def _under(points: tuple[str, ...], lefts: list[float], width: float) -> list[str]:
    """The names beneath: the first begins at its column's left, the last ends at its right."""
    if any(len(point) > SHORT for point in points):
        last = len(lefts) - 1
        ends = {0: 0.0, last: width}
        return ticks(points, [left + ends.get(at, width / 2) for at, left in enumerate(lefts)])
    return [
        svg.text(
            point,
            x=svg.percent(left + width / 2),
            y=FLOOR + 24,
            text_anchor="middle",
            class_="wp-chart__text wp-chart__text--small",
            font_size=14,
            fill=svg.INK,
        )
        for point, left in zip(points, lefts, strict=True)
    ]


def column_figure(chart: ColumnChart) -> Figure:
    """The chart with its table: a row for each column."""
    return Figure(
        id=f"{chart.id}-figure",
        title=chart.title,
        summary=chart.summary,
        svg=column_chart(chart),
        columns=(
            Column(chart.point_heading, heading=True),
            Column(chart.value_heading, numeric=True),
        ),
        rows=[
            (name, chart.say(value))
            for name, value in zip(_names(chart), chart.values, strict=True)
        ],
    )
