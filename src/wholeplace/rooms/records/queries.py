"""Reading what agencies' files say, under the reader's row security.

None of these writes an audit event: the page, list or job that shows what they give does.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from wholeplace.rooms.records.held import SECTIONS, Held, Holding, fetch, person_statements
from wholeplace.rooms.records.models import Load
from wholeplace.rooms.records.one_person import person_rows
from wholeplace.rooms.records.search import AT_MOST, Hit, Hits, search

__all__ = [
    "AT_MOST",
    "CurrentAddress",
    "Held",
    "Hit",
    "Hits",
    "Holding",
    "Version",
    "current_address",
    "load_of_same_files",
    "person_history",
    "person_rows",
    "person_statements",
    "search",
]


def load_of_same_files(load_id: int) -> int | None:
    """The latest earlier finished load of the very same files read the same way, or None."""
    this = Load.objects.get(pk=load_id)
    earlier = Load.objects.filter(
        agency_id=this.agency_id,
        source=this.source,
        fingerprint=this.fingerprint,
        state="finished",
        pk__lt=this.pk,
    )
    return earlier.order_by("-pk").values_list("pk", flat=True).first()


@dataclass(frozen=True, slots=True)
class CurrentAddress:
    """Where somebody lives by the agency's file; the lines as a letter writes them."""

    lines: tuple[str, ...]
    postcode: str | None
    lsoa_code: str | None
    ward_code: str | None
    household_key: str
    tenure: str | None
    landlord: str | None
    since: dt.date | None

    @property
    def text(self) -> str:
        """The address in one line."""
        return ", ".join([*self.lines, *([self.postcode] if self.postcode else [])])


_ADDRESS = """
SELECT a.line_1, a.line_2, a.town, a.postcode, a.lsoa_code,
       (SELECT w.code FROM places_area s JOIN places_areaparent x ON x.area_id = s.id
          JOIN places_area w ON w.id = x.parent_id AND w.kind = 'ward'
         WHERE s.code = a.lsoa_code ORDER BY x.share DESC, w.code LIMIT 1),
       h.source_key, h.tenure, h.landlord, greatest(m.from_date, h.from_date)
  FROM records_member m
  JOIN records_household h ON h.source_key = m.household_key AND h.agency_id = m.agency_id
       AND h.superseded_at IS NULL
  JOIN records_address a ON a.source_key = h.uprn AND a.agency_id = h.agency_id
       AND a.superseded_at IS NULL
 WHERE m.person_id = %(person)s AND m.superseded_at IS NULL
   AND coalesce(m.from_date, '-infinity') <= %(day)s AND coalesce(m.to_date, 'infinity') >= %(day)s
   AND coalesce(h.from_date, '-infinity') <= %(day)s AND coalesce(h.to_date, 'infinity') >= %(day)s
 ORDER BY greatest(m.from_date, h.from_date) DESC NULLS LAST, m.id DESC LIMIT 1
"""


def current_address(person_id: int, day: dt.date) -> CurrentAddress | None:
    """Where the person lives on a day: of several homes the one moved into last; None if none."""
    found = fetch(_ADDRESS, {"person": person_id, "day": day})
    if not found:
        return None
    line_1, line_2, town, *rest = found[0]
    return CurrentAddress(tuple(line for line in (line_1, line_2, town) if line), *rest)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one row: what it said, and from when to when it was believed."""

    table: str
    key: str
    values: dict[str, Any]
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None


_VERSIONED = {
    "resident": "resident",
    "member": "homes",
    "benefitspell": "benefit_spells",
    "job": "jobs",
}


def person_history(person_id: int) -> tuple[Version, ...]:
    """Every version of the rows that name the person, the newest recorded first."""
    found = []
    for table, section in _VERSIONED.items():
        columns = SECTIONS[section].columns
        query = (
            f"SELECT source_key, recorded_at, superseded_at, {', '.join(columns)}"
            f" FROM records_{table} WHERE person_id = %(person)s"
        )
        found += [
            Version(table, key, dict(zip(columns, values, strict=True)), recorded_at, until)
            for key, recorded_at, until, *values in fetch(query, {"person": person_id})
        ]
    return tuple(sorted(found, key=lambda v: (v.recorded_at, v.table, v.key), reverse=True))
