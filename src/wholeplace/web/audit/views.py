"""Information governance's home: who saw what, and whether the trail is whole.

The trail names people by reference: this role opens nobody's record. Searches are sent by POST
and each is itself an event.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.rooms.audit import actions, queries
from wholeplace.rooms.audit.queries import Seen
from wholeplace.rooms.people.references import person_ref
from wholeplace.web.audit.forms import Find
from wholeplace.web.audit.words import happening
from wholeplace.web.gate import page
from wholeplace.web.look.marks import moment
from wholeplace.web.look.model import Column, SummaryRow
from wholeplace.web.look.words import counted

AT_MOST = 200
COLUMNS = (
    Column("When", heading=True),
    Column("Who"),
    Column("What"),
    Column("About"),
    Column("Why and where"),
)


@page("audit.read", methods=("GET", "POST"))
def trail(request: HttpRequest) -> HttpResponse:
    """`/audit`: search the trail; the state of the chain beside it."""
    return search(request)


def search(request: HttpRequest) -> HttpResponse:
    """The search and, once it is sent, what it found."""
    form = Find(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "chain": _chain(), "columns": COLUMNS}
    if request.method == "POST" and form.is_valid():
        found = _find(form.cleaned_data)
        context |= {"rows": [_row(seen) for seen in found], "searched": True}
        context["full"] = len(found) == AT_MOST
    return render(request, "audit/trail.html", context)


@page("audit.read", methods=("POST",))
def check(request: HttpRequest) -> HttpResponse:
    """`/audit/check`: recompute every link now."""
    found = actions.verify()
    actions.record("audit.verify", detail={"links": found.links, "whole": found.broken is None})
    return render(request, "audit/check.html", {"found": found})


def _find(asked: dict[str, Any]) -> list[Seen]:
    person = asked["person"]
    if person is not None:
        actions.record("audit.search", person_id=person)
        return queries.about(person, at_most=AT_MOST)
    day, username = asked["day"], asked["username"].strip()
    actions.record(
        "audit.search", detail={"username": username, "day": day.isoformat() if day else ""}
    )
    return queries.events(username=username, day=day, at_most=AT_MOST)


def _chain() -> list[SummaryRow]:
    now = queries.state()
    return [
        SummaryRow("Sealed", counted(now.links, "event")),
        SummaryRow("Not yet sealed", counted(now.unsealed, "event")),
        SummaryRow("Head of the chain", now.head[:16] or "Nothing is sealed yet"),
    ]


def _row(seen: Seen) -> tuple[object, ...]:
    who = ", ".join(part for part in (seen.who, seen.role, seen.agency) if part)
    return (
        moment(seen.at),
        who or "Nobody signed in",
        happening(seen.action, seen.record),
        _people(seen),
        " · ".join(part for part in (seen.purpose, seen.route) if part),
    )


def _people(seen: Seen) -> str:
    if seen.person_id is not None:
        return person_ref(seen.person_id)
    if not seen.people:
        return "No one’s record"
    if len(seen.people) > 5:
        return counted(len(seen.people), "person", "people")
    return ", ".join(person_ref(number) for number in seen.people)
