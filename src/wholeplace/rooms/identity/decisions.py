"""What reviewers say of two persons, what is decided by it, and its undoing.

None of these changes who is who: the flow that calls them does (flows/decide_identity.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from wholeplace.core.kernel.errors import NotFound, Stale, UserMistake
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.agencies.recorded import STALE
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.identity.actions import LOCK, AlreadyLinking

DECIDE = "identity.decide"
PATIENCE = "10s"  # longer than any decision takes, and shorter than most linkings
ONCE_EACH = "identity_opinion_once_each"


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision: of whom, what, why, by whom and when; and, once undone, the same of that."""

    id: int
    a: int
    b: int
    answer: str
    reasons: str
    by_name: str
    recorded_at: dt.datetime
    undone_at: dt.datetime | None
    undone_by: str
    undone_reasons: str


def one_at_a_time() -> None:
    """Wait until no other decision, and no linking, is under way in another transaction.

    Raises:
        AlreadyLinking: a linking goes on; nothing was changed.
    """
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
                cursor.execute("SET LOCAL lock_timeout = DEFAULT")
        except OperationalError as error:
            raise AlreadyLinking(
                "Records are being linked at this moment.",
                do="Nothing was changed. Send it again in a few minutes.",
            ) from error


def ask_about(a: int, b: int) -> int:
    """The number of the review of two persons; one that nobody asked for yet is put down.

    Raises:
        NotFound: there are no such two persons for this reader.
        Refused: the acting role does not decide.
    """
    require_actor().require(DECIDE)
    pair = sorted((a, b))
    with connection.cursor() as cursor, _absent_where_refused():
        cursor.execute(
            "INSERT INTO identity_review (a_id, b_id, cause) SELECT %s, %s, 'asked'"
            " WHERE NOT EXISTS (SELECT 1 FROM identity_review WHERE a_id = %s AND b_id = %s)"
            " ON CONFLICT DO NOTHING",
            [*pair, *pair],
        )
        cursor.execute("SELECT id FROM identity_review WHERE a_id = %s AND b_id = %s", pair)
        return int(cursor.fetchone()[0])


def say(review: int, *, answer: str, reasons: str) -> str | None:
    """Keep what the acting reviewer says; returns what is to be decided, or None.

    Args:
        answer: `same`, `different` or `unsure`.

    Raises:
        Stale: the pair has been decided meanwhile.
        UserMistake: this reviewer has said something of it already.
    """
    require_actor().require(DECIDE)
    with connection.cursor() as cursor:
        with _telling_the_second(), transaction.atomic():
            cursor.execute(
                "INSERT INTO identity_opinion (review_id, answer, reasons, agency_id, by_id,"
                " by_user_id, recorded_at, round) VALUES (%s, %s, %s, 0, 0, 0, now(), 0)",
                [review, answer, reasons],
            )
        cursor.execute("SELECT wp_review_outcome(%s)", [review])
        found = cursor.fetchone()[0]
        return str(found) if found else None


def decide(review: int, *, answer: str, reasons: str) -> int:
    """Put the decision that a review came to; returns its number.

    Raises:
        Stale: another was first.
    """
    with connection.cursor() as cursor, _telling_the_second(), transaction.atomic():
        cursor.execute(
            "INSERT INTO identity_decision (a_id, b_id, review_id, answer, reasons, agency_id,"
            " by_id, by_user_id, recorded_at, round, undone_reasons)"
            " SELECT a_id, b_id, id, %s, %s, 0, 0, 0, now(), 0, '' FROM identity_review"
            " WHERE id = %s RETURNING id, a_id, b_id",
            [answer, reasons, review],
        )
        number, a, b = cursor.fetchone()
    audit.record(
        "identity.decide", people=[a, b], record=f"decision {number}", detail={"answer": answer}
    )
    return int(number)


def undo(decision: int, *, reasons: str) -> tuple[int, int]:
    """End a decision; returns its two persons.

    Raises:
        NotFound: there is no such decision for this reader.
        Stale: it has been undone already.
    """
    require_actor().require(DECIDE)
    with connection.cursor() as cursor, _telling_the_second(), transaction.atomic():
        cursor.execute(
            "UPDATE identity_decision SET undone_at = now(), undone_reasons = %s"
            " WHERE id = %s RETURNING a_id, b_id",
            [reasons, decision],
        )
        found = cursor.fetchone()
    if found is None:
        raise NotFound("There is no such decision.")
    audit.record("identity.undo", people=list(found), record=f"decision {decision}")
    return int(found[0]), int(found[1])


_LINE = """
SELECT d.id, d.a_id, d.b_id, d.answer, d.reasons, coalesce(u.first_name || ' ' || u.last_name, ''),
       d.recorded_at, d.undone_at, coalesce(v.first_name || ' ' || v.last_name, ''),
       d.undone_reasons
  FROM identity_decision d
  LEFT JOIN agencies_user u ON u.id = d.by_user_id
  LEFT JOIN agencies_user v ON v.id = d.undone_by_user_id
"""


def decision(number: int) -> DecisionLine:
    """One decision.

    Raises:
        NotFound: there is none for this reader.
    """
    found = _lines(f"{_LINE} WHERE d.id = %s", [number])
    if not found:
        raise NotFound("There is no such decision.")
    return found[0]


def decisions(*, before: int = 0, size: int = 50) -> list[DecisionLine]:
    """What was decided about persons whom the reader may see, the newest first.

    Args:
        before: only those with a lower number; 0 for the newest.
    """
    where = " WHERE %s = 0 OR d.id < %s ORDER BY d.id DESC LIMIT %s"
    return _lines(_LINE + where, [before, before, size])


def decisions_of(people: list[int]) -> list[DecisionLine]:
    """Every decision about one of these persons that the reader may see, the newest first."""
    where = " WHERE d.a_id = ANY (%s) OR d.b_id = ANY (%s) ORDER BY d.id DESC"
    return _lines(_LINE + where, [people, people])


def in_force() -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """The pairs that are said to be one person, and those said to be two; for the linker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT answer, a_id, b_id FROM identity_decision WHERE undone_at IS NULL"
            " ORDER BY a_id, b_id"
        )
        rows = cursor.fetchall()
    must, never = (
        tuple((a, b) for said, a, b in rows if said == one) for one in ("same", "different")
    )
    return must, never


def _lines(sql: str, values: list[Any]) -> list[DecisionLine]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [DecisionLine(*row) for row in cursor.fetchall()]


@contextmanager
def _telling_the_second() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if isinstance(error, IntegrityError) and ONCE_EACH in str(error):
            raise UserMistake(
                "You have said what these two are already.",
                why="Another reviewer has to look at them, and does not see what you said.",
                do="Leave them to a colleague.",
            ) from error
        if state == STALE or "identity_decision_in_force" in str(error):
            raise Stale(
                "Somebody else decided this after you opened it.",
                do="Look at what was decided. Undo it, with a reason, if it is wrong.",
            ) from error
        raise


@contextmanager
def _absent_where_refused() -> Iterator[None]:
    """What row security refuses to put down is of persons whom the reader may not see."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == "42501":
            raise NotFound("There is no such record.") from error
        raise
