"""What a resident sees: their own record, what they asked for, their payments, who looked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows.notify import when_to_apply_again
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.audit import queries as trail
from wholeplace.rooms.audit.queries import Seen
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.casework.queries import Application
from wholeplace.rooms.documents import queries as letters
from wholeplace.rooms.people import queries as people
from wholeplace.web.gate import actor_of, page
from wholeplace.web.look.marks import day, moment, money, status
from wholeplace.web.look.model import Column
from wholeplace.web.people.held import held_of

LOOKED = (
    Column("When", heading=True),
    Column("Who"),
    Column("What they did"),
)
PAYMENTS = (
    Column("Due", heading=True),
    Column("For"),
    Column("State"),
    Column("Amount", numeric=True),
)
# What an event was, to the person it is about.
WORDS = {
    "person.view": "Opened your record",
    "person.list": "Saw you in a list of search results",
    "findings.list": "Saw you in a work list",
    "findings.compare": "Saw you in a comparison of two searches of our data",
    "findings.overlap": "Saw you in a list of people whom two schemes may help",
    "findings.replay": "Saw you in a check of an earlier search of our data",
    "finding.view": "Looked at why a search of our data found you",
    "application.view": "Opened your application",
    "applications.list": "Saw you in a list of applications",
    "award.view": "Opened your award",
    "letter.view": "Opened a letter to you",
    "session.begin": "Signed in with your code",
    "correction.ask": "Asked an agency to correct what it says of you",
    "correction.answer": "Answered a request to correct what is said of you",
    "correction.view": "Looked at a request to correct what is said of you",
    "corrections.list": "Saw you in a list of requests to correct something",
    "own.view": "Looked at their own record",
    "own.casework": "Looked at their own payments",
    "application.record": "Recorded your application",
    "application.ask": "Asked you for information",
    "application.award": "Decided your application",
    "application.grant": "Decided your application",
    "application.refuse": "Decided your application",
    "award.confirm": "Confirmed your award",
    "award.end": "Ended your award",
    "payment.view": "Opened one of your payments",
    "payments.list": "Saw you in the list of payments due",
    "payment.release": "Released a payment to you",
    "letter.write": "Wrote a letter to you",
    "finding.write": "Noted that you were written to",
    "code.issue": "Made a one-time code for you",
    "contact.bar": "Recorded that we may not write to you",
    "contact.unbar": "Recorded that we may write to you again",
    "queue.list": "Saw you in the list of awards waiting for money",
    "audit.search": "Checked who had looked at your record",
}


def record(request: HttpRequest) -> HttpResponse:
    """Home: what the council holds about you."""
    person_id = own_person(request)
    person = people.own(person_id)
    audit.record("own.view", person_id=person_id)
    context = {"person": person, "held": held_of(person_id, sensitive=True)}
    return render(request, "my/record.html", context)


@page("own.read")
def payments(request: HttpRequest) -> HttpResponse:
    """`/my/payments`: what you asked for, what was decided and what is paid."""
    person_id = own_person(request)
    mine = casework.mine()
    context = {
        "applications": [_asked_for(one) for one in mine.applications],
        "awards": [
            {
                "award": award.line,
                "reasons": award.decision.reasons,
                "rows": [
                    (
                        day(line.due_on),
                        f"Week {line.week_number}",
                        status(line.state),
                        money(line.amount_pence),
                    )
                    for line in award.payments
                ],
            }
            for award in mine.awards
        ],
        "columns": PAYMENTS,
        "letters": letters.letters_of(person_id),
    }
    return render(request, "my/payments.html", context)


def _asked_for(one: Application) -> dict[str, object]:
    """An application, and of a refusal what its letter says: why, and from when to try again."""
    refused = one.decision if one.decision and one.decision.outcome == "refuse" else None
    tests = (
        {item["key"]: item["text"] for item in refused.explanation["criteria"]} if refused else {}
    )
    return {
        "line": one.line,
        "reasons": refused.reasons if refused else "",
        "failed": [tests[key] for key in refused.explanation["failed"]] if refused else [],
        "again": when_to_apply_again(refused) if refused else "",
    }


@page("own.read")
def views(request: HttpRequest) -> HttpResponse:
    """`/my/views`: who looked at your record, newest first."""
    person_id = own_person(request)
    found = trail.about(person_id, at_most=200)
    audit.record("own.view", person_id=person_id, record="views")
    context = {"columns": LOOKED, "rows": [_looked(seen) for seen in found]}
    return render(request, "my/views.html", context)


def own_person(request: HttpRequest) -> int:
    """The resident's own number; raises NotFound for an account that has none."""
    person_id = actor_of(request).person_id
    if person_id is None:
        raise NotFound("There is no such record.")
    return person_id


def _looked(seen: Seen) -> tuple[object, ...]:
    who = ", ".join(part for part in (seen.role, seen.team, seen.agency) if part)
    mine = seen.purpose in ("own record", "signing in") and seen.role == "Resident"
    what = WORDS.get(seen.action, seen.action.replace(".", ": "))
    return (moment(seen.at), "You" if mine else who or "The system", what)
