"""The letter that tells somebody what was decided, why, and how to ask again."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

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
    kind = _kind(decision, award)
    about = f"decision {decision.id}"
    if (earlier := sent_before(key, "letter.decision", application=application_id)) is not None:
        return earlier
    person_id = application.line.person_id
    letter_id = _written(person_id, kind, about)
    if letter_id is None:
        values = _about_decision(application, decision, award)
        values |= _about_award(award) if award else {}
        letter_id = _write(person_id, kind, about, _template(kind, award), values)
    return made(key, letter_id)


def _kind(decision: Decision, award: Award | None) -> str:
    if award is None:
        return "grant" if decision.outcome == "grant" else "refusal"
    return "queued" if award.line.state in WAITS else "award"


def _template(kind: str, award: Award | None) -> str:
    """What the award is now decides the words: one that has ended promises nothing more.

    Raises:
        UserMistake: the award was given up, so that there is nothing to promise.
    """
    state = award.line.state if award else ""
    if state == "withdrawn":
        raise UserMistake(
            "This award was given up, so there is no decision to write about.",
            why=award.line.state_reason if award else "",
        )
    return "ended" if state == "ended" else kind


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


def _write(person_id: int, kind: str, about: str, template: str, values: dict[str, str]) -> int:
    """Today's letter to today's address."""
    day = timezone.localdate()
    try:
        with transaction.atomic():
            return documents.put_letter(
                person_id=person_id,
                kind=kind,
                template=template,
                written=fill(template, values),
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
        "granted": _granted(decision),
        "failed": "\n".join(failed) or "- " + "the officer’s reasons above",
        "again": when_to_apply_again(decision),
        "reconsider_by": show_day(due_date(decision.happened_on, within).result),
        "answer_within": scheme.journey.answer_within or ANSWER,
        "review": _review(scheme, award, decision.happened_on),
    }


def _granted(decision: Decision) -> str:
    """What each payment of the scheme comes to, as it was kept: `- Off the bill: £20 a week`."""
    pays = decision.explanation["pays"]
    told = [f"- {pay['text'] or pay['key']}: {pay['shown']}" for pay in pays]
    return "\n".join(told) or "- What you applied for."


def when_to_apply_again(decision: Decision) -> str:
    """When to apply again: from the day on which time alone makes the rules fit, if any."""
    later = decision.explanation.get("later")
    if not later:
        return "You can apply again when something has changed."
    day = dt.date.fromisoformat(later["day"])
    sure = later["answer"] == "yes"
    if day <= timezone.localdate():  # it came while the application waited for us
        fit = "fit you" if sure else "may fit you"
        return (
            f"If nothing else has changed, the rules {fit} since {show_day(day)}. "
            "You can apply again now."
        )
    return (
        f"If nothing else changes, the rules {'would' if sure else 'may'} fit you from "
        f"{show_day(day)}. You can apply again on that day, or before it when something has "
        "changed."
    )


def _review(scheme: Scheme, award: Award | None, day: dt.date) -> str:
    """How the source's law lets one ask again, or appeal.

    A refusal came from no source: it names what holds for each that could have paid.
    """
    sources = scheme.place.funding
    if award:
        return sources[award.source_code].review if award.source_code in sources else NO_APPEAL
    codes = [code for pay in scheme.pays.values() for code in pay.funding]
    could = [sources[code] for code in dict.fromkeys(codes) if sources[code].open_on(day)]
    if len({funding.review for funding in could}) < 2:
        return could[0].review if could else NO_APPEAL
    each = "\n".join(f"- {funding.name}: {funding.review}" for funding in could)
    return f"What else you can do depends on where the money would have come from.\n{each}"


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
        "paid": format_pence(line.paid_pence),
        "to_come": _to_come(line.left_pence),
        "ended_why": line.state_reason,
        "ended_on": next((show_day(s.happened_on) for s in award.steps if s.event == "end"), ""),
        "from_date": show_day(line.from_date),
        "to_date": show_day(line.to_date),
        "payee": payees[award.payee_kind],
        "place": str(line.place_in_queue or ""),
    }


def _to_come(pence: int) -> str:
    """What an award that has ended still owes for weeks that had begun."""
    if not pence:
        return "Nothing more will be paid."
    return f"We will still pay you {format_pence(pence)} for weeks that had begun."
