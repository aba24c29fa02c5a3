"""Two bars a row, one above the other: the same thing among two groups."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from django.utils.safestring import SafeString

from wholeplace.web.charts import svg
from wholeplace.web.charts.bars import LETTERS, LINE
from wholeplace.web.look.model import Column, Figure

BAR = 16
GAP = 16
ROOM = 62  # percent of the width that the longest bar may take; its figure stands after it


@dataclass(frozen=True, slots=True)
class PairedBar:
    """One row: its name, and a share from 0 to 1 in each of the two groups."""

    name: str
    one: float
    other: float


@dataclass(frozen=True, slots=True)
class PairedChart:
    """Shares of two groups. `one` and `other` name the groups in a few words."""

    id: str
    title: str
    summary: str
    bars: tuple[PairedBar, ...]
    one: str
    other: str
    name_heading: str = "Name"


def in_percent(share: float) -> str:
    """A share in words, with as many places as it takes to tell a rare thing from none."""
    if 0 < share < 1e-6:
        return "fewer than 1 in a million"
    if not share:
        return "0%"
    percent = share * 100
    places = 0 if percent >= 10 else 1 if percent >= 1 else 2 if percent >= 0.01 else 4
    return f"{percent:.{places}f}%"


def paired_chart(chart: PairedChart) -> SafeString:
    """Bars from nought to a share of 1, so that charts on one page compare.

    Raises:
        ValueError: a share below 0 or above 1.
    """
    if any(not 0 <= share <= 1 for bar in chart.bars for share in (bar.one, bar.other)):
        raise ValueError("A share lies between 0 and 1.")
    parts, top = [], 0
    for bar in chart.bars:
        lines = textwrap.wrap(bar.name, LETTERS) or [""]
        parts += _row(top, bar, lines, chart)
        top += LINE * len(lines) + 2 * (BAR + 2) + GAP
    return svg.picture(
        chart.id,
        chart.title,
        chart.summary,
        parts,
        class_="wp-chart",
        width="100%",
        height=max(top, 1),
    )


def _row(top: int, bar: PairedBar, lines: list[str], chart: PairedChart) -> list[str]:
    names = [
        svg.text(line, x=0, y=top + LINE * (at + 1) - 4, class_="wp-chart__text", fill=svg.INK)
        for at, line in enumerate(lines)
    ]
    foot = top + LINE * len(lines)
    return [
        *names,
        *_bar(foot, bar.one, f"{bar.name}: {chart.one}", svg.SERIES[0]),
        *_bar(foot + BAR + 2, bar.other, f"{bar.name}: {chart.other}", svg.SERIES[1]),
    ]


def _bar(top: int, share: float, words: str, colour: str) -> list[str]:
    box = svg.element(
        "rect",
        x=0,
        y=top,
        width=svg.percent(max(ROOM * share, 0.4)),
        height=BAR,
        class_="wp-chart__bar",
        fill=colour,
    )
    figure = svg.text(
        in_percent(share),
        x=svg.percent(ROOM * share),
        dx=6,
        y=top + BAR - 3,
        class_="wp-chart__text wp-chart__text--small",
        font_size=14,
        fill=svg.INK,
    )
    return [svg.element("g", svg.titled(f"{words}: {in_percent(share)}") + box), figure]


def paired_figure(chart: PairedChart, more: tuple[tuple[Column, tuple[str, ...]], ...]) -> Figure:
    """The chart with its table; `more` are columns after the two shares, a value for each row."""
    return Figure(
        id=f"{chart.id}-figure",
        title=chart.title,
        summary=chart.summary,
        svg=paired_chart(chart),
        columns=(
            Column(chart.name_heading, heading=True),
            Column(chart.one, numeric=True),
            Column(chart.other, numeric=True),
            *(column for column, _ in more),
        ),
        rows=[
            (bar.name, in_percent(bar.one), in_percent(bar.other), *(v[at] for _, v in more))
            for at, bar in enumerate(chart.bars)
        ],
    )
