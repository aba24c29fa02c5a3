"""When time alone changes a no, in words and data, from what the reader may see."""

from __future__ import annotations

from wholeplace.core.rules.asking.later import HORIZON, Ahead, first_change
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.explanation import Later
from wholeplace.core.rules.shown import show_date

YEARS = HORIZON.days // 365
BECOMES = {True: "yes", False: "no", None: "unknown"}
FROM = {"yes": "eligible from {}", "possible": "may be eligible from {}"}


class LookAhead:
    """Looks ahead of a no, once.

    Args:
        now: the evaluation of what the reader may see of how the person's facts move.
    """

    def __init__(self, now: Evaluation) -> None:
        self._scheme = now.scheme
        self._found: Ahead | None = None
        if now.eligible is False and now.subject is not False:
            self._found = first_change(now.scheme, now.provider, now.as_at, now=now)

    @property
    def shown(self) -> Later | None:
        """The first day; None when there is none, or a protected fact decided the no."""
        change = self._found.change if self._found else None
        if change is None:
            return None
        shown = FROM[change.answer].format(show_date(change.day))
        return Later(change.day.isoformat(), change.answer, change.criteria, shown)

    def of(self, key: str) -> tuple[str | None, str]:
        """The first day on which time alone turns a criterion, and what it is then."""
        turn = self._found.own.get(key) if self._found else None
        return (turn[0].isoformat(), BECOMES[turn[1]]) if turn else (None, "")

    @property
    def words(self) -> str:
        """How far was looked, in a sentence; what was taken to stay as it was stated."""
        if self._found is None:
            return ""
        until = show_date(self._found.until)
        told = {
            "found": "",
            "horizon": f"Time alone does not change this within {YEARS} years.",
            "ends": f"Time alone does not change this before the scheme ends on {until}.",
            "figures": f"Time alone does not change this up to {until}; the figures of later "
            "days are not known yet.",
            "effort": f"Time alone does not change this up to {until}; nobody looked further.",
        }[self._found.why]
        if not self._found.still:
            return told
        facts = self._scheme.place.facts
        named = " and ".join(facts[name].written for name in self._found.still)
        return f"{told} This takes {named} to stay as stated.".strip()
