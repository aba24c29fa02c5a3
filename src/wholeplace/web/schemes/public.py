"""`/schemes`: what each scheme is for and about how many it may fit, for everybody.

Nobody need be signed in: rules and suppressed counts are public (P0).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone

from wholeplace.core.evidence.suppression import Between
from wholeplace.flows import place_rules
from wholeplace.rooms.schemes.published import AreaCount, PublicCounts, public_counts
from wholeplace.web.look.marks import day, link
from wholeplace.web.look.model import Column, SummaryRow
from wholeplace.web.look.words import counted

NOUNS = {
    "person": ("person", "people"),
    "household": ("household", "households"),
    "benefit unit": ("benefit unit", "benefit units"),
    "child": ("child", "children"),
}
READS = ("GET", "HEAD")
SCHEMES = (Column("Scheme", heading=True), Column("Who runs it"))
AREAS = (
    Column("Ward", heading=True),
    Column("Fits", numeric=True),
    Column("May fit", numeric=True),
)


def schemes(request: HttpRequest) -> HttpResponse:
    """`/schemes`: every scheme of the place."""
    if request.method not in READS:
        return HttpResponseNotAllowed(READS)
    found = [place_rules.scheme(key) for key in place_rules.names()]
    rows = [(link(one.name, f"/schemes/{one.key}"), _owner(one.owner)) for one in found]
    return render(request, "schemes/schemes.html", {"columns": SCHEMES, "rows": rows})


def scheme(request: HttpRequest, key: str) -> HttpResponse:
    """`/schemes/<key>`: its tests in words, and counts by ward."""
    if request.method not in READS:
        return HttpResponseNotAllowed(READS)
    found = place_rules.scheme(key)
    counts = public_counts(key)
    context = {
        "scheme": found,
        "about": [
            SummaryRow("Who runs it", _owner(found.owner)),
            SummaryRow("Where it comes from", found.source),
            SummaryRow("Open from", day(found.valid_from)),
            SummaryRow("Open until", day(found.valid_to) if found.valid_to else "No end is set"),
        ],
        "closed": found.closed_on(timezone.localdate()),
        "tests": [one.text for one in found.used_criteria()],
        "counts": counts,
        "fits": _total(counts.totals["yes"], found.about) if counts else "",
        "may_fit": _total(counts.totals["possible"], found.about) if counts else "",
        "many": NOUNS[found.about][1],
        "columns": AREAS,
        "rows": [_row(area, counts) for area in counts.areas] if counts else [],
    }
    return render(request, "schemes/scheme.html", context)


def _total(found: Between, about: str) -> str:
    """What the shown parts allow, in words: "between 10 and 50 people"."""
    if found.least == found.most:
        return counted(found.most, *NOUNS[about])
    return f"between {found.least:,} and {found.most:,} {NOUNS[about][1]}"


def _owner(code: str) -> str:
    return code.replace("-", " ").capitalize()


def _row(area: AreaCount, counts: PublicCounts) -> tuple[object, ...]:
    return (area.name or "No ward known", _count(area.yes, counts), _count(area.possible, counts))


def _count(people: int | None, counts: PublicCounts) -> str:
    return f"1 to {counts.few}" if people is None else f"{people:,}"
