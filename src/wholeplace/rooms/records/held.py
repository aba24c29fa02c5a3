"""What an agency's files say of one person, table by table: now, or as known at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from wholeplace.rooms.records.export import (
    LIVED_FROM,
    LIVED_TO,
    SILENCING,
    UNSAFE,
    WARD_OF,
)


def fetch(query: str, values: dict[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Held:
    """One row: its key in the file, its values, since when recorded, and by whom.

    `ended_at` is when the agency's files no longer had it; None while it stands.
    """

    key: str
    values: dict[str, Any]
    recorded_at: dt.datetime
    agency: str
    ended_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """What the reader's agency holds about one person, table by table, newest first.

    A table that the reader's information classes leave out is empty. Where the agency's files
    no longer have the person, `resident` is empty and `former` is what they last said.
    """

    resident: tuple[Held, ...] = ()
    former: tuple[Held, ...] = ()
    homes: tuple[Held, ...] = ()
    household: tuple[Held, ...] = ()
    benefit_spells: tuple[Held, ...] = ()
    jobs: tuple[Held, ...] = ()
    accounts: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    columns: tuple[str, ...]
    tables: str
    order: str
    whose: str = "t.person_id"
    mine: str = "t.person_id = ANY(%(persons)s)"
    extra: dict[str, str] = field(default_factory=dict)


_BAR = (
    "EXISTS (SELECT 1 FROM people_contactbar b WHERE b.person_id = t.person_id"
    " AND b.ended_at IS NULL AND b.kind IN {kinds})"
)
_THEIR_HOMES = (
    "(SELECT DISTINCT m.person_id, m.household_key FROM records_member m"
    " WHERE m.person_id = ANY(%(persons)s) AND m.superseded_at IS NULL)"
    " o ON o.household_key = t.household_key"
)
SECTIONS = {
    "resident": Section(
        (
            *("title", "given_names", "family_name", "date_of_birth", "sex", "ni_number"),
            *("phone", "email", "language", "do_not_contact", "unsafe_address", "date_of_death"),
            *("nhs_number", "upn", "previous_family_name", "known_as", "service"),
            *("line_1", "line_2", "town", "postcode"),
        ),
        "records_resident t JOIN people_person p ON p.id = t.person_id",
        "t.id",
        extra={
            "ref": "p.ref",
            "own": "t.agency_id = wp_agency()",
            "barred": f"t.do_not_contact OR {_BAR.format(kinds=SILENCING)}",
            "unsafe": f"t.unsafe_address OR {_BAR.format(kinds=UNSAFE)}",
        },
    ),
    "homes": Section(
        ("household_key", "role", "from_date", "to_date"),
        "records_member t JOIN records_household h ON h.source_key = t.household_key"
        " AND h.agency_id = t.agency_id AND h.superseded_at IS NULL"
        " LEFT JOIN records_address a ON a.source_key = h.uprn AND a.agency_id = h.agency_id"
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
            "household_id": "h.id",
            "household_recorded_at": "h.recorded_at",
            "lived_from": LIVED_FROM.format(m="t"),
            "lived_to": LIVED_TO.format(m="t"),
            "ward_code": WARD_OF.format(code="a.lsoa_code"),
        },
    ),
    "household": Section(
        ("household_key", "role", "from_date", "to_date"),
        f"records_member t JOIN people_person p ON p.id = t.person_id JOIN {_THEIR_HOMES}",
        "t.to_date DESC NULLS FIRST, p.date_of_birth, t.source_key",
        whose="o.person_id",
        mine="t.person_id <> o.person_id",
        extra={
            "person_id": "p.id",
            "ref": "p.ref",
            "name": "p.name",
            "date_of_birth": "p.date_of_birth",
        },
    ),
    "benefit_spells": Section(
        ("benefit", "start_date", "end_date", "weekly_pence", "housing_costs"),
        "records_benefitspell t",
        "t.end_date DESC NULLS FIRST, t.start_date DESC NULLS LAST, t.source_key",
    ),
    "jobs": Section(
        (
            *("employer", "start_date", "end_date", "expected_weeks", "hours_a_week"),
            "reported_on",
        ),
        "records_job t",
        "t.start_date DESC NULLS LAST, t.source_key",
    ),
    "accounts": Section(
        (
            *("household_key", "kind", "weekly_charge_pence", "weekly_help_pence"),
            *("arrears_pence", "as_at_date"),
        ),
        f"records_account t JOIN {_THEIR_HOMES}",
        "t.as_at_date DESC NULLS LAST, t.kind, t.source_key",
        whose="o.person_id",
        mine="true",
    ),
}


_STANDS, _STOOD = (
    "{0}.superseded_at IS NULL",
    "({0}.recorded_at <= %(known_at)s"
    " AND ({0}.superseded_at IS NULL OR {0}.superseded_at > %(known_at)s))",
)
_BARS, _BARRED = (
    "b.ended_at IS NULL",
    "b.recorded_at <= %(known_at)s AND (b.ended_at IS NULL OR b.ended_at > %(known_at)s)",
)


def as_known(query: str) -> str:
    """The query with "this version stands" as "it stood at %(known_at)s", and so for bars."""
    for version in ("t", "m", "h", "a"):
        query = query.replace(_STANDS.format(version), _STOOD.format(version))
    return query.replace(_BARS, _BARRED)


def person_statements(person_id: int, known_at: dt.datetime | None = None) -> Holding:
    """What the agency's files say of one person: for the person's page and their own.

    Args:
        known_at: what stood at that moment; None: what stands now. Who lives with the person
            is named as they are named now.
    """
    held = statements_of([person_id], tuple(SECTIONS), known_at)[person_id]
    return held if held.resident else replace(held, former=_former(person_id, known_at))


def _former(person_id: int, known_at: dt.datetime | None) -> tuple[Held, ...]:
    """The last statement about somebody whom the files no longer have, with when it ended."""
    section = SECTIONS["resident"]
    named = {name: f"t.{name}" for name in section.columns} | section.extra
    query = (
        f"SELECT t.source_key, t.recorded_at, g.name, t.superseded_at, {', '.join(named.values())}"
        f" FROM {section.tables} JOIN agencies_agency g ON g.id = t.agency_id"
        f" WHERE {section.mine}"
        " AND t.superseded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')"
        " ORDER BY t.superseded_at DESC, t.id DESC LIMIT 1"
    )
    found = fetch(query, {"persons": [person_id], "known_at": known_at})
    return tuple(
        Held(key, dict(zip(named, values, strict=True)), recorded_at, agency, ended_at)
        for key, recorded_at, agency, ended_at, *values in found
    )


def statements_of(
    persons: Sequence[int], sections: Sequence[str], known_at: dt.datetime | None = None
) -> dict[int, Holding]:
    """Some sections of what the files say of each of these persons, one query a section."""
    found: dict[int, dict[str, list[Held]]] = {
        person: {name: [] for name in sections} for person in persons
    }
    for name in sections:
        for person, held in _held(SECTIONS[name], persons, known_at):
            found[person][name].append(held)
    return {
        person: Holding(**{name: tuple(rows) for name, rows in told.items()})
        for person, told in found.items()
    }


def _held(
    section: Section, persons: Sequence[int], known_at: dt.datetime | None
) -> Iterator[tuple[int, Held]]:
    named = {name: f"t.{name}" for name in section.columns} | section.extra
    query = (
        f"SELECT {section.whose}, t.source_key, t.recorded_at, g.name, {', '.join(named.values())}"
        f" FROM {section.tables} JOIN agencies_agency g ON g.id = t.agency_id"
        f" WHERE t.superseded_at IS NULL AND {section.mine} ORDER BY {section.order}"
    )
    query = query if known_at is None else as_known(query)
    rows = fetch(query, {"persons": list(persons), "known_at": known_at})
    for person, key, recorded_at, agency, *values in rows:
        yield person, Held(key, dict(zip(named, values, strict=True)), recorded_at, agency)
