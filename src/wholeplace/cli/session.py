"""What every command that reads or writes the database begins with.

with database():
    from wholeplace.rooms.people import queries   # only now: Django is ready
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

SETTINGS = "wholeplace.site.settings"


@contextmanager
def database() -> Iterator[None]:
    """Starts or joins the embedded server (unless DATABASE_URL is set) and sets Django up.

    The server is left as it was found: stopped again when nobody else uses it.
    """
    from wholeplace.site import databases, embedded

    with embedded.using() if databases.is_embedded() else nullcontext():
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
        import django

        django.setup()
        try:
            yield
        finally:
            close_connections()


def close_connections() -> None:
    """Closes every connection and its pool, whose threads would outlive the command."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
