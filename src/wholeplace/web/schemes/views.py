"""`/trawls`: whom a scheme may fit, found in the council's own data.

"Yes" and "possible" are lists apart: a possible is a question to ask, never a refusal.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from wholeplace.flows import jobs, place_rules, run_trawl
from wholeplace.rooms.schemes import actions, queries
from wholeplace.rooms.schemes.queries import FindingLine, Run, RunLine
from wholeplace.web.gate import actor_of, page
from wholeplace.web.look.marks import day, link, moment, status, tag
from wholeplace.web.look.model import Column, Flag, Link, SummaryRow
from wholeplace.web.look.words import long_day
from wholeplace.web.schemes.forms import Narrow, Reason, StartTrawl
from wholeplace.web.steps import steps_of
from wholeplace.web.submit import Asking, ask, posted

SIZE = 50
ANSWERS = ("yes", "possible")
RUNS = (
    Column("Read as at", heading=True),
    Column("Scheme"),
    Column("Yes", numeric=True),
    Column("Possible", numeric=True),
    Column("State"),
    Column("Asked for by"),
)
PEOPLE = (
    Column("Person", heading=True),
    Column("Reference"),
    Column("State"),
    Column("Take care"),
    Column("Next"),
)
FUNNEL = (
    Column("Test", heading=True),
    Column("Yes", numeric=True),
    Column("Not known", numeric=True),
    Column("No", numeric=True),
)
RUN_STATES = {
    "waiting": ("Waiting to begin", "grey"),
    "running": ("Running", "blue"),
    "whole": ("Done", "green"),
    "failed": ("Failed", "red"),
}
CARES = (
    ("deceased", "Has died"),
    ("do_not_contact", "Do not contact"),
    ("unsafe_address", "Unsafe address"),
    ("objected", "Objected"),
)


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
    schemes = [(key, place_rules.scheme(key).name) for key in place_rules.names()]
    form = StartTrawl(
        schemes,
        posted(request),
        initial={"scheme": schemes[0][0] if schemes else "", "as_at": timezone.localdate()},
    )

    def act(said: dict[str, Any]) -> str:
        actor = actor_of(request)
        run = run_trawl.start(
            said["scheme"],
            as_at=said["as_at"],
            membership_id=actor.membership_id,
            route=actor.route,
        )
        jobs.carry_out_trawl.defer(membership=actor.membership_id, run_id=run)
        return f"/trawls/{run}"

    return ask(request, asking, form, act)


@page("trawl.read", hidden=True)
def trawl(request: HttpRequest, run_id: int) -> HttpResponse:
    """`/trawls/<id>`: its work list, or how far it has come."""
    run = queries.run(run_id)
    if run.line.state != "whole":
        return _progress(request, run)
    form = Narrow(request.GET or None)
    state = form.cleaned_data["state"] if form.is_bound and form.is_valid() else ""
    answer = request.GET.get("answer", "yes")
    return _work_list(request, run, form, answer if answer in ANSWERS else "yes", state)


def _work_list(
    request: HttpRequest, run: Run, form: Narrow, answer: str, state: str
) -> HttpResponse:
    after, number = request.GET.get("after", ""), run.line.id
    found = queries.work_list(
        number,
        answer=answer,
        state=state or None,
        after=int(after) if after.isdecimal() else 0,
        size=SIZE,
    )
    context = {
        "run": run.line,
        "about": _about(run),
        "tabs": _tabs(number, answer, run.line),
        "clear": f"/trawls/{number}?answer={answer}",
        "answer": answer,
        "columns": PEOPLE,
        "rows": [_person_row(line) for line in found.items],
        "total": found.total,
        "form": form,
        "chosen": _chosen(number, answer, state),
        "next": _next(answer, state, found.next_after),
        "first": f"?{urlencode({'answer': answer, 'state': state})}" if after else "",
        "funnel_columns": FUNNEL,
        "funnel": [(step.text, step.yes, step.unknown, step.no) for step in run.funnel],
    }
    return render(request, "schemes/trawl.html", context)


def _progress(request: HttpRequest, run: Run) -> HttpResponse:
    failed = run.line.state == "failed"
    context = {"run": run.line, "about": _about(run), "failed": failed}
    response = render(request, "schemes/progress.html", context)
    if not failed:
        response.headers["Refresh"] = "3"
    return response


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
        actions.open_finding(
            finding_id=finding_id, version=int(version) if version.isdecimal() else -1
        )
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
        tag(*RUN_STATES[line.state]),
        line.asked_by,
    )


def _about(run: Run) -> list[SummaryRow]:
    return [
        SummaryRow("Read as at", day(run.line.as_at)),
        SummaryRow("As known at", moment(run.line.known_at)),
        SummaryRow("Asked for by", run.line.asked_by),
        SummaryRow("Lawful basis", run.basis.get("name", ""), note=run.basis.get("law", "")),
        SummaryRow("Whose data", ", ".join(run.agencies)),
    ]


def _tabs(run_id: int, answer: str, run: RunLine) -> list[Link]:
    return [
        Link(f"Yes ({run.yes:,})", f"/trawls/{run_id}?answer=yes", current=answer == "yes"),
        Link(
            f"Possible ({run.possible:,})",
            f"/trawls/{run_id}?answer=possible",
            current=answer == "possible",
        ),
    ]


def _chosen(run_id: int, answer: str, state: str) -> list[Link]:
    if not state:
        return []
    words = dict(Narrow.base_fields["state"].choices)[state]  # type: ignore[attr-defined]
    return [Link(words, f"/trawls/{run_id}?answer={answer}")]


def _next(answer: str, state: str, after: int | None) -> str:
    if after is None:
        return ""
    return f"?{urlencode({'answer': answer, 'state': state, 'after': after})}"


def cares_of(line: FindingLine) -> list[str]:
    """What nobody may miss before writing to somebody, as words."""
    return [words for name, words in CARES if getattr(line, name)]


def _person_row(line: FindingLine) -> tuple[object, ...]:
    cares = ", ".join(cares_of(line))
    return (
        link(line.name, f"/people/{line.person_ref}"),
        line.person_ref,
        status(line.state),
        tag(cares, "red") if cares else "–",
        link("Why it was found", f"/findings/{line.id}", about=f"for {line.name}"),
    )
