"""Where the people live whom a trawl found: counts by ward, of those whom the reader may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.places.queries import AreaFigure

# The home of the trawl's day, as a letter would find it: of several the one moved into last.
# A small area belongs to the ward that holds most of it. Each step is worked out once.
LIVED = """
WITH run AS (
  SELECT r.id, r.as_at FROM schemes_trawlrun r WHERE r.id = %(run)s AND r.state = 'whole'),
found AS MATERIALIZED (
  SELECT f.person_id, f.answer, f.deceased, run.as_at
    FROM schemes_finding f JOIN run ON run.id = f.run_id),
home AS MATERIALIZED (
  SELECT DISTINCT ON (m.person_id) m.person_id, a.lsoa_code
    FROM found
    JOIN records_member m ON m.person_id = found.person_id AND m.superseded_at IS NULL
         AND coalesce(m.from_date, '-infinity') <= found.as_at
         AND coalesce(m.to_date, 'infinity') >= found.as_at
    JOIN records_household h ON h.source_key = m.household_key AND h.agency_id = m.agency_id
         AND h.superseded_at IS NULL
         AND coalesce(h.from_date, '-infinity') <= found.as_at
         AND coalesce(h.to_date, 'infinity') >= found.as_at
    JOIN records_address a ON a.source_key = h.uprn AND a.agency_id = h.agency_id
         AND a.superseded_at IS NULL
   ORDER BY m.person_id, greatest(m.from_date, h.from_date) DESC NULLS LAST, m.id DESC),
small AS MATERIALIZED (
  SELECT DISTINCT ON (s.code) s.code, w.id AS ward_id
    FROM places_area s JOIN places_areaparent x ON x.area_id = s.id
    JOIN places_area w ON w.id = x.parent_id AND w.kind = 'ward'
   WHERE s.kind = 'lsoa' ORDER BY s.code, x.share DESC, w.code)
"""
WHERE = f"""
{LIVED},
lived AS (
  SELECT small.ward_id, count(*) AS people FROM found
    LEFT JOIN home ON home.person_id = found.person_id
    LEFT JOIN small ON small.code = home.lsoa_code
   GROUP BY small.ward_id)
SELECT w.code, w.name, w.hex_q, w.hex_r, w.vintage, coalesce(lived.people, 0)
  FROM (SELECT * FROM places_area WHERE kind = 'ward') w
  FULL JOIN lived ON lived.ward_id = w.id
 WHERE (SELECT count(*) FROM run) = 1 ORDER BY w.name
"""
# Every ward has a row, and those without one share a row; who has died is not counted.
BY_ANSWER = f"""
{LIVED},
lived AS (
  SELECT small.ward_id, count(*) FILTER (WHERE found.answer = 'yes') AS yes,
         count(*) FILTER (WHERE found.answer = 'possible') AS possible
    FROM found
    LEFT JOIN home ON home.person_id = found.person_id
    LEFT JOIN small ON small.code = home.lsoa_code
   WHERE NOT found.deceased GROUP BY small.ward_id)
SELECT coalesce(w.code, ''), coalesce(w.name, ''), coalesce(lived.yes, 0),
       coalesce(lived.possible, 0)
  FROM (SELECT * FROM places_area WHERE kind = 'ward') w
  FULL JOIN lived ON lived.ward_id = w.id
 WHERE (SELECT count(*) FROM run) = 1 ORDER BY w.name NULLS LAST
"""


@dataclass(frozen=True, slots=True)
class WhereFound:
    """People by ward, and those whose home of that day is not known or in no ward."""

    wards: tuple[AreaFigure, ...]
    elsewhere: int

    @property
    def people(self) -> int:
        """Everybody counted."""
        return self.elsewhere + sum(int(ward.value or 0) for ward in self.wards)


def where_found(run_id: int) -> WhereFound:
    """Of everybody found whom this reader may see, how many lived in each ward.

    Nobody is named; that it was counted is written in the audit trail. A trawl that is not
    whole, or that this reader may not see, counts nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(WHERE, {"run": run_id})
        found = cursor.fetchall()
    audit.record("findings.count", record=f"trawl {run_id}")
    wards = tuple(AreaFigure(*row[:5], float(row[5])) for row in found if row[0] is not None)
    return WhereFound(wards, sum(int(row[5]) for row in found if row[0] is None))


def found_by_area(run_id: int) -> list[tuple[str, str, int, int]]:
    """(ward's code, its name, yes, possible) of a whole trawl; "" is: no ward is known.

    The true counts, to be suppressed before anybody sees them.
    """
    with connection.cursor() as cursor:
        cursor.execute(BY_ANSWER, {"run": run_id})
        return [(str(code), str(name), yes, maybe) for code, name, yes, maybe in cursor.fetchall()]
