"""Reading what agencies' files say, under the reader's row security.

None of these writes an audit event: the page, list or job that shows what they give does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from wholeplace.core.kernel.errors import NotFound
from wholeplace.population.facts import PersonRows, Row
from wholeplace.rooms.records.export import one_person
from wholeplace.rooms.records.models import Load
from wholeplace.rooms.records.search import Hit, search

__all__ = [
    "CurrentAddress",
    "Held",
    "Hit",
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


# What the agency calls each table, for the source that stands beside a value.
_FILES = {
    "persons": "residents",
    "residences": "households",
    "benefit_spells": "benefits paid",
    "jobs": "jobs reported",
    "accounts": "rent and council tax accounts",
}


def person_rows(person_id: int) -> PersonRows:
    """Everything that facts about one person are derived from, as the snapshot would hold it.

    Raises:
        NotFound: no such person for this reader, or nothing current is said of them.
    """
    tables = {name: _rows(name, person_id) for name in _FILES}
    persons = tables.pop("persons")
    if not persons:
        raise NotFound("There is no such person.")
    return PersonRows(person=persons[0], indicators=_area_figures, **tables)


def _rows(name: str, person_id: int) -> tuple[Row, ...]:
    query, columns = one_person(name)
    return tuple(
        Row(
            values=dict(zip(columns[:-1], values, strict=True)),
            source=f"The benefits service’s {_FILES[name]}",
            recorded_at=recorded_at,
        )
        for *values, recorded_at in _fetch(query, {"person": person_id})
    )


def _fetch(query: str, values: dict[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _area_figures(area_code: str, indicator: str) -> Iterable[Row]:
    rows = _fetch(
        "SELECT i.value, i.valid_from, i.valid_to, i.source FROM places_indicator i"
        " JOIN places_area a ON a.id = i.area_id WHERE a.code = %s AND i.name = %s",
        [area_code, indicator],
    )
    return [
        Row(
            values={
                "area_code": area_code,
                "indicator": indicator,
                "value": value,
                "from_date": start,
                "to_date": end,
            },
            source=source,
        )
        for value, start, end, source in rows
    ]


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
    found = _fetch(_ADDRESS, {"person": person_id, "day": day})
    if not found:
        return None
    line_1, line_2, town, *rest = found[0]
    return CurrentAddress(tuple(line for line in (line_1, line_2, town) if line), *rest)


@dataclass(frozen=True, slots=True)
class Held:
    """One current row: its key in the file, its values, since when recorded, and by whom."""

    key: str
    values: dict[str, Any]
    recorded_at: dt.datetime
    agency: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What the reader's agency holds about one person, table by table, newest first.

    A table that the reader's information classes leave out is empty.
    """

    resident: tuple[Held, ...] = ()
    homes: tuple[Held, ...] = ()
    household: tuple[Held, ...] = ()
    benefit_spells: tuple[Held, ...] = ()
    jobs: tuple[Held, ...] = ()
    accounts: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class _Section:
    columns: tuple[str, ...]
    tables: str
    order: str
    mine: str = "t.person_id = %(person)s"
    extra: dict[str, str] = field(default_factory=dict)


_HOMES_OF = """
t.household_key IN (SELECT m.household_key FROM records_member m
    WHERE m.person_id = %(person)s AND m.superseded_at IS NULL)
"""
_SECTIONS = {
    "resident": _Section(
        (
            *("title", "given_names", "family_name", "date_of_birth", "sex", "ni_number"),
            *("phone", "email", "language", "do_not_contact", "unsafe_address", "date_of_death"),
        ),
        "records_resident t",
        "t.id",
    ),
    "homes": _Section(
        ("household_key", "role", "from_date", "to_date"),
        "records_member t JOIN records_household h ON h.source_key = t.household_key"
        " AND h.agency_id = t.agency_id AND h.superseded_at IS NULL"
        " JOIN records_address a ON a.source_key = h.uprn AND a.agency_id = h.agency_id"
        " AND a.superseded_at IS NULL",
        "t.to_date DESC NULLS FIRST, t.from_date DESC NULLS LAST, t.source_key",
        extra={
            "uprn": "h.uprn",
            "line_1": "a.line_1",
            "line_2": "a.line_2",
            "town": "a.town",
            "postcode": "a.postcode",
            "lsoa_code": "a.lsoa_code",
            "tenure": "h.tenure",
            "landlord": "h.landlord",
            "household_from": "h.from_date",
            "household_to": "h.to_date",
        },
    ),
    "household": _Section(
        ("household_key", "role", "from_date", "to_date"),
        "records_member t JOIN people_person p ON p.id = t.person_id",
        "t.to_date DESC NULLS FIRST, p.date_of_birth, t.source_key",
        mine=f"{_HOMES_OF} AND t.person_id <> %(person)s",
        extra={
            "person_id": "p.id",
            "ref": "p.ref",
            "name": "p.name",
            "date_of_birth": "p.date_of_birth",
        },
    ),
    "benefit_spells": _Section(
        ("benefit", "start_date", "end_date", "weekly_pence", "housing_costs"),
        "records_benefitspell t",
        "t.end_date DESC NULLS FIRST, t.start_date DESC NULLS LAST, t.source_key",
    ),
    "jobs": _Section(
        (
            *("employer", "start_date", "end_date", "expected_weeks", "hours_a_week"),
            "reported_on",
        ),
        "records_job t",
        "t.start_date DESC NULLS LAST, t.source_key",
    ),
    "accounts": _Section(
        (
            *("household_key", "kind", "weekly_charge_pence", "weekly_help_pence"),
            *("arrears_pence", "as_at_date"),
        ),
        "records_account t",
        "t.as_at_date DESC NULLS LAST, t.kind, t.source_key",
        mine=_HOMES_OF,
    ),
}


def person_statements(person_id: int) -> Holding:
    """What the agency's files say of one person now: for the person's page and their own."""
    return Holding(**{name: _held(section, person_id) for name, section in _SECTIONS.items()})


def _held(section: _Section, person_id: int) -> tuple[Held, ...]:
    named = {name: f"t.{name}" for name in section.columns} | section.extra
    query = (
        f"SELECT t.source_key, t.recorded_at, g.name, {', '.join(named.values())}"
        f" FROM {section.tables} JOIN agencies_agency g ON g.id = t.agency_id"
        f" WHERE t.superseded_at IS NULL AND {section.mine} ORDER BY {section.order}"
    )
    return tuple(
        Held(key, dict(zip(named, values, strict=True)), recorded_at, agency)
        for key, recorded_at, agency, *values in _fetch(query, {"person": person_id})
    )


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
        columns = _SECTIONS[section].columns
        query = (
            f"SELECT source_key, recorded_at, superseded_at, {', '.join(columns)}"
            f" FROM records_{table} WHERE person_id = %(person)s"
        )
        found += [
            Version(table, key, dict(zip(columns, values, strict=True)), recorded_at, until)
            for key, recorded_at, until, *values in _fetch(query, {"person": person_id})
        ]
    return tuple(sorted(found, key=lambda v: (v.recorded_at, v.table, v.key), reverse=True))
