"""What each agency says of the persons who are one human being, as far as the reader may see.

Row security decides row by row: an agency that shares nothing with the reader has no row here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import timezone

from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records.held import Held, fetch


@dataclass(frozen=True, slots=True)
class Saying:
    """What one agency's file says of a person.

    Attributes:
        person_id, ref: the person as this agency knows them.
        values: the columns of `SAID`, and `address` in one line.
        home: the address in its parts, and its property number.
        since: the same names → since which day the agency has said so, without a break.
        dated: the names of which that is the day itself; of the others, it said so before, too,
            for all that is known.
        ended_at: when the agency's files had the person no more; None while they do.
        basis: the agreements under which the reader sees it; empty for their own agency's.
    """

    person_id: int
    ref: str
    agency_id: int
    agency_code: str
    agency: str
    values: dict[str, Any]
    home: dict[str, Any]
    since: dict[str, dt.date]
    dated: frozenset[str]
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
    *("date_of_death", "line_1", "line_2", "town", "postcode", "uprn"),
)
_HOME = ("line_1", "line_2", "town", "postcode")
_PARTS = (*_HOME, "uprn")
# Every version, of each person the one that stands or, where the agency has the person no more,
# the last one, before those that it took the place of.
_VERSIONS = f"""
SELECT t.person_id, p.ref, g.id, g.code, g.name, t.recorded_at, t.superseded_at, t.address_from,
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
# A tenancy is told by the first line of its home; the person's own rows hold the rest of it.
_HOME_OF = """
LEFT JOIN LATERAL (SELECT r.line_2, r.town FROM records_resident r
                    WHERE r.person_id = t.person_id AND r.agency_id = t.agency_id
                      AND r.uprn = t.uprn ORDER BY r.id DESC LIMIT 1) h ON true
"""
_MORE = {"tenancies": ({"line_2": "h.line_2", "town": "h.town"}, _HOME_OF)}
_STARTS = {"tenancies": "start_date", "attendances": "from_date"}
_ENDS = {"tenancies": "end_date"}

# Under which agreements each agency's statements reach the reader today, as `wp_enter` saw it.
_BASES = """
SELECT l.from_agency_id, array_agg(DISTINCT a.name ORDER BY a.name)
  FROM agencies_agreementline l JOIN agencies_agreement a ON a.id = l.agreement_id
 WHERE l.to_agency_id = %(agency)s AND a.withdrawn_at IS NULL AND a.valid_from <= wp_today()
   AND (a.valid_to IS NULL OR a.valid_to >= wp_today())
   AND %(role)s = ANY (a.roles) AND %(purpose)s = ANY (a.purposes)
   AND l.information_class = 'P2'
 GROUP BY l.from_agency_id
"""


def together(persons: dict[int, str], homes: Mapping[int, Sequence[Held]]) -> Together:
    """What the reader sees of these persons, whom they know to be one.

    Args:
        persons: person id → reference, of those whom the reader may see.
        homes: person id → homes by files that write these apart from people, if any.
    """
    tables = {name: tuple(_told(name, list(persons))) for name in _TABLES}
    return Together(sayings=tuple(sayings(persons, homes)), **tables)


def sayings(persons: dict[int, str], homes: Mapping[int, Sequence[Held]]) -> Iterator[Saying]:
    """What each agency's files say of these persons, as `together` has it."""
    own = require_actor().agency_id
    rows = fetch(_VERSIONS, {"persons": list(persons), "refs": list(persons.values())})
    bases = _bases() if any(row[2] != own for row in rows) else {}
    for (person, ref, agency, code, name), found in groupby(rows, key=lambda row: row[:5]):
        versions = [_Version(*row[5:8], dict(zip(SAID, row[8:], strict=True))) for row in found]
        last = versions[0]
        values, told = dict(last.said), {one: _since([one], versions) for one in SAID}
        home, told["address"] = _address(homes.get(person, ()), versions)
        values["address"] = ", ".join(home[part] for part in _HOME if home[part])
        for part in _PARTS:
            del values[part], told[part]
        since = {one: day for one, (day, _) in told.items()}
        dated = frozenset(one for one, (_, known) in told.items() if known)
        basis = bases.get(agency, ()) if agency != own else ()
        times = (last.recorded_at, last.ended_at)
        yield Saying(person, ref, agency, code, name, values, home, since, dated, *times, basis)


@dataclass(frozen=True, slots=True)
class _Version:
    recorded_at: dt.datetime
    ended_at: dt.datetime | None
    address_from: dt.date | None
    said: dict[str, Any]


Since = tuple[dt.date, bool]


def _since(names: Sequence[str], versions: Sequence[_Version]) -> Since:
    """The day since when the last version's values have been said, back to others or a gap.

    False where they were said from the first: whether before that day, too, nobody knows.
    """
    found = versions[0]
    for before in versions[1:]:
        broken = before.ended_at is None or before.ended_at < found.recorded_at
        if broken or any(before.said[one] != found.said[one] for one in names):
            return timezone.localdate(found.recorded_at), True
        found = before
    return timezone.localdate(found.recorded_at), False


def _address(homes: Sequence[Held], versions: Sequence[_Version]) -> tuple[dict[str, Any], Since]:
    """Where they live by an agency, in its parts, and since when it says so."""
    today = timezone.localdate()
    still = [one for one in homes if not one.values["lived_to"] or one.values["lived_to"] >= today]
    if still:
        home = max(still, key=lambda one: (one.values["lived_from"] or dt.date.min, one.key))
        first = home.values["lived_from"]
        since = (first or timezone.localdate(home.recorded_at), first is not None)
        return {part: home.values[part] for part in _PARTS}, since
    moved = versions[0].address_from
    since = (moved, True) if moved else _since(_HOME, versions)
    return {part: versions[0].said[part] for part in _PARTS}, since


def _bases() -> dict[int, tuple[str, ...]]:
    actor = require_actor()
    given = {"agency": actor.agency_id, "role": actor.role, "purpose": actor.purpose}
    return {agency: tuple(names) for agency, names in fetch(_BASES, given)}


def _told(name: str, persons: Sequence[int]) -> Iterator[Told]:
    table, columns = _TABLES[name]
    start, end = _STARTS.get(name, "from_date"), _ENDS.get(name, "to_date")
    more, joined = _MORE.get(name, ({}, ""))
    named = {column: f"t.{column}" for column in columns} | more
    rows = fetch(
        f"SELECT g.name, t.recorded_at, {', '.join(named.values())}"
        f" FROM {table} t JOIN agencies_agency g ON g.id = t.agency_id {joined}"
        " WHERE t.person_id = ANY(%(persons)s) AND t.superseded_at IS NULL"
        f" ORDER BY t.{end} DESC NULLS FIRST, t.{start} DESC NULLS LAST, g.name, t.source_key",
        {"persons": list(persons)},
    )
    for agency, recorded_at, *values in rows:
        yield Told(agency, dict(zip(named, values, strict=True)), recorded_at)
