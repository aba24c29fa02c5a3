"""One person's facts for the rules: values, where each came from and how old it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from wholeplace.core.rules.computed import GROWN_UP, whole_years
from wholeplace.core.rules.facts import Area, Count, FactSpec, Latest, Spells, Sum
from wholeplace.core.rules.stated import Args, FactState, FactValue, Motion
from wholeplace.core.rules.tree import FactKey
from wholeplace.population.facts import living
from wholeplace.population.facts.motion import motion
from wholeplace.population.facts.rows import PersonRows, Row
from wholeplace.population.facts.slowly import Derived, Gap, derive

_STATES = {
    Gap.NO_RECORD: FactState.NO_RECORD,
    Gap.OUTSIDE: FactState.OUTSIDE_DATA,
}


class PersonFacts:
    """What is known of one person: a `FactsProvider` for `explain` over the rows held.

    Args:
        facts: every fact, by name.
        person: what is held.
    """

    def __init__(self, facts: Mapping[str, FactSpec], person: PersonRows) -> None:
        self._facts = facts
        self._person = person

    def fact(self, name: str, args: Args, day: date) -> FactValue:
        """The fact as at `day`, with the rows that decided it as its source."""
        spec = self._facts[name]
        found = derive(spec, FactKey(name, args), self._person, day)
        state = _STATES.get(found.gap, FactState.UNKNOWN) if found.gap else FactState.KNOWN
        recorded = [row.recorded_at.date() for row in found.rows if row.recorded_at]
        return FactValue(
            value=found.value,
            state=state,
            source=_source(found),
            happened=_happened(spec, found.rows),
            recorded=max(recorded, default=None),
        )

    def related(self, who: str, day: date) -> tuple[PersonFacts, ...] | None:
        """The people of a relation on the day; None when it is not known who they are."""
        found = living.related(self._person, who, day)
        return None if found is None else tuple(PersonFacts(self._facts, one) for one in found)

    def stands_for(self, about: str, day: date) -> bool | None:
        """Whether a scheme about a person, household, benefit unit or child asks this person."""
        if about == "person":
            return True
        if about != "child":
            return living.stands_for(self._person, about, day)
        born = self._person.date_of_birth
        return None if born is None or born > day else whole_years(born, day) < GROWN_UP

    def motion(self, name: str, args: Args, day: date) -> Motion:
        """How the fact moves from `day` on when nothing new is recorded."""
        return motion(self._facts[name], FactKey(name, args), self._person, day)

    def household_until(self, day: date) -> date | None:
        """The next day from which others may be lived with; None when none is recorded."""
        return living.next_change(self._person, day)


def _source(found: Derived) -> str:
    sources = "; ".join(dict.fromkeys(row.source for row in found.rows if row.source))
    if found.gap in (Gap.UNDATED, Gap.ABSURD, Gap.OUTSIDE, Gap.EMPTY):
        return f"{found.gap} ({sources})" if sources else str(found.gap)
    return sources


def _happened(spec: FactSpec, rows: tuple[Row, ...]) -> date | None:
    """Since when the value has been true: of several rows, the day that it rests on."""
    match spec.derive:
        case Spells():
            return min(_days(rows, "start_date"), default=None)
        case Sum(by=by):
            return min(_days(rows, by), default=None)
        case Latest(by=by) | Count(by=by):
            return max(_days(rows, by), default=None)
        case Area():
            return max(_days(rows, "from_date"), default=None)
    return None


def _days(rows: tuple[Row, ...], column: str) -> list[date]:
    return [row[column] for row in rows if row[column] is not None]
