"""Two trawls of one scheme: who is new, who fell out, and why.

Why is found by asking again of that person, changing one thing at a time from how the earlier
trawl asked to how the later one did: first the data as they were known, then the place's facts
and figures, then the scheme's own rules, then the day. What turns the answer is named. So a
reason rests on the order of the four, and on records whose history is held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.core.rules.decide import ANSWERS, Evaluation
from wholeplace.core.rules.explain import PROTECTED, TRUTH, Explanation
from wholeplace.core.rules.files.scheme_loader import read_scheme
from wholeplace.core.rules.schemes import Scheme
from wholeplace.flows import place_rules
from wholeplace.flows.explain import explain_scheme, facts_of
from wholeplace.population.facts import PersonRows
from wholeplace.rooms.records.queries import person_rows
from wholeplace.rooms.schemes import compare_queries as queries
from wholeplace.rooms.schemes.compare_queries import Kind, Moved, Pair

NOT_FOUND = "no"
DATA, FIGURES, RULES, DAY, DAY_BEFORE = "data", "figures", "rules", "day", "earlier_day"
GONE, NO_HISTORY = "not_held", "no_history"
WORDS = {
    DATA: "What the council holds changed.",
    FIGURES: "The place’s facts or figures changed.",
    RULES: "The scheme’s rules changed.",
    DAY: "Time passed: the scheme was read as at a later day.",
    DAY_BEFORE: "The scheme was read as at an earlier day.",
    GONE: "The council held nothing about them any more.",
    NO_HISTORY: "Something kept without its history changed, such as an area’s figures.",
}
"""What each reason says to people."""


@dataclass(frozen=True)
class Test:
    """A criterion that came out otherwise: yes, no, unknown, or protected from this reader.

    An empty value: the criterion was not in that trawl's scheme, or could not be asked again.
    """

    key: str
    text: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """Somebody whom two trawls answer differently, with why.

    Attributes:
        reasons: keys of WORDS, in the order in which they were tried.
        tests: the criteria that came out otherwise.
        now: the explanation of the later trawl: its rules and day, on what was known then; None
            where nothing was held then.
    """

    person: Moved
    reasons: tuple[str, ...]
    tests: tuple[Test, ...]
    now: Explanation | None


@dataclass(frozen=True)
class ChangePage:
    """One page of the people of one kind."""

    items: tuple[Change, ...]
    next_after: int | None


def pair(run_id: int, earlier_id: int | None = None) -> Pair:
    """A trawl and the one to compare it with: the one before of the same scheme, or any earlier.

    Raises:
        NotFound: no such trawl for this reader.
        UserMistake: there is none before, or the two cannot be compared.
    """
    if earlier_id is None:
        earlier_id = queries.earlier_run(run_id)
        if earlier_id is None:
            raise UserMistake("This is the first trawl of its scheme.", do="Run another one later.")
    return queries.pair(run_id, earlier_id)


def changes(both: Pair, kind: Kind, *, after: int = 0, size: int = 25) -> ChangePage:
    """One page of the people of one kind, each with why; those shown are in the audit trail."""
    asked = _Asked(both)
    found = queries.moved(both, kind, after=after, size=size)
    return ChangePage(tuple(asked.change(one) for one in found.items), found.next_after)


def change(both: Pair, ref: str) -> Change:
    """One person's; raises NotFound. The view is written down."""
    return _Asked(both).change(queries.moved_person(both, ref))


@dataclass(frozen=True)
class _Step:
    """A way to ask, and what is new in it since the step before."""

    reasons: tuple[str, ...]
    scheme: Scheme
    as_at: dt.date
    known_at: dt.datetime | None


class _Asked:
    """The rules and days of two trawls, and what lies between them."""

    def __init__(self, both: Pair) -> None:
        self._before = place_rules.kept_scheme(both.before.version_id)
        self._after = place_rules.kept_scheme(both.after.version_id)
        self._days = both.earlier.as_at, both.later.as_at
        known_at = both.earlier.known_at
        self._first = _Step((), self._before, self._days[0], known_at)
        self._known_at = both.later.known_at
        self._steps = tuple(self._between())
        self._last = _Step((), self._after, self._days[1], self._known_at)

    def _between(self) -> Iterator[_Step]:
        """From how the earlier trawl asked to how the later one did."""
        before, after, known_at = self._before, self._after, self._known_at
        yield _Step((DATA,), before, self._days[0], known_at)
        waiting: tuple[str, ...] = ()
        if before.place != after.place:
            figures = _over(before, after)
            waiting = (FIGURES,)
            if figures is not None:
                yield _Step(waiting, figures, self._days[0], known_at)
                waiting = ()
        if before.text != after.text:
            waiting = (*waiting, RULES)
        if waiting:
            yield _Step(waiting, after, self._days[0], known_at)
        if self._days[0] != self._days[1]:
            moved = DAY if self._days[0] < self._days[1] else DAY_BEFORE
            yield _Step((moved,), after, self._days[1], known_at)

    def change(self, person: Moved) -> Change:
        """Why one person's answer moved."""
        rows = _Rows(person.person_id)
        then, now = _explained(self._first, rows), _explained(self._last, rows)
        reasons = self._reasons(person, rows) if now else (GONE,)
        return Change(person, reasons, _tests(person, then, now), now)

    def _reasons(self, person: Moved, rows: _Rows) -> tuple[str, ...]:
        """What turned the answer, one change at a time."""
        answer = person.before or NOT_FOUND
        found: list[str] = []
        passed: tuple[str, ...] = ()
        for step in self._steps:
            asked = _answer(step, rows)
            if asked is None:  # not to be asked so: what it changes counts with the next
                passed = (*passed, *step.reasons)
                continue
            if asked != answer:
                found += [*passed, *step.reasons]
            answer, passed = asked, ()
        if passed or answer != (person.after or NOT_FOUND):
            found += [*passed, NO_HISTORY]
        return tuple(dict.fromkeys(found))


def _over(scheme: Scheme, other: Scheme) -> Scheme | None:
    """The text of one scheme over the place's rules of the other; None where it does not fit."""
    try:
        return read_scheme(scheme.text, other.place)
    except UserMistake:
        return None


class _Rows:
    """One person's rows as known at each moment that is asked about, read once of each."""

    def __init__(self, person_id: int) -> None:
        self._person_id = person_id
        self._read: dict[dt.datetime | None, PersonRows] = {}

    def asked(self, step: _Step) -> dict[str, Any]:
        """What says of whom and of when a step asks; raises NotFound where nothing was held."""
        moment = step.known_at
        if moment not in self._read:
            self._read[moment] = person_rows(self._person_id, known_at=moment)
        rows = self._read[moment]
        return {"person_id": self._person_id, "answers": {}, "known_at": moment, "rows": rows}


def _answer(step: _Step, rows: _Rows) -> str | None:
    """yes, possible or no; None where a figure of that day is not among those rules."""
    try:
        provider = facts_of(step.scheme, **rows.asked(step))
        return ANSWERS[Evaluation(step.scheme, provider, step.as_at).eligible]
    except NotFound:  # nothing was held then
        return NOT_FOUND
    except UserMistake:
        return None


def _explained(step: _Step, rows: _Rows) -> Explanation | None:
    """What the scheme says so; None where nothing was held then."""
    try:
        return explain_scheme(step.scheme, as_at=step.as_at, **rows.asked(step))
    except NotFound:
        return None


def _tests(person: Moved, then: Explanation | None, now: Explanation | None) -> tuple[Test, ...]:
    """The criteria that came out otherwise; as the trawls kept them, where they did."""
    texts = {item.key: item.text for asked in (then, now) if asked for item in asked.criteria}
    before = _values(then, person.criteria_before)
    after = _values(now, person.criteria_after)
    rows = (Test(key, text, before.get(key, ""), after.get(key, "")) for key, text in texts.items())
    return tuple(row for row in rows if row.before != row.after)


def _values(asked: Explanation | None, kept: Mapping[str, bool | None]) -> dict[str, str]:
    """Each criterion's value: what the trawl kept, unless it is protected from this reader."""
    values = {item.key: item.value for item in asked.criteria} if asked else {}
    return {
        key: TRUTH[kept[key]] if key in kept and value != PROTECTED else value
        for key, value in values.items()
    }
