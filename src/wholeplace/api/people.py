"""Search, and what is held of a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema
from pydantic import AwareDatetime

from wholeplace.api.app import api
from wholeplace.api.problems import answers
from wholeplace.api.sent import Code, Name, Text
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows.explain import explain_person
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.casework.shown import PersonCasework
from wholeplace.rooms.identity.found import find
from wholeplace.rooms.people import queries
from wholeplace.rooms.people.queries import BarLine, PersonLine
from wholeplace.rooms.people.seals import restricted_notice
from wholeplace.rooms.records import queries as records
from wholeplace.rooms.records.queries import Holding


class Searched(Schema):
    """What to search for; one is enough, more narrow. Sent by POST, so that no log holds it."""

    reference: Code = ""
    name: Name = ""
    born: dt.date | None = None
    ni_number: Code = ""
    postcode: Code = ""


class SearchLine(Schema):
    """One human being who was found: the record to open, and the agencies that know them.

    `why`: in which way they are only like what was asked; empty where they fit it. `agencies`
    is empty for readers to whom nobody shares anything.
    """

    person_id: int
    ref: str
    name: str
    date_of_birth: dt.date | None
    address: str
    why: str
    agencies: list[str]


class Person(Schema):
    """A person as this reader may see them."""

    person: PersonLine
    bars: list[BarLine]
    casework: PersonCasework


@api.post("/search", response=answers(list[SearchLine]), tags=["people"], operation_id="search")
def search(request: HttpRequest, response: HttpResponse, sent: Searched) -> list[dict[str, Any]]:
    """Find a person; what was searched for and everybody shown are written down.

    That a record is restricted is told, to whom it is, in the header `Wholeplace-Restricted`.
    """
    asked = {name: value for name, value in sent.dict().items() if value}
    require_actor().require("person.search")
    if not asked:
        raise UserMistake("Nothing was searched for.", do="Give at least one thing to search for.")
    if len(sent.name.strip()) == 1:
        raise UserMistake("One letter is no name.", do="Give at least two letters of the name.")
    audit.record("person.search", detail={"searched": {k: str(v) for k, v in asked.items()}})
    found = find(**asked, at_most=records.AT_MOST)
    audit.record("person.list", people=[person for line in found for person in line.people])
    if notice := restricted_notice(**asked):
        response["Wholeplace-Restricted"] = notice
    return [{**asdict(line.hit), "agencies": list(line.agencies)} for line in found]


@api.get("/people/{ref}", response=answers(Person), tags=["people"], operation_id="person")
def person(request: HttpRequest, ref: Text) -> dict[str, Any]:
    """Who this is, bars on writing to them, and casework."""
    found = _viewed(ref)
    return {
        "person": found,
        "bars": queries.bars(found.id),
        "casework": casework.casework_of(found.id),
    }


@api.get(
    "/people/{ref}/statements",
    response=answers(Holding),
    tags=["people"],
    operation_id="statements",
)
def statements(request: HttpRequest, ref: Text) -> Holding:
    """What the reader's agency holds, each row with when it was recorded."""
    return records.person_statements(_viewed(ref).id)


@api.get(
    "/people/{ref}/explain/{scheme}",
    response=answers(dict[str, Any]),
    tags=["people"],
    operation_id="explain",
)
def explain(
    request: HttpRequest,
    ref: Text,
    scheme: Text,
    as_at: dt.date | None = None,
    known_at: AwareDatetime | None = None,
    enough: bool = False,
) -> dict[str, Any]:
    """What a scheme says of a person as at a day, by what was known at a moment, or is now.

    A no says in `later` when time alone changes it. With `enough`, an open answer comes with
    questions that settle it whatever is said, none of which can be dropped.
    """
    found = _viewed(ref)
    said = explain_person(
        person_id=found.id,
        scheme=scheme,
        as_at=as_at or timezone.localdate(),
        known_at=known_at,
        enough=enough,
    )
    known = known_at or timezone.now()
    return said.as_data() | {"known_at": known.isoformat()}


def _viewed(ref: str) -> PersonLine:
    found = queries.person(ref)
    audit.record("person.view", person_id=found.id)
    return found
