"""Somebody recorded by hand: a person of the worker's own agency, and a first statement of them.

Nothing arrives in a file, so the statement belongs to no load (`TYPED`), and no file that
lacks the person ends it. The form's own key is its key, so that a form that is sent twice makes
one person.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from wholeplace.core.identity import fold
from wholeplace.core.kernel.errors import Stale, UserMistake
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.people import search_keys
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records.models import TYPED, Resident

RIGHT = "person.record"
FIELDS = (
    *("given_names", "family_name", "date_of_birth", "sex", "previous_family_name", "known_as"),
    *("nhs_number", "upn", "ni_number", "phone", "email", "line_1", "line_2", "town", "postcode"),
)
"""What can be said of somebody who is recorded by hand."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Who was recorded; `new` is False where this form was sent before."""

    person_id: int
    ref: str
    new: bool


def record_typed(*, said: Mapping[str, Any], key: uuid.UUID) -> Recorded:
    """Record somebody new. Writes no audit event: the journey that does this writes it.

    Args:
        said: any of FIELDS, checked and as an agency stores them; both names are needed.
        key: of the form: sent again, it gives the person whom it made.

    Raises:
        Refused: the acting role does not record people.
        Stale: the key was used for somebody else.
        UserMistake: a name is missing.
    """
    actor = require_actor()
    actor.require(RIGHT)
    values = {name: said[name] for name in FIELDS if said.get(name)}
    if not (values.get("given_names") and values.get("family_name")):
        raise UserMistake("Somebody needs a given name and a family name.", do="Fill in both.")
    source_key = f"typed-{key}"
    before = _made(actor.agency_id, source_key, values)
    if before:
        return before
    try:
        with transaction.atomic():
            return _make(actor.agency_id, source_key, values)
    except IntegrityError:  # the same form was sent twice at once, and the other was first
        made = _made(actor.agency_id, source_key, values)
        if made is None:
            raise
        return made


def _made(agency_id: int, source_key: str, values: dict[str, Any]) -> Recorded | None:
    found = Resident.objects.filter(agency_id=agency_id, source_key=source_key, load_id=TYPED)
    row = found.values_list("row_hash", "person_id", "person__ref").first()
    if row is None:
        return None
    if row[0] != _hash(values):
        raise Stale("This form was used for somebody else.", do="Open it again.")
    return Recorded(*row[1:], new=False)


def _hash(values: dict[str, Any]) -> uuid.UUID:
    return uuid.UUID(hashlib.md5(repr(values).encode(), usedforsecurity=False).hexdigest())


def _make(agency_id: int, source_key: str, values: dict[str, Any]) -> Recorded:
    number, ref = _number()
    now = timezone.now()
    Person.objects.create(
        pk=number,
        ref=ref,
        name=f"{values['given_names']} {values['family_name']}",
        family_key=fold(values["family_name"]),
        given_key=fold(values["given_names"]),
        date_of_birth=values.get("date_of_birth"),
        viewers=[agency_id],
        recorded_at=now,
    )
    Resident.objects.create(
        agency_id=agency_id,
        load_id=TYPED,
        source_key=source_key,
        row_hash=_hash(values),
        recorded_at=now,
        person_id=number,
        **values,
    )
    names = ("given_names", "family_name", "previous_family_name", "known_as", "date_of_birth")
    with connection.cursor() as cursor:
        search_keys.put(cursor, number, agency_id, *(values.get(name) for name in names))
    return Recorded(number, ref, new=True)


def _number() -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n, wp_person_ref(n)"
            " FROM nextval(pg_get_serial_sequence('people_person', 'id')) AS n"
        )
        number, ref = cursor.fetchone()
        return int(number), str(ref)
