"""Tests run on a real PostgreSQL of their own, as the runtime role, under row security.

The server lives in a folder of its own under `var`; each run makes a database of its own, so
that two runs at once, or one after a killed one, do not meet.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).resolve().parents[1]
OPEN_DATA = ROOT.parent / "shared" / "data"

os.environ["WHOLEPLACE_HOME"] = str(ROOT / "var" / "tests")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wholeplace.site.settings")

_server = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    from wholeplace.site import databases, embedded

    # Read here for the first time, now that the home is the tests' own; never the real one.
    assert embedded.home_directory() == settings.HOME == ROOT / "var" / "tests"
    if databases.is_embedded():
        _server.enter_context(embedded.using(durable=False))


def pytest_unconfigure(config: pytest.Config) -> None:
    _server.close()


def _name() -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"test_wholeplace_{os.getpid()}_{worker}"


def _drop_leftovers() -> None:
    """Remove the databases of runs that were killed."""
    from django.db import connections

    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_wholeplace\\_%'")
        for (name,) in cursor.fetchall():
            pid = name.split("_")[2]
            if pid.isdigit() and not Path(f"/proc/{pid}").exists():
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Makes the run's database, with the place's roles and staff in it."""
    from django.conf import settings
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    from wholeplace.flows import governance

    with django_db_blocker.unblock():
        _drop_leftovers()
        connections["owner"].settings_dict["TEST"]["NAME"] = _name()
        # Nothing is restored from a copy of the rows, so none is made.
        made = setup_databases(0, False, aliases={"owner", "default"}, serialized_aliases=set())
        names = [c.settings_dict["NAME"] for c in connections.all()]
        assert all(name.startswith("test_") for name in names), names
        governance.set_up(settings.PLACE, demonstration=True)
    yield
    with django_db_blocker.unblock():
        _point(_name())
        teardown_databases(made, 0)


def _point(name: str) -> None:
    from django.db import connections
    from tests.databases import leave_databases

    leave_databases()
    for connection in connections.all():
        connection.settings_dict["NAME"] = name


@pytest.fixture
def committed(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A copy of the run's database in which commits are real; yields its name.

    For tests of crashes, races, other processes and the sealer. WHOLEPLACE_DATABASE is set, so
    that a command started by the test uses the same copy.
    """
    from django.db import connections

    with django_db_blocker.unblock():
        template = connections["owner"].settings_dict["NAME"]
        name = f"{template}_copy"
        _point(template)
        _copy(template, name)
        _point(name)
        monkeypatch.setenv("WHOLEPLACE_DATABASE", name)
        yield name
        _point(template)
        _drop(name)
    for kept in (ROOT / "var" / "tests" / "linking" / "kept").glob(f"{name}-*"):
        shutil.rmtree(kept)


def _copy(template: str, name: str) -> None:
    """Copy a database; who is still in it, and would not leave, is told of when that fails."""
    from django.db import OperationalError, connections

    with connections["owner"]._nodb_cursor() as cursor:
        try:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        except OperationalError as error:
            cursor.execute(
                "SELECT pid, usename, state, backend_start, left(query, 200)"
                " FROM pg_stat_activity WHERE datname = %s",
                [template],
            )
            raise AssertionError(f"{error} {cursor.fetchall()}") from error


def _drop(name: str) -> None:
    """Drop a database; autovacuum may be in it, which only a superuser could turn out."""
    from django.db import ProgrammingError, connections

    for tries_left in range(100, -1, -1):
        try:
            with connections["owner"]._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            return
        except ProgrammingError:
            if not tries_left:
                raise
            time.sleep(0.1)


@pytest.fixture
def act(request: pytest.FixtureRequest) -> Callable[..., AbstractContextManager[object]]:
    """`with act("amina.begum"):` acts as a member of the demonstration's staff."""
    if "committed" not in request.fixturenames:
        request.getfixturevalue("db")
    from wholeplace.rooms.agencies.acting import acting
    from wholeplace.rooms.agencies.models import Membership

    def enter(
        username: str, *, purpose: str = "casework", route: str = "test"
    ) -> AbstractContextManager[object]:
        membership = Membership.objects.get(user__username=username)
        return acting(membership.pk, purpose=purpose, route=route)

    return enter


@pytest.fixture(scope="session")
def open_data() -> Path:
    """Birmingham's open data; skips, visibly, where it does not lie beside the checkout."""
    folder = OPEN_DATA / "birmingham"
    if not folder.exists():
        pytest.skip("the open data is not beside this checkout")
    return folder
