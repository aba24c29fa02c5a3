"""What every agency says of a person, and requests to correct it."""

from __future__ import annotations

import uuid
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema

from wholeplace.api.app import api
from wholeplace.api.problems import answers
from wholeplace.api.sent import Code, Number, Text
from wholeplace.flows import correct_at_source as flow
from wholeplace.flows.single_view import SingleView, single_view
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.people import queries
from wholeplace.rooms.records import correction_requests as requests
from wholeplace.rooms.records.correction_requests import RequestLine


class Wrong(Schema):
    """What is wrong, of which record, and what it should be; days as `2026-06-01`.

    `record` is the reference of the person as the agency that says it knows them.
    """

    key: uuid.UUID
    record: Code
    field: Code
    should_be: Text
    why: Text


class Answer(Schema):
    """What the agency asked found: corrected in its own system, or it stands, because …"""

    kind: Literal["corrected", "stands"]
    why: Text = ""


@api.get(
    "/people/{ref}/agencies",
    response=answers(SingleView),
    tags=["people"],
    operation_id="agencies_of_person",
)
def agencies(request: HttpRequest, ref: Text) -> SingleView:
    """What each agency says of the person, what is believed and why, and who works with them."""
    found = queries.person(ref)
    audit.record("person.view", person_id=found.id)
    return single_view(found, timezone.localdate())


@api.post(
    "/people/{ref}/corrections",
    response=answers(RequestLine),
    tags=["people"],
    operation_id="ask_for_correction",
)
def ask(request: HttpRequest, ref: Text, sent: Wrong) -> RequestLine:
    """Ask an agency to correct what it says of the person."""
    about = flow.doubted(ref, sent.record, sent.field)
    number = flow.ask(about, should_be=sent.should_be, why=sent.why, key=sent.key)
    return flow.one_request(number)


@api.get(
    "/corrections", response=answers(list[RequestLine]), tags=["people"], operation_id="corrections"
)
def corrections(request: HttpRequest, everything: bool = False) -> list[RequestLine]:
    """What the reader's agency was asked to correct: what waits, or everything."""
    require_actor().require("correction.answer")
    return flow.tasks(open_only=not everything)


@api.get(
    "/corrections/{request_id}",
    response=answers(RequestLine),
    tags=["people"],
    operation_id="correction",
)
def correction(request: HttpRequest, request_id: Number) -> RequestLine:
    """One request, for the agency that asks and the one asked."""
    return flow.one_request(request_id)


@api.post(
    "/corrections/{request_id}/answer",
    response=answers(RequestLine),
    tags=["people"],
    operation_id="answer_correction",
)
def answer(request: HttpRequest, request_id: Number, sent: Answer) -> RequestLine:
    """Answer a request as the agency asked."""
    requests.answer(request_id=request_id, kind=sent.kind, why=sent.why)
    return flow.one_request(request_id)
