"""What a place offers somebody meanwhile, whom one of its schemes does not fit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from wholeplace.core.rules.decide import ANSWERS, Evaluation
from wholeplace.core.rules.rates import RateMissing
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.stated import FactsProvider


@dataclass(frozen=True)
class Alternative:
    """A scheme that fits the person on the day (`yes`), or may (`possible`)."""

    scheme: str
    name: str
    answer: str


def alternatives(
    schemes: Iterable[Scheme], provider: FactsProvider, as_at: dt.date
) -> tuple[Alternative, ...]:
    """The schemes to offer this person: those that fit first, each by its name.

    Left out are schemes that are closed on the day, those without their figures for it, and
    those that are merely possible because nothing they ask is known to be so: that says
    nothing of this person.

    Args:
        schemes: every scheme of the place.
        provider: what is known of the person.
    """
    asked = ((each, _answer(each, provider, as_at)) for each in schemes if each.open_on(as_at))
    found = [Alternative(scheme.key, scheme.name, answer) for scheme, answer in asked if answer]
    return tuple(sorted(found, key=lambda each: (each.answer != "yes", each.name)))


def _answer(scheme: Scheme, provider: FactsProvider, as_at: dt.date) -> str:
    """`yes` or `possible`; empty when it is not to be offered."""
    try:
        asked = Evaluation(scheme, provider, as_at)
    except RateMissing:
        return ""
    told = asked.eligible or (asked.eligible is None and True in asked.criteria.values())
    return ANSWERS[asked.eligible] if told else ""


def meanwhile(found: Iterable[Alternative]) -> str:
    """In one sentence: `Meanwhile: A fits; B may fit.` Empty when there is nothing to offer."""
    told = [f"{each.name} {'fits' if each.answer == 'yes' else 'may fit'}" for each in found]
    return f"Meanwhile: {'; '.join(told)}." if told else ""
