"""Writing places: what a folder of official files, or a demonstration, says of areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from wholeplace.population.geography import Boundary, Geography
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.places.models import Area, AreaParent, Indicator, Postcode

BATCH = 2_000
DEMONSTRATION = "demonstration"  # the vintage of invented small areas
INVENTED = "Invented for the demonstration"
OFFICIAL = "Official open files"
PUBLISHED = {
    "imd_decile": "Indices of Deprivation 2025",
    "imd_score": "Indices of Deprivation 2025",
    "claimant_rate": "Claimant count",
    "population": "Mid-year population estimates",
}


@dataclass(frozen=True)
class Put:
    """How many of each the files hold."""

    areas: int
    parents: int
    indicators: int
    postcodes: int
    boundaries: int


def put_geography(
    *, geography: Geography, invented: bool, hexagons: Mapping[str, tuple[int, int]] = {}
) -> Put:
    """Make the stored places what the geography says, in the caller's transaction.

    Areas, figures and postcodes that it does not speak of stay as they are, so that a past day
    can still be read; published figures take the place of invented ones. Safe to repeat.

    Args:
        invented: the small areas and figures are a demonstration's own.
        hexagons: ward code → axial place in our layout, where the geography has none.

    Raises:
        Refused: the acting role may not load places.
    """
    require_actor().require("places.load")
    _put_areas(geography, hexagons)
    ids = dict(Area.objects.values_list("code", "id"))
    _put_parents(geography, ids, invented)
    _put_indicators(geography, ids, invented)
    _put_postcodes(geography, ids)
    put = Put(
        len(geography.areas),
        len(geography.parents),
        len(geography.indicators),
        len(geography.postcodes),
        len(geography.boundaries),
    )
    audit.record("places.load", record=geography.council_code, detail=vars(put))
    return put


def _put_areas(geography: Geography, hexagons: Mapping[str, tuple[int, int]]) -> None:
    known = {area.code: area for area in Area.objects.all()}
    shapes = {boundary.area_code: _geojson(boundary) for boundary in geography.boundaries}
    rows = []
    for area in geography.areas:
        was = known.get(area.code)
        q, r = hexagons.get(area.code, (area.hex_q, area.hex_r))
        row = Area(
            code=area.code,
            kind=area.kind,
            name=area.name,
            vintage=area.vintage,
            source=INVENTED if area.vintage == DEMONSTRATION else OFFICIAL,
            hex_q=q if q is not None or was is None else was.hex_q,
            hex_r=r if r is not None or was is None else was.hex_r,
            outline=shapes.get(area.code) or (was.outline if was else None),
        )
        rows.append(row)
    Area.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["kind", "name", "vintage", "source", "hex_q", "hex_r", "outline"],
    )


def _geojson(boundary: Boundary) -> dict[str, Any]:
    """Rings as one polygon, read by the even-odd rule, each closed as GeoJSON asks."""
    rings = [[*ring.tolist(), ring[0].tolist()] for ring in boundary.rings]
    return {"type": "Polygon", "coordinates": rings}


def _put_parents(geography: Geography, ids: Mapping[str, int], invented: bool) -> None:
    # A demonstration speaks of a real ward only where no official file has spoken.
    settled = (
        set(AreaParent.objects.values_list("area__code", flat=True).distinct())
        if invented
        else set()
    )
    rows = [
        AreaParent(area_id=ids[row.code], parent_id=ids[row.parent_code], share=row.share)
        for row in geography.parents
        if row.code not in settled
    ]
    told = {(row.area_id, row.parent_id) for row in rows}
    children = {row.area_id for row in rows}
    stored = AreaParent.objects.filter(area_id__in=children)
    gone = [pk for pk, *pair in stored.values_list("pk", "area_id", "parent_id")
            if tuple(pair) not in told]  # fmt: skip
    AreaParent.objects.filter(pk__in=gone).delete()
    AreaParent.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["area", "parent"],
        update_fields=["share"],
    )


def _put_indicators(geography: Geography, ids: Mapping[str, int], invented: bool) -> None:
    rows = [
        Indicator(
            area_id=ids[row.area_code],
            name=row.indicator,
            value=row.value,
            valid_from=row.from_date,
            valid_to=row.to_date,
            source=INVENTED if invented else PUBLISHED.get(row.indicator, OFFICIAL),
        )
        for row in geography.indicators
    ]
    rows = _without_rivals(rows, invented)
    Indicator.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["area", "name", "valid_from"],
        update_fields=["value", "valid_to", "source"],
    )


def _without_rivals(rows: list[Indicator], invented: bool) -> list[Indicator]:
    """Of invented and published figures of one thing, the published stay and the others go."""
    told = {(row.area_id, row.name) for row in rows}
    areas = {area for area, _ in told}
    other = ~Q(source=INVENTED) if invented else Q(source=INVENTED)
    stored = Indicator.objects.filter(other, area_id__in=areas)
    rivals = [
        (pk, (area, name))
        for pk, area, name in stored.values_list("pk", "area_id", "name")
        if (area, name) in told
    ]
    if invented:
        kept = {pair for _, pair in rivals}
        return [row for row in rows if (row.area_id, row.name) not in kept]
    Indicator.objects.filter(pk__in=[pk for pk, _ in rivals]).delete()
    return rows


def _put_postcodes(geography: Geography, ids: Mapping[str, int]) -> None:
    rows = [Postcode(code=row.postcode, area_id=ids[row.lsoa_code]) for row in geography.postcodes]
    Postcode.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["area"],
    )
