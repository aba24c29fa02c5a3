"""Matching a record before it is saved, and recording somebody new."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import HttpRequest
from ninja import Schema

from wholeplace.api.app import api
from wholeplace.api.problems import answers
from wholeplace.api.sent import Code, Name
from wholeplace.flows.match_record import Matches, match_record
from wholeplace.flows.record_person import checked, record_person
from wholeplace.rooms.people import queries
from wholeplace.rooms.people.queries import PersonLine


class Described(Schema):
    """What is known of somebody, any of it. Sent by POST, so that no log holds it."""

    given_names: Name = ""
    family_name: Name = ""
    previous_family_name: Name = ""
    known_as: Name = ""
    date_of_birth: dt.date | None = None
    sex: Code = ""
    nhs_number: Code = ""
    upn: Code = ""
    ni_number: Code = ""
    phone: Code = ""
    email: Name = ""
    line_1: Name = ""
    line_2: Name = ""
    town: Name = ""
    postcode: Code = ""


class NewPerson(Described):
    """Somebody new; `key` is a fresh identifier: sent twice, one person is made."""

    key: uuid.UUID


@api.post("/match", response=answers(Matches), tags=["people"], operation_id="match")
def match(request: HttpRequest, sent: Described) -> Matches:
    """Whom a record may be about, as far as the caller may know; nothing is saved.

    `ring` are services that may know the person where the caller sees nobody: that, and whom to
    ring, is all that is told. Everybody shown is written down.
    """
    return match_record(checked(sent.dict()))


@api.post("/people", response=answers(PersonLine), tags=["people"], operation_id="record_person")
def record(request: HttpRequest, sent: NewPerson) -> PersonLine:
    """Record somebody new for the caller's agency. Match them first."""
    said = sent.dict()
    key = said.pop("key")
    return queries.person(record_person(said=said, key=key))
