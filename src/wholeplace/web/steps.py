"""Steps of a case as a timeline: when it was so, when it was recorded, by whom, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wholeplace.web.look.marks import STATES
from wholeplace.web.look.model import TimelineItem
from wholeplace.web.look.words import long_moment


def words_of(state: str) -> str:
    """A state in words."""
    key = state.replace("_", "-")
    return STATES.get(key, (key.replace("-", " ").capitalize(), ""))[0]


def steps_of(steps: Iterable[Any]) -> list[TimelineItem]:
    """Newest first. A step recorded later than it happened says both days."""
    items = []
    for step in steps:
        recorded = step.recorded_at
        late = recorded is not None and recorded.date() != step.happened_on
        note = f"Recorded {long_moment(recorded)}. " if late else ""
        items.append(
            TimelineItem(
                title=words_of(step.to_state or step.event),
                when=step.happened_on if late else (recorded or step.happened_on),
                by=step.by_name,
                text=f"{note}{step.reason}".strip(),
            )
        )
    return items[::-1]
