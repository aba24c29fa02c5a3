"""Finding a person by reference, name, birth date, National Insurance number or postcode.

Row security lets only leakproof operators use an index before it has decided, so every
condition here is `=`, `^@` (starts with) or `= ANY`, on columns that hold folded values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wholeplace.core.identity import fold_words
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.people.references import plain

AT_MOST = 50
MOST_WORDS = 5

Condition = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who was found, and where they live by the agency's file (empty if not known)."""

    person_id: int
    ref: str
    name: str
    date_of_birth: dt.date | None
    address: str


def search(
    *,
    reference: str = "",
    name: str = "",
    born: dt.date | None = None,
    ni_number: str = "",
    postcode: str = "",
    at_most: int = AT_MOST,
) -> list[Hit]:
    """People whom the reader may see and who fit everything given, by family and given name.

    Args:
        name: the beginning of the family name, or both names in either order.
        at_most: how many to give.

    Raises:
        Refused: the acting role may not search.
    """
    require_actor().require("person.search")
    names = list(_by_name(name))
    narrowing = list(_narrowing(reference, born, ni_number, postcode))
    if not names and (name.strip() or not narrowing):
        return []
    found: dict[int, tuple[Any, ...]] = {}
    for meant in [[way] for way in names] or [[]]:
        found |= {row[0]: row for row in _people([*narrowing, *meant], at_most)}
    rows = sorted(found.values(), key=lambda row: (row[4], row[5], row[0]))[:at_most]
    homes = homes_of([row[0] for row in rows])
    return [
        Hit(number, ref, called, birth, homes.get(number, ""))
        for number, ref, called, birth, *_ in rows
    ]


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


def _by_name(name: str) -> Iterator[Condition]:
    """Each way in which the words can be a family name with or without given names."""
    words = fold_words(name)[:MOST_WORDS]
    if not words:
        return
    yield "p.family_key ^@ %s", ["".join(words)]
    for at in range(1, len(words)):
        first, last = "".join(words[:at]), "".join(words[at:])
        for family, given in ((last, first), (first, last)):
            yield "p.family_key ^@ %s AND p.given_key ^@ %s", [family, given]


def _narrowing(
    reference: str, born: dt.date | None, ni_number: str, postcode: str
) -> Iterator[Condition]:
    if reference.strip():
        yield "p.ref = %s", [plain(reference)]
    if born:
        yield "p.date_of_birth = %s", [born]
    if ni_number.strip():
        yield "p.id = ANY(%s)", [_with_ni_number("".join(ni_number.split()).upper())]
    if postcode.strip():
        close = "".join(postcode.split()).upper()
        yield "p.id = ANY(%s)", [_living_at(f"{close[:-3]} {close[-3:]}")]


def _ids(query: str, value: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [value])
        return [row[0] for row in cursor.fetchall()]


def _with_ni_number(number: str) -> list[int]:
    return _ids(
        "SELECT person_id FROM records_resident WHERE ni_number = %s AND superseded_at IS NULL",
        number,
    )


def _living_at(postcode: str) -> list[int]:
    return _ids(
        "SELECT DISTINCT m.person_id FROM records_address a"
        " JOIN records_household h ON h.uprn = a.source_key AND h.superseded_at IS NULL"
        " JOIN records_member m ON m.household_key = h.source_key AND m.superseded_at IS NULL"
        " WHERE a.postcode = %s AND a.superseded_at IS NULL"
        " AND coalesce(m.to_date, 'infinity') >= current_date"
        " AND coalesce(h.to_date, 'infinity') >= current_date",
        postcode,
    )


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
