"""From what a worker typed to a new person of their agency, once whoever it may be was looked at.

The person is in the index at once, so that the next who types them finds them. Linking then
finds who is who, as for anybody whom a file told of.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from wholeplace.core.identity import fold
from wholeplace.core.identity import standardise as plain
from wholeplace.core.kernel import identifiers
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows.match_record import RIGHT, as_linker, current_matcher
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.agencies.queries import agency_code
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import matching
from wholeplace.rooms.people.queries import person
from wholeplace.rooms.records.typed import FIELDS, Recorded, record_typed

FIRST_BORN = dt.date(1890, 1, 1)
LONGEST = 100
SEXES = ("F", "M", "X", "U")


class WrongField(UserMistake):
    """Something typed cannot be what its box asks for: `field` says which box."""

    http_status = 422

    def __init__(self, field: str, what: str, do: str) -> None:
        super().__init__(what, do=do)
        self.field = field


def checked(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed of somebody, as agencies store it; boxes left empty are left out.

    Raises:
        WrongField: a text is too long, a number cannot be one, or a day cannot be a birth date.
    """
    found: dict[str, Any] = {}
    for name in FIELDS:
        value = said.get(name)
        if isinstance(value, str):
            value = " ".join(value.split())
            if len(value) > LONGEST:
                words = name.replace("_", " ")
                raise WrongField(name, f"The {words} is too long.", f"Use {LONGEST} letters.")
        if value:
            found[name] = _CHECKS.get(name, _as_typed)(value)
    return found


def record_person(*, said: Mapping[str, Any], key: uuid.UUID) -> str:
    """Record somebody new for the worker's own agency; returns their reference.

    Args:
        said: as for `checked`; a given and a family name are needed.
        key: of the form: sent twice, it makes one person.

    Raises:
        Refused: the acting role does not record people.
        Stale: the key was used for somebody else.
        UserMistake: a name is missing, or as `checked`.
    """
    actor = require_actor()
    actor.require(RIGHT)
    values = checked(said)
    with transaction.atomic():
        made = record_typed(said=values, key=key)
        if made.new:
            _index(made, {**values, "source": agency_code(actor.agency_id)})
            audit.record(
                "person.record", person_id=made.person_id, detail={"fields": sorted(values)}
            )
    return made.ref


def choose_person(*, ref: str) -> str:
    """A worker says that what they typed is about somebody who is there; returns the reference.

    Nothing is recorded but that they said so.

    Raises:
        NotFound: no such person for this reader.
        Refused: the acting role does not record people.
    """
    require_actor().require(RIGHT)
    found = person(ref)
    audit.record("person.recognise", person_id=found.id)
    return found.ref


def _index(made: Recorded, record: Mapping[str, Any]) -> None:
    with as_linker():
        matcher = current_matcher()
        if matcher is not None:
            asked = matcher.ready(record)
            matching.put_person(made.person_id, told=asked.told, keys=asked.keys)


def _as_typed(value: str) -> str:
    return value


def _name(field: str) -> Callable[[str], str]:
    def named(text: str) -> str:
        found = text if fold(text) else None
        return _or_wrong(field, found, "a name", "Write at least one letter.")

    return named


def _nhs_number(text: str) -> str:
    return _or_wrong("nhs_number", plain.nhs_number(text), "an NHS number", "Write all 10 figures.")


def _upn(text: str) -> str:
    do = "Write a letter and 12 figures."
    return _or_wrong("upn", plain.upn(text), "a pupil number", do)


def _ni_number(text: str) -> str:
    do = "Write two letters, six figures and a letter from A to D."
    return _or_wrong("ni_number", _tried(identifiers.ni_number, text), "an NI number", do)


def _postcode(text: str) -> str:
    found = _tried(identifiers.postcode, text)
    return _or_wrong("postcode", found, "a postcode", "Write it like B6 5RQ.")


def _email(text: str) -> str:
    found = text if plain.email(text) else None
    return _or_wrong("email", found, "an e-mail address", "Write it like name@example.uk.")


def _sex(text: str) -> str:
    found = text if text in SEXES else None
    return _or_wrong("sex", found, "a sex", f"Give one of {', '.join(SEXES)}.")


def _born(day: dt.date) -> dt.date:
    if not FIRST_BORN <= day <= timezone.localdate():
        raise WrongField(
            "date_of_birth",
            "Nobody can have been born on that day.",
            f"Give a day from {FIRST_BORN.year} to today, or leave it empty.",
        )
    return day


def _tried(read: Callable[[str], str], text: str) -> str | None:
    try:
        return read(text)
    except UserMistake:
        return None


def _or_wrong(field: str, found: str | None, what: str, do: str) -> str:
    if found is None:
        raise WrongField(field, f"This cannot be {what}.", f"{do} Or leave it empty.")
    return found


_NAMES = ("given_names", "family_name", "previous_family_name", "known_as")
_CHECKS: dict[str, Callable[[Any], Any]] = {
    **{name: _name(name) for name in _NAMES},
    "date_of_birth": _born,
    "sex": _sex,
    "nhs_number": _nhs_number,
    "upn": _upn,
    "ni_number": _ni_number,
    "email": _email,
    "postcode": _postcode,
}
