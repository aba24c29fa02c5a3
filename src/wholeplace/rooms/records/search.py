"""Finding a person by reference, name, birth date, National Insurance number or postcode.

First whoever fits exactly what was typed, then who is like it (`likely`), each with why.

Row security lets only leakproof operators use an index before it has decided, so every
condition here is `=`, `^@` (starts with) or `= ANY`, on columns that hold folded values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from wholeplace.core.identity.likeness import TURNED, Likeness, typed_words
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.people.references import plain
from wholeplace.rooms.records.likely import Asked, likely

AT_MOST = 50

Condition = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who was found, and where they live by the agency's file (empty if not known).

    `why`: in which way they are only like what was typed; empty where they fit it exactly.
    """

    person_id: int
    ref: str
    name: str
    date_of_birth: dt.date | None
    address: str
    why: str = ""


class Hits(list[Hit]):
    """Who was found, in order, and how far was looked.

    `cut`: more are like what was typed than were looked at. `enough`: what was typed says enough
    to look for those who are only like it.
    """

    def __init__(self, found: Iterable[Hit] = (), *, cut: bool = False, enough: bool = True):
        super().__init__(found)
        self.cut, self.enough = cut, enough


def search(
    *,
    reference: str = "",
    name: str = "",
    born: dt.date | None = None,
    ni_number: str = "",
    postcode: str = "",
    at_most: int = AT_MOST,
) -> Hits:
    """People whom the reader may see, those who fit everything given first, then those like it.

    Args:
        name: the beginning of the family name, or both names in either order.
        at_most: how many to give.

    Raises:
        Refused: the acting role may not search.
    """
    require_actor().require("person.search")
    ways = list(_by_name(name))
    living = _living_at(postcode) if postcode.strip() else None
    narrowing = list(_narrowing(reference, born, ni_number, living))
    if not ways and (name.strip() or not narrowing):
        return Hits([], enough=False)
    found: dict[int, tuple[Any, ...]] = {}
    for turned, meant in [(turned, [way]) for turned, way in ways] or [(False, [])]:
        for row in _people([*narrowing, *meant], at_most):
            found.setdefault(row[0], (turned, *row[1:]))
    rows = sorted(found.items(), key=lambda one: (one[1][0], *one[1][4:], one[0]))[:at_most]
    hits = [_hit(person, row, TURNED if row[0] else "") for person, row in rows]
    asked = Asked(typed_words(name), born, None if living is None else frozenset(living))
    if len(hits) < at_most and not (reference.strip() or ni_number.strip()):
        like = likely(asked)
        hits += _like(like.found, but=set(found), at_most=at_most - len(hits))
        return Hits(_with_homes(hits), cut=like.cut, enough=asked.enough)
    return Hits(_with_homes(hits), enough=asked.enough)


def _like(found: dict[int, Likeness], *, but: set[int], at_most: int) -> list[Hit]:
    """The likeliest of those who were not found already, by likeness and then by name."""
    ids = [person for person in found if person not in but]
    rows = {row[0]: row for row in _people([("p.id = ANY(%s)", [ids])], len(ids))} if ids else {}
    order = sorted(rows.values(), key=lambda row: (found[row[0]].far, *row[4:], row[0]))
    return [_hit(row[0], row, "; ".join(found[row[0]].why)) for row in order[:at_most]]


def _hit(person: int, row: tuple[Any, ...], why: str) -> Hit:
    return Hit(person, *row[1:4], "", why[:1].upper() + why[1:])


def _with_homes(hits: list[Hit]) -> list[Hit]:
    homes = homes_of([hit.person_id for hit in hits])
    return [replace(hit, address=homes.get(hit.person_id, "")) for hit in hits]


def _people(given: list[Condition], at_most: int) -> list[tuple[Any, ...]]:
    """One index scan in the order of the names for each way in which a name can be meant."""
    where = " AND ".join(sql for sql, _ in given)
    values = [value for _, more in given for value in more]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.ref, p.name, p.date_of_birth, p.family_key, p.given_key"
            f" FROM people_person p WHERE {where}"
            " ORDER BY p.family_key, p.given_key, p.id LIMIT %s",
            [*values, at_most],
        )
        return list(cursor.fetchall())


def _by_name(name: str) -> Iterator[tuple[bool, Condition]]:
    """Each way in which the words can be a family name with or without given names.

    Whether the way has the family name first, where no comma says that it stands there.
    """
    words = typed_words(name)
    if not words:
        return
    yield False, ("p.family_key ^@ %s", ["".join(words)])
    for at in range(1, len(words)):
        first, last = "".join(words[:at]), "".join(words[at:])
        for turned, family, given in ((False, last, first), ("," not in name, first, last)):
            yield turned, ("p.family_key ^@ %s AND p.given_key ^@ %s", [family, given])


def _narrowing(
    reference: str, born: dt.date | None, ni_number: str, living: list[int] | None
) -> Iterator[Condition]:
    if reference.strip():
        yield "p.ref = %s", [plain(reference)]
    if born:
        yield "p.date_of_birth = %s", [born]
    if ni_number.strip():
        yield "p.id = ANY(%s)", [_with_ni_number("".join(ni_number.split()).upper())]
    if living is not None:
        yield "p.id = ANY(%s)", [living]


def _ids(query: str, value: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [value])
        return [row[0] for row in cursor.fetchall()]


def _with_ni_number(number: str) -> list[int]:
    return _ids(
        "SELECT person_id FROM records_resident WHERE ni_number = %s AND superseded_at IS NULL",
        number,
    )


def _living_at(typed: str) -> list[int]:
    """Everybody whose home has this postcode, by whichever agency's files."""
    close = "".join(typed.split()).upper()
    postcode = f"{close[:-3]} {close[-3:]}"
    return sorted({*_ids(_HOMES_AT, postcode), *_ids(_RESIDENTS_AT, postcode)})


_RESIDENTS_AT = (
    "SELECT person_id FROM records_resident WHERE postcode = %s AND superseded_at IS NULL"
)
_HOMES_AT = """
SELECT DISTINCT m.person_id FROM records_address a
  JOIN records_household h ON h.uprn = a.source_key AND h.agency_id = a.agency_id
       AND h.superseded_at IS NULL
  JOIN records_member m ON m.household_key = h.source_key AND m.agency_id = h.agency_id
       AND m.superseded_at IS NULL
 WHERE a.postcode = %s AND a.superseded_at IS NULL
   AND coalesce(m.to_date, 'infinity') >= current_date
   AND coalesce(h.to_date, 'infinity') >= current_date
"""


def homes_of(people: list[int]) -> dict[int, str]:
    """Person → their latest address that has not ended, in one line.

    Where an agency's file writes homes apart from people, of those; else the person's own row.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LIVING_IN, [people])
        found: dict[int, str] = dict(cursor.fetchall())
        if others := [person for person in people if person not in found]:
            cursor.execute(
                "SELECT person_id, concat_ws(', ', line_1, line_2, town, postcode)"
                " FROM records_resident WHERE person_id = ANY(%s) AND superseded_at IS NULL",
                [others],
            )
            found |= dict(cursor.fetchall())
    return found


_LIVING_IN = """
SELECT DISTINCT ON (m.person_id) m.person_id,
       concat_ws(', ', a.line_1, a.line_2, a.town, a.postcode)
  FROM records_member m
  JOIN records_household h ON h.source_key = m.household_key
       AND h.agency_id = m.agency_id AND h.superseded_at IS NULL
  JOIN records_address a ON a.source_key = h.uprn AND a.agency_id = h.agency_id
       AND a.superseded_at IS NULL
 WHERE m.person_id = ANY(%s) AND m.superseded_at IS NULL
   AND coalesce(m.to_date, 'infinity') >= current_date
   AND coalesce(h.to_date, 'infinity') >= current_date
 ORDER BY m.person_id, greatest(m.from_date, h.from_date) DESC NULLS LAST, m.id DESC
"""
