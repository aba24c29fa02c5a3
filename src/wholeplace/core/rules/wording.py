"""An explanation as plain lines of text, for the terminal and for plain letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.rules.explain import CriterionShown, Explanation, FactShown

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
    yield f"Answer: {ANSWER[found.answer]}"
    yield from found.notes
    for item in found.criteria:
        yield from _criterion(item)
    if found.missing:
        yield "To ask:"
        yield from (f"  - {item.question} ({item.fact})" for item in found.missing)
    if found.assumed:
        yield f"Assumed: {'; '.join(found.assumed)}"
    for pay in found.pays:
        runs = f", {pay.weeks} weeks {pay.counting}" if pay.weeks else ""
        yield f"Pays {pay.text or pay.key}: {pay.shown}{runs}"
        yield from (f"      where {said}" for said in pay.settings)
        yield from (f"  - {item.question} ({item.fact})" for item in pay.missing)


def _criterion(item: CriterionShown) -> Iterator[str]:
    read = f", read at {_day(item.day)}" if item.on != "as_at" else ""
    yield f"  [{item.value}] {item.text}{read}"
    where = f", where {' and '.join(item.settings)}" if item.settings else ""
    yield f"      rule: {' '.join(item.rule.split())}{where}"
    if item.note:
        yield f"      {item.note}"
    yield from (f"      {_fact(fact)}" for fact in item.facts)


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
