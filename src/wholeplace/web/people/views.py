"""`/people/<ref>`: who is this, may we write, what is held, why a scheme fits, what was done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from wholeplace.flows.contact import contact_reasons
from wholeplace.rooms.agencies.acting import Actor
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.casework.shown import PersonCasework
from wholeplace.rooms.documents import queries as letters
from wholeplace.rooms.people import queries
from wholeplace.rooms.people.queries import PersonLine
from wholeplace.rooms.records.queries import person_history
from wholeplace.rooms.schemes import queries as schemes
from wholeplace.rooms.schemes.queries import PersonFinding
from wholeplace.web.casework.awards import standing
from wholeplace.web.gate import actor_of, page
from wholeplace.web.look.marks import day, link, money, status
from wholeplace.web.look.model import Column, Flag, Link
from wholeplace.web.look.words import long_day
from wholeplace.web.people.agencies import whole_of
from wholeplace.web.people.held import VERSION_COLUMNS, Shown, held_of, version
from wholeplace.web.people.history import history_of
from wholeplace.web.people.schemes_of import schemes_shown

FLAGS = {
    "deceased": "Has died",
    "do_not_contact": "Do not contact",
    "unsafe_address": "Unsafe address",
    "objected": "Objected",
}
FINDINGS = (Column("Trawl of", heading=True), Column("Answer"), Column("State"))
APPLICATIONS = (Column("Application", heading=True), Column("State"), Column("Decide by"))
AWARDS = (Column("Award", heading=True), Column("State"), Column("Total", numeric=True))
OPEN = ("new", "opened", "contacted")


@page()
def person(request: HttpRequest, ref: str) -> HttpResponse:
    """The whole record on one page, as far as this reader may see it."""
    found = queries.person(ref)
    audit.record("person.view", person_id=found.id)
    actor = actor_of(request)
    sensitive = "P3" in actor.classes
    asks = f"/people/{found.ref}/wrong/{found.ref}" if actor.can("correction.ask") else ""
    held = held_of(found.id, sensitive=sensitive, linked=True, wrong=asks)
    context: dict[str, Any] = {
        "person": found,
        "held": held,
        "flags": _flags(held, found.id, actor),
        "base": f"/people/{found.ref}",
        "whole": whole_of(
            found, timezone.localdate(), held.holding, may_ask=actor.can("correction.ask")
        ),
    }
    if actor.can("adoption.seal"):
        context["actions"] = [Link("Adoption order", f"/people/{found.ref}/adoption")]
    near: set[str] = set()
    if actor.can("application.read"):
        context |= _casework(found, actor, held)
        near = context["near"]
    if sensitive and held.holding.resident:  # of somebody who is gone no fact is known
        context |= schemes_shown(found.id, held.holding, near)
        context["may_apply"] = actor.can("application.record")
    return render(request, "people/person.html", context)


@page("person.search", hidden=True)
def before(request: HttpRequest, ref: str) -> HttpResponse:
    """`/people/<ref>/before`: every version of what was said, with when it was believed."""
    found = queries.person(ref)
    audit.record("person.view", person_id=found.id, record="versions")
    context = {
        "person": found,
        "base": f"/people/{found.ref}",
        "columns": VERSION_COLUMNS,
        "rows": [version(one) for one in person_history(found.id)],
    }
    return render(request, "people/before.html", context)


def _flags(held: Shown, person_id: int, actor: Actor) -> list[Flag]:
    """What nobody may miss; a role without letters reads the agency's own marks."""
    if actor.can("letter.read"):
        return [Flag(FLAGS[bar.kind]) for bar in contact_reasons(person_id)]
    kinds = {bar.kind for bar in queries.bars(person_id) if bar.ended_at is None}
    for one in held.holding.resident or held.holding.former:
        kinds |= {kind for kind in ("do_not_contact", "unsafe_address") if one.values[kind]}
        kinds |= {"deceased"} if one.values["date_of_death"] else set()
    return [Flag(words) for kind, words in FLAGS.items() if kind in kinds]


def _casework(found: PersonLine, actor: Actor, held: Shown) -> dict[str, Any]:
    cases = casework.casework_of(found.id)
    findings = schemes.findings_of(found.id) if actor.can("trawl.read") else []
    written = letters.letters_of(found.id) if actor.can("letter.read") else []
    bars = queries.bars(found.id)
    return {
        "columns": {"findings": FINDINGS, "applications": APPLICATIONS, "awards": AWARDS},
        "findings": [_finding(one) for one in findings],
        "applications": _applications(cases),
        "awards": _awards(cases),
        "bars": [bar for bar in bars if bar.ended_at is None],
        "actions": _actions(found.ref, actor, findings),
        "back": f"/trawls/{findings[0].line.run_id}" if findings else "",
        "timeline": history_of(held.holding, cases, findings, written, bars),
        "may_bar": actor.can("contact.bar"),
        "near": {one.scheme for one in (*findings, *cases.applications)},
    }


def _actions(ref: str, actor: Actor, findings: list[PersonFinding]) -> list[Link]:
    base = f"/people/{ref}"
    open_one = any(one.line.state in OPEN for one in findings)
    links = [
        ("contact.write", "Write a letter", f"{base}/letter", open_one),
        ("application.record", "Record an application", f"{base}/application", True),
        ("contact.bar", "Bar contact", f"{base}/bar", True),
        ("code.issue", "Give a one-time code", f"{base}/code", True),
    ]
    return [Link(words, href) for right, words, href, now in links if now and actor.can(right)]


def _finding(one: PersonFinding) -> tuple[object, ...]:
    return (
        link(f"{one.scheme_name}, {long_day(one.as_at)}", f"/findings/{one.line.id}"),
        status(one.line.answer),
        status(one.line.state),
    )


def _applications(cases: PersonCasework) -> list[tuple[object, ...]]:
    return [
        (
            link(f"{one.scheme_name}, {long_day(one.received_on)}", f"/applications/{one.id}"),
            status(one.state),
            day(one.due_on) if one.due_on else "–",
        )
        for one in cases.applications
    ]


def _awards(cases: PersonCasework) -> list[tuple[object, ...]]:
    return [
        (
            link(f"{long_day(one.from_date)} to {long_day(one.to_date)}", f"/awards/{one.id}"),
            standing(one),
            money(one.total_pence),
        )
        for one in cases.awards
    ]
