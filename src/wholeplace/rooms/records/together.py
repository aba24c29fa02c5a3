"""What each agency says of the persons who are one human being, as far as the reader may see.

Row security decides row by row: an agency that shares nothing with the reader has no row here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records.held import fetch
from wholeplace.rooms.records.search import homes_of


@dataclass(frozen=True, slots=True)
class Saying:
    """What one agency's file says of a person.

    Attributes:
        person_id, ref: the person as this agency knows them.
        values: the columns of `SAID`, and `address` in one line.
        ended_at: when the agency's files had the person no more; None while they do.
        basis: the agreements under which the reader sees it; empty for their own agency's.
    """

    person_id: int
    ref: str
    agency_code: str
    agency: str
    values: dict[str, Any]
    recorded_at: dt.datetime
    ended_at: dt.datetime | None
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One row of a table of statements, whose it is, and when it was recorded."""

    agency: str
    values: dict[str, Any]
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Together:
    """Everything that the reader sees of one human being beside benefits, jobs and accounts."""

    sayings: tuple[Saying, ...]
    involvements: tuple[Told, ...]
    tenancies: tuple[Told, ...]
    school_places: tuple[Told, ...]
    attendances: tuple[Told, ...]

    @property
    def agencies(self) -> tuple[str, ...]:
        """Who says something, each once."""
        return tuple(dict.fromkeys(one.agency for one in self.sayings))


SAID = (
    *("title", "given_names", "family_name", "previous_family_name", "known_as", "date_of_birth"),
    *("sex", "ni_number", "nhs_number", "upn", "phone", "email", "language", "service"),
    *("date_of_death", "line_1", "line_2", "town", "postcode"),
)
# The version that stands or, where the agency has the person no more, the last one.
_SAYINGS = f"""
SELECT DISTINCT ON (g.name, t.person_id)
       t.person_id, p.ref, g.id, g.code, g.name, t.recorded_at, t.superseded_at,
       {", ".join(f"t.{name}" for name in SAID)}
  FROM unnest(%(persons)s::bigint[], %(refs)s::text[]) p(id, ref)
  JOIN records_resident t ON t.person_id = p.id
  JOIN agencies_agency g ON g.id = t.agency_id
 ORDER BY g.name, t.person_id, t.superseded_at DESC NULLS FIRST, t.id DESC
"""
_TABLES = {
    "involvements": (
        "records_involvement",
        ("team", "worker", "role", "phone", "kind", "from_date", "to_date"),
    ),
    "tenancies": (
        "records_tenancy",
        ("uprn", "line_1", "postcode", "kind", "start_date", "end_date", "weekly_rent_pence"),
    ),
    "school_places": (
        "records_schoolplace",
        ("school_code", "school", "year_group", "from_date", "to_date"),
    ),
    "attendances": (
        "records_attendance",
        ("place", "kind", "from_date", "to_date", "sessions_possible", "sessions_attended"),
    ),
}
_STARTS = {"tenancies": "start_date", "attendances": "from_date"}
_ENDS = {"tenancies": "end_date"}

# Under which agreements each agency's statements reach the reader today, as `wp_enter` saw it.
_BASES = """
SELECT l.from_agency_id, array_agg(DISTINCT a.name ORDER BY a.name)
  FROM agencies_agreementline l JOIN agencies_agreement a ON a.id = l.agreement_id
 WHERE l.to_agency_id = %(agency)s AND a.withdrawn_at IS NULL AND a.valid_from <= current_date
   AND (a.valid_to IS NULL OR a.valid_to >= current_date)
   AND %(role)s = ANY (a.roles) AND %(purpose)s = ANY (a.purposes)
   AND l.information_class = 'P2'
 GROUP BY l.from_agency_id
"""


def together(persons: dict[int, str]) -> Together:
    """What the reader sees of these persons, whom they know to be one.

    Args:
        persons: person id → reference, of those whom the reader may see.
    """
    tables = {name: tuple(_told(name, list(persons))) for name in _TABLES}
    return Together(sayings=tuple(_sayings(persons)), **tables)


def _sayings(persons: dict[int, str]) -> Iterator[Saying]:
    own = require_actor().agency_id
    rows = fetch(_SAYINGS, {"persons": list(persons), "refs": list(persons.values())})
    bases = _bases() if any(row[2] != own for row in rows) else {}
    homes = homes_of(list(persons))
    for person, ref, agency, code, name, recorded_at, ended_at, *values in rows:
        said = dict(zip(SAID, values, strict=True))
        lines = [said.pop(part) for part in ("line_1", "line_2", "town", "postcode")]
        said["address"] = ", ".join(filter(None, lines)) or homes.get(person, "")
        basis = bases.get(agency, ()) if agency != own else ()
        yield Saying(person, ref, code, name, said, recorded_at, ended_at, basis)


def _bases() -> dict[int, tuple[str, ...]]:
    actor = require_actor()
    given = {"agency": actor.agency_id, "role": actor.role, "purpose": actor.purpose}
    return {agency: tuple(names) for agency, names in fetch(_BASES, given)}


def _told(name: str, persons: Sequence[int]) -> Iterator[Told]:
    table, columns = _TABLES[name]
    start, end = _STARTS.get(name, "from_date"), _ENDS.get(name, "to_date")
    rows = fetch(
        f"SELECT g.name, t.recorded_at, {', '.join(f't.{column}' for column in columns)}"
        f" FROM {table} t JOIN agencies_agency g ON g.id = t.agency_id"
        " WHERE t.person_id = ANY(%(persons)s) AND t.superseded_at IS NULL"
        f" ORDER BY t.{end} DESC NULLS FIRST, t.{start} DESC NULLS LAST, g.name, t.source_key",
        {"persons": list(persons)},
    )
    for agency, recorded_at, *values in rows:
        yield Told(agency, dict(zip(columns, values, strict=True)), recorded_at)
