"""A form is carried out once, however often it is sent."""

from __future__ import annotations

import uuid

from django.db import connection

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.casework.models import Submission


def sent_before(key: uuid.UUID | None, action: str) -> int | None:
    """The record that this form made when it was sent before; None at its first sending.

    Two sendings at once wait for each other here: the second sees what the first made.

    Raises:
        UserMistake: the key was used for another action.
    """
    if key is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_submission (agency_id, by_id, by_user_id, recorded_at, key,"
            " action) VALUES (0, 0, 0, now(), %s, %s) ON CONFLICT (by_id, key) DO NOTHING"
            " RETURNING id",
            [key, action],
        )
        if cursor.fetchone():
            return None
    return earlier_sending(key, action)


def earlier_sending(key: uuid.UUID, action: str) -> int | None:
    """What a form made, if it was sent; raises UserMistake when it made something else."""
    earlier = Submission.objects.filter(by_id=require_actor().membership_id, key=key).first()
    if earlier is None:
        return None
    if earlier.action != action or earlier.record_id is None:
        raise UserMistake("This form was used for something else.", do="Open it again.")
    return int(earlier.record_id)


def made(key: uuid.UUID | None, record_id: int) -> int:
    """Note what the form made, and give it back."""
    if key is not None:
        Submission.objects.filter(by_id=require_actor().membership_id, key=key).update(
            record_id=record_id
        )
    return record_id
