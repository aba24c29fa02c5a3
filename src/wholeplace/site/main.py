"""Where the program begins: joins the command line to this installation's database."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from wholeplace.cli import main as command_line
from wholeplace.cli import session
from wholeplace.site import commands, databases, embedded

SETTINGS = "wholeplace.site.settings"


def main() -> None:
    """The console script."""
    session.opened_by(_open_ready)
    command_line.PACKAGES.append(commands)
    log_folder = embedded.home_directory() / "log"
    sys.exit(command_line.run(sys.argv[1:], log_folder=log_folder))


@contextmanager
def _open_ready() -> Iterator[None]:
    """The database for a command: its tables must be there."""
    from wholeplace.site.ready import require_ready

    with open_database():
        require_ready()
        yield


@contextmanager
def open_database() -> Iterator[None]:
    """Starts or joins the embedded server (unless DATABASE_URL is set) and sets Django up.

    The server is left as it was found: stopped again when nobody else uses it.
    """
    with embedded.using() if databases.is_embedded() else nullcontext():
        databases.prepare()
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


if __name__ == "__main__":
    main()
