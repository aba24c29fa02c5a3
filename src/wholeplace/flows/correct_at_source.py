"""Somebody sees that an agency's statement is wrong, and asks that agency to correct it.

From any record of a person a worker reaches what every agency says of them, as far as they may
see it, and asks the one that is wrong. The request is a task of that agency. What it says stays
its own: it answers, and its next files bring the correction, which closes the request.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from wholeplace.core.identity.typed import TYPED
from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows.single_view import for_reader, hidden
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity.queries import linked_people
from wholeplace.rooms.people import queries as people
from wholeplace.rooms.people.queries import PersonLine
from wholeplace.rooms.people.references import person_number
from wholeplace.rooms.records import correction_requests as requests
from wholeplace.rooms.records.correction_requests import RequestLine, in_text
from wholeplace.rooms.records.together import Saying


@dataclass(frozen=True, slots=True)
class Doubted:
    """What an agency says of one field of a person, of which a reader may say that it is wrong.

    `said` is "" where it says nothing; of another agency's number only the last figures.
    """

    person: PersonLine
    statement: Saying
    field: str
    said: str


def doubted(ref: str, record: str, field: str) -> Doubted:
    """What can be asked about; showing it is a view of both records.

    Args:
        ref: a person whom the reader may see.
        record: the same, or another record of the same human being that the reader may see.
        field: of the record.

    Raises:
        NotFound: there is none of them for this reader.
    """
    person = people.person(ref)
    number = person_number(record)
    known = {person.id, *(one.person_id for one in linked_people(person.id))}
    if number is None or number not in known or field not in TYPED:
        raise NotFound("There is no such record.")
    statement = requests.stated(number)
    for one in {person.id, number}:
        audit.record("person.view", person_id=one, record="to be corrected")
    said = hidden(field, in_text(statement.values[field]), own=not statement.basis)
    return Doubted(person, statement, field, said)


def ask(about: Doubted, *, should_be: str, why: str, key: uuid.UUID) -> int:
    """Ask its agency to correct it; returns the request's number.

    Args:
        should_be: days as `2026-06-01`.
        why: how the worker knows.
        key: fresh for each opening of the form.

    Raises:
        Refused, Stale, UserMistake: as the room's `ask`.
    """
    return requests.ask(
        person_id=about.statement.person_id, field=about.field, asked=should_be, why=why, key=key
    )


def tasks(*, open_only: bool = True) -> list[RequestLine]:
    """What the reader's agency was asked to correct; each person shown is a view.

    Raises:
        Refused: the acting role does not answer requests.
    """
    found = requests.tasks(open_only=open_only)
    audit.record("corrections.list", people=sorted({one.person_id for one in found}))
    return found


def one_request(request_id: int) -> RequestLine:
    """A request, as either of the two agencies; showing it is a view. Raises NotFound."""
    found = requests.request(request_id)
    record = f"correction request {request_id}"
    audit.record("correction.view", person_id=found.person_id, record=record)
    return for_reader(found)


def page_of(person_id: int) -> str | None:
    """The reference under which the reader can open this human being; None where they cannot."""
    for number in (person_id, *(one.person_id for one in linked_people(person_id))):
        try:
            return people.own(number).ref
        except NotFound:
            continue
    return None
