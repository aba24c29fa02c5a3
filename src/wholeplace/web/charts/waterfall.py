"""A waterfall: what each step adds to a sum or takes from it, one a row, to fit a phone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from wholeplace.web.charts import svg
from wholeplace.web.look.model import Column, Figure

LINE, BAR, GAP = 20, 18, 12
LEAST = 0.4  # percent of the width: a bar of nothing is still seen
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `words` say why, for the table; `whole` steps stand from nought."""

    name: str
    value: float
    words: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A waterfall chart: its title, one sentence that says what it shows, and its steps.

    `unit` is what is counted, for the table's heading.
    """

    id: str
    title: str
    summary: str
    steps: tuple[Step, ...]
    name_heading: str = "Step"
    words_heading: str = "Why"
    unit: str = "Adds"


def signed(value: float) -> str:
    """A figure with its sign: what it adds, or takes away."""
    if abs(value) < 0.05:
        return "0"
    return f"{'+' if value > 0 else MINUS}{abs(value):.1f}"


def waterfall(chart: Waterfall) -> SafeString:
    """Bars from where the sum stood to where it then stands, between its least and its most."""
    spans, at = [], 0.0
    for step in chart.steps:
        start = 0.0 if step.whole else at
        at = start + step.value
        spans.append((min(start, at), max(start, at)))
    least, most = min([0.0, *(low for low, _ in spans)]), max([0.0, *(high for _, high in spans)])
    scale = 100 / ((most - least) or 1)
    parts: list[str] = []
    top = 0
    for step, (low, high) in zip(chart.steps, spans, strict=True):
        left, width = (low - least) * scale, max((high - low) * scale, LEAST)
        parts += _row(top, step, min(left, 100 - width), width)
        top += LINE + BAR + GAP
    parts.append(_nought(-least * scale, top - GAP))
    return svg.picture(
        chart.id,
        chart.title,
        chart.summary,
        parts,
        class_="wp-chart",
        width="100%",
        height=max(top, 1),
    )


def _row(top: int, step: Step, left: float, width: float) -> list[str]:
    against = step.value < 0
    words = {"class_": "wp-chart__text", "fill": svg.INK, "y": top + LINE - 5}
    return [
        svg.text(step.name, x=0, font_weight="bold" if step.whole else None, **words),
        svg.text(signed(step.value), x="100%", text_anchor="end", font_weight="bold", **words),
        svg.element(
            "rect",
            x=svg.percent(left),
            y=top + LINE,
            width=svg.percent(width),
            height=BAR,
            class_=f"wp-chart__dot--{1 if against else 0}",
            fill=svg.SERIES[1 if against else 0],
        ),
    ]


def _nought(place: float, foot: int) -> str:
    at = svg.percent(place)
    return svg.element(
        "line", x1=at, x2=at, y1=0, y2=max(foot, 1), class_="wp-chart__frame", stroke=svg.INK
    )


def waterfall_figure(chart: Waterfall) -> Figure:
    """The chart with its table."""
    return Figure(
        id=f"{chart.id}-figure",
        title=chart.title,
        summary=chart.summary,
        svg=waterfall(chart),
        columns=(
            Column(chart.name_heading, heading=True),
            Column(chart.words_heading),
            Column(chart.unit, numeric=True),
        ),
        rows=[(step.name, step.words or None, signed(step.value)) for step in chart.steps],
    )
