"""Why a scheme fits one person: what the council holds, and what they said themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from wholeplace.core.kernel.errors import Refused
from wholeplace.core.rules.computed import WorkedOut
from wholeplace.core.rules.explain import Explanation, explain
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.seen import hides, may_see
from wholeplace.core.rules.stated import FactsProvider, Layered, StatedFacts
from wholeplace.flows import place_rules
from wholeplace.population.facts import PersonFacts, PersonRows
from wholeplace.population.snapshot import check_moment
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records import queries as records
from wholeplace.rooms.records.queries import Holding

STATED = "stated on the application"


def explain_person(
    *,
    person_id: int,
    scheme: str,
    as_at: dt.date,
    answers: Mapping[str, Any] | None = None,
    known: FactsProvider | None = None,
    known_at: dt.datetime | None = None,
    ahead: bool = True,
    enough: bool = False,
) -> Explanation:
    """What a scheme says of one person as at a day, criterion by criterion.

    Reads only what the reader may see; the page that shows it writes the view's event.

    Args:
        answers: what the person stated, by fact as rules write it; they stand before what is
            held, and the explanation says that they were stated.
        known: what `known_of` gave of this person, when several schemes are explained.
        known_at: only what had been recorded by then counts, and what stood then; None: now.
        ahead: whether to look for the day on which time alone changes a no; lists need not.
        enough: whether to find questions that settle an open answer whatever is said.

    Raises:
        NotFound: no such person for this reader, or none was known then, or no such scheme.
        Refused: another day or moment than now, of a scheme that rests on what the reader may
            not see: the day on which the answer turns would tell it.
        NotYetKnown: `known_at` is yet to come.
        FactMistake: an answer that cannot be one.
    """
    found = place_rules.scheme(scheme)
    if known_at is not None or as_at != timezone.localdate():
        _check_days_are_told(found)
    provider = known or facts_of(
        found, person_id=person_id, answers=answers or {}, known_at=known_at
    )
    return _explained(found, provider, as_at, ahead=ahead, enough=enough)


def _check_days_are_told(scheme: Scheme) -> None:
    """Raises Refused where answers of many days would tell when a protected fact began."""
    if hides(scheme, may_see(scheme, require_actor().classes)):
        raise Refused(
            "This scheme is explained to you as of today only.",
            why="It rests on information that you may not see, and its answers on other days "
            "would tell it.",
            do=f"Ask about today, or ask {scheme.owner}.",
        )


def explain_scheme(
    scheme: Scheme,
    *,
    person_id: int,
    as_at: dt.date,
    answers: Mapping[str, Any],
    known_at: dt.datetime | None = None,
    rows: PersonRows | None = None,
) -> Explanation:
    """The same for a scheme at hand, such as an earlier version, as a trawl asked it.

    Any day is answered: whoever asks for a trawl has every class of what its scheme reads.
    """
    provider = facts_of(scheme, person_id=person_id, answers=answers, known_at=known_at, rows=rows)
    return _explained(scheme, provider, as_at)


def _explained(
    scheme: Scheme,
    provider: FactsProvider,
    as_at: dt.date,
    *,
    ahead: bool = True,
    enough: bool = False,
) -> Explanation:
    classes = require_actor().classes
    return explain(scheme, provider, as_at, classes=classes, ahead=ahead, enough=enough)


def known_of(*, person_id: int, as_at: dt.date, held: Holding | None = None) -> FactsProvider:
    """What is held of one person today, for several schemes: what one works out, all know.

    Args:
        as_at: the day that the schemes are asked about.
        held: what the reader has just been given of this person, so that nothing is read twice.
    """
    rules = place_rules.place_rules()
    rows = records.person_rows(person_id, held)
    return WorkedOut(PersonFacts(rules.facts, rows), rules.workings, as_at)


def facts_of(
    scheme: Scheme,
    *,
    person_id: int,
    answers: Mapping[str, Any],
    known_at: dt.datetime | None = None,
    rows: PersonRows | None = None,
) -> FactsProvider:
    """What is stated and held of one person, or was held at a moment.

    Args:
        rows: what was read of them as at that moment, where several schemes are asked.

    Raises:
        NotYetKnown: that moment is yet to come.
    """
    if known_at is not None:
        check_moment(known_at, dt.datetime.now(dt.UTC))
    facts = scheme.place.facts
    known = PersonFacts(facts, rows or records.person_rows(person_id, known_at=known_at))
    return Layered(StatedFacts(answers, facts, STATED), known) if answers else known
