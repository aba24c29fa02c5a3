"""`/trawls/overlaps`: who was found by more than one scheme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.rooms.schemes import overlap_queries
from wholeplace.rooms.schemes.overlap_queries import NewestRun, Overlaps
from wholeplace.web.gate import page, page_after
from wholeplace.web.look.marks import link, status
from wholeplace.web.look.model import Column
from wholeplace.web.look.words import counted, long_day

SIZE = 50
FEW = 4  # schemes whose matrix fits a page
MANY = (Column("Found by", heading=True), Column("People", numeric=True))
PAIRS = (
    Column("Scheme", heading=True),
    Column("And"),
    Column("People in both", numeric=True),
)


@page("trawl.read")
def overlaps(request: HttpRequest) -> HttpResponse:
    """The current trawl of each scheme: how many people are in which, and in several."""
    found = overlap_queries.overlaps()
    context = {
        "runs": found.runs,
        "layout": "stack" if len(found.runs) <= FEW else "scroll",
        "several": found.in_several,
        "several_words": counted(found.in_several, "person", "people"),
        "matrix_columns": [Column("Scheme", heading=True)]
        + [Column(run.name, numeric=True) for run in found.runs],
        "matrix": [_matrix_row(found, run) for run in found.runs],
        "days": [
            (link(run.name, f"/trawls/{run.run_id}"), long_day(run.as_at)) for run in found.runs
        ],
        "days_columns": (Column("Scheme", heading=True), Column("Read as at")),
        "many_columns": MANY,
        "many": [
            (counted(schemes, "scheme"), f"{people:,}")
            for schemes, people in found.people_by_schemes.items()
        ],
    }
    return render(request, "schemes/overlaps.html", context)


def _matrix_row(found: Overlaps, run: NewestRun) -> tuple[object, ...]:
    return (run.name, *(_cell(found, run, other) for other in found.runs))


def _cell(found: Overlaps, run: NewestRun, other: NewestRun) -> object:
    people = found.of(run.scheme, other.scheme)
    if run == other:
        return f"{people:,}"
    if not people:
        return "0"
    href = f"/trawls/overlaps/{run.scheme}/{other.scheme}"
    return link(f"{people:,}", href, about=f"found by {run.name} and {other.name}")


@page("trawl.read", hidden=True)
def in_both(request: HttpRequest, first: str, second: str) -> HttpResponse:
    """`/trawls/overlaps/<scheme>/<scheme>`: the people whom both found."""
    found = overlap_queries.overlaps()
    after = page_after(request)
    shown = overlap_queries.in_both(found, first, second, after=after, size=SIZE)
    names = {run.scheme: run.name for run in found.runs}
    here = f"/trawls/overlaps/{first}/{second}"
    context = {
        "first_name": names[first],
        "second_name": names[second],
        "total": shown.total,
        "columns": (
            Column("Person", heading=True),
            Column("Reference"),
            Column(names[first]),
            Column(names[second]),
        ),
        "rows": [
            (
                link(one.name, f"/people/{one.person_ref}"),
                one.person_ref,
                link(status(one.first_answer), f"/findings/{one.first_finding}"),
                link(status(one.second_answer), f"/findings/{one.second_finding}"),
            )
            for one in shown.items
        ],
        "next": f"{here}?after={shown.next_after}" if shown.next_after else "",
        "first": here if after else "",
    }
    return render(request, "schemes/in_both.html", context)
