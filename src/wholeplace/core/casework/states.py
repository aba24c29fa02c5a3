"""Four families of states, enough for everything that has a state (brief 14, section 3).

A family is data: from a state, an event leads to a state. Nothing moves any other way,
and an event that is not allowed is refused in words that say what is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wholeplace.core.kernel.errors import UserMistake


class NotAllowed(UserMistake):
    """The event cannot happen in this state."""

    http_status = 409


@dataclass(frozen=True)
class Family:
    """States and, for each, the events that may happen and where they lead."""

    name: str
    start: str
    moves: Mapping[str, Mapping[str, str]]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, the first being where things begin."""
        return tuple(self.moves)

    @property
    def _one(self) -> str:
        return f"{'An' if self.name[0] in 'aeiou' else 'A'} {self.name}"

    def events(self, state: str) -> tuple[str, ...]:
        """The events allowed in `state`; raises NotAllowed for an unknown state."""
        if state not in self.moves:
            raise NotAllowed(f"{self._one} has no state called {state}.")
        return tuple(self.moves[state])

    def allowed(self, state: str, event: str) -> bool:
        """Whether `event` may happen in `state`."""
        return event in self.events(state)

    def after(self, state: str, event: str) -> str:
        """The state that `event` leads to; raises NotAllowed saying what is allowed."""
        if self.allowed(state, event):
            return self.moves[state][event]
        can = self.events(state)
        raise NotAllowed(
            f"{self._one} that is {state} cannot be {_done(event)}.",
            do=f"From here it can be: {', '.join(_done(name) for name in can)}."
            if can
            else "Nothing more can happen to it.",
        )


_PAST = {"withdraw": "withdrawn", "queue": "queued"}


def _done(event: str) -> str:
    """The event as something done: `submit` gives `submitted`."""
    word, _, rest = event.partition("_")
    if word in _PAST:
        done = _PAST[word]
    elif word in ("submit",):
        done = word + "ted"
    elif word.endswith("e"):
        done = word + "d"
    elif word.endswith("y"):
        done = word[:-1] + "ied"
    else:
        done = word + "ed"
    return f"{done} {rest.replace('_', ' ')}".strip()


PROPOSAL = Family(
    "proposal",
    "draft",
    {
        "draft": {"submit": "submitted", "withdraw": "withdrawn"},
        "submitted": {
            "return": "draft",
            "approve": "approved",
            "refuse": "refused",
            "queue": "queued",
            "withdraw": "withdrawn",
        },
        "queued": {"approve": "approved", "refuse": "refused", "withdraw": "withdrawn"},
        "approved": {},
        "refused": {"reconsider": "submitted"},
        "withdrawn": {"reopen": "draft"},
    },
)

EPISODE = Family(
    "case",
    "opened",
    {
        "opened": {"activate": "active", "close": "closed"},
        "active": {"suspend": "suspended", "close": "closed"},
        "suspended": {"resume": "active", "close": "closed"},
        "closed": {"reopen": "reopened"},
        "reopened": {"activate": "active", "close": "closed"},
    },
)

OBLIGATION = Family(
    "task",
    "due",
    {
        "due": {"complete": "done", "miss": "late", "waive": "waived"},
        "late": {"complete": "done", "waive": "waived"},
        "done": {"reopen": "due"},
        "waived": {"reopen": "due"},
    },
)

MONEY = Family(
    "payment",
    "reserved",
    {
        "reserved": {"approve": "approved", "cancel": "cancelled"},
        "approved": {"release": "released", "cancel": "cancelled"},
        "released": {"settle": "settled", "reverse": "reversed"},
        "settled": {"reverse": "reversed"},
        "reversed": {},
        "cancelled": {},
    },
)

FAMILIES: Mapping[str, Family] = {
    "proposal": PROPOSAL,
    "episode": EPISODE,
    "obligation": OBLIGATION,
    "money": MONEY,
}


def allowed(family: str, state: str, event: str) -> bool:
    """Whether `event` may happen to something of `family` that is in `state`."""
    return FAMILIES[family].allowed(state, event)
