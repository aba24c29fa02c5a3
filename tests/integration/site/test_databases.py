"""A server given by address: prepared, or refused in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.site import databases, embedded
from wholeplace.site.embedded import cluster, roles
from wholeplace.site.embedded.place import place_of


@pytest.fixture
def given(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """Somebody's own server with an owner's login; yields its superuser's connection."""
    with cluster.connect(place_of(empty)) as connection:
        connection.execute("CREATE ROLE council LOGIN CREATEROLE CREATEDB PASSWORD 'x y'")
        connection.execute("CREATE DATABASE benefits OWNER council")
        url = f"postgresql://council:x%20y@/benefits?host={embedded.locate(empty).socket_dir}"
        monkeypatch.setenv("DATABASE_URL", url)
        yield connection


def app_url(empty: Path, role: str) -> str:
    return f"postgresql://{role}@/benefits?host={embedded.locate(empty).socket_dir}"


def test_makes_the_programs_role_with_a_kept_password(
    given: psycopg.Connection, empty: Path
) -> None:
    databases.prepare()
    assert (databases.owner_role(), databases.app_role()) == ("council", "benefits_app")
    app = databases.databases()["default"]
    with databases.connect(app) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("benefits_app",)
    file = empty / "secrets" / "benefits_app.password"
    assert file.read_text() == app["PASSWORD"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_second_time_changes_nothing(given: psycopg.Connection) -> None:
    databases.prepare()
    first = databases.databases()
    databases.prepare()
    assert databases.databases() == first


def test_extensions_are_there_for_the_migrations(given: psycopg.Connection) -> None:
    databases.prepare()
    with databases.connect(databases.databases()["owner"]) as connection:
        found = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    assert set(roles.EXTENSIONS) - {"pgcrypto"} <= found


def test_an_older_server_is_refused(
    given: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "OLDEST", 990000)
    with pytest.raises(UserMistake, match="needs PostgreSQL 99 or later"):
        databases.prepare()


def test_an_owner_who_may_make_no_role_is_told_what_to_run(given: psycopg.Connection) -> None:
    given.execute("ALTER ROLE council NOCREATEROLE")
    with pytest.raises(UserMistake, match="CREATE ROLE benefits_app LOGIN"):
        databases.prepare()


@pytest.mark.parametrize(
    "rights",
    [
        "CREATE ROLE app LOGIN SUPERUSER",
        "CREATE ROLE app LOGIN BYPASSRLS",
        "CREATE ROLE app LOGIN IN ROLE council",
    ],
)
def test_a_role_that_could_pass_row_security_is_refused(
    given: psycopg.Connection, empty: Path, monkeypatch: pytest.MonkeyPatch, rights: str
) -> None:
    given.execute(rights)
    monkeypatch.setenv("DATABASE_APP_URL", app_url(empty, "app"))
    with pytest.raises(UserMistake, match="could pass row security"):
        databases.prepare()


def test_the_owner_itself_is_refused_as_the_programs_role(
    given: psycopg.Connection, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_APP_URL", app_url(empty, "council"))
    with pytest.raises(UserMistake, match="could pass row security"):
        databases.prepare()


@pytest.mark.parametrize(
    "address", ["mysql://a@b/c", "postgresql://b/c", "postgresql://a@b", "nonsense", "/x"]
)
def test_what_is_no_address_of_postgresql_is_a_users_mistake(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(UserMistake, match="DATABASE_URL is not the address"):
        databases.databases()


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@127.0.0.1:9/c")
    with pytest.raises(UserMistake, match="does not answer"):
        databases.prepare()
