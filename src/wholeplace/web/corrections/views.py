"""`/corrections`: what an agency was asked to correct; `/people/…/wrong/…`: asking for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows import correct_at_source as flow
from wholeplace.rooms.records import correction_requests as requests
from wholeplace.rooms.records.correction_requests import RequestLine
from wholeplace.web.corrections.forms import FORMS, Answer, Wrong
from wholeplace.web.corrections.words import NOUNS, TITLES, in_words, long, since_when, state_tag
from wholeplace.web.gate import actor_of, page
from wholeplace.web.look.marks import day, link, moment
from wholeplace.web.look.model import Link, SummaryRow, columns
from wholeplace.web.look.words import NOT_KNOWN
from wholeplace.web.submit import Asking, ask, posted

TASKS = columns("What", "Person", "We say", "Should be", "Asked by", "Asked on", "State")


@page("correction.ask", hidden=True, methods=("GET", "POST"))
def wrong(request: HttpRequest, ref: str, record: str, field: str) -> HttpResponse:
    """`/people/<ref>/wrong/<record>/<field>`: this is wrong, it should be …, because …."""
    about = flow.doubted(ref, record, field)
    agency = about.statement.agency
    said = in_words(field, about.said)
    statement = about.statement
    since = since_when(statement.since[field], dated=field in statement.dated)
    asking = Asking(
        title=f"Ask to correct the {NOUNS[field]} of {about.person.name}",
        button=f"Ask {agency}",
        back=f"/people/{about.person.ref}",
        template="corrections/wrong.html",
        done=f"Asked. {agency} will look at it, and answer here.",
        more={
            "agency": agency,
            "rows": [
                SummaryRow(TITLES[field], said, note=f"{agency}, {since}" if said else agency)
            ],
        },
    )

    def act(sent: dict[str, Any]) -> str:
        value = sent["should_be"]
        text = value.isoformat() if isinstance(value, dt.date) else value
        flow.ask(about, should_be=text, why=sent["why"], key=sent["key"])
        return f"/people/{about.person.ref}"

    return ask(request, asking, FORMS.get(field, Wrong)(posted(request)), act)


@page("correction.answer")
def tasks(request: HttpRequest) -> HttpResponse:
    """What the reader's agency was asked: what waits, or everything."""
    everything = request.GET.get("show") == "all"
    found = flow.tasks(open_only=not everything)
    tabs = (("Waiting", "/corrections", False), ("All", "/corrections?show=all", True))
    context = {
        "tabs": [Link(words, href, current=shown is everything) for words, href, shown in tabs],
        "everything": everything,
        "columns": TASKS,
        "rows": [_task(one) for one in found],
    }
    return render(request, "corrections/tasks.html", context)


def _task(one: RequestLine) -> tuple[object, ...]:
    return (
        link(TITLES[one.field], f"/corrections/{one.id}", about=f"of {one.ref}"),
        long(one.name or one.ref),
        in_words(one.field, one.said),
        in_words(one.field, one.asked),
        one.asking_agency,
        day(timezone.localdate(one.recorded_at), short=True),
        state_tag(one),
    )


@page(hidden=True)
def one(request: HttpRequest, request_id: int) -> HttpResponse:
    """`/corrections/<id>`: a request, and how it stands, for the two agencies."""
    found = flow.one_request(request_id)
    answers = actor_of(request).can("correction.answer") and found.to_us
    person = flow.page_of(found.person_id)
    context = {
        "title": f"{found.agency} was asked to correct the {NOUNS[found.field]}",
        "person": f"/people/{person}" if person else "",
        "state": state_tag(found),
        "rows": _asked(found),
        "answer": _answered(found),
        "may_answer": answers and not found.answer and not found.arrived_at,
        "tasks": answers,
        "id": found.id,
    }
    return render(request, "corrections/request.html", context)


def _asked(one: RequestLine) -> list[SummaryRow]:
    who = SummaryRow("Person", long(one.name or one.ref), note=f"Reference {one.ref}")
    key = [SummaryRow("Key in our files", long(one.person_key))] if one.person_key else []
    return [
        who,
        *key,
        SummaryRow(f"{one.agency} says", in_words(one.field, one.said)),
        SummaryRow("It should be", in_words(one.field, one.asked)),
        SummaryRow("Because", long(one.why)),
        SummaryRow("Asked by", f"{one.asked_by}, {one.asking_agency}"),
        SummaryRow("Asked on", moment(one.recorded_at)),
    ]


def _answered(one: RequestLine) -> list[SummaryRow]:
    rows = []
    if one.answer:
        words = {requests.CORRECTED: "Corrected in its own system", requests.STANDS: "It stands"}
        rows = [
            SummaryRow("Answer", words[one.answer]),
            *([SummaryRow("Because", long(one.answer_why))] if one.answer_why else []),
            SummaryRow("Answered by", f"{one.answered_by}, {one.agency}"),
            SummaryRow("Answered on", moment(one.answered_at)),
        ]
    if one.arrived_at:
        rows.append(SummaryRow("In its files since", moment(one.arrived_at)))
    return rows


@page("correction.answer", hidden=True, methods=("GET", "POST"))
def answer(request: HttpRequest, request_id: int) -> HttpResponse:
    """`/corrections/<id>/answer`: corrected at source, or it stands, because …."""
    found = flow.one_request(request_id)
    if not found.to_us:
        raise NotFound("There is no such request.")
    said, asked = (in_words(found.field, text) or NOT_KNOWN for text in (found.said, found.asked))
    asking = Asking(
        title=f"Answer {found.asking_agency} about the {NOUNS[found.field]}",
        button="Answer",
        back=f"/corrections/{request_id}",
        template="corrections/answer.html",
        done="Answered.",
        more={"said": said, "asked": asked, "why": found.why},
    )

    def act(sent: dict[str, Any]) -> str:
        requests.answer(request_id=request_id, kind=sent["kind"], why=sent["why"])
        return "/corrections"

    return ask(request, asking, Answer(posted(request)), act)
