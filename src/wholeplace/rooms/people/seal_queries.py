"""Reading adoption orders: for adoption workers of the service that recorded them, and no others.

None of these writes an audit event: the page that shows what they give does.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.people.queries import PersonLine
from wholeplace.rooms.people.seals import NewName

_WHO = "coalesce(nullif(trim({0}.first_name || ' ' || {0}.last_name), ''), {0}.username)"
_ORDERS = f"""
SELECT s.id, s.order_on, s.ceased, s.recorded_at, s.by_user_id, {_WHO.format("u")},
       s.given_names, s.family_name, coalesce(s.nhs_number, ''), coalesce(s.upn, ''),
       coalesce(s.phone, ''), d.outcome, d.recorded_at, {_WHO.format("v")}, d.reason,
       new.id, new.ref, new.name, new.date_of_birth
  FROM people_seal s JOIN agencies_user u ON u.id = s.by_user_id
  LEFT JOIN people_sealdecision d ON d.seal_id = s.id
  LEFT JOIN agencies_user v ON v.id = d.by_user_id
  LEFT JOIN people_person new ON new.id = d.new_person_id
"""
_OLD = """
SELECT x.seal_id, p.id, p.ref, p.name, p.date_of_birth, g.name
  FROM people_sealedperson x JOIN people_person p ON p.id = x.person_id
  LEFT JOIN agencies_agency g ON g.id = p.viewers[1]
 WHERE x.seal_id = ANY (%s) ORDER BY x.seal_id, g.name, p.id
"""
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class OldRecord:
    """A record that an order closed, and the agency whose it is."""

    person: PersonLine
    agency: str


@dataclass(frozen=True, slots=True)
class Order:
    """An adoption order: the old records, the new one once it is confirmed, who said what, when.

    `outcome` is None until it is decided; `new` until it is confirmed.
    """

    id: int
    order_on: dt.date
    ceased: str
    recorded_at: dt.datetime
    by_user_id: int
    by_name: str
    called: NewName
    outcome: str | None
    decided_at: dt.datetime | None
    decided_by: str | None
    reason: str | None
    new: PersonLine | None
    old: tuple[OldRecord, ...] = ()

    @property
    def people(self) -> list[int]:
        """Everybody whom a page about the order shows."""
        return [one.person.id for one in self.old] + ([self.new.id] if self.new else [])


def orders() -> list[Order]:
    """The orders of the acting service, those that wait for a second worker first, newest first."""
    return _read(f"{_ORDERS} ORDER BY d.outcome IS NOT NULL, s.id DESC LIMIT {_SHOWN}", [])


def order(number: int) -> Order:
    """One order; raises NotFound where there is none for this reader."""
    found = _read(f"{_ORDERS} WHERE s.id = %s", [number])
    if not found:
        raise NotFound("There is no such adoption order.")
    return found[0]


def order_of(person_id: int) -> int | None:
    """The order under which a person's record is sealed now; None where it is not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(x.seal_id) FROM people_sealedperson x"
            " JOIN people_person p ON p.id = x.person_id WHERE x.person_id = %s AND p.sealed",
            [person_id],
        )
        (found,) = cursor.fetchone()
    return None if found is None else int(found)


def _read(query: str, values: list[int]) -> list[Order]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
        cursor.execute(_OLD, [[row[0] for row in rows]])
        old: dict[int, list[OldRecord]] = {}
        for seal, *person, agency in cursor.fetchall():
            old.setdefault(seal, []).append(OldRecord(PersonLine(*person), agency))
    return [_order(row, tuple(old.get(row[0], ()))) for row in rows]


def _order(row: tuple, old: tuple[OldRecord, ...]) -> Order:
    first, called, decided, new = row[:6], row[6:11], row[11:15], row[15:]
    person = PersonLine(*new) if new[0] is not None else None
    return Order(*first, NewName(*called), *decided, person, old)
