"""`/places`: the wards as hexagons, as boundaries where they are loaded, and as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from wholeplace.rooms.places import queries
from wholeplace.rooms.places.queries import AreaFigure, Small
from wholeplace.web.charts.areas import MapWords
from wholeplace.web.charts.boundaries import Shape, boundary_figure, rings_of
from wholeplace.web.charts.hexagons import Hexagon, hexagon_figure
from wholeplace.web.gate import page
from wholeplace.web.look.model import Column, Figure, Link, SummaryRow
from wholeplace.web.look.words import counted, long_day
from wholeplace.web.places.ward import figures_of


@dataclass(frozen=True)
class Measure:
    """A figure that the map can show."""

    key: str
    words: str
    read: Callable[[], list[AreaFigure]]


MEASURES = (
    Measure(
        "claimants",
        "Claimants, of people aged 16 to 64",
        lambda: queries.wards("claimant_rate", timezone.localdate()),
    ),
    Measure(
        "deprived",
        "Small areas in England’s most deprived tenth",
        lambda: queries.wards_share("imd_decile", 1, timezone.localdate()),
    ),
)
NAMES = {
    "claimant_rate": "Claimants, % of people aged 16 to 64",
    "imd_decile": "Decile of deprivation (1 is the most deprived)",
    "population": "People",
}


@page("fund.read")
def places(request: HttpRequest) -> HttpResponse:
    """The map of one measure."""
    chosen = next((m for m in MEASURES if m.key == request.GET.get("measure")), MEASURES[0])
    found = chosen.read()
    context = {
        "tabs": [Link(m.words, f"/places?measure={m.key}", current=m is chosen) for m in MEASURES],
        "hexagons": _hexagons(chosen, found),
        "boundaries": _boundaries(chosen, found),
        "any": bool(found),
        "measure": chosen,
    }
    return render(request, "places/places.html", context)


@page("fund.read")
def ward(request: HttpRequest, code: str) -> HttpResponse:
    """`/places/<ward>`: one ward's figures and small areas."""
    found = queries.ward(code, timezone.localdate())
    names = sorted({name for small in found.small for name in small.figures})
    context = {
        "ward": found,
        "rows": [
            *(SummaryRow(kind.capitalize(), name) for kind, name in found.parents),
            *(
                SummaryRow(
                    NAMES.get(f.name, f.name),
                    f"{f.value:,.10g}",
                    note=f"{f.source}, from {long_day(f.valid_from)}",
                )
                for f in found.figures
            ),
            SummaryRow("Boundaries of", found.vintage),
        ],
        "columns": (
            Column("Small area", heading=True),
            *(Column(NAMES.get(name, name), numeric=True) for name in names),
        ),
        "small": [_small(small, names) for small in found.small],
        "figures": figures_of(code),
        "counted": counted(len(found.small), "small area"),
    }
    return render(request, "places/ward.html", context)


def _small(small: Small, names: list[str]) -> tuple[object, ...]:
    part = "" if small.share >= 1 else f" ({small.share:.0%} of it lies here)"
    figures = (small.figures.get(name) for name in names)
    return (
        f"{small.name or small.code}{part}",
        *(None if figure is None else f"{figure:,.10g}" for figure in figures),
    )


def _words(measure: Measure, found: list[AreaFigure], id: str, kind: str) -> MapWords:
    known = [area for area in found if area.value is not None]
    summary = ""
    if known:
        most = max(known, key=lambda area: area.value or 0)
        least = min(known, key=lambda area: area.value or 0)
        summary = (
            f"Highest in {most.name} ({most.value:.1f}%), lowest in {least.name} "
            f"({least.value:.1f}%)."
        )
    return MapWords(
        id=id,
        title=f"{measure.words}, by ward{kind}",
        summary=summary,
        measure=f"{measure.words}, %",
        say=lambda value: f"{value:.1f}%",
    )


def _hexagons(measure: Measure, found: list[AreaFigure]) -> Figure | None:
    drawn = [
        Hexagon(a.code, a.name, a.hex_q, a.hex_r, a.value, href=f"/places/{a.code}")
        for a in found
        if a.hex_q is not None and a.hex_r is not None
    ]
    return hexagon_figure(_words(measure, found, "hexagons", ""), drawn) if drawn else None


def _boundaries(measure: Measure, found: list[AreaFigure]) -> Figure | None:
    outlines = queries.outlines()
    drawn = [
        Shape(a.code, a.name, rings_of(outlines[a.code]), a.value, href=f"/places/{a.code}")
        for a in found
        if a.code in outlines
    ]
    if not drawn:
        return None
    return boundary_figure(_words(measure, found, "boundaries", ", true shapes"), drawn)
