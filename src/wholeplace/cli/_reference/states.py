"""What may happen to a finding, an application, an award and a payment, from which state."""

from __future__ import annotations

from collections.abc import Iterator

from wholeplace.cli._reference.markdown import begin, capital, code, table, whole, words
from wholeplace.core.casework import journeys, states
from wholeplace.core.casework.states import Family


def page() -> str:
    """The whole page: the journeys in use, then the families that they are cut from."""
    lines = begin("States", "core/casework/journeys.py and core/casework/states.py")
    lines += ["", "From a state, an event leads to a state. Nothing moves any other way, and an"]
    lines += ["event that a state does not allow is refused in words that say what it allows."]
    lines += ["", "## In use"]
    for family in journeys_in_use():
        lines += _section(words(family.name), family)
    lines += ["", "## Families", "", "Everything that has a state belongs to one of four families."]
    for name, family in states.FAMILIES.items():
        lines += _section(name, family)
    return whole(lines)


def journeys_in_use() -> list[Family]:
    """The state machines of core/casework/journeys.py, in its order."""
    return [value for value in vars(journeys).values() if isinstance(value, Family)]


def _section(name: str, family: Family) -> Iterator[str]:
    yield ""
    yield f"### {capital(name)}"
    yield ""
    last = [state for state in family.states if not family.events(state)]
    ends = f" It ends as {', '.join(words(state) for state in last)}." if last else ""
    yield f"It begins as {words(family.start)}.{ends}"
    rows = [
        (words(state), code(event), words(family.after(state, event)))
        for state in family.states
        for event in family.events(state)
    ]
    yield from table(("From", "Event", "To"), rows)
