"""What every agency says of somebody, where they differ, and who works with the person.

Nothing here shows that there is something which the reader may not see: no heading, no count.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wholeplace.core.identity import fold
from wholeplace.core.identity.disagree import WRITTEN_OTHERWISE, disagreements
from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import queries as identity
from wholeplace.rooms.identity.queries import Agreeing
from wholeplace.rooms.people import queries
from wholeplace.rooms.people.queries import PersonLine
from wholeplace.rooms.records.held import Holding, statements_of
from wholeplace.rooms.records.together import Saying, Together, Told, together
from wholeplace.web.gate import page
from wholeplace.web.look.marks import day, money
from wholeplace.web.look.model import Column
from wholeplace.web.look.words import long_day
from wholeplace.web.people.held import (
    HOME_COLUMNS,
    HOUSEHOLD_COLUMNS,
    SEXES,
    full_name,
    home,
    other,
    to,
)

Cells = tuple[object, ...]

WORKERS = (
    Column("Agency", heading=True),
    Column("Team"),
    Column("Worker"),
    Column("Role"),
    Column("Phone"),
    Column("From"),
    Column("To"),
)
SAYS = (
    Column("Agency", heading=True),
    Column("Name"),
    Column("Born"),
    Column("Sex"),
    Column("Address"),
    Column("Phone"),
    Column("Recorded"),
)
DIFFERS = (
    Column("What is said", heading=True),
    Column("By"),
    Column("Recorded"),
    Column("Seen under"),
)
TENANCIES = (
    Column("Tenancy", heading=True),
    Column("Kind"),
    Column("From"),
    Column("To"),
    Column("Rent a week", numeric=True),
    Column("Told by"),
)
PLACES = (
    Column("School", heading=True),
    Column("Year"),
    Column("From"),
    Column("To"),
    Column("Told by"),
)
VISITS = (
    Column("Where", heading=True),
    Column("What"),
    Column("From"),
    Column("To"),
    Column("Attended", numeric=True),
    Column("Told by"),
)
FIELDS = {
    "given_names": "Given names",
    "family_name": "Family name",
    "date_of_birth": "Born",
    "sex": "Sex",
    "address": "Address",
    "phone": "Phone",
    "nhs_number": "NHS number",
    "upn": "Pupil number",
    "ni_number": "National Insurance number",
    "date_of_death": "Died",
}
NUMBERS = ("nhs_number", "upn", "ni_number")  # shown by their last figures: enough to tell apart
LAST = 3
OWN = "Your own agency’s"


@dataclass(frozen=True)
class Differing:
    """A field about which agencies disagree: how, and who says what."""

    title: str
    rows: list[Cells]


@dataclass(frozen=True)
class Whole:
    """Everything that agencies say beside benefits and jobs, ready for its template."""

    workers: list[Cells]
    former_workers: list[Cells]
    says: list[Cells]
    several: bool
    homes: list[Cells]
    household: list[Cells]
    differing: list[Differing]
    tenancies: list[Cells]
    places: list[Cells]
    visits: list[Cells]

    columns = {
        "workers": WORKERS,
        "says": SAYS,
        "homes": HOME_COLUMNS[:-1],
        "household": HOUSEHOLD_COLUMNS[:-1],
        "differing": DIFFERS,
        "tenancies": TENANCIES,
        "places": PLACES,
        "visits": VISITS,
    }


def whole_of(person: PersonLine, today: dt.date) -> Whole:
    """What the reader sees of the person by every agency; each other person shown is a view."""
    others = identity.linked_people(person.id)
    found = together(_persons(person, [one.person_id for one in others]))
    for one in others:
        audit.record("person.view", person_id=one.person_id, record="with other agencies")
    elsewhere = _elsewhere(person, [one.person_id for one in others])
    current = [one for one in found.involvements if _current(one, today)]
    former = [one for one in found.involvements if not _current(one, today)]
    return Whole(
        workers=[_worker(one) for one in current],
        former_workers=[_worker(one) for one in former],
        says=[_says(one) for one in found.sayings],
        several=len(found.sayings) > 1,
        homes=[home(one.values) for one in elsewhere.homes],
        household=[other(one.values, linked=True) for one in elsewhere.household],
        differing=list(_differing(found)),
        tenancies=[_tenancy(one) for one in found.tenancies],
        places=[_place(one) for one in found.school_places],
        visits=[_visit(one) for one in found.attendances],
    )


def _elsewhere(person: PersonLine, others: list[int]) -> Holding:
    """Homes and the people at home that others' records hold: one's own stand below by themselves.

    Nobody of the same human being is told as living with them.
    """
    if not others:
        return Holding()
    held = statements_of(others, ("homes", "household")).values()
    themselves = {person.id, *others}
    return Holding(
        homes=tuple(one for each in held for one in each.homes),
        household=tuple(
            one
            for each in held
            for one in each.household
            if one.values["person_id"] not in themselves
        ),
    )


def _persons(person: PersonLine, others: list[int]) -> dict[int, str]:
    return {person.id: person.ref} | dict.fromkeys(others, "")


def _current(told: Told, today: dt.date) -> bool:
    last = told.values["to_date"]
    return last is None or last >= today


def _worker(told: Told) -> Cells:
    said = told.values
    return (
        told.agency,
        said["team"],
        said["worker"],
        said["role"],
        said["phone"],
        day(said["from_date"], short=True),
        to(said["to_date"]),
    )


def _says(one: Saying) -> Cells:
    said = one.values
    name = full_name(said)
    if said["known_as"] and said["known_as"] not in name:
        name = f"{name}, known as {said['known_as']}"
    return (
        one.agency,
        name,
        day(said["date_of_birth"], short=True),
        SEXES.get(said["sex"], said["sex"]),
        said["address"] or None,
        said["phone"],
        _recorded(one),
    )


def _recorded(one: Saying) -> str:
    if one.ended_at:
        return f"No longer in its files since {long_day(one.ended_at.date())}"
    return long_day(one.recorded_at.date())


def _differing(found: Together) -> Iterator[Differing]:
    """Only what stands: what an agency no longer says contradicts nobody.

    What is only written otherwise (capitals, spaces) is no disagreement.
    """
    said: dict[str, list[tuple[str, Saying]]] = defaultdict(list)
    for one in found.sayings:
        for field in FIELDS:
            value = one.values[field]
            if value is not None and value != "" and not one.ended_at and value != "U":
                said[field].append((str(value), one))
    for differs in disagreements({field: [v for v, _ in pairs] for field, pairs in said.items()}):
        if differs.how == WRITTEN_OTHERWISE:
            continue
        rows = [_differs(differs.field, by) for by in _by_value(said[differs.field])]
        yield Differing(f"{FIELDS[differs.field]}: {differs.how[0].lower()}{differs.how[1:]}", rows)


def _by_value(pairs: list[tuple[str, Saying]]) -> list[list[Saying]]:
    """Who says the same, written however."""
    groups: dict[str, list[Saying]] = defaultdict(list)
    for value, one in pairs:
        groups[fold(value) or value].append(one)
    return list(groups.values())


def _differs(field: str, by: list[Saying]) -> Cells:
    shown = by[0].values[field]
    if field in NUMBERS:
        shown = f"ends in {str(shown)[-LAST:]}"
    elif isinstance(shown, dt.date):
        shown = day(shown)
    elif field == "sex":
        shown = SEXES.get(shown, shown)
    bases = dict.fromkeys("; ".join(one.basis) or OWN for one in by)
    recorded = max(one.recorded_at for one in by)
    return (
        shown,
        "; ".join(dict.fromkeys(one.agency for one in by)),
        long_day(recorded.date()),
        "; ".join(bases),
    )


def _tenancy(told: Told) -> Cells:
    said = told.values
    where = ", ".join(filter(None, (said["line_1"], said["postcode"])))
    return (
        where or None,
        _plain(said["kind"]),
        day(said["start_date"], short=True),
        to(said["end_date"]),
        money(said["weekly_rent_pence"]),
        told.agency,
    )


def _place(told: Told) -> Cells:
    said = told.values
    return (
        said["school"] or said["school_code"],
        said["year_group"],
        day(said["from_date"], short=True),
        to(said["to_date"]),
        told.agency,
    )


def _visit(told: Told) -> Cells:
    said = told.values
    possible, attended = said["sessions_possible"], said["sessions_attended"]
    share = f"{attended} of {possible}" if possible is not None and attended is not None else None
    last = said["to_date"]
    return (
        said["place"],
        _plain(said["kind"]),
        day(said["from_date"], short=True),
        day(last, short=True) if last else None,
        share,
        told.agency,
    )


def _plain(code: Any) -> str | None:
    return str(code).replace("_", " ").capitalize() if code else None


@page(hidden=True)
def why_one(request: HttpRequest, ref: str) -> HttpResponse:
    """`/people/<ref>/one-person`: why records of several agencies are taken for one person."""
    person = queries.person(ref)
    others = identity.linked_people(person.id)
    if not others:
        raise NotFound("There is no such person.")
    persons = _persons(person, [one.person_id for one in others])
    for number in persons:
        audit.record("person.view", person_id=number, record="why one person")
    found = together(persons)
    names = {one.person_id: f"{one.agency}: {full_name(one.values)}" for one in found.sayings}
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
            said = FIELDS[name] if name in NUMBERS else name.replace("_", " ").capitalize()
            yield (said, words[:1].upper() + words[1:])
