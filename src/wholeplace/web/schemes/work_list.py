"""`/trawls/<id>`: whom it found, who of them has applied already, or how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.http import urlencode

from wholeplace.flows import run_trawl
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.casework.queries import WorkLine
from wholeplace.rooms.schemes.queries import FindingLine, Run, RunLine
from wholeplace.web.gate import actor_of, page, page_after
from wholeplace.web.look.marks import day, link, moment, status, tag
from wholeplace.web.look.model import Column, Link, SummaryRow
from wholeplace.web.look.words import long_day
from wholeplace.web.schemes.forms import APPLIED, STATES, Narrow
from wholeplace.web.why import agency_named

SIZE = 50
VERSION = 12  # digits of a text's hash that people read
PEOPLE = (
    Column("Person", heading=True),
    Column("Reference"),
    Column("State"),
    Column("Application"),
    Column("Take care"),
    Column("Next"),
)
CARES = (
    ("deceased", "Has died"),
    ("do_not_contact", "Do not contact"),
    ("unsafe_address", "Unsafe address"),
    ("objected", "Objected"),
)


STANDINGS = {
    "current": "The current trawl of its scheme",
    "earlier": "An earlier trawl: a later one is current",
    "look_back": "A look back: another trawl is current",
    "look_ahead": "A look ahead: what would be, if nothing changed. It is never current",
}


@dataclass(frozen=True)
class Chosen:
    """Which part of a work list is shown."""

    run_id: int
    answer: str = "yes"
    state: str = ""
    applied: str = ""

    def href(self, **more: object) -> str:
        """The address of this part, or of its page after a finding."""
        said = {"answer": self.answer, "state": self.state, "applied": self.applied, **more}
        return f"/trawls/{self.run_id}?" + urlencode({k: v for k, v in said.items() if v})


@page("trawl.read", hidden=True)
def trawl(request: HttpRequest, run_id: int) -> HttpResponse:
    """`/trawls/<id>`: its work list, or how far it has come."""
    run = run_trawl.seen(run_id, route=actor_of(request).route)
    if run.line.state != "whole":
        return _progress(request, run)
    form = Narrow(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    chosen = Chosen(run_id, **{name: said[name] for name in said if said[name]})
    return _work_list(request, run, form, chosen)


def _work_list(request: HttpRequest, run: Run, form: Narrow, chosen: Chosen) -> HttpResponse:
    found = casework.work_list(
        run.line.id,
        answer=chosen.answer,
        state=chosen.state or None,
        applied={"yes": True, "no": False}.get(chosen.applied),
        after=page_after(request),
        size=SIZE,
    )
    context = {
        "run": run.line,
        "not_current": "" if run.line.standing == "current" else STANDINGS[run.line.standing],
        "tabs": tabs(run.line, chosen.answer),
        "clear": Chosen(run.line.id, chosen.answer).href(),
        "answer": chosen.answer,
        "columns": PEOPLE,
        "rows": [_person_row(line) for line in found.items],
        "total": found.total,
        "form": form,
        "chosen": _filters(chosen),
        "next": chosen.href(after=found.next_after) if found.next_after else "",
        "first": chosen.href() if page_after(request) else "",
    }
    return render(request, "schemes/trawl.html", context)


def _progress(request: HttpRequest, run: Run) -> HttpResponse:
    failed = run.line.state == "failed"
    context = {"run": run.line, "about": about_rows(run), "failed": failed}
    response = render(request, "schemes/progress.html", context)
    if not failed:
        response.headers["Refresh"] = "3"
    return response


def tabs(run: RunLine, current: str) -> list[Link]:
    """The two lists of a trawl, what changed since the last, and what to know about it."""
    base = f"/trawls/{run.id}"
    return [
        Link(f"Yes ({run.yes:,})", f"{base}?answer=yes", current=current == "yes"),
        Link(
            f"Possible ({run.possible:,})", f"{base}?answer=possible", current=current == "possible"
        ),
        Link("What changed", f"{base}/changes", current=current == "changes"),
        Link("About this trawl", f"{base}/about", current=current == "about"),
    ]


def about_rows(run: Run) -> list[SummaryRow]:
    """As at which day, known when, asked by whom, on which basis, from whose data."""
    rows = [
        SummaryRow("Scheme", run.line.scheme_name),
        SummaryRow("Read as at", day(run.line.as_at)),
        SummaryRow("What it is", STANDINGS.get(run.line.standing)),
        SummaryRow("As known at", moment(run.line.known_at) if run.line.known_at else None),
        SummaryRow("Asked for by", run.line.asked_by),
        SummaryRow("Lawful basis", run.basis.get("name"), note=run.basis.get("law", "")),
        SummaryRow("Whose data", _named(run.agencies)),
        SummaryRow("Version of its rules", run.scheme_hash[:VERSION]),
        SummaryRow("Version of facts and figures", (run.place_hash or "")[:VERSION] or None),
    ]
    # A trawl that has not come so far, or failed, knows less.
    return rows if run.line.state == "whole" else [row for row in rows if row.value]


def _named(agencies: Sequence[str]) -> str:
    return "; ".join(agency_named(code, settings.PLACE) for code in agencies)


def _filters(chosen: Chosen) -> list[Link]:
    links = []
    if chosen.state:
        links.append(Link(STATES[chosen.state], replace(chosen, state="").href()))
    if chosen.applied:
        links.append(Link(APPLIED[chosen.applied], replace(chosen, applied="").href()))
    return links


def cares_of(line: FindingLine) -> list[str]:
    """What nobody may miss before writing to somebody, as words."""
    return [words for name, words in CARES if getattr(line, name)]


def _person_row(line: WorkLine) -> tuple[object, ...]:
    cares = ", ".join(cares_of(line))
    return (
        link(line.name, f"/people/{line.person_ref}"),
        line.person_ref,
        status(line.state),
        _application(line),
        tag(cares, "red") if cares else "–",
        link("Why it was found", f"/findings/{line.id}", about=f"for {line.name}"),
    )


def _application(line: WorkLine) -> object:
    """Whether they have applied for this scheme, found by this trawl or an earlier one."""
    if line.application_id is None or line.applied_on is None:
        return "–"
    words = f"Applied {long_day(line.applied_on)}"
    href = f"/applications/{line.application_id}"
    return format_html(
        "<span>{} {}</span>", link(words, href), status(line.application_state or "")
    )
