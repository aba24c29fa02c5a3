"""Lines over time: each with its own dash and its name at its end, not colour alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from wholeplace.web.charts import svg
from wholeplace.web.look.model import Column, Figure

HEIGHT = 260
TOP = 26
FLOOR = 210
LEFT = 2.0  # percent of the width; the scale's figures stand above their lines, inside
RIGHT = 98.0
DASHES = (None, "10 5", "3 4", "14 4 3 4")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a value, or None for a gap, at each point."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over the same points. `say` puts a value in words; `most` lifts the top."""

    id: str
    title: str
    summary: str
    points: tuple[str, ...]
    lines: tuple[Line, ...]
    say: Callable[[float], str] = lambda value: f"{value:,.0f}"
    point_heading: str = "When"
    most: float = 0.0


def nice_top(most: float) -> float:
    """The round figure at or above the largest value: 1, 2, 2.5 or 5 times a power of ten."""
    if most <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= most - 1e-12)


def line_chart(chart: LineChart) -> SafeString:
    """Lines from nought to a round top, in a picture as wide as its box.

    Raises:
        ValueError: a line has another number of values than there are points, or more
            than four lines were asked for, which nobody could tell apart.
    """
    if len(chart.lines) > len(DASHES):
        raise ValueError(f"A line chart tells at most {len(DASHES)} lines apart.")
    if any(len(line.values) != len(chart.points) for line in chart.lines):
        raise ValueError("Every line has one value, or a gap, for each point.")
    values = [value for line in chart.lines for value in line.values if value is not None]
    top = nice_top(max([*values, chart.most], default=1))
    grid, figures = scale(top, chart.say)
    spots = [_across(place, len(chart.points)) for place in range(len(chart.points))]
    parts = [*grid, *ticks(chart.points, spots)]
    for place, line in enumerate(chart.lines):
        parts += _line(place, line, top)
    parts += figures + _key(chart.lines)
    return svg.picture(
        chart.id,
        chart.title,
        chart.summary,
        parts,
        class_="wp-chart",
        width="100%",
        height=HEIGHT + 26 * len(chart.lines),
    )


def _across(place: int, count: int) -> float:
    return LEFT if count < 2 else LEFT + (RIGHT - LEFT) * place / (count - 1)


def _height(value: float, top: float) -> float:
    return FLOOR - (FLOOR - TOP) * value / top


def scale(top: float, say: Callable[[float], str]) -> tuple[list[str], list[str]]:
    """The lines of the scale, and its figures, which are drawn over everything else."""
    grid, figures = [], []
    for share in (0, 0.5, 1):
        y = svg.number(_height(top * share, top))
        grid.append(
            svg.element(
                "line",
                x1=0,
                x2="100%",
                y1=y,
                y2=y,
                class_="wp-chart__grid",
                stroke="#b1b4b6",
            )
        )
        figures.append(
            svg.text(
                say(top * share),
                x=0,
                y=y,
                dy=-5,
                class_="wp-chart__text wp-chart__halo",
                font_size=14,
                fill=svg.INK,
            )
        )
    return grid, figures


def ticks(points: tuple[str, ...], spots: Sequence[float]) -> list[str]:
    """Names of the first, the middle and the last point, at their spots in percent of the width.

    Three are as many as fit a phone.
    """
    count = len(points)
    chosen = sorted({0, (count - 1) // 2, count - 1}) if count > 2 else range(count)
    parts = []
    for place in chosen:
        anchor = "start" if place == 0 else "end" if place == count - 1 else "middle"
        parts.append(
            svg.text(
                points[place],
                x=svg.percent(spots[place]),
                y=FLOOR + 24,
                text_anchor=anchor,
                class_="wp-chart__text wp-chart__text--small",
                font_size=14,
                fill=svg.INK,
            )
        )
    return parts


def _stroke(place: int) -> dict[str, object]:
    return {
        "stroke": svg.SERIES[place],
        "stroke_width": 3,
        "stroke_dasharray": DASHES[place],
        "class_": f"wp-chart__line wp-chart__line--{place}",
    }


def _line(place: int, line: Line, top: float) -> list[str]:
    """Runs between gaps as polylines, a dot at each end; a value alone is only a dot."""
    runs = _runs(line.values)
    count = len(line.values)
    ends = dict.fromkeys(spot for run in runs for spot in (run[0], run[-1]))
    dots = [
        svg.element(
            "circle",
            cx=svg.percent(_across(at, count)),
            cy=svg.number(_height(value, top)),
            r=4,
            fill=svg.SERIES[place],
            class_=f"wp-chart__dot wp-chart__dot--{place}",
        )
        for at, value in ends
    ]
    # An inner picture stretches the points to the width; strokes and dashes do not stretch.
    stretched = svg.element(
        "svg",
        "".join(_polyline(run, count, top, place) for run in runs if len(run) > 1),
        x=svg.percent(LEFT),
        y=TOP,
        width=svg.percent(RIGHT - LEFT),
        height=FLOOR - TOP,
        viewBox="0 0 100 100",
        preserveAspectRatio="none",
        overflow="visible",
    )
    return [stretched, *dots]


def _polyline(run: list[tuple[int, float]], count: int, top: float, place: int) -> str:
    points = " ".join(
        f"{svg.number(100 * at / (count - 1))},{svg.number(100 - 100 * value / top)}"
        for at, value in run
    )
    return svg.element(
        "polyline",
        points=points,
        fill="none",
        vector_effect="non-scaling-stroke",
        **_stroke(place),
    )


def _runs(values: tuple[float | None, ...]) -> list[list[tuple[int, float]]]:
    """Unbroken stretches of values, each with its place."""
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is not None:
            runs[-1].append((at, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _key(lines: tuple[Line, ...]) -> list[str]:
    parts = []
    for place, line in enumerate(lines):
        y = FLOOR + 50 + 26 * place
        parts.append(svg.element("line", x1=0, x2=44, y1=y, y2=y, **_stroke(place)))
        parts.append(svg.text(line.name, x=54, y=y + 5, class_="wp-chart__text", fill=svg.INK))
    return parts


def line_figure(chart: LineChart) -> Figure:
    """The chart with its table: a row for each point."""
    columns = (
        Column(chart.point_heading, heading=True),
        *(Column(line.name, numeric=True) for line in chart.lines),
    )
    rows = [
        (point, *(_said(line.values[at], chart.say) for line in chart.lines))
        for at, point in enumerate(chart.points)
    ]
    return Figure(
        id=f"{chart.id}-figure",
        title=chart.title,
        summary=chart.summary,
        svg=line_chart(chart),
        columns=columns,
        rows=rows,
    )


def _said(value: float | None, say: Callable[[float], str]) -> str:
    return "No figure" if value is None else say(value)
