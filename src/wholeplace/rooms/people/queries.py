"""Reading a person's own row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.people.references import plain
from wholeplace.rooms.people.seals import refuse_restricted


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Who somebody is, as lists and headings show it."""

    id: int
    ref: str
    name: str
    date_of_birth: dt.date | None


@dataclass(frozen=True, slots=True)
class BarLine:
    """A bar on writing to somebody that an officer or the person set; it stands until ended."""

    id: int
    kind: str
    reason: str
    happened_on: dt.date
    recorded_at: dt.datetime
    ended_at: dt.datetime | None


def person(ref: str) -> PersonLine:
    """The person with this reference. The page that shows them writes the view's event.

    Raises:
        NotFound: no such person for this reader: the same whether absent or hidden.
        RecordRestricted: the record is sealed, and governance says that this reader is told so.
    """
    try:
        return _one("ref = %s", plain(ref))
    except NotFound:
        refuse_restricted(ref)
        raise


def own(person_id: int) -> PersonLine:
    """The person with this number; raises NotFound as `person` does."""
    return _one("id = %s", person_id)


def bars(person_id: int) -> list[BarLine]:
    """The bars set on a person's record, the newest first, ended ones too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, reason, happened_on, recorded_at, ended_at FROM people_contactbar"
            " WHERE person_id = %s ORDER BY id DESC",
            [person_id],
        )
        return [BarLine(*row) for row in cursor.fetchall()]


def _one(where: str, value: object) -> PersonLine:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, ref, name, date_of_birth FROM people_person WHERE {where}", [value]
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound("There is no such record.")
    return PersonLine(*row)
