"""What the demonstration's reviewers have decided about who is who: the rest waits for the reader.

Everything goes through the actions that the pages use, each by somebody who may do it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows.decide_identity import Answer, answer_pair, undo_decision
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.identity import decisions, reviews
from wholeplace.rooms.identity.reviews import ReviewLine

ROUTE = "demonstration"
FIRST, SECOND, THIRD = "leila.farah", "marcus.oyelaran", "bronwen.hale"
LOOKED_AT = 200  # pairs of the queue, the likeliest first
GROWN_UP, CHILDREN = 6, 3  # pairs that somebody has answered
EVERY = 4
REASONS: dict[Answer, str] = {
    "same": "The two agencies asked the person: the address is the one before, and the phone is "
    "theirs.",
    "different": "The two have been seen together at the desk. They are relations at one home.",
}
WRONG = "The person came with a passport: the two were born in different towns."


def decide_some() -> None:
    """Answer a few pairs of the queue; nothing is done where something was decided already."""
    with _as(FIRST):
        waiting = reviews.queue(size=LOOKED_AT)
        if decisions.decisions(size=1):
            return
    grown_up = [line for line in waiting if line.needed == 1][::EVERY]
    children = [line for line in waiting if line.needed > 1]
    for number, line in enumerate(grown_up[:GROWN_UP]):
        _answer(line, (FIRST, SECOND)[number % 2])
    for number, line in enumerate(children[:CHILDREN]):
        for reviewer in (FIRST, SECOND) if number else (FIRST,):
            _answer(line, reviewer)
    _undo_one()


def _answer(line: ReviewLine, reviewer: str) -> None:
    """What the weight makes likelier; pairs against which something stands are two people."""
    likely = line.cause == "between" and (line.weight or 0) >= 0
    answer: Answer = "same" if likely else "different"
    with _as(reviewer), suppress(UserMistake):  # it may contradict one that was just made
        answer_pair(a=line.a_ref, b=line.b_ref, answer=answer, reasons=REASONS[answer])


def _undo_one() -> None:
    with _as(THIRD):
        joined = [line for line in decisions.decisions() if line.answer == "same"]
        for line in joined[-1:]:
            undo_decision(decision=line.id, reasons=WRONG)


@contextmanager
def _as(username: str) -> Iterator[None]:
    with acting(system_membership(username), purpose="casework", route=ROUTE):
        yield
