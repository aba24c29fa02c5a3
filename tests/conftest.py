"""Tests run on a real PostgreSQL of their own, as the runtime role, under row security.

Each worker of a run has a home and a server of its own under `var/tests`: nothing that another
worker does (a transaction left open, a folder, a role, a count) is there to be seen. Each run makes
a database of its own, so that two runs at once, or one after a killed one, do not meet.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck
from pytest_django import DjangoDbBlocker
from tests.databases import copy_database, drop_database, point_at
from tests.waiting import PATIENCE, until_past_midnight

ROOT = Path(__file__).resolve().parents[1]
OPEN_DATA = ROOT.parent / "shared" / "data"

QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
# How long an example takes says only how busy the machine is. (With CI=true, Hypothesis itself
# searches the same examples each time.)
SEARCH = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
HOME = ROOT / "var" / "tests" / WORKER

os.environ["WHOLEPLACE_HOME"] = str(HOME)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wholeplace.site.settings")
# A run starts hundreds of processes. Where the machine forbids compiled files each of them would
# compile anew all that it imports; the tests keep theirs beside their homes.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(HOME.with_name("compiled"))
sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("dist", "no") != "no":  # the process that only hands out tests
        # A worker that inherits this would read the settings before it has named its home.
        del os.environ["DJANGO_SETTINGS_MODULE"]
        return
    from django.conf import settings

    from wholeplace.site import embedded

    # Read here for the first time, now that the home is the tests' own; never the real one.
    assert embedded.home_directory() == settings.HOME == HOME
    # Sixty-four threads at once wait for eight connections, on a slow machine for long.
    settings.DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = PATIENCE
    hypothesis.settings.register_profile("tests", hypothesis.settings.default, **SEARCH)
    hypothesis.settings.load_profile("tests")
    # A password is meant to take long to try; the demonstration's staff are many.
    settings.PASSWORD_HASHERS = [QUICK_HASHER, *settings.PASSWORD_HASHERS]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    # A test with midnight in it would have two todays, and would be right about one of them.
    until_past_midnight(20)


def _name() -> str:
    return f"test_wholeplace_{os.getpid()}_{WORKER}"


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
def own_server() -> Iterator[None]:
    """This worker's PostgreSQL, unless DATABASE_URL names another."""
    from wholeplace.site import databases, embedded

    with embedded.using(durable=False) if databases.is_embedded() else nullcontext():
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    own_server: None, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Makes the run's database, with the place's roles and staff in it, and a copy to be copied."""
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
        point_at(_name())
        copy_database(_name(), _template())
    yield
    with django_db_blocker.unblock():
        point_at(_name())
        drop_database(_template())
        teardown_databases(made, 0)


def _template() -> str:
    """A copy of the run's database as it was made, in which nobody ever is: so it can be copied."""
    return f"{_name()}_template"


@pytest.fixture
def committed(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A copy of the run's database in which commits are real; yields its name.

    For tests of crashes, races, other processes and the sealer. WHOLEPLACE_DATABASE is set, so
    that a command started by the test uses the same copy.
    """
    with django_db_blocker.unblock():
        name = f"{_name()}_copy"
        copy_database(_template(), name)
        point_at(name)
        monkeypatch.setenv("WHOLEPLACE_DATABASE", name)
        yield name
        point_at(_name())
        drop_database(name)
    for kept in (HOME / "linking" / "kept").glob(f"{name}-*"):
        shutil.rmtree(kept)


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
