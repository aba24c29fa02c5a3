"""`/search`: find a person.

A search is sent by POST, so that no name stands in an address or a log. What was searched for is
written in the audit trail, and the page of results reads it back from the searcher's own event:
so the results can be opened again and gone back to, and nothing is kept anywhere else.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.audit import queries as trail
from wholeplace.rooms.identity.found import Found, Lines
from wholeplace.rooms.identity.found import find as find_people
from wholeplace.rooms.people.seals import restricted_notice
from wholeplace.web.gate import page
from wholeplace.web.look.marks import day, link
from wholeplace.web.look.model import Column
from wholeplace.web.people.forms import Search
from wholeplace.web.submit import posted

AT_MOST = 50
COLUMNS = (
    Column("Person", heading=True),
    Column("Reference"),
    Column("Born"),
    Column("Address"),
)
KNOWN_TO, WHY = Column("Known to"), Column("Why found")
WORKERS = Column("Workers")


@page("person.search", methods=("GET", "POST"))
def search(request: HttpRequest) -> HttpResponse:
    """`/search`: the boxes; sent, it goes to the results."""
    form = Search(posted(request))
    if request.method == "POST" and form.is_valid():
        audit.record("person.search", detail={"searched": _kept(form.cleaned_data)})
        return HttpResponseRedirect(f"/search/{trail.last_event()}")
    return search_page(request, form)


def search_page(request: HttpRequest, form: Search | None = None) -> HttpResponse:
    """The boxes alone: also the home of those whose work is to search."""
    form = form or Search()
    status = 422 if form.errors else 200
    return render(request, "people/search.html", {"form": form}, status=status)


@page("person.search", hidden=True)
def results(request: HttpRequest, event: int) -> HttpResponse:
    """`/search/<event>`: what one's own search finds now; everybody shown is written down."""
    kept = trail.own_event(event, "person.search")
    if kept is None:
        raise NotFound("There is no such search.")
    found = find(kept["searched"])
    shown = found[:AT_MOST]
    several, why = any(one.agencies for one in shown), any(one.hit.why for one in shown)
    more = [KNOWN_TO] * several + [WHY] * why + [WORKERS]
    context = {
        "columns": (*COLUMNS, *more),
        "rows": [_row(one, several, why) for one in shown],
        "more": len(found) > AT_MOST,
        "cut": found.cut and len(found) <= AT_MOST,
        "few_words": bool(kept["searched"].get("name")) and not found.enough,
        "restricted": restricted_notice(**_shown(kept["searched"])),
        "at_most": AT_MOST,
        "form": Search(initial=_shown(kept["searched"])),
    }
    return render(request, "people/results.html", context)


def find(searched: dict[str, Any]) -> Lines:
    """The people whom a search finds, one more than is shown; those shown are written down."""
    found = find_people(**_shown(searched), at_most=AT_MOST + 1)
    shown = [person for one in found[:AT_MOST] for person in one.people]
    audit.record("person.list", people=shown)
    return found


def _kept(asked: dict[str, Any]) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, dt.date) else str(value)
        for name, value in asked.items()
        if value
    }


def _shown(kept: dict[str, Any]) -> dict[str, Any]:
    found = dict(kept)
    if "born" in found:
        found["born"] = dt.date.fromisoformat(found["born"])
    return found


def _row(one: Found, several: bool, why: bool) -> tuple[object, ...]:
    hit = one.hit
    return (
        link(hit.name, f"/people/{hit.ref}"),
        hit.ref,
        day(hit.date_of_birth, short=True),
        hit.address,
        *(["; ".join(one.agencies)] if several else []),
        *([hit.why or "Fits"] if why else []),
        link("Who works", f"/people/{hit.ref}/who-works", f"with {hit.name}"),
    )
