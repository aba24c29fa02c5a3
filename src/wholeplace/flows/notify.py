"""The letter that tells somebody what was decided, why, and how to ask again."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from wholeplace.core.kernel.dates import due_date, show_day
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.kernel.money import format_pence
from wholeplace.core.rules.schemes import Scheme
from wholeplace.flows import place_rules
from wholeplace.flows.contact import fill
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.casework import queries
from wholeplace.rooms.casework.forms import made, sent_before
from wholeplace.rooms.casework.shown import Application, Award, Decision
from wholeplace.rooms.documents import actions as documents
from wholeplace.rooms.documents import queries as letters

WAITS = ("queued", "offered")
RECONSIDER, ANSWER = "1 month", "14 days"
NO_APPEAL = "You cannot appeal to a tribunal about this."


@transaction.atomic
def decision_letter(*, application_id: int, key: uuid.UUID | None = None) -> int:
    """Write the letter of a decision, once; asked again, it is the same letter.

    Args:
        key: of the form; the same form sent again is answered with the same letter, also when
            the award has meanwhile come out of the queue and would have a letter of its own.

    Raises:
        UserMistake: nothing has been decided.
        Refused: the role may not, or the person has died.
    """
    application = queries.application(application_id)
    require_actor().require("contact.write")
    decision = application.decision
    if decision is None:
        raise UserMistake("Nothing has been decided yet.")
    award = queries.award(application.award.id) if application.award else None
    kind = "refusal" if award is None else "queued" if award.line.state in WAITS else "award"
    about = f"decision {decision.id}"
    if (earlier := sent_before(key, "letter.decision")) is not None:
        return earlier
    person_id = application.line.person_id
    letter_id = _written(person_id, kind, about)
    if letter_id is None:
        values = _about_decision(application, decision, award)
        values |= _about_award(award) if award else {}
        letter_id = _write(person_id, kind, about, values, decision.happened_on)
    return made(key, letter_id)


def _written(person_id: int, kind: str, about: str) -> int | None:
    """The letter of a decision, when it has been written."""
    return next(
        (
            letter.id
            for letter in letters.letters_of(person_id)
            if (letter.kind, letter.about) == (kind, about)
        ),
        None,
    )


def _write(person_id: int, kind: str, about: str, values: dict[str, str], day: dt.date) -> int:
    try:
        with transaction.atomic():
            return documents.put_letter(
                person_id=person_id,
                kind=kind,
                template=kind,
                written=fill(kind, values),
                address_lines=letters.address_lines(person_id, day),
                about=about,
                happened_on=day,
            )
    except IntegrityError:
        # A colleague's form wrote it at this very moment: theirs is the letter.
        if (theirs := _written(person_id, kind, about)) is None:
            raise
        return theirs


def _about_decision(
    application: Application, decision: Decision, award: Award | None
) -> dict[str, str]:
    scheme = place_rules.kept_scheme(application.scheme_version_id)
    within = scheme.journey.reconsider_within or RECONSIDER
    shown = {c["key"]: c["text"] for c in decision.explanation["criteria"]}
    failed = [f"- {shown[key]}" for key in decision.explanation["failed"]]
    return {
        "name": application.line.name,
        "scheme_name": scheme.name,
        "received_on": show_day(application.line.received_on),
        "reasons": decision.reasons,
        "failed": "\n".join(failed) or "- " + "the officer’s reasons above",
        "reconsider_by": show_day(due_date(decision.happened_on, within).result),
        "answer_within": scheme.journey.answer_within or ANSWER,
        "review": _review(scheme, award),
    }


def _review(scheme: Scheme, award: Award | None) -> str:
    """How the source's law lets one ask again; a refusal came from no source."""
    funding = scheme.place.funding.get(award.source_code) if award else None
    return funding.review if funding else NO_APPEAL


def _about_award(award: Award) -> dict[str, str]:
    line = award.line
    payees = {
        "customer": "you",
        "landlord": f"your landlord, {award.payee_name}",
        "council_tax_account": "your council tax account",
    }
    return {
        "weekly": format_pence(line.weekly_pence),
        "weeks": str(line.weeks),
        "total": format_pence(line.total_pence),
        "from_date": show_day(line.from_date),
        "to_date": show_day(line.to_date),
        "payee": payees[award.payee_kind],
        "place": str(line.place_in_queue or ""),
    }
