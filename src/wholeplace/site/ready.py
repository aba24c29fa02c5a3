"""The tables, roles and areas that everything else needs: made, brought up to date, or missed."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.files.places import place_settings
from wholeplace.site import databases, embedded


def make_ready(*, demonstration: bool) -> list[str]:
    """Bring tables, roles, agencies and areas into line with this program and its place.

    Safe to repeat; two at once wait for each other.

    Args:
        demonstration: also make the invented staff who can sign in, and the areas of a place
            whose small areas are invented.

    Returns:
        What was done, a line each.
    """
    from django.conf import settings

    from wholeplace.flows import governance, load_places

    place = Path(settings.PLACE)
    with one_at_a_time():
        applied = _migrate()
        governance.set_up(place, demonstration=demonstration)
        if demonstration:
            load_places.load_demonstration_places(place)
    return [
        f"The tables are of this version ({applied} steps taken now).",
        f"Roles and agencies are those of {place.name}.",
        *(["The demonstration's staff and areas are there."] if demonstration else []),
    ]


def _migrate() -> int:
    """Take the steps that are left, as the tables' owner; how many there were."""
    from django.core.management import call_command

    left = len(steps_left("owner"))
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    return left


def steps_left(alias: str) -> list[str]:
    """The migrations that this database has still to take."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def require_ready() -> None:
    """Make a new embedded database ready; raise UserMistake where any other has steps left."""
    left = steps_left("default")
    if left and databases.is_embedded() and not _any_table():
        make_ready(demonstration=_is_demonstration())
        return
    if left:
        raise UserMistake(
            "The database's tables are not those of this version of the program.",
            why=f"Steps left: {len(left)}, beginning with {left[0]}.",
            do="Run `wholeplace prepare`.",
        )


def _any_table() -> bool:
    from django.db import connection

    return bool(connection.introspection.table_names())


def _is_demonstration() -> bool:
    from django.conf import settings

    return bool(place_settings(Path(settings.PLACE)).get("demonstration"))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Only one program prepares a home at a time; the others wait."""
    file = embedded.home_directory() / "prepare.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
