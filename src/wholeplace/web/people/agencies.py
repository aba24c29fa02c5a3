"""What every agency says of somebody, where they differ, and who works with the person.

Nothing here shows that there is something which the reader may not see: no heading, no count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from wholeplace.core.identity.believed import AGREED
from wholeplace.flows.single_view import Known, Record, Says, single_view
from wholeplace.rooms.people.queries import PersonLine
from wholeplace.rooms.records.held import Holding
from wholeplace.rooms.records.together import Told
from wholeplace.web.corrections.words import (
    CORRECTIONS,
    TITLES,
    in_words,
    long,
    request_row,
    since_when,
)
from wholeplace.web.look.marks import day, link, money, tag, unknown
from wholeplace.web.look.model import SummaryRow, columns
from wholeplace.web.look.words import long_day
from wholeplace.web.people.held import HOME_COLUMNS, HOUSEHOLD_COLUMNS, home, other, to

Cells = tuple[object, ...]

WORKERS = columns("Agency", "Team", "Worker", "Role", "Phone", "From", "To")
RECORDS = columns("Agency", "Name", "Recorded")
DIFFERS = columns("What is said", "By", "Seen under")
TENANCIES = columns(
    *("Tenancy", "Kind", "From", "To", "Rent a week", "Told by"), numeric=("Rent a week",)
)
PLACES = columns("School", "Year", "From", "To", "Told by")
VISITS = columns("Where", "What", "From", "To", "Attended", "Told by", numeric=("Attended",))
OWN = "Your own agency’s"


@dataclass(frozen=True)
class Field:
    """A field of which something is said: who says what."""

    title: str
    rows: list[Cells]


@dataclass(frozen=True)
class Whole:
    """Everything that agencies say beside benefits and jobs, ready for its template."""

    workers: list[Cells]
    former_workers: list[Cells]
    several: bool
    known: list[SummaryRow]
    differing: list[Field]
    agreed: list[Field]
    bases: list[SummaryRow]
    records: list[Cells]
    homes: list[Cells]
    household: list[Cells]
    tenancies: list[Cells]
    places: list[Cells]
    visits: list[Cells]
    requests: list[Cells]

    columns = {
        "workers": WORKERS,
        "records": RECORDS,
        "says": DIFFERS,
        "homes": HOME_COLUMNS[:-1],
        "household": HOUSEHOLD_COLUMNS[:-1],
        "tenancies": TENANCIES,
        "places": PLACES,
        "visits": VISITS,
        "requests": CORRECTIONS,
    }


def whole_of(person: PersonLine, today: dt.date, own: Holding, *, may_ask: bool) -> Whole:
    """What the reader sees of the person by every agency.

    Args:
        own: what this record holds, as it has just been read.
        may_ask: whether the reader may say that something is wrong.
    """
    found = single_view(person, today, own)
    wrong = f"/people/{person.ref}/wrong" if may_ask else ""
    return Whole(
        workers=[_worker(one) for one in found.involvements],
        former_workers=[_worker(one) for one in found.former_involvements],
        several=len(found.records) > 1,
        known=[_known(one) for one in found.known],
        differing=[_field(one, wrong) for one in found.known if one.differ],
        agreed=[_field(one, wrong) for one in found.known if not one.differ],
        bases=[
            SummaryRow(one.agreement, one.law, note=f"Lawful basis: {one.lawful_basis}")
            for one in found.bases
        ],
        records=[_record(one) for one in found.records],
        homes=[home(one.values) for one in found.homes],
        household=[other(one.values, linked=True) for one in found.household],
        tenancies=[_tenancy(one) for one in found.tenancies],
        places=[_place(one) for one in found.school_places],
        visits=[_visit(one) for one in found.attendances],
        requests=[request_row(one) for one in found.requests],
    )


def _worker(told: Told) -> Cells:
    said = told.values
    return (
        told.agency,
        said["team"],
        said["worker"],
        _begun(said["role"]),
        said["phone"],
        day(said["from_date"], short=True),
        to(said["to_date"]),
    )


def _known(one: Known) -> SummaryRow:
    """What is believed and why; that agencies disagree is told beside it."""
    value = in_words(one.field, one.value)
    if one.differ:
        value = format_html("{} {}", value or unknown(), tag("Agencies disagree", "yellow"))
    by = dict.fromkeys(says.agency for says in one.says)
    note = one.why
    if one.by == AGREED:
        note = f"Said by {len(by)} agencies" if len(by) > 1 else f"Said by {next(iter(by))} alone"
    return SummaryRow(TITLES[one.field], value, note=note)


def _record(one: Record) -> Cells:
    recorded = long_day(one.recorded_on)
    if one.ended_on:
        recorded = f"No longer in its files since {long_day(one.ended_on)}"
    return one.agency, long(one.name), recorded


def _field(one: Known, wrong: str) -> Field:
    title = TITLES[one.field]
    if one.differ:
        title = f"{title}: {one.differ[0].lower()}{one.differ[1:]}"
    return Field(title, [_value(one.field, by, wrong) for by in _by_value(one.says)])


def _by_value(says: Sequence[Says]) -> list[list[Says]]:
    """Who says the same, written however."""
    groups: dict[int, list[Says]] = {}
    for one in says:
        groups.setdefault(one.which, []).append(one)
    return list(groups.values())


def _value(field: str, by: list[Says], wrong: str) -> Cells:
    bases = dict.fromkeys("; ".join(one.basis) or OWN for one in by)
    said = format_html_join("", "<li>{}</li>", ((_by(field, one, wrong),) for one in by))
    return (
        in_words(field, by[0].value),
        format_html('<ul class="govuk-list govuk-!-margin-bottom-0">{}</ul>', said),
        "; ".join(bases),
    )


def _by(field: str, one: Says, wrong: str) -> SafeString:
    since = format_html("{}, {}", one.agency, since_when(one.since, dated=one.dated))
    if not wrong or not one.record:
        return since
    about = f": {TITLES[field]}, by {one.agency}"
    return format_html(
        "{}<br>{}", since, link("This is wrong", f"{wrong}/{one.record}/{field}", about)
    )


def _tenancy(told: Told) -> Cells:
    said = told.values
    lines = (said[part] for part in ("line_1", "line_2", "town", "postcode"))
    return (
        ", ".join(filter(None, lines)) or None,
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


def _begun(text: str | None) -> str | None:
    """With a capital at the beginning, as everything in a table has."""
    return text and f"{text[0].upper()}{text[1:]}"
