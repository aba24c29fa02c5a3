"""People decide who is who: two records of one person, of two, or not sure.

A reviewer says what they see, with a reason. Where either record may be a child's, a second
reviewer says it too, without seeing the first answer; where the two differ, a third. Once enough
have said the same it is decided, and who is who follows at once: exactly what the next linking
would make of it, and with the same numbers. Undoing a decision gives back what was there before.
No case, payment or restriction moves at any of these steps (docs/adr/0012).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from django.db import transaction

from wholeplace.core.identity.decided import Gathered, Known, Said, gather, in_the_way
from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.flows.link_people import LINKER, PURPOSE
from wholeplace.rooms.agencies.acting import acting, require_actor
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity import around, decisions
from wholeplace.rooms.people import queries as people
from wholeplace.rooms.people.references import person_ref

Answer = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an answer: the decision's number, and how many records are elsewhere now.

    `decision` is None while another reviewer has to answer.
    """

    decision: int | None
    moved: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision would gather: the persons who would be one with each of the two."""

    with_a: tuple[int, ...]
    with_b: tuple[int, ...]
    refused: tuple[Said, ...] = ()


class Contradicts(UserMistake):
    """A decision would contradict one that stands."""


def answer_pair(*, a: str, b: str, answer: Answer, reasons: str) -> Outcome:
    """Say what two records are; where it decides them, who is who follows at once.

    Args:
        a, b: the persons' references.
        reasons: in words, kept and shown with the decision.

    Raises:
        NotFound: there are no such two persons for this reader.
        UserMistake: they are one record; this reviewer has answered; no reasons.
        Contradicts: a decision that stands says otherwise; it is named.
        Stale: somebody else decided the pair meanwhile.
        AlreadyLinking: records are being linked; nothing was changed.
    """
    one, other = pair_of(a, b)
    if not reasons.strip():
        raise UserMistake("There are no reasons.", do="Say what shows it.")
    with transaction.atomic():
        decisions.one_at_a_time()
        review = decisions.ask_about(one, other)
        if answer != "unsure":
            _refuse_contradiction(Said(0, one, other, answer == "same"))
        outcome = decisions.say(review, answer=answer, reasons=reasons.strip())
        audit.record("identity.answer", people=[one, other], record=f"pair {review}")
        if outcome is None:
            return Outcome(None)
        number = decisions.decide(review, answer=outcome, reasons=reasons.strip())
        return Outcome(number, _put_in_force(number, (one, other)))


def undo_decision(*, decision: int, reasons: str) -> int:
    """End a decision, by whom and why; returns how many records are elsewhere now.

    Raises:
        NotFound: there is no such decision for this reader.
        Stale: it has been undone already.
        UserMistake: no reasons.
        AlreadyLinking: records are being linked; nothing was changed.
    """
    if not reasons.strip():
        raise UserMistake("There are no reasons.", do="Say why the decision is wrong.")
    with transaction.atomic():
        decisions.one_at_a_time()
        pair = decisions.undo(decision, reasons=reasons.strip())
        with _as_linker():
            before = around.before(decision)
            known = around.around(pair, before.values())
            gathered = gather(known, before)
            return around.write_gathered(known, gathered, decision=decision, why="undone")


def pair_of(a: str, b: str) -> tuple[int, int]:
    """The numbers of two persons whom the reader may see.

    Raises:
        NotFound: there are no such two for this reader.
        UserMistake: they are one record.
    """
    require_actor().require(decisions.DECIDE)
    one, other = people.person(a).id, people.person(b).id
    if one == other:
        raise UserMistake(
            "A record is always the same as itself.", do="Choose two records to compare."
        )
    return one, other


def would_change(a: int, b: int, *, same: bool) -> Change:
    """Who would be one person with each of the two, if this were decided.

    Everybody is told of, also whom the reader may not see: pages show those alone whom they may.
    """
    new = Said(0, *sorted((a, b)), same)
    with _as_linker():
        known = around.around((a, b))
        refused = in_the_way(new, around.said_around((a, b)))
    if refused:
        return Change((), (), refused)
    gathered = gather(_with(known, new))
    return Change(*(_together(gathered, one) for one in (a, b)))


def _with(known: Known, new: Said) -> Known:
    return Known(
        known.records, known.edges, known.apart, (*known.said, new), known.identity, known.staying
    )


def _together(gathered: Gathered, person: int) -> tuple[int, ...]:
    return next((found for found in gathered.clusters.values() if person in found), (person,))


def _put_in_force(decision: int, pair: tuple[int, int]) -> int:
    with _as_linker():
        known = around.around(pair)
        return around.write_gathered(known, gather(known), decision=decision, why="decided")


def _refuse_contradiction(new: Said) -> None:
    with _as_linker():
        against = in_the_way(new, around.said_around((new.a, new.b)))
    if not against or any({one.a, one.b} == {new.a, new.b} for one in against):
        return  # of the very pair: somebody else was first, and who is second is told that
    this = "one person" if new.same else "two people"
    raise Contradicts(
        f"{_named(new)} cannot be said to be {this}.",
        why=f"It contradicts what stands: {'; '.join(_told(one) for one in against)}.",
        do="Undo what is wrong of it first, with a reason.",
    )


def _told(said: Said) -> str:
    """A decision by its two persons, for a reader who may see them; else only that there is one."""
    try:
        decisions.decision(said.id)
    except NotFound:
        return "a decision about records that you may not see"
    return f"{_named(said)} are {'one person' if said.same else 'two people'} (decision {said.id})"


def _named(said: Said) -> str:
    return f"{person_ref(said.a)} and {person_ref(said.b)}"


@contextmanager
def _as_linker() -> Iterator[None]:
    route = require_actor().route
    with acting(system_membership(LINKER), purpose=PURPOSE, route=route):
        yield
