"""What every command that reads or writes the database begins with.

    with database():
        from wholeplace.rooms.people import queries   # only now: Django is ready

How the database is opened is the site's business, upstairs; it says so through `opened_by`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Opener = Callable[[], AbstractContextManager[None]]
_openers: list[Opener] = []


def opened_by(opener: Opener) -> None:
    """Says how `database` opens it; the last word counts."""
    _openers.append(opener)


@contextmanager
def database() -> Iterator[None]:
    """Sets Django up with a running database; inside one already set up, changes nothing."""
    from django.apps import apps

    if apps.ready or not _openers:
        yield
        return
    with _openers[-1]():
        yield
