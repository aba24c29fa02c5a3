"""Reading who is who: the persons who are one human being, as far as the reader may know.

Row security decides; whoever may not see a person sees no link to them, and no sign of one.
None of these writes an audit event: the page or command that shows what they give does.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.people.references import person_number, person_ref, plain


@dataclass(frozen=True, slots=True)
class LinkedPerson:
    """A person whom another agency, or the same one twice, knows by records of its own."""

    person_id: int
    agency_id: int
    agency_code: str
    agency: str


@dataclass(frozen=True, slots=True)
class Agreeing:
    """Two persons taken for one: how strongly (in bits) and how far each comparison agreed.

    `levels`: comparison → 0 (not at all) upwards; -1 where a value was missing.
    """

    a: int
    b: int
    weight: float
    levels: dict[str, int]


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A person's place in an identity, from when to when and why; `before` is where they were."""

    person_ref: str
    agency_code: str
    source_key: str | None  # None where the agency's files hold the person no more
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None
    why: str
    before: str | None


def identity_of(person_id: int) -> str | None:
    """The reference of a person's identity, where the reader sees somebody else in it."""
    found = _rows(
        "SELECT i.ref FROM identity_member m JOIN identity_identity i ON i.id = m.identity_id"
        " WHERE m.person_id = %s AND m.superseded_at IS NULL",
        [person_id],
    )
    return str(found[0][0]) if found else None


# Whose person it is stands in what their agency says of them, which may be of long ago.
_LINKED = """
SELECT x.id, g.id, g.code, g.name
  FROM unnest(wp_together(%(person)s)) x(id)
  JOIN LATERAL (SELECT r.agency_id FROM records_resident r WHERE r.person_id = x.id LIMIT 1) r
    ON true
  JOIN agencies_agency g ON g.id = r.agency_id
 WHERE x.id <> %(person)s
 ORDER BY g.name, x.id
"""


def linked_people(person_id: int) -> tuple[LinkedPerson, ...]:
    """The other persons of somebody's identity whom the reader may see, by agency.

    Empty where the person is alone, where the reader may not see them, and where the reader may
    see none of the others: the same in every case.
    """
    return tuple(LinkedPerson(*row) for row in _rows(_LINKED, {"person": person_id}))


def agreements_between(person_ids: Sequence[int]) -> tuple[Agreeing, ...]:
    """Why these persons are taken for one: the best pairs among them, the strongest first."""
    rows = _rows(
        "SELECT l.a_id, l.b_id, l.weight, identity_compared(l.run_id), l.levels"
        " FROM identity_link l"
        " WHERE l.a_id = ANY(%(people)s) AND l.b_id = ANY(%(people)s)"
        " ORDER BY l.weight DESC, l.a_id, l.b_id",
        {"people": list(person_ids)},
    )
    return tuple(
        Agreeing(a, b, weight, dict(zip(names, levels, strict=True)))
        for a, b, weight, names, levels in rows
    )


_HISTORY = """
WITH told AS (
    SELECT m.person_id, m.identity_id, m.recorded_at, m.superseded_at, m.why,
           lag(i.ref) OVER (PARTITION BY m.person_id ORDER BY m.recorded_at, m.id) AS before
      FROM identity_member m JOIN identity_identity i ON i.id = m.identity_id
     WHERE m.person_id IN (SELECT person_id FROM identity_member WHERE identity_id = %(identity)s)
)
SELECT t.person_id, g.code, r.source_key, t.recorded_at, t.superseded_at, t.why, t.before
  FROM told t LEFT JOIN identity_record r ON r.record_id = t.person_id
  LEFT JOIN agencies_agency g ON g.id = r.agency_id
 WHERE t.identity_id = %(identity)s
 ORDER BY t.recorded_at, t.person_id
"""


def identity_number(ref: str) -> tuple[int, str]:
    """The number and reference of an identity, by its own reference or that of a person in it.

    Raises:
        NotFound: there is none for this reader.
    """
    found = _rows(
        "SELECT i.id, i.ref FROM identity_identity i WHERE i.ref = %(ref)s UNION ALL"
        " SELECT i.id, i.ref FROM identity_member m JOIN identity_identity i"
        "   ON i.id = m.identity_id WHERE m.superseded_at IS NULL AND m.person_id = %(person)s",
        {"ref": plain(ref), "person": person_number(ref)},
    )
    if not found:
        raise NotFound(f"There is no identity or person {ref.strip()[:20]}.")
    return int(found[0][0]), str(found[0][1])


def history(identity_id: int) -> tuple[MemberLine, ...]:
    """Everybody who is or was in an identity, in the order of time; for those who link."""
    return tuple(
        MemberLine(person_ref(person), *rest)
        for person, *rest in _rows(_HISTORY, {"identity": identity_id})
    )


@dataclass(frozen=True, slots=True)
class LinkRunLine:
    """One run: how many records, what it changed, and its seconds, memory and so on."""

    id: int
    started_at: dt.datetime
    finished_at: dt.datetime
    records: int
    counts: dict[str, int]
    figures: dict[str, Any]


def last_run() -> LinkRunLine | None:
    """The latest linking that was carried out; None before the first."""
    found = _rows(
        "SELECT id, started_at, finished_at, records, counts, figures FROM identity_linkrun"
        " ORDER BY id DESC LIMIT 1"
    )
    if not found:
        return None
    *rest, counts, figures = found[0]
    return LinkRunLine(*rest, counts=_read(counts), figures=_read(figures))


def _read(value: Any) -> dict[str, Any]:
    """Django's cursors give jsonb as text."""
    return dict(json.loads(value) if isinstance(value, str) else value)


def _rows(sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
