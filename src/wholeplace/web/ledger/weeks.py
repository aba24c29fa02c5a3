"""Money week by week, as columns: what left, and what falls due."""

from __future__ import annotations

from django.utils import timezone

from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.ledger.week_queries import Week, paid_by_week
from wholeplace.web.charts.columns import ColumnChart, column_figure
from wholeplace.web.look.model import Figure
from wholeplace.web.look.words import NO_BREAK, long_day, pounds, short_day

PAST, AHEAD = 13, 8  # weeks: a quarter behind, as long ahead as most awards last


def weekly_figures(budget_id: int | None = None, *, due: bool) -> list[Figure]:
    """What was paid each week and, for those who read payments, what falls due."""
    shown = [_paid(budget_id), _due(budget_id) if due else None]
    return [figure for figure in shown if figure is not None]


def _paid(budget_id: int | None) -> Figure | None:
    weeks = paid_by_week(timezone.localdate(), weeks=PAST, budget_id=budget_id)
    whole = sum(week.pence for week in weeks)
    if not whole:
        return None
    most = max(weeks, key=lambda week: week.pence)
    return _figure(
        "paid-by-week",
        f"Paid each week, the last {PAST} weeks",
        f"{pounds(whole)} was paid in these weeks; the most in one was {pounds(most.pence)}, in "
        f"the week from {long_day(most.monday)}.",
        weeks,
        "Paid",
    )


def _due(budget_id: int | None) -> Figure | None:
    found = casework.due_by_week(timezone.localdate(), weeks=AHEAD, budget_id=budget_id)
    whole = sum(week.pence for week in found.weeks)
    if not whole and not found.before_pence:
        return None
    summary = f"{pounds(whole)} waits to be released in these weeks."
    if found.before_pence:
        summary += (
            f" Besides, {pounds(found.before_pence)} fell due before "
            f"{long_day(found.weeks[0].monday)} and has not been released."
        )
    return _figure(
        "due-by-week", f"Falls due each week, the next {AHEAD} weeks", summary, found.weeks, "Due"
    )


def _figure(id: str, title: str, summary: str, weeks: tuple[Week, ...], heading: str) -> Figure:
    return column_figure(
        ColumnChart(
            id=id,
            title=title,
            summary=summary,
            points=tuple(_point(week) for week in weeks),
            names=tuple(f"Week from {long_day(week.monday)}" for week in weeks),
            values=tuple(week.pence for week in weeks),
            say=lambda pence: pounds(round(pence)),
            mark=_mark,
            point_heading="Week",
            value_heading=heading,
        )
    )


def _point(week: Week) -> str:
    """Its Monday without the year, so that three stand beside each other on a phone."""
    return short_day(week.monday).rpartition(NO_BREAK)[0]


def _mark(pence: float) -> str:
    """An amount on the scale: whole pounds without pence."""
    return pounds(round(pence)).removesuffix(".00")
