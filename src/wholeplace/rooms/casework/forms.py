"""A form is carried out once, however often it is sent."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.db import connection

from wholeplace.core.kernel.errors import Stale
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.casework.models import Submission


def sent_before(key: uuid.UUID | None, action: str, **said: Any) -> int | None:
    """The record that this form made when it was sent before; None at its first sending.

    Two sendings at once wait for each other here: the second sees what the first made.

    Args:
        said: what the form says, and of what; kept as a hash, so that a second sending with
            the same key and other content is not answered as if it had been carried out.

    Raises:
        Stale: the key was used for another action or with other content.
    """
    if key is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_submission (agency_id, by_id, by_user_id, recorded_at, key,"
            " action, content) VALUES (0, 0, 0, now(), %s, %s, %s)"
            " ON CONFLICT (by_id, key) DO NOTHING RETURNING id",
            [key, action, _hash(said)],
        )
        if cursor.fetchone():
            return None
    return earlier_sending(key, action, **said)


def earlier_sending(key: uuid.UUID, action: str, **said: Any) -> int | None:
    """What a form made, if it was sent; raises Stale when it was about something else."""
    earlier = Submission.objects.filter(by_id=require_actor().membership_id, key=key).first()
    if earlier is None:
        return None
    other = earlier.content and earlier.content != _hash(said)  # empty: of before it was kept
    if earlier.action != action or other or earlier.record_id is None:
        raise Stale("This form was used for something else.", do="Open it again.")
    return int(earlier.record_id)


def _hash(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def made(key: uuid.UUID | None, record_id: int) -> int:
    """Note what the form made, and give it back."""
    if key is not None:
        Submission.objects.filter(by_id=require_actor().membership_id, key=key).update(
            record_id=record_id
        )
    return record_id
