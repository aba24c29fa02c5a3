"""Waiting for what will come, however slow the machine: a test says when that has failed."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

PATIENCE = 300  # seconds that only a machine at its limits needs

HELD = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

ZONES = (dt.UTC, ZoneInfo("Europe/London"))  # the server's days and the program's


def until_past_midnight(near: float) -> None:
    """When a day ends within so many seconds, wait until it has ended."""
    for zone in ZONES:
        now = dt.datetime.now(zone)
        then = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), zone)
        if (left := (then - now).total_seconds()) < near:
            time.sleep(left + 0.1)


def until(come: Callable[[], bool], what: str) -> None:
    """Wait until it has come; `what` is said when it does not."""
    end = time.monotonic() + PATIENCE
    while not come():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def until_let_go() -> None:
    """Until no other session of this database holds work for itself.

    The server notices that a killed program is gone when it has ended that program's statement.
    """
    from django.db import connection

    def free() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(HELD)
            return bool(cursor.fetchone()[0] == 0)

    until(free, "what was killed still holds its work")
