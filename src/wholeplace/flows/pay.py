"""Payments leave: one, or all that are due, each in its own transaction and once.

Clicked twice, run twice or killed half-way, every payment is released once. The one who decided
an award is refused by the database, whatever page or command asks.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from wholeplace.core.kernel.errors import Stale, UserMistake, WholeplaceError
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.casework import payments, queries

Progress = Callable[[int, int], None]
PURPOSE = "releasing payments"


@dataclass(frozen=True)
class RunResult:
    """What a run has released in all, and what it left, with the reason of each."""

    run_id: int
    released: int
    pence: int
    refused: tuple[tuple[int, str], ...]


def release_payment(
    *, payment_id: int, key: uuid.UUID | None = None, happened_on: dt.date | None = None
) -> None:
    """Release one payment today.

    Raises:
        Refused: the role may not, or this user decided the award.
        Stale: it was released or cancelled before.
        UserMistake: it is not due, or waits for a check.
    """
    payments.release(
        payment_id=payment_id, happened_on=happened_on or timezone.localdate(), key=key
    )


def start_run(*, as_at: dt.date, key: uuid.UUID | None = None) -> int:
    """Ask for everything that is due by a day; returns the run's number. Nothing is paid yet."""
    return payments.start_run(as_at=as_at, key=key)


def take_up_or_start(*, as_at: dt.date, membership_id: int, route: str) -> int:
    """The officer's own run for this day that stopped half-way, else a new one."""
    with acting(membership_id, purpose=PURPOSE, route=route):
        return payments.unfinished_run(as_at) or start_run(as_at=as_at)


def carry_out_run(
    run_id: int, *, membership_id: int, route: str, progress: Progress | None = None
) -> RunResult:
    """Release all that is due, each payment in a transaction of its own; safe to repeat.

    Args:
        progress: called with (done, in all) after each payment.

    Raises:
        NotFound: no such run for this reader.
        UserMistake: it is being carried out at this moment.
    """
    if not payments.take_up(run_id):
        raise UserMistake("This payment run is being carried out at this moment.")
    try:
        with acting(membership_id, purpose=PURPOSE, route=route):
            day, state = payments.run_day(run_id)
            waiting = [] if state == "finished" else payments.due(day)
        for number, (payment_id, _) in enumerate(waiting, 1):
            _release_or_note(run_id, payment_id, membership_id, route)
            if progress:
                progress(number, len(waiting))
        with acting(membership_id, purpose=PURPOSE, route=route):
            if state != "finished":
                payments.finish_run(run_id=run_id)
            line = queries.payment_run(run_id)
            left = tuple(queries.not_released(run_id))
        return RunResult(run_id, line.done, line.done_pence, left)
    finally:
        payments.put_down(run_id)


def _release_or_note(run_id: int, payment_id: int, membership_id: int, route: str) -> None:
    try:
        with acting(membership_id, purpose=PURPOSE, route=route):
            payments.release(payment_id=payment_id, happened_on=timezone.localdate(), run_id=run_id)
    except Stale:
        return  # another officer released it a moment ago
    except WholeplaceError as error:
        with acting(membership_id, purpose=PURPOSE, route=route):
            payments.note_refusal(run_id=run_id, payment_id=payment_id, why=str(error))
