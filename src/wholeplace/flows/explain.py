"""Why a scheme fits one person: what the council holds, and what they said themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from wholeplace.core.rules.explain import Explanation, explain
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.stated import FactsProvider, Layered, StatedFacts
from wholeplace.flows import place_rules
from wholeplace.population.facts import PersonFacts
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records import queries as records

STATED = "stated on the application"


def explain_person(
    *,
    person_id: int,
    scheme: str,
    as_at: dt.date,
    answers: Mapping[str, Any] | None = None,
) -> Explanation:
    """What a scheme says of one person as at a day, criterion by criterion.

    Reads only what the reader may see; the page that shows it writes the view's event.

    Args:
        answers: what the person stated, by fact as rules write it; they stand before what is
            held, and the explanation says that they were stated.

    Raises:
        NotFound: no such person for this reader, or no such scheme.
        FactMistake: an answer that cannot be one.
    """
    found = place_rules.scheme(scheme)
    return explain_scheme(found, person_id=person_id, as_at=as_at, answers=answers or {})


def explain_scheme(
    scheme: Scheme, *, person_id: int, as_at: dt.date, answers: Mapping[str, Any]
) -> Explanation:
    """The same for a scheme at hand, such as an earlier version."""
    provider = facts_of(scheme, person_id=person_id, answers=answers)
    return explain(scheme, provider, as_at, classes=require_actor().classes)


def facts_of(scheme: Scheme, *, person_id: int, answers: Mapping[str, Any]) -> FactsProvider:
    """What is stated and held of one person."""
    facts = scheme.place.facts
    held = PersonFacts(facts, records.person_rows(person_id))
    return Layered(StatedFacts(answers, facts, STATED), held) if answers else held
