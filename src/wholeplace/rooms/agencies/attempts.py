"""Limits on how often somebody may try to sign in (design: access, point 11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils.crypto import salted_hmac


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many attempts of one kind for one name within a time."""

    kind: str
    at_most: int
    within: dt.timedelta

    def bucket(self, name: str) -> bytes:
        """What is stored: a keyed hash, from which neither kind nor name can be read."""
        return salted_hmac(f"wholeplace.attempt.{self.kind}", name, algorithm="sha256").digest()


def attempt(limit: Limit, name: str) -> bool:
    """Count one attempt; False when it is one too many, and then it is not counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wp_attempt(%s, %s, %s)", [limit.bucket(name), limit.at_most, limit.within]
        )
        return bool(cursor.fetchone()[0])


def take_back(limit: Limit, name: str) -> None:
    """The attempt just counted succeeded, so it does not count; earlier ones still do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wp_take_back_attempt(%s)", [limit.bucket(name)])


def forget(limit: Limit, name: str) -> None:
    """Begin to count afresh, after a success."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wp_forget_attempts(%s)", [limit.bucket(name)])
