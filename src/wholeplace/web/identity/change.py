"""What each answer would change: whose records would be one person's, and what stands against it.

Only of records that the reader may see; a view of each is written down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from wholeplace.flows import decide_identity as flow
from wholeplace.flows.single_view import LAST, NUMBERS
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import reviews
from wholeplace.rooms.identity.reviews import Who
from wholeplace.rooms.records.together import Saying, sayings
from wholeplace.web.corrections.words import TITLES
from wholeplace.web.look.words import long_day

BORN = "date_of_birth"
OWN = (BORN, *NUMBERS)  # what a person has one of


@dataclass(frozen=True, slots=True)
class Beside:
    """A record and what tells it from another: `about` in words, such as "born 3 May 2011"."""

    who: Who
    about: str


@dataclass(frozen=True, slots=True)
class Change:
    """One answer: who would be gathered with each of the two, and what they do not share."""

    title: str
    refused: bool
    groups: tuple[tuple[Beside, ...], ...]
    against: tuple[str, ...]


def changes(a: int, b: int) -> list[Change]:
    """Both answers to a pair, as far as the reader may see the records."""
    told, seen = [], set()
    for same, title in ((True, "If they are one person"), (False, "If they are two people")):
        change = flow.would_change(a, b, same=same)
        known = reviews.who((*change.with_a, *change.with_b))
        seen.update(known.keys() - {a, b})
        says = _says(known)
        groups = [
            tuple(Beside(known[one], _about(says.get(one))) for one in group if one in known)
            for group in dict.fromkeys((change.with_a, change.with_b))
            if group
        ]
        against = _against(says.values()) if same else ()
        told.append(Change(title, bool(change.refused), tuple(groups), against))
    if seen:
        audit.record("person.view", people=sorted(seen), record="beside a pair")
    return told


def _says(known: dict[int, Who]) -> dict[int, Saying]:
    refs = {number: who.ref for number, who in known.items()}
    return {one.person_id: one for one in sayings(refs, {})} if refs else {}


def _about(says: Saying | None) -> str:
    values = says.values if says else {}
    return ", ".join(_said(field, values[field]) for field in OWN if values.get(field))


def _said(field: str, value: object) -> str:
    if field == BORN:
        return f"born {_day(value)}"
    return f"{TITLES[field]} ends in {str(value)[-LAST:]}"


def _day(value: object) -> str:
    return long_day(dt.date.fromisoformat(str(value)))


def _against(says: Iterable[Saying]) -> tuple[str, ...]:
    """Of what a person has one of, what these have two of or more."""
    found = []
    everybody = tuple(says)
    for field in OWN:
        values = dict.fromkeys(str(one.values[field]) for one in everybody if one.values[field])
        if len(values) > 1:
            shown = (_day(v) if field == BORN else f"ends in {v[-LAST:]}" for v in values)
            found.append(f"{TITLES[field]}: {' and '.join(shown)}")
    return tuple(found)
