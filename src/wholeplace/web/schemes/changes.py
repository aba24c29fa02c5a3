"""`/trawls/<id>/changes`: who is new, who fell out, whose answer moved, and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.http import urlencode

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows import compare_trawls
from wholeplace.flows.compare_trawls import WORDS, Change, Test
from wholeplace.rooms.schemes import queries
from wholeplace.rooms.schemes.compare_queries import KINDS, Kind, Pair, earlier_run
from wholeplace.web.gate import LARGEST, page, page_after
from wholeplace.web.look.marks import day, link, status
from wholeplace.web.look.model import Column, Link, SummaryRow
from wholeplace.web.look.words import counted, long_day
from wholeplace.web.schemes.bullets import bulleted
from wholeplace.web.schemes.work_list import tabs
from wholeplace.web.why import why_of

SIZE = 25
NAMES: dict[Kind, str] = {
    "new": "New",
    "gone": "Fell out",
    "now_yes": "Now yes",
    "now_possible": "Now only possible",
}
MEANINGS: dict[Kind, str] = {
    "new": "Found by this trawl and not by the earlier one.",
    "gone": "Found by the earlier trawl and not by this one.",
    "now_yes": "Possible in the earlier trawl, and yes in this one.",
    "now_possible": "Yes in the earlier trawl, and only possible in this one.",
}
PEOPLE = (
    Column("Person", heading=True),
    Column("Reference"),
    Column("Tests that came out otherwise"),
    Column("Why"),
)
TESTS = (Column("Test", heading=True), Column("Earlier trawl"), Column("This trawl"))
RESTS_ON = (
    "Why is found by asking again, with one thing changed at a time: the data as known at each "
    "trawl, then the place’s facts and figures, then the scheme’s rules, then the day."
)


@page("trawl.read", hidden=True)
def changes(request: HttpRequest, run_id: int) -> HttpResponse:
    """What changed since the last trawl of the scheme, or since the one named by `with`."""
    run = queries.run(run_id)
    if run.line.state != "whole":
        return HttpResponseRedirect(f"/trawls/{run_id}")
    context: dict[str, Any] = {"run": run.line, "tabs": tabs(run.line, "changes")}
    earlier = _earlier(request) or earlier_run(run_id)
    if earlier is None:
        return render(request, "schemes/changes.html", context)
    both = compare_trawls.pair(run_id, earlier)
    context |= {"both": both, "about": _about(both), "rests_on": RESTS_ON}
    context |= {"moved": sum(both.counts[kind] for kind in KINDS), "same": both.counts["same"]}
    kind = _kind(request, both)
    found = compare_trawls.changes(both, kind, after=page_after(request), size=SIZE)
    context |= {
        "kinds": _kinds(both, kind),
        "kind": NAMES[kind],
        "meaning": MEANINGS[kind],
        "columns": PEOPLE,
        "rows": [_row(one, both) for one in found.items],
        "next": _href(both, kind, after=found.next_after) if found.next_after else "",
        "first": _href(both, kind) if page_after(request) else "",
    }
    return render(request, "schemes/changes.html", context)


@page("trawl.read", hidden=True)
def change(request: HttpRequest, run_id: int, ref: str) -> HttpResponse:
    """One person's: which tests came out otherwise, why, and what the scheme says now."""
    earlier = _earlier(request) or earlier_run(run_id)
    if earlier is None:
        raise NotFound("There is no such record.")
    both = compare_trawls.pair(run_id, earlier)
    found = compare_trawls.change(both, ref)
    person = found.person
    context = {
        "person": person,
        "both": both,
        "back": _href(both, person.kind),
        "said": MEANINGS.get(person.kind, "Both trawls gave the same answer."),
        "reasons": [WORDS[reason] for reason in found.reasons],
        "rests_on": RESTS_ON,
        "columns": TESTS,
        "rows": [(one.text, _value(one.before), _value(one.after)) for one in found.tests],
        "why": why_of(found.now.as_data()) if found.now else None,
        "person_href": f"/people/{person.person_ref}",
    }
    return render(request, "schemes/change.html", context)


def _earlier(request: HttpRequest) -> int | None:
    typed = request.GET.get("with", "")
    number = int(typed) if typed.isdecimal() and len(typed) < 20 else 0
    return min(number, LARGEST) or None


def _kind(request: HttpRequest, both: Pair) -> Kind:
    """The kind asked for, else the first that has people."""
    asked = request.GET.get("kind", "")
    found: list[Kind] = [kind for kind in KINDS if kind == asked]
    return (found or [kind for kind in KINDS if both.counts[kind]] or [KINDS[0]])[0]


def _href(both: Pair, kind: str, **more: object) -> str:
    said = {"with": both.earlier.id, "kind": kind, **more}
    return f"/trawls/{both.later.id}/changes?{urlencode(said)}"


def _kinds(both: Pair, current: Kind) -> list[Link]:
    return [
        Link(f"{NAMES[kind]} ({both.counts[kind]:,})", _href(both, kind), current=kind == current)
        for kind in KINDS
    ]


def _about(both: Pair) -> list[SummaryRow]:
    earlier = link(long_day(both.earlier.as_at), f"/trawls/{both.earlier.id}")
    figures = {True: "Changed", False: "The same", None: "Not kept with the earlier trawl"}
    return [
        SummaryRow("Earlier trawl, read as at", earlier),
        SummaryRow("This trawl, read as at", day(both.later.as_at)),
        SummaryRow("The scheme’s rules", "Changed" if both.rules_changed else "The same"),
        SummaryRow("The place’s facts and figures", figures[both.figures_changed]),
        SummaryRow("The same answer in both", counted(both.counts["same"], "person", "people")),
    ]


def _row(one: Change, both: Pair) -> tuple[object, ...]:
    person = one.person
    href = f"/trawls/{both.later.id}/changes/{person.person_ref}?with={both.earlier.id}"
    return (
        link(person.name, f"/people/{person.person_ref}"),
        person.person_ref,
        bulleted(_test(test) for test in one.tests) if one.tests else "–",
        format_html(
            "<span>{} {}</span>",
            " ".join(WORDS[reason] for reason in one.reasons),
            link("Show", href, about=f"what changed for {person.name}"),
        ),
    )


def _test(one: Test) -> str:
    return f"{one.text}: {_word(one.before)}, now {_word(one.after)}"


def _word(value: str) -> str:
    return {"": "not asked", "unknown": "not known"}.get(value, value)


def _value(value: str) -> object:
    return status(value) if value else "Not asked"
