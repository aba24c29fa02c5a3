"""What happened to a person, newest first: what files say, and what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from wholeplace.rooms.casework.shown import PersonCasework
from wholeplace.rooms.documents.queries import Letter
from wholeplace.rooms.people.queries import BarLine
from wholeplace.rooms.records.queries import Holding
from wholeplace.rooms.schemes.queries import PersonFinding
from wholeplace.web.look.model import TimelineItem
from wholeplace.web.people.held import BENEFITS, address_of

AT_MOST = 60
BARS = {
    "do_not_contact": "Asked not to be contacted",
    "unsafe_address": "Address marked as unsafe",
    "objected": "Objected to this use of their data",
}


def history_of(
    held: Holding,
    cases: PersonCasework,
    findings: Iterable[PersonFinding],
    written: Iterable[Letter],
    bars: Iterable[BarLine],
) -> list[TimelineItem]:
    """The newest happenings; the tables above hold all of them."""
    items = [
        *_held(held),
        *_cases(cases),
        *(
            TimelineItem(
                "Found by a trawl",
                one.as_at,
                text=one.scheme_name,
                href=f"/findings/{one.line.id}",
            )
            for one in findings
        ),
        *(
            TimelineItem(
                "Letter written", one.happened_on, one.by_name, one.subject, f"/letters/{one.id}"
            )
            for one in written
        ),
        *_bars(bars),
    ]
    items.sort(key=lambda item: _day(item.when), reverse=True)
    return items[:AT_MOST]


def _held(held: Holding) -> Iterator[TimelineItem]:
    for one in held.homes:
        said = one.values
        if said["from_date"]:
            yield TimelineItem("Moved in", said["from_date"], one.agency, address_of(said))
    for one in held.benefit_spells:
        said = one.values
        name = BENEFITS.get(said["benefit"], said["benefit"])
        if said["start_date"]:
            yield TimelineItem(f"{name} began", said["start_date"], one.agency)
        if said["end_date"]:
            yield TimelineItem(f"{name} ended", said["end_date"], one.agency)
    for one in held.jobs:
        said = one.values
        if said["start_date"]:
            yield TimelineItem("Job began", said["start_date"], one.agency, said["employer"] or "")
        if said["end_date"]:
            yield TimelineItem("Job ended", said["end_date"], one.agency, said["employer"] or "")


def _cases(cases: PersonCasework) -> Iterator[TimelineItem]:
    for one in cases.applications:
        yield TimelineItem(
            "Application received",
            one.received_on,
            text=one.scheme_name,
            href=f"/applications/{one.id}",
        )
    for award in cases.awards:
        yield TimelineItem(
            "Award begins", award.from_date, text=award.scheme_name, href=f"/awards/{award.id}"
        )


def _bars(bars: Iterable[BarLine]) -> Iterator[TimelineItem]:
    for bar in bars:
        yield TimelineItem(BARS.get(bar.kind, bar.kind), bar.happened_on, text=bar.reason)
        if bar.ended_at:
            yield TimelineItem("That bar was lifted", bar.ended_at.date())


def _day(when: dt.date | dt.datetime) -> dt.date:
    return when.date() if isinstance(when, dt.datetime) else when
