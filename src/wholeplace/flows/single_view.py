"""One human being by the records of every agency that the reader may see.

Of each thing: what is believed and by which rule of the place, and what each agency says, since
when, and under which agreement it is seen. Everything is worked out from what this reader may
see, so that what they may not see changes nothing. Agencies' statements stay as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from wholeplace.core.identity.believed import Rule, Said, believed, same_value
from wholeplace.core.identity.disagree import WRITTEN_OTHERWISE, disagreements
from wholeplace.core.rules.files.believed_file import FIELDS, BelievedFile
from wholeplace.flows import place_rules
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.agencies.queries import lawful_bases
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import queries as identity
from wholeplace.rooms.people.queries import PersonLine
from wholeplace.rooms.people.references import person_ref
from wholeplace.rooms.records.correction_requests import (
    CORRECTED,
    STANDS,
    RequestLine,
    in_text,
    requests_about,
)
from wholeplace.rooms.records.held import Held, Holding, statements_of
from wholeplace.rooms.records.together import Saying, Together, Told, together

NUMBERS = ("nhs_number", "upn", "ni_number")
LAST = 3  # figures of another agency's number that are shown: enough to tell two apart
RENT = "weekly_rent"


@dataclass(frozen=True, slots=True)
class Says:
    """What one agency says of one thing.

    Attributes:
        record: the reference of the person as this agency knows them; "" of what is no field of
            its row about the person.
        value: days as `2026-06-01`, a rent in pence. Of another agency's number of a person only
            the last figures.
        since: since which day it says so, or, where it is not `dated`, since that day at least.
        basis: the agreements under which it is seen; empty for the reader's own agency.
        which: the place of its value among those that are said: equal where two say the same.
    """

    record: str
    agency: str
    value: str
    since: dt.date
    dated: bool
    basis: tuple[str, ...]
    which: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """One field of the single view.

    Attributes:
        value: what is believed; None where no rule decides.
        by: the rule: agreed, confirmed, registers, latest, most, undecided.
        why: the same in words for a reader.
        differ: how far apart the values are, in words; "" where they are not.
    """

    field: str
    value: str | None
    by: str
    why: str
    differ: str
    says: tuple[Says, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """The person as one agency knows them; `ended_on` is when its files had them no more."""

    ref: str
    agency: str
    name: str
    recorded_on: dt.date
    ended_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Basis:
    """A sharing agreement under which something is seen, and the law that it rests on."""

    agreement: str
    lawful_basis: str
    law: str


@dataclass(frozen=True, slots=True)
class SingleView:
    """Everything that agencies say beside benefits and jobs, as far as the reader may see it.

    `homes` and `household` are those that others' records of the person hold.
    """

    records: tuple[Record, ...]
    known: tuple[Known, ...]
    bases: tuple[Basis, ...]
    involvements: tuple[Told, ...]
    former_involvements: tuple[Told, ...]
    homes: tuple[Held, ...]
    household: tuple[Held, ...]
    tenancies: tuple[Told, ...]
    school_places: tuple[Told, ...]
    attendances: tuple[Told, ...]
    requests: tuple[RequestLine, ...]


def single_view(person: PersonLine, today: dt.date, own: Holding | None = None) -> SingleView:
    """What the reader sees of the person by every agency; each other record shown is a view.

    Args:
        own: what `person_statements` gave of this record, where it has just been read.
    """
    others = [one.person_id for one in identity.linked_people(person.id)]
    for number in others:
        audit.record("person.view", person_id=number, record="with other agencies")
    persons = {person.id: person.ref} | {number: person_ref(number) for number in others}
    sections = ("homes", "household", *(["accounts"] if "P3" in require_actor().classes else []))
    held = {} if own is None else {person.id: own}
    if unread := [number for number in persons if number not in held]:
        held |= statements_of(unread, sections)
    found = together(persons, {number: one.homes for number, one in held.items()})
    requests = requests_about(list(persons))
    said = [*_said(found, requests), *_rents(found, held.values(), today)]
    elsewhere = [held[number] for number in others]
    return SingleView(
        records=tuple(_record(one) for one in found.sayings),
        known=tuple(_known(said, place_rules.believed())),
        bases=tuple(_bases({name for one in found.sayings for name in one.basis})),
        involvements=tuple(one for one in found.involvements if _runs(one, today)),
        former_involvements=tuple(one for one in found.involvements if not _runs(one, today)),
        homes=tuple(home for one in elsewhere for home in one.homes),
        household=tuple(_household(elsewhere, set(persons))),
        tenancies=found.tenancies,
        school_places=found.school_places,
        attendances=found.attendances,
        requests=tuple(for_reader(one) for one in requests),
    )


@dataclass(frozen=True, slots=True)
class _Stated:
    """What is said of one field: for believing, and for showing."""

    field: str
    said: Said
    shown: Says


def _record(one: Saying) -> Record:
    name = " ".join(filter(None, (one.values[k] for k in ("given_names", "family_name"))))
    for word, key in (("known as", "known_as"), ("before", "previous_family_name")):
        if one.values[key] and one.values[key] not in name:
            name += f", {word} {one.values[key]}"
    ended = timezone.localdate(one.ended_at) if one.ended_at else None
    return Record(one.ref, one.agency, name, timezone.localdate(one.recorded_at), ended)


def _bases(agreements: set[str]) -> Iterator[Basis]:
    known = place_rules.place_rules().bases if agreements else {}
    for name, code in lawful_bases(agreements).items() if agreements else ():
        if basis := known.get(code):
            yield Basis(name, basis.name, " ".join(basis.law.split()))


def _said(found: Together, requests: Sequence[RequestLine]) -> Iterator[_Stated]:
    """Only what stands: what an agency no longer says contradicts nobody."""
    for one in found.sayings:
        for field in FIELDS:
            value = in_text(one.values.get(field))
            if not value or one.ended_at or (field, value) == ("sex", "U"):
                continue
            since, dated = one.since[field], field in one.dated
            confirmed = any(_stood_by(one, field, value, asked) for asked in requests)
            said = Said(one.agency_code, value, since if dated else None, confirmed)
            yield _Stated(field, said, Says(one.ref, one.agency, value, since, dated, one.basis))


def _stood_by(one: Saying, field: str, value: str, asked: RequestLine) -> bool:
    """Whether the agency was asked about this very value, and said that it is right."""
    if (asked.person_id, asked.field) != (one.person_id, field):
        return False
    right = {STANDS: asked.said, CORRECTED: asked.asked}.get(asked.answer or "")
    return right is not None and same_value(right, value)


def _rents(found: Together, held: Iterable[Holding], today: dt.date) -> Iterator[_Stated]:
    """The rent of tenancies that run, and of the latest rent account where the reader has it."""
    whose = {one.agency: one for one in found.sayings}
    for told in found.tenancies:
        pence, last = told.values["weekly_rent_pence"], told.values["end_date"]
        if pence is not None and (last is None or last >= today):
            since = timezone.localdate(told.recorded_at)
            yield from _rent(whose, told.agency, pence, since)
    accounts = [one for each in held for one in each.accounts if one.values["kind"] == "rent"]
    dated = [one for one in accounts if one.values["as_at_date"]]
    if dated:
        last_one = max(dated, key=lambda one: (one.values["as_at_date"], one.key))
        charge, day = last_one.values["weekly_charge_pence"], last_one.values["as_at_date"]
        if charge is not None:
            yield from _rent(whose, last_one.agency, charge, day)


def _rent(whose: dict[str, Saying], agency: str, pence: int, since: dt.date) -> Iterator[_Stated]:
    if one := whose.get(agency):
        shown = Says("", agency, str(pence), since, True, one.basis)
        yield _Stated(RENT, Said(one.agency_code, str(pence), since), shown)


def _known(said: Sequence[_Stated], file: BelievedFile) -> Iterator[Known]:
    for field in FIELDS:
        mine = [one for one in said if one.field == field]
        if not mine:
            continue
        order = [Rule(step.by, tuple(step.agencies)) for step in file.fields.get(field, ())]
        found = believed([one.said for one in mine], order)
        ways = disagreements({field: sorted({one.said.value for one in mine})})
        differ = ways[0].how if ways and ways[0].how != WRITTEN_OTHERWISE else ""
        own = any(not one.shown.basis and one.said.value == found.value for one in mine)
        value = found.value and hidden(field, found.value, own=own)
        values = _distinct(one.said.value for one in mine)
        says = tuple(_shown(one, values) for one in mine)
        yield Known(field, value, found.by, file.why(field, found.by, found.place), differ, says)


def _shown(one: _Stated, values: Sequence[str]) -> Says:
    value = hidden(one.field, one.shown.value, own=not one.shown.basis)
    which = next(n for n, each in enumerate(values) if same_value(each, one.said.value))
    return replace(one.shown, value=value, which=which)


def _distinct(values: Iterable[str]) -> list[str]:
    """The first of each that say the same, however they are written."""
    found: list[str] = []
    for value in values:
        if not any(same_value(value, each) for each in found):
            found.append(value)
    return found


def for_reader(one: RequestLine) -> RequestLine:
    """A request as a reader is shown it: of another agency's number, the last figures."""
    return replace(one, said=hidden(one.field, one.said, own=one.to_us))


def hidden(field: str, value: str, *, own: bool) -> str:
    """A value of a field; a number of another agency's by its last figures."""
    return f"ends in {value[-LAST:]}" if value and field in NUMBERS and not own else value


def _runs(told: Told, today: dt.date) -> bool:
    last = told.values["to_date"]
    return last is None or last >= today


def _household(elsewhere: Sequence[Holding], themselves: set[int]) -> Iterator[Held]:
    """The people at home; nobody of the same human being is told as living with them."""
    for held in elsewhere:
        for one in held.household:
            if one.values["person_id"] not in themselves:
                yield one
