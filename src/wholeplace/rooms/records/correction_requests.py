"""Requests to correct what an agency says of a person: asked, listed, answered, settled by loads.

A statement is its agency's own: nobody changes it here. A request becomes a task of that agency,
which answers it; it closes by itself when a later load brings the value that was asked for.
Row security shows a request to the agency that asks and the one asked, while they may read what
the agency says of the person, and to nobody else.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from wholeplace.core.identity.believed import same_value
from wholeplace.core.identity.typed import TYPED, as_stated
from wholeplace.core.kernel.errors import NotFound, Stale, UserMistake
from wholeplace.core.kernel.reasons import reason
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.records.held import fetch, statements_of
from wholeplace.rooms.records.models import CorrectionAnswer, CorrectionRequest
from wholeplace.rooms.records.together import Saying, sayings

OPEN, CORRECTED, STANDS, ARRIVED = "open", "corrected", "stands", "arrived"
DAYS = ("date_of_birth", "date_of_death")
AT_MOST = 200
LOCK = 7411011  # one request about a person at a time

_NAME = "coalesce(nullif(trim({0}.first_name || ' ' || {0}.last_name), ''), {0}.username)"
_REQUESTS = f"""
SELECT q.id, q.person_id, q.field, q.said, q.asked, q.why, q.recorded_at, {_NAME.format("u")},
       f.name, t.name, t.id = wp_agency(), a.kind, a.why, a.recorded_at, {_NAME.format("v")},
       l.recorded_at,
       CASE WHEN l.id IS NOT NULL THEN '{ARRIVED}' ELSE coalesce(a.kind, '{OPEN}') END,
       wp_person_ref(q.person_id), p.name, CASE WHEN t.id = wp_agency() THEN k.source_key END
  FROM records_correctionrequest q
  JOIN agencies_agency f ON f.id = q.agency_id
  JOIN agencies_agency t ON t.id = q.to_agency_id
  JOIN agencies_user u ON u.id = q.by_user_id
  LEFT JOIN people_person p ON p.id = q.person_id
  LEFT JOIN LATERAL (
      SELECT r.source_key FROM records_resident r
       WHERE r.person_id = q.person_id AND r.agency_id = q.to_agency_id
       ORDER BY r.superseded_at DESC NULLS FIRST, r.id DESC LIMIT 1) k ON true
  LEFT JOIN records_correctionanswer a ON a.request_id = q.id AND a.kind <> '{ARRIVED}'
  LEFT JOIN agencies_user v ON v.id = a.by_user_id
  LEFT JOIN records_correctionanswer l ON l.request_id = q.id AND l.kind = '{ARRIVED}'
"""


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request, and what became of it.

    Attributes:
        person_id: the person as the agency asked knows them.
        said, asked: days as `2026-06-01`; `said` is empty where nothing was said.
        asked_by, asking_agency: who asks. `agency`: who is asked.
        to_us: whether the reader's own agency is asked.
        answer: corrected or stands, with `answer_why`; None while nobody has answered.
        arrived_at: when a load brought the value that was asked for.
        state: open; corrected or stands, as it was answered; arrived, which beats them.
        ref, name: the person's; a name where the reader may open that record itself.
        person_key: the person's key in the agency's own files, for that agency alone.
    """

    id: int
    person_id: int
    field: str
    said: str
    asked: str
    why: str
    recorded_at: dt.datetime
    asked_by: str
    asking_agency: str
    agency: str
    to_us: bool
    answer: str | None
    answer_why: str | None
    answered_at: dt.datetime | None
    answered_by: str | None
    arrived_at: dt.datetime | None
    state: str
    ref: str
    name: str | None
    person_key: str | None


def requests_about(person_ids: Sequence[int]) -> list[RequestLine]:
    """Requests about these persons that the reader may see, the newest first."""
    return _lines("WHERE q.person_id = ANY(%s) ORDER BY q.id DESC", [list(person_ids)])


def tasks(*, open_only: bool = True, at_most: int = AT_MOST) -> list[RequestLine]:
    """What the reader's agency was asked to correct: the oldest open first, or all, newest first.

    Raises:
        Refused: the acting role does not answer requests.
    """
    require_actor().require("correction.answer")
    waiting = "a.id IS NULL AND l.id IS NULL ORDER BY q.id"
    which = waiting if open_only else "true ORDER BY q.id DESC"
    return _lines(f"WHERE t.id = wp_agency() AND {which} LIMIT %s", [at_most])


def request(request_id: int) -> RequestLine:
    """One request; raises NotFound, also where the reader may not see it."""
    found = _lines("WHERE q.id = %s", [request_id])
    if not found:
        raise NotFound("There is no such request.")
    return found[0]


def stated(person_id: int) -> Saying:
    """What an agency says of this person now, as far as the reader may see it.

    Raises:
        NotFound: nobody says anything of them to this reader.
    """
    for one in _stated([person_id]):
        if one.ended_at is None:
            return one
    raise NotFound("There is no such record.")


def in_text(value: Any) -> str:
    """A statement's value as requests hold it."""
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


@transaction.atomic
def ask(*, person_id: int, field: str, asked: str, why: str, key: uuid.UUID) -> int:
    """Ask an agency to correct what it says of a person; returns the request's number.

    Args:
        person_id: the person as that agency knows them.
        asked: what it should be; days as `2026-06-01`.
        why: how the worker knows.
        key: fresh for each opening of the form: sent twice, one request is made.

    Raises:
        NotFound: the reader sees no statement of an agency about this person.
        Refused: the acting role does not ask.
        Stale: the key was used for another request.
        UserMistake: it can be no value of the field, or they say so already, or the same was
            asked before and is open.
    """
    statement = stated(person_id)
    require_actor().require("correction.ask")
    if field not in TYPED:
        raise UserMistake(f"{field} cannot be asked about.", do=f"Use one of {', '.join(TYPED)}.")
    asked, why = _come(field, as_stated(field, asked)), reason(why)
    same = {"person_id": person_id, "field": field, "asked": asked, "why": why}
    with connection.cursor() as cursor:  # a second click waits here for the first
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [LOCK, person_id])
    if (earlier := _sent_before(key, same)) is not None:
        return earlier
    said = in_text(statement.values[field])
    _refuse_idle(statement, field, said, asked)
    made = CorrectionRequest.objects.create(
        **same, said=said, key=key, to_agency_id=statement.agency_id
    )
    audit.record(
        "correction.ask", person_id=person_id, record=_called(made.pk), detail={"field": field}
    )
    return int(made.pk)


def _come(field: str, asked: str) -> str:
    """The same; nobody was born or died on a day to come."""
    if field in DAYS and asked > timezone.localdate().isoformat():
        raise UserMistake("This day has not come yet.", do="Check the year.")
    return asked


def _sent_before(key: uuid.UUID, same: dict[str, Any]) -> int | None:
    by = require_actor().membership_id
    found = CorrectionRequest.objects.filter(by_id=by, key=key).first()
    if found is None:
        return None
    if any(getattr(found, name) != value for name, value in same.items()):
        raise Stale("This form was used for something else.", do="Open it again.")
    return int(found.pk)


def _refuse_idle(statement: Saying, field: str, said: str, asked: str) -> None:
    if said and same_value(said, asked):
        raise UserMistake(f"{statement.agency} says so already.", do="Check what should change.")
    own = require_actor().agency_id
    for one in _lines("WHERE q.person_id = %s AND f.id = %s", [statement.person_id, own]):
        if (one.state, one.field) == (OPEN, field) and same_value(one.asked, asked):
            raise UserMistake(
                "Your agency has asked for this already, and waits for an answer.",
                do="Look at the person's page to see how it stands.",
            )


@transaction.atomic
def answer(*, request_id: int, kind: str, why: str) -> None:
    """Answer a request as the agency asked; the same answer sent twice is one.

    Args:
        kind: CORRECTED (at source; a load will bring it) or STANDS.
        why: needed where it stands.

    Raises:
        NotFound: no such request for this reader, or another agency is asked.
        Refused: the acting role does not answer.
        Stale: somebody has answered it otherwise.
        UserMistake: no reason, or another kind of answer.
    """
    found = request(request_id)
    if not found.to_us:
        raise NotFound("There is no such request.")
    require_actor().require("correction.answer")
    if kind not in (CORRECTED, STANDS):
        raise UserMistake("This is no answer.", do=f"Use {CORRECTED} or {STANDS}.")
    why = reason(why) if kind == STANDS or why.strip() else ""
    try:
        with transaction.atomic():
            CorrectionAnswer.objects.create(request_id=request_id, kind=kind, why=why)
    except IntegrityError:
        given = request(request_id)
        if (given.answer, given.answer_why) == (kind, why):
            return
        raise Stale(
            "Somebody has answered this meanwhile.", do="Open it again to see the answer."
        ) from None
    audit.record(
        "correction.answer",
        person_id=found.person_id,
        record=_called(request_id),
        detail={"kind": kind},
    )


def settle(load_id: int) -> int:
    """Close requests to the acting agency whose value its files now have; returns how many.

    For the account that loads, in the transaction of the load.
    """
    waiting = _lines("WHERE t.id = wp_agency() AND l.id IS NULL ORDER BY q.id", [])
    now = {one.person_id: one for one in _stated({each.person_id for each in waiting})}
    arrived = [one for one in waiting if _has(now.get(one.person_id), one)]
    for one in arrived:
        CorrectionAnswer.objects.create(request_id=one.id, kind=ARRIVED, load_id=load_id)
        audit.record("correction.arrive", person_id=one.person_id, record=_called(one.id))
    return len(arrived)


def _has(statement: Saying | None, asked: RequestLine) -> bool:
    if statement is None or statement.ended_at is not None:
        return False
    value = in_text(statement.values[asked.field])
    return bool(value) and same_value(value, asked.asked)


def _stated(person_ids: Iterable[int]) -> list[Saying]:
    persons = dict.fromkeys(person_ids, "")
    if not persons:
        return []
    held = statements_of(list(persons), ("homes",))
    return list(sayings(persons, {person: one.homes for person, one in held.items()}))


def _called(number: int) -> str:
    return f"correction request {number}"


def _lines(where: str, values: list[Any]) -> list[RequestLine]:
    return [RequestLine(*row) for row in fetch(f"{_REQUESTS} {where}", values)]
