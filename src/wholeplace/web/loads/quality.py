"""`/loads/quality`: how good each source's deliveries are over time, and what moved."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.records import quality_report
from wholeplace.rooms.records.quality_report import Delivery, FileFigures, share
from wholeplace.web.charts.lines import Line, LineChart, line_figure
from wholeplace.web.gate import page
from wholeplace.web.loads.aside import tabs
from wholeplace.web.loads.words import place_in_words, plain, source_name
from wholeplace.web.look.marks import day, link
from wholeplace.web.look.model import Column, Figure, Link
from wholeplace.web.look.words import NO_BREAK, short_day

LATEST = 40  # deliveries in a picture
KINDS = {"full": "Full picture", "changes": "Changes"}
SOURCES = (
    Column("Source", heading=True),
    Column("Newest delivery"),
    Column("Deliveries", numeric=True),
    Column("Rows", numeric=True),
    Column("Set aside", numeric=True),
    Column("Moved since the one before", numeric=True),
)
DELIVERIES = (
    Column("Day", heading=True),
    Column("What"),
    Column("Load"),
    Column("Rows", numeric=True),
    Column("Set aside", numeric=True),
    Column("Share", numeric=True),
)
FIELDS = (
    Column("Field", heading=True),
    Column("Filled", numeric=True),
    Column("Before", numeric=True),
    Column("Refused", numeric=True),
    Column("Default dates", numeric=True),
)


@page("load.read")
def sources(request: HttpRequest) -> HttpResponse:
    """Each source: its newest delivery, and how much of it moved."""
    rows = []
    for name, told in _by_source(quality_report.deliveries()).items():
        now, before = quality_report.newest_two(told)
        moved = len(quality_report.changed(before, now)) if before else 0
        rows.append(
            (
                link(source_name(name), f"/loads/quality/{name}"),
                day(now.day, short=True),
                f"{len(told):,}",
                f"{now.rows:,}",
                percent(share(now.set_aside, now.rows)),
                f"{moved:,}" if before else "The first",
            )
        )
    context = {"tabs": tabs("/loads/quality"), "columns": SOURCES, "rows": rows}
    return render(request, "loads/qualities.html", context)


@page("load.read", hidden=True)
def source(request: HttpRequest, source: str) -> HttpResponse:
    """One source, or one file of it, over time."""
    told = _told(source)
    now, before = quality_report.newest_two(told)
    name = request.GET.get("file", "")
    file = now.files.get(name)
    shown = [one for one in told if one.delivers == now.delivers][-LATEST:]
    context = {
        "source": source,
        "name": source_name(source),
        "kind": KINDS.get(now.delivers, now.delivers).lower(),
        "now": now,
        "before": before,
        "changed": quality_report.changed(before, now, place_in_words) if before else [],
        "files": _files(source, now, name if file else ""),
        "figure": _file_figure(name, shown) if file else _whole_figure(source, shown),
        "columns": FIELDS if file else DELIVERIES,
        "rows": _fields(file, before and before.files.get(name))
        if file
        else [_delivery(one) for one in reversed(told[-LATEST:])],
        "caption": f"{plain(name)}: its fields, newest delivery"
        if file
        else "Deliveries, newest first",
    }
    return render(request, "loads/quality.html", context)


@page("load.read", hidden=True)
def table(request: HttpRequest, source: str) -> HttpResponse:
    """Every figure of every delivery, as CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, quality_report.COLUMNS)
    writer.writeheader()
    writer.writerows(quality_report.table(_told(source)))
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="quality-{source}.csv"'
    return answer


def _told(source: str) -> list[Delivery]:
    told = quality_report.deliveries(source)
    if not told:
        raise NotFound("There is no such source.")
    return told


def _by_source(told: Sequence[Delivery]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = {}
    for one in told:
        found.setdefault(one.source, []).append(one)
    return found


def _files(source: str, now: Delivery, chosen: str) -> list[Link]:
    base = f"/loads/quality/{source}"
    every = [
        Link(plain(name), f"{base}?{urlencode({'file': name})}", current=name == chosen)
        for name in sorted(now.files)
    ]
    return [Link("All files", base, current=not chosen), *every]


def _whole_figure(source: str, shown: Sequence[Delivery]) -> Figure:
    aside = tuple(share(one.set_aside, one.rows) for one in shown)
    return _figure(
        f"{source_name(source)}: share of rows set aside", shown, [Line("Set aside", aside)]
    )


def _file_figure(name: str, shown: Sequence[Delivery]) -> Figure:
    files = [one.files.get(name) for one in shown]
    lines = [
        Line("Set aside", tuple(f and share(f.set_aside, f.rows) for f in files)),
        Line("Empty values", tuple(f and _empty(f) for f in files)),
        Line("Default dates", tuple(f and _defaults(f) for f in files)),
    ]
    if any(f and f.duplicates is not None for f in files):
        lines.append(Line("Duplicates", tuple(f and share(f.duplicates, f.rows) for f in files)))
    return _figure(f"{plain(name)}: what is wrong, as a share", shown, lines)


def _empty(file: FileFigures) -> float | None:
    """Of all values of all fields."""
    filled = sum(one.filled for one in file.fields.values())
    return share(file.rows * len(file.fields) - filled, file.rows * len(file.fields))


def _defaults(file: FileFigures) -> float | None:
    """Of all dates that are given."""
    dates = [one for one in file.fields.values() if one.default_dates is not None]
    return share(sum(one.default_dates or 0 for one in dates), sum(one.filled for one in dates))


def _figure(title: str, shown: Sequence[Delivery], lines: Sequence[Line]) -> Figure:
    last = [(line.name, line.values[-1]) for line in lines]
    said = ", ".join(f"{name.lower()} {percent(value)}" for name, value in last)
    summary = f"In the newest delivery, of {short_day(shown[-1].day)}: {said}."
    points = _points(shown)
    chart = LineChart(
        "quality", title, summary, points, tuple(lines), say=percent, point_heading="Delivery of"
    )
    return line_figure(chart)


def _points(shown: Sequence[Delivery]) -> tuple[str, ...]:
    """Days under a picture: without the year where all are of one, so that a phone fits them."""
    one_year = len({one.day.year for one in shown}) == 1
    days = [short_day(one.day) for one in shown]
    return tuple(day.rsplit(NO_BREAK, 1)[0] if one_year else day for day in days)


def _delivery(one: Delivery) -> tuple[object, ...]:
    return (
        day(one.day, short=True),
        KINDS.get(one.delivers, one.delivers),
        link(one.load_id, f"/loads/{one.load_id}", about="load"),
        f"{one.rows:,}",
        f"{one.set_aside:,}",
        percent(share(one.set_aside, one.rows)),
    )


def _fields(now: FileFigures, before: FileFigures | None) -> list[tuple[object, ...]]:
    rows = []
    for name, figures in sorted(now.fields.items()):
        was = before.fields.get(name) if before else None
        rows.append(
            (
                plain(name),
                percent(share(figures.filled, now.rows)),
                percent(share(was.filled, before.rows)) if was and before else "–",
                percent(share(figures.refused, now.rows)),
                "–"
                if figures.default_dates is None
                else percent(share(figures.default_dates, now.rows)),
            )
        )
    return rows


def percent(value: float | None) -> str:
    """A share in words; "–" where there is nothing to have a share of."""
    if value is None:
        return "–"
    return "under 0.1%" if 0 < value < 0.05 else f"{value:.1f}%".replace(".0%", "%")
