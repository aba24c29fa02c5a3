"""Writing to the audit trail, sealing it, and checking it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection


def record(
    action: str,
    *,
    person_id: int | None = None,
    people: Iterable[int] | None = None,
    record: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one event in the transaction of what it tells of.

    Args:
        action: noun and verb, such as `person.view` or `payment.release`.
        person_id: the one person it is about.
        people: everybody who stood in a list that was shown.
        record: the record's kind and number, such as `award 12`.
        detail: more, without any person's content.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (action, person_id, people, record, detail)"
            " VALUES (%s, %s, %s, %s, %s)",
            [
                action,
                person_id,
                list(people) if people is not None else None,
                record,
                json.dumps(detail or {}),
            ],
        )


def seal() -> int:
    """Chain every settled event that no link holds yet; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_seal()")
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Verification:
    """What checking the chain found: `broken` is None when every link holds."""

    links: int
    head: str | None
    unsealed: int
    broken: tuple[int, int, str] | None  # sequence, event, reason


def verify() -> Verification:
    """Recompute every link and name the first that does not hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT links, head, unsealed FROM audit_state()")
        links, head, unsealed = cursor.fetchone()
        cursor.execute("SELECT sequence, event_id, reason FROM audit_verify()")
        return Verification(links, head, unsealed, cursor.fetchone())
