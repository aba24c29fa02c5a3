"""Why records of several agencies are taken for one person."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows.single_view import NUMBERS
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import queries as identity
from wholeplace.rooms.identity.queries import Agreeing
from wholeplace.rooms.people import queries
from wholeplace.rooms.records.together import sayings
from wholeplace.web.corrections.words import TITLES
from wholeplace.web.gate import page
from wholeplace.web.look.model import Column
from wholeplace.web.people.held import full_name

Cells = tuple[object, ...]


@page(hidden=True)
def why_one(request: HttpRequest, ref: str) -> HttpResponse:
    """`/people/<ref>/one-person`: why records of several agencies are taken for one person."""
    person = queries.person(ref)
    others = identity.linked_people(person.id)
    if not others:
        raise NotFound("There is no such person.")
    persons = {person.id: person.ref} | {one.person_id: "" for one in others}
    for number in persons:
        audit.record("person.view", person_id=number, record="why one person")
    found = sayings(persons, {})
    names = {one.person_id: f"{one.agency}: {full_name(one.values)}" for one in found}
    pairs = identity.agreements_between(list(names))
    context = {
        "person": person,
        "base": f"/people/{person.ref}",
        "identity": identity.identity_of(person.id),
        "pairs": [_pair(pair, names) for pair in pairs],
        "columns": (Column("What was compared", heading=True), Column("How they stand")),
    }
    return render(request, "people/one_person.html", context)


def _pair(pair: Agreeing, names: dict[int, str]) -> dict[str, object]:
    rows = [row for name, level in pair.levels.items() for row in _compared(name, level)]
    return {"title": f"{names[pair.a]} and {names[pair.b]}", "bits": pair.weight, "rows": rows}


def _compared(name: str, level: int) -> Iterator[Cells]:
    """One comparison in the words of the model, which is loaded only when somebody asks why."""
    from wholeplace.population.identity import PEOPLE

    for made in PEOPLE.comparisons:
        if made.name == name:
            found = made.level(level)
            words = found.words if found else made.unsaid
            said = TITLES[name] if name in NUMBERS else name.replace("_", " ").capitalize()
            yield (said, words[:1].upper() + words[1:])
