"""`/trawls`: whom a scheme may fit, found in the council's own data.

"Yes" and "possible" are lists apart: a possible is a question to ask, never a refusal.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from wholeplace.core.rules.seen import classes_of
from wholeplace.flows import jobs, place_rules, run_trawl
from wholeplace.rooms.schemes import actions, queries
from wholeplace.rooms.schemes.queries import RunLine
from wholeplace.web.gate import actor_of, page
from wholeplace.web.look.marks import day, link, status, tag
from wholeplace.web.look.model import Column, Flag
from wholeplace.web.look.words import long_day
from wholeplace.web.schemes.forms import Reason, StartTrawl
from wholeplace.web.schemes.work_list import cares_of
from wholeplace.web.steps import steps_of
from wholeplace.web.submit import Asking, ask, posted

RUNS = (
    Column("Read as at", heading=True),
    Column("Scheme"),
    Column("Yes", numeric=True),
    Column("Possible", numeric=True),
    Column("State"),
    Column("Asked for by"),
)
RUN_STATES = {
    "waiting": ("Waiting to begin", "grey"),
    "running": ("Running", "blue"),
    "current": ("Current", "green"),
    "earlier": ("Done", "grey"),
    "look_back": ("A look back", "grey"),
    "look_ahead": ("A look ahead", "purple"),
    "failed": ("Failed", "red"),
}


@page("trawl.read")
def trawls(request: HttpRequest) -> HttpResponse:
    """`/trawls`: every trawl, the newest first."""
    context = {
        "columns": RUNS,
        "rows": [_run_row(line) for line in queries.runs()],
        "may_start": actor_of(request).can("trawl.run"),
    }
    return render(request, "schemes/trawls.html", context)


@page("trawl.run", methods=("GET", "POST"))
def start(request: HttpRequest) -> HttpResponse:
    """`/trawls/start`: ask for a trawl; the worker carries it out."""
    asking = Asking(
        title="Start a trawl",
        button="Start the trawl",
        back="/trawls",
        intro=(
            "A trawl reads the council’s own benefit data and lists whom a scheme may fit. "
            "It decides nothing: a person decides each case.",
        ),
    )
    known = [place_rules.scheme(key) for key in place_rules.names()]
    classes = actor_of(request).classes  # the others answer with a refusal
    mine = [each for each in known if classes_of(each) <= classes]
    schemes = [(each.key, each.name) for each in mine if "trawl" in each.found_by]
    form = StartTrawl(schemes, posted(request), initial={"as_at": timezone.localdate()})

    def act(said: dict[str, Any]) -> str:
        actor = actor_of(request)
        run, new = run_trawl.start_once(
            said["scheme"],
            as_at=said["as_at"],
            membership_id=actor.membership_id,
            route=actor.route,
            key=said["key"],
        )
        if new:
            jobs.carry_out_trawl.defer(membership=actor.membership_id, run_id=run)
        return f"/trawls/{run}"

    return ask(request, asking, form, act)


@page("trawl.read", hidden=True)
def finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """`/findings/<id>`: why the trawl found this person, and what was done since."""
    found = queries.finding(finding_id)
    line = found.line
    address = f"/findings/{finding_id}"
    context = {
        "found": line,
        "back": f"/trawls/{line.run_id}?{urlencode({'answer': line.answer})}",
        "caption": f"Each test, read as at {long_day(found.run.as_at)}",
        "criteria": [(c.text, status(c.value)) for c in found.criteria],
        "criteria_columns": (Column("Test", heading=True), Column("Answer")),
        "timeline": steps_of(found.steps),
        "flags": [Flag(words) for words in cares_of(line)],
        "may": actor_of(request).can("contact.write"),
        "set_aside": line.state == "set_aside",
        "person_href": f"/people/{line.person_ref}",
        "set_aside_href": f"{address}/set-aside",
        "bring_back_href": f"{address}/bring-back",
    }
    return render(request, "schemes/finding.html", context)


@page("trawl.read", hidden=True, methods=("POST",))
def open_finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """`/findings/<id>/open`: begin work on it, and go to the person."""
    found = queries.finding(finding_id).line
    version = request.POST.get("version", "")
    if found.state == "new":
        seen = int(version) if version.isdecimal() and len(version) < 10 else -1
        actions.open_finding(finding_id=finding_id, version=seen)
    return HttpResponseRedirect(f"/people/{found.person_ref}")


@page("trawl.read", hidden=True, methods=("GET", "POST"))
def set_aside(request: HttpRequest, finding_id: int) -> HttpResponse:
    """`/findings/<id>/set-aside`: take it off the list, with the reason."""
    return _with_reason(request, finding_id, "Set aside", actions.set_aside)


@page("trawl.read", hidden=True, methods=("GET", "POST"))
def bring_back(request: HttpRequest, finding_id: int) -> HttpResponse:
    """`/findings/<id>/bring-back`: put it on the list again, with the reason."""
    return _with_reason(request, finding_id, "Bring back", actions.bring_back)


def _with_reason(request: HttpRequest, finding_id: int, verb: str, action: Any) -> HttpResponse:
    whole = queries.finding(finding_id)
    found = whole.line
    asking = Asking(
        title=f"{verb}: {found.name}",
        button=verb,
        back=f"/findings/{finding_id}",
        intro=("This changes the work list only. It is no decision about a payment.",),
        done="The work list is changed.",
        steps=whole.steps,
    )

    def act(said: dict[str, Any]) -> str:
        action(finding_id=finding_id, version=said["version"], reason=said["reason"])
        return f"/trawls/{found.run_id}?{urlencode({'answer': found.answer})}"

    return ask(request, asking, Reason(posted(request), version=found.version), act)


def _run_row(line: RunLine) -> tuple[object, ...]:
    return (
        link(day(line.as_at), f"/trawls/{line.id}"),
        line.scheme_name,
        line.yes,
        line.possible,
        tag(*RUN_STATES[line.standing or line.state]),
        line.asked_by,
    )
