"""`/people/<ref>/who-works`: who works with somebody, and with each of those at home with them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity.working import Around, Working
from wholeplace.rooms.identity.working import who_works as find
from wholeplace.rooms.people import queries
from wholeplace.web.gate import page
from wholeplace.web.look.marks import day
from wholeplace.web.look.model import columns
from wholeplace.web.people.held import role_of, to

Cells = tuple[object, ...]

NOW = columns("Agency", "Team", "Worker", "Role", "Phone", "Since")
BEFORE = columns("Agency", "Team", "Worker", "Role", "Phone", "From", "To")
GROWN = 18


@dataclass(frozen=True)
class Group:
    """One human being of the page, ready for its template."""

    name: str
    ref: str
    about: str
    now: list[Cells]
    before: list[Cells]


@page("person.search", hidden=True)
def who_works(request: HttpRequest, ref: str) -> HttpResponse:
    """Children of the household before its adults; every record on the page is a view of it."""
    person, today = queries.person(ref), timezone.localdate()
    first, *others = find(person, today)
    audit.record("person.view", person_id=person.id, record="who works")
    shown = [number for one in (first, *others) for number in one.people if number != person.id]
    if shown:
        audit.record("person.view", people=shown, record="who works")
    children = [one for one in others if _is_child(one, today)]
    adults = [one for one in others if one not in children]
    context = {
        "person": person,
        "base": f"/people/{person.ref}",
        "group": _group(first, today),
        "children": [_group(one, today) for one in children],
        "adults": [_group(one, today) for one in adults],
        "now": NOW,
        "before": BEFORE,
    }
    return render(request, "people/who_works.html", context)


def _is_child(one: Around, today: dt.date) -> bool:
    age = _age(one.person.date_of_birth, today)
    return age is not None and age < GROWN


def _age(born: dt.date | None, today: dt.date) -> int | None:
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _group(one: Around, today: dt.date) -> Group:
    age = _age(one.person.date_of_birth, today)
    old = [] if age is None else ["Under 1" if age < 1 else f"Aged {age}"]
    place = [role_of({"role": one.place})] if one.place else []
    return Group(
        name=one.person.name,
        ref=one.person.ref,
        about=", ".join([*old, *place]),
        now=[_now(each) for each in one.working if each.on(today)],
        before=[_before(each) for each in one.working if not each.on(today)],
    )


def _now(one: Working) -> Cells:
    return (*_who(one), day(one.since, short=True))


def _before(one: Working) -> Cells:
    return (*_who(one), day(one.since, short=True), to(one.until))


def _who(one: Working) -> Cells:
    role = one.role and one.role[:1].upper() + one.role[1:]
    return one.agency, one.team, one.worker, role, one.phone
