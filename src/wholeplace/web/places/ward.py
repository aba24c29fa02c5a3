"""The pictures of one ward: its claimants over the months, its small areas by deprivation."""

from __future__ import annotations

from django.utils import timezone

from wholeplace.rooms.places import queries
from wholeplace.web.charts.columns import ColumnChart, column_figure
from wholeplace.web.charts.lines import Line, LineChart, line_figure
from wholeplace.web.look.model import Figure
from wholeplace.web.look.words import MONTHS

EXTREMES = {1: ", most deprived", 10: ", least deprived"}


def figures_of(code: str) -> list[Figure]:
    """What can be drawn of a ward: a line needs two months, columns need a decile."""
    return [figure for figure in (_claimants(code), _deciles(code)) if figure is not None]


def _claimants(code: str) -> Figure | None:
    months = queries.ward_months(code, "claimant_rate", timezone.localdate())
    known = [value for _, value in months if value is not None]
    if len(known) < 2:
        return None
    names = tuple(f"{MONTHS[month.month - 1]} {month.year}" for month, _ in months)
    return line_figure(
        LineChart(
            id="claimants-by-month",
            title="Claimants over the months",
            summary=f"{known[0]:.1f}% of people aged 16 to 64 in {names[0]}, {known[-1]:.1f}% in "
            f"{names[-1]}; between {min(known):.1f}% and {max(known):.1f}% in all months.",
            points=names,
            lines=(Line("Claimants, of people aged 16 to 64", tuple(v for _, v in months)),),
            say=lambda value: f"{value:.1f}%",
            point_heading="Month",
        )
    )


def _deciles(code: str) -> Figure | None:
    found = queries.ward_deciles(code, timezone.localdate())
    whole = sum(areas for _, areas in found)
    if not whole:
        return None
    most = found[0][1]
    return column_figure(
        ColumnChart(
            id="small-areas-by-decile",
            title="Small areas by decile of deprivation",
            summary=f"Of {_areas(whole)} small areas, {_areas(most)} lie in England’s most "
            "deprived tenth. The first column is the most deprived tenth, the last the least.",
            points=tuple(str(decile) for decile, _ in found),
            names=tuple(_name(decile) for decile, _ in found),
            values=tuple(round(areas, 1) for _, areas in found),
            say=_areas,
            whole=True,
            point_heading="Decile",
            value_heading="Small areas",
        )
    )


def _name(decile: int) -> str:
    return f"{decile}{EXTREMES.get(decile, '')}"


def _areas(number: float) -> str:
    """A whole number, or one decimal where a small area lies in two wards."""
    return f"{round(number, 1):g}"
