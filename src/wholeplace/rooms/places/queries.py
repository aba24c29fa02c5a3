"""Reading places: wards with a figure each, and what lies in one."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wholeplace.core.kernel.errors import NotFound

# The newest figure of an indicator that began on or before the day.
FIGURE = """
(SELECT i.value FROM places_indicator i WHERE i.area_id = {area} AND i.name = %(indicator)s
    AND i.valid_from <= %(day)s ORDER BY i.valid_from DESC LIMIT 1)
"""

WARDS = f"""
SELECT a.code, a.name, a.hex_q, a.hex_r, a.vintage, {FIGURE.format(area="a.id")}
  FROM places_area a WHERE a.kind = 'ward' ORDER BY a.name
"""

# Invented small areas step back where published ones are loaded.
PUBLISHED_FIRST = """
{area}.vintage = coalesce((SELECT max(v.vintage) FROM places_area v WHERE v.kind = 'lsoa'
    AND v.vintage <> 'demonstration'), 'demonstration')
"""

# Of the small areas of a ward, weighted by the share of each that lies in it.
WARDS_SHARE = f"""
SELECT a.code, a.name, a.hex_q, a.hex_r, a.vintage,
       100.0 * coalesce(sum(p.share) FILTER (WHERE f.value <= %(most)s), 0)
             / nullif(sum(p.share) FILTER (WHERE f.value IS NOT NULL), 0)
  FROM places_area a
  LEFT JOIN places_areaparent p ON p.parent_id = a.id
  LEFT JOIN places_area s ON s.id = p.area_id AND s.kind = 'lsoa'
        AND {PUBLISHED_FIRST.format(area="s")}
  LEFT JOIN LATERAL (SELECT {FIGURE.format(area="s.id")} AS value) f ON true
 WHERE a.kind = 'ward' GROUP BY a.id ORDER BY a.name
"""


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """An area and one figure of it; None where nobody has published one."""

    code: str
    name: str
    hex_q: int | None
    hex_r: int | None
    vintage: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure."""

    name: str
    value: float
    valid_from: dt.date
    source: str


@dataclass(frozen=True, slots=True)
class Small:
    """A small area of a ward with its figures by indicator, and how much of it lies there."""

    code: str
    name: str
    share: float
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class Ward:
    """One ward: what it lies in, its figures and its small areas."""

    code: str
    name: str
    vintage: str
    source: str
    parents: tuple[tuple[str, str], ...]  # kind, name
    figures: tuple[Figure, ...]
    small: tuple[Small, ...]


def wards(indicator: str, day: dt.date) -> list[AreaFigure]:
    """Every ward with its own figure as at a day."""
    return _areas(WARDS, {"indicator": indicator, "day": day})


def wards_share(indicator: str, most: float, day: dt.date) -> list[AreaFigure]:
    """Every ward with the percentage of its small areas whose figure is `most` or less."""
    return _areas(WARDS_SHARE, {"indicator": indicator, "day": day, "most": most})


def outlines() -> dict[str, dict[str, Any]]:
    """The wards' outlines as GeoJSON by code; none where no boundaries were loaded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, outline FROM places_area WHERE kind = 'ward' AND outline IS NOT NULL"
        )
        return {
            code: json.loads(shape) if isinstance(shape, str) else shape for code, shape in cursor
        }


def ward(code: str, day: dt.date) -> Ward:
    """One ward; raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, code, name, vintage, source FROM places_area"
            " WHERE code = %s AND kind = 'ward'",
            [code],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound("There is no such ward.")
        number = row[0]
        cursor.execute(
            "SELECT a.kind, a.name FROM places_areaparent p JOIN places_area a"
            " ON a.id = p.parent_id WHERE p.area_id = %s ORDER BY p.share DESC",
            [number],
        )
        parents = tuple(cursor.fetchall())
        cursor.execute(
            "SELECT DISTINCT ON (name) name, value, valid_from, source FROM places_indicator"
            " WHERE area_id = %s AND valid_from <= %s ORDER BY name, valid_from DESC",
            [number, day],
        )
        figures = tuple(Figure(*found) for found in cursor.fetchall())
    return Ward(*row[1:], parents, figures, _small(number, day))


def _small(ward_id: int, day: dt.date) -> tuple[Small, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.code, s.name, p.share, coalesce("
            " (SELECT jsonb_object_agg(x.name, x.value) FROM (SELECT DISTINCT ON (i.name) i.name,"
            "   i.value FROM places_indicator i WHERE i.area_id = s.id AND i.valid_from <= %s"
            "   ORDER BY i.name, i.valid_from DESC) x), '{}')"
            " FROM places_areaparent p JOIN places_area s ON s.id = p.area_id"
            f" WHERE p.parent_id = %s AND s.kind = 'lsoa' AND {PUBLISHED_FIRST.format(area='s')}"
            " ORDER BY length(s.name), s.name, s.code",
            [day, ward_id],
        )
        return tuple(
            Small(code, name, share, json.loads(kept) if isinstance(kept, str) else kept)
            for code, name, share, kept in cursor
        )


MONTHS = """
SELECT m.month::date, i.value
  FROM (SELECT date_trunc('month', min(valid_from)) AS first, max(valid_from) AS last
          FROM places_indicator i JOIN places_area a ON a.id = i.area_id
         WHERE a.code = %(code)s AND i.name = %(indicator)s AND i.valid_from <= %(day)s) span
 CROSS JOIN LATERAL generate_series(span.first, span.last::timestamp, interval '1 month') m(month)
  LEFT JOIN LATERAL (
       SELECT i.value FROM places_indicator i JOIN places_area a ON a.id = i.area_id
        WHERE a.code = %(code)s AND i.name = %(indicator)s AND i.valid_from <= %(day)s
          AND i.valid_from >= m.month AND i.valid_from < m.month + interval '1 month'
        ORDER BY i.valid_from DESC LIMIT 1) i ON true
 ORDER BY m.month
"""
DECILES = f"""
SELECT d.decile, coalesce(sum(s.share), 0)
  FROM generate_series(1, 10) d(decile)
  LEFT JOIN (
       SELECT p.share, {FIGURE.format(area="s.id")} AS value
         FROM places_area w JOIN places_areaparent p ON p.parent_id = w.id
         JOIN places_area s ON s.id = p.area_id AND s.kind = 'lsoa'
              AND {PUBLISHED_FIRST.format(area="s")}
        WHERE w.code = %(code)s AND w.kind = 'ward') s ON s.value = d.decile
 GROUP BY d.decile ORDER BY d.decile
"""


def ward_months(code: str, indicator: str, day: dt.date) -> list[tuple[dt.date, float | None]]:
    """An area's figure month by month up to a day, from the first held; None for a gap."""
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, {"code": code, "indicator": indicator, "day": day})
        return [(month, None if value is None else float(value)) for month, value in cursor]


def ward_deciles(code: str, day: dt.date) -> list[tuple[int, float]]:
    """How many of a ward's small areas lie in each decile of deprivation, 1 the most deprived.

    A small area that lies in two wards counts in each with its share.
    """
    with connection.cursor() as cursor:
        cursor.execute(DECILES, {"code": code, "indicator": "imd_decile", "day": day})
        return [(int(decile), float(areas)) for decile, areas in cursor]


def _areas(sql: str, values: dict[str, Any]) -> list[AreaFigure]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [AreaFigure(*row[:5], None if row[5] is None else float(row[5])) for row in cursor]


@dataclass(frozen=True, slots=True)
class AreaName:
    """One area of any kind, with what it lies in: (kind, code, name, share) of each parent."""

    code: str
    kind: str
    name: str
    vintage: str
    parents: tuple[tuple[str, str, str, float], ...]


def area(code: str) -> AreaName:
    """One area; raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, code, kind, name, vintage FROM places_area WHERE code = %s", [code]
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound("There is no such area.")
        cursor.execute(
            "SELECT a.kind, a.code, a.name, p.share FROM places_areaparent p"
            " JOIN places_area a ON a.id = p.parent_id"
            " WHERE p.area_id = %s ORDER BY a.kind, p.share DESC, a.code",
            [row[0]],
        )
        return AreaName(*row[1:], tuple(cursor.fetchall()))


def ward_of(code: str) -> str | None:
    """The ward that holds most of a small area; None when that is not known."""
    parents = [p for p in area(code).parents if p[0] == "ward"]
    return parents[0][1] if parents else None


def indicator(code: str, name: str, day: dt.date) -> float | None:
    """An area's figure as at a day: the newest that had begun; None when there is none."""
    sql = f"SELECT {FIGURE.format(area='a.id')} FROM places_area a WHERE a.code = %(code)s"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"indicator": name, "day": day, "code": code})
        row = cursor.fetchone()
    return None if row is None or row[0] is None else float(row[0])


@dataclass(frozen=True, slots=True)
class Deprivation:
    """Of the small areas of one vintage that have a decile, how many are in the one asked of."""

    vintage: str
    areas: int
    inside: int

    @property
    def share(self) -> float:
        """From 0 to 1; every small area counts once, as in the published summaries."""
        return self.inside / self.areas


def share_in_decile(day: dt.date, decile: int = 1) -> list[Deprivation]:
    """For each vintage of small areas, how many lie in a decile of deprivation (1 the most)."""
    sql = f"""
        SELECT s.vintage, count(*), count(*) FILTER (WHERE f.value = %(decile)s)
          FROM places_area s
          CROSS JOIN LATERAL (SELECT {FIGURE.format(area="s.id")} AS value) f
         WHERE s.kind = 'lsoa' AND f.value IS NOT NULL GROUP BY s.vintage ORDER BY s.vintage"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"indicator": "imd_decile", "day": day, "decile": decile})
        return [Deprivation(*row) for row in cursor.fetchall()]


def counts() -> dict[str, int]:
    """How many areas of each kind and vintage are stored, by words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind || ' of ' || vintage, count(*) FROM places_area GROUP BY 1 ORDER BY 1"
        )
        found = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM places_postcode")
        return found | {"postcode": cursor.fetchone()[0]}
