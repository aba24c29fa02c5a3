"""Waiting for what will come, however slow the machine: a test says when that has failed."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300  # seconds that only a machine at its limits needs

HELD = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


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
