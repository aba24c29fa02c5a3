"""`/trawls/<id>/about`: its basis, how each test fell, and where the people live."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from wholeplace.rooms.schemes import queries
from wholeplace.rooms.schemes.map_queries import WhereFound, where_found
from wholeplace.rooms.schemes.queries import FunnelStep, Run
from wholeplace.web.charts.areas import MapWords
from wholeplace.web.charts.bars import Bar, BarChart, bar_figure
from wholeplace.web.charts.classes import counts
from wholeplace.web.charts.hexagons import Hexagon, hexagon_figure
from wholeplace.web.gate import actor_of, page
from wholeplace.web.look.model import Column, Figure
from wholeplace.web.look.words import counted, listed, long_day
from wholeplace.web.schemes.replay import LINES, replay_rows
from wholeplace.web.schemes.work_list import about_rows, tabs

FUNNEL = (
    Column("Test", heading=True),
    Column("Yes", numeric=True),
    Column("Not known", numeric=True),
    Column("No", numeric=True),
    Column("Left", numeric=True),
)
NAMED = 3  # wards that tie and are named


@page("trawl.read", hidden=True)
def about(request: HttpRequest, run_id: int) -> HttpResponse:
    """What there is to know about a trawl, beside its lists."""
    run = queries.run(run_id)
    if run.line.state != "whole":
        return HttpResponseRedirect(f"/trawls/{run_id}")
    found = where_found(run_id)
    context = {
        "run": run.line,
        "tabs": tabs(run.line, "about"),
        "about": about_rows(run),
        "funnel": _funnel(run) if run.funnel else None,
        "map": _map(run, found) if found.people and found.wards else None,
        "elsewhere": found.elsewhere,
        "elsewhere_words": counted(found.elsewhere, "person", "people"),
        "may_replay": actor_of(request).can("trawl.run"),
        "replay_href": f"/trawls/{run_id}/replay",
        "replay_columns": LINES,
        "replays": replay_rows(run_id),
    }
    return render(request, "schemes/about.html", context)


def _funnel(run: Run) -> Figure:
    """How many were left after each test, in the order asked; the table says how each fell."""
    asked = run.line.people or 0
    left = run.funnel[-1].left
    people = counted(asked, "person", "people")
    told = f"{people} were asked about."
    if left is not None:
        told = f"Of {people}, {left:,} were left after the last test."
    bars = [Bar("Everybody asked about", asked, f"{asked:,}")]
    bars += [_bar(step) for step in run.funnel]
    chart = BarChart(
        id="funnel",
        title="How many each test left",
        summary=f"{told} Somebody about whom a test is not known stays until a test fails.",
        bars=tuple(bars),
    )
    rows = [
        (s.text, _number(s, s.yes), _number(s, s.unknown), _number(s, s.no), _number(s, s.left))
        for s in run.funnel
    ]
    return replace(bar_figure(chart), columns=FUNNEL, rows=rows)


def _number(step: FunnelStep, number: int | None) -> str:
    if number is None:
        return "Protected" if step.protected else "–"
    return f"{number:,}"


def _bar(step: FunnelStep) -> Bar:
    missing = "Protected" if step.protected else "Not counted"
    label = f"{step.text[:1].upper()}{step.text[1:]}"
    return Bar(label, step.left, missing if step.left is None else f"{step.left:,}")


def _most(found: WhereFound) -> str:
    """Where most lived: one ward, or how many wards have as many."""
    most = int(max(ward.value or 0 for ward in found.wards))
    names = [ward.name for ward in found.wards if ward.value == most]
    people = counted(most, "person", "people")
    if not most:
        return "Nobody’s ward is known."
    if len(names) == 1:
        return f"Most in {names[0]}: {people}."
    if len(names) <= NAMED:
        return f"Most in {listed(names)}: {people} in each."
    return f"No ward has more than {people}; {len(names)} wards have as many."


def _map(run: Run, found: WhereFound) -> Figure | None:
    hexagons = [
        Hexagon(w.code, w.name, w.hex_q, w.hex_r, w.value, href=f"/places/{w.code}")
        for w in found.wards
        if w.hex_q is not None and w.hex_r is not None
    ]
    if not hexagons:
        return None
    words = MapWords(
        id="found-by-ward",
        title="Where the people lived who were found, by ward",
        summary=f"On {long_day(run.line.as_at)}, of those found, yes and possible together. "
        f"{_most(found)}",
        measure="People found",
        say=lambda value: f"{value:,.0f}",
    )
    return hexagon_figure(words, hexagons, counts([one.value for one in hexagons]))
