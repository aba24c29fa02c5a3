"""Homes of these tests' own: a new one each for starts and stops, one shared for the rest."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wholeplace.site import embedded
from wholeplace.site.embedded import cluster, roles
from wholeplace.site.embedded.place import place_of


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that the server's account can walk to, which pytest's own is not for root."""
    folder = Path(tempfile.mkdtemp()).resolve()
    folder.chmod(0o755)
    yield folder / "home"
    embedded.stop(folder / "home")
    shutil.rmtree(folder)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A new home with nothing in it."""
    with open_folder() as folder:
        monkeypatch.setenv("WHOLEPLACE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def kept_home() -> Iterator[Path]:
    """One home whose server runs while these tests do."""
    with open_folder() as folder, embedded.using(folder, durable=False):
        yield folder


@pytest.fixture
def empty(kept_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kept home with its roles and database as on the first day."""
    monkeypatch.setenv("WHOLEPLACE_HOME", str(kept_home))
    with cluster.connect(place_of(kept_home)) as connection:
        for name in connection.execute(
            "SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database"
            " WHERE NOT datistemplate AND datname <> 'postgres' UNION ALL"
            " SELECT format('DROP ROLE %I', rolname) FROM pg_roles"
            " WHERE rolname !~ '^pg_' AND rolname <> 'wp_super'"
        ).fetchall():
            connection.execute(name[0])
    roles.prepare(place_of(kept_home))
    shutil.rmtree(kept_home / "secrets", ignore_errors=True)
    return kept_home
