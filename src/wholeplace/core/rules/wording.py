"""An explanation as plain lines of text, for the terminal and for plain letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.rules.explanation import (
    CriterionShown,
    Explanation,
    FactShown,
    Likeliest,
    Question,
)

ANSWER = {"yes": "YES", "no": "NO", "possible": "POSSIBLE: something must be asked"}
STATE = {
    "unknown": "not known",
    "no_record": "no record",
    "outside_data": "outside the data",
    "not_applicable": "does not apply",
}


def lines(found: Explanation) -> Iterator[str]:
    """The explanation, line by line, without trailing spaces."""
    day = show_day(dt.date.fromisoformat(found.as_at))
    yield f"{found.name}, as at {day}"
    yield from found.notes
    yield f"Answer: {_answer(found)}"
    if found.later:
        yield f"{found.later.shown[:1].upper()}{found.later.shown[1:]}, if nothing else changes."
    if found.ahead:
        yield found.ahead
    for item in found.criteria:
        yield from _criterion(item)
    yield from _questions(found)
    if found.assumed:
        yield f"Assumed: {'; '.join(found.assumed)}"
    for pay in found.pays if found.answer != "no" else ():
        runs = f", {pay.weeks} weeks {pay.counting}" if pay.weeks else ""
        pays = "Pays" if found.answer == "yes" and not found.closed else "Would pay"
        yield f"{pays} {pay.text or pay.key}: {pay.shown}{runs}"
        yield from (f"      where {said}" for said in pay.settings)
        yield from (f"  - {item.question} ({item.fact})" for item in pay.missing)


def _answer(found: Explanation) -> str:
    """On a day on which the scheme takes nobody, what its tests come to is no answer."""
    if not found.closed:
        return ANSWER[found.answer]
    return f"NO, not on this day (the tests of the scheme come to: {found.answer})"


def _questions(found: Explanation) -> Iterator[str]:
    """Every open question, which to ask first, and, where it was looked for, what is enough."""
    if found.missing:
        yield "To ask:"
        yield from (f"  - {_question(item)}" for item in found.missing)
    if first := found.next_question:
        yield f"Ask first: {_question(first.question)}"
        yield f"  {_settling(first)}"
    if found.enough:
        fewest = ", and no fewer are" if found.enough.smallest else ""
        yield f"Enough, whatever the answers{fewest}:"
        yield from (f"  - {_question(item)}" for item in found.enough.questions)


def _question(item: Question) -> str:
    on = f", on the day of {item.on}" if item.on != "as_at" else ""
    return f"{item.question} ({item.fact}{on})"


def _settling(first: Likeliest) -> str:
    if not first.settling:
        return "No answer to it settles this alone."
    if first.settling == first.answers:
        return "Any answer to it settles this."
    return f"{first.settling} of its {first.answers} kinds of answer settle this."


def _criterion(item: CriterionShown) -> Iterator[str]:
    read = f", read at {_day(item.day)}" if item.on != "as_at" else ""
    yield f"  [{item.value}] {item.text}{read}"
    where = f", where {' and '.join(item.settings)}" if item.settings else ""
    yield f"      rule: {' '.join(item.rule.split())}{where}"
    if item.note:
        yield f"      {item.note}"
    if item.from_day:
        yield f"      {item.becomes} from {_day(item.from_day)}, if nothing else changes"
    for fact in item.facts:
        yield f"      {_fact(fact)}"
        yield from (f"          from {_fact(inner).strip('* ')}" for inner in fact.came_from)


def _day(written: str | None) -> str:
    return show_day(dt.date.fromisoformat(written)) if written else "a day not known"


def _fact(fact: FactShown) -> str:
    if fact.protected:
        return "a protected fact"
    mark = "*" if fact.decided else " "
    shown = fact.shown if fact.value is not None else STATE.get(fact.state, fact.state)
    assumed = " (assumed)" if fact.assumed else ""
    source = f" ({fact.source})" if fact.source else ""
    age = f", {fact.age_days} days old" if fact.age_days is not None else ""
    return f"{mark} {fact.fact}: {shown}{assumed}{source}{age}"
