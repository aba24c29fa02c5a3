"""Which database the program uses, and as whom: two aliases for two logins.

`default` is the program's own role, under row security; `owner` makes tables and migrates.
With DATABASE_URL any PostgreSQL 15 or later serves; without, the embedded one does.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg import Connection, sql

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.site import embedded
from wholeplace.site.embedded import roles
from wholeplace.site.secret import secret

OLDEST = 150000
# Statements are prepared at their third use: a page's queries go through row security, and
# planning them anew each time cost three quarters of the database's work.
CONNECTION = {
    "pool": {"min_size": 2, "max_size": 8},
    "server_side_binding": True,
    "prepare_threshold": 2,
}


def is_embedded() -> bool:
    """Whether the program brings its own server: no DATABASE_URL is set."""
    return not os.environ.get("DATABASE_URL")


def databases() -> dict[str, dict[str, Any]]:
    """Django's DATABASES. Starts nothing and connects to nothing.

    Raises:
        UserMistake: DATABASE_URL or DATABASE_APP_URL is not an address of PostgreSQL.
    """
    if is_embedded():
        server = embedded.locate()
        owner, app = server.settings(roles.OWNER), server.settings(roles.APP)
    else:
        owner = parse("DATABASE_URL")
        app = _app_settings(owner)
    if name := os.environ.get("WHOLEPLACE_DATABASE"):
        # Another database on the same server: a test's copy, or one beside the present.
        owner, app = owner | {"NAME": name}, app | {"NAME": name}
    options = app.pop("OPTIONS", {})
    return {
        "default": _base() | app | {"OPTIONS": options | CONNECTION, "TEST": {"MIRROR": "owner"}},
        "owner": _base() | owner | {"TEST": {"NAME": "test_wholeplace", "DEPENDENCIES": []}},
    }


def app_role() -> str:
    """The role that the program runs as: owns nothing, cannot pass row security."""
    return str(databases()["default"]["USER"])


def owner_role() -> str:
    """The role that owns the tables and migrates them."""
    return str(databases()["owner"]["USER"])


def _base() -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 0}


def parse(variable: str) -> dict[str, Any]:
    """Reads one address (postgresql://user:password@host:port/name?sslmode=…) from the environment.

    Raises:
        UserMistake: it names no database, no user, or another kind of database.
    """
    parts = urlsplit(os.environ.get(variable, ""))
    if parts.scheme not in {"postgres", "postgresql"} or not parts.username or not parts.path[1:]:
        raise UserMistake(
            f"{variable} is not the address of a PostgreSQL database.",
            do="Write it as postgresql://user:password@host:5432/name.",
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "HOST": host,
        "PORT": parts.port or 5432,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "NAME": unquote(parts.path[1:]),
        "OPTIONS": options,
    }


def _app_settings(owner: dict[str, Any]) -> dict[str, Any]:
    if os.environ.get("DATABASE_APP_URL"):
        return parse("DATABASE_APP_URL")
    role = f"{owner['NAME']}_app"
    return owner | {
        "USER": role,
        "PASSWORD": _password(role),
        "OPTIONS": dict(owner["OPTIONS"]),
    }


def _password(role: str) -> str:
    """The password of a role that the program makes for itself, kept in home/secrets."""
    return secret(embedded.home_directory(), f"{role}.password")


def connect(settings: dict[str, Any]) -> Connection:
    """A plain connection, each statement by itself, from one of `databases()`' entries."""
    options = {k: v for k, v in settings.get("OPTIONS", {}).items() if k not in CONNECTION}
    return psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings.get("PASSWORD") or None,
        dbname=settings["NAME"],
        autocommit=True,
        **options,
    )


def prepare() -> None:
    """Makes a given server ready: its version, the extensions, the program's role.

    The embedded server is prepared when it starts; then this does nothing.

    Raises:
        UserMistake: the server is too old, does not answer, or its rights do not suffice or
            are too wide, with the statement to run.
    """
    if is_embedded():
        return
    owner = parse("DATABASE_URL")
    try:
        connection = connect(owner)
    except psycopg.OperationalError as error:
        raise UserMistake(
            "The database in DATABASE_URL does not answer.", why=str(error)
        ) from error
    with connection:
        _refuse_old(connection)
        roles.install_extensions(connection)
        app = os.environ.get("DATABASE_APP_URL") and parse("DATABASE_APP_URL")["USER"]
        if not app:
            app = f"{owner['NAME']}_app"
            _make_app_role(connection, app)
        _refuse_wide_rights(connection, app)


def _refuse_old(connection: Connection) -> None:
    version = connection.info.server_version
    if version < OLDEST:
        raise UserMistake(
            f"The database server is PostgreSQL {version // 10000}.",
            why=f"Wholeplace needs PostgreSQL {OLDEST // 10000} or later.",
            do="Upgrade the server, or name a newer one in DATABASE_URL.",
        )


def _make_app_role(connection: Connection, role: str) -> None:
    name, password = sql.Identifier(role), sql.Literal(_password(role))
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if known else "CREATE"
    rights = "LOGIN NOBYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE" if not known else "LOGIN"
    try:
        connection.execute(
            sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                sql.SQL(verb), name, sql.SQL(rights), password
            )
        )
    except psycopg.errors.InsufficientPrivilege as error:
        raise UserMistake(
            f"The login in DATABASE_URL may not make the role {role}.",
            do=f"As an administrator run CREATE ROLE {role} LOGIN PASSWORD '…' and give its "
            "address in DATABASE_APP_URL.",
        ) from error


def _refuse_wide_rights(connection: Connection, role: str) -> None:
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls, rolname = current_user,"
        " pg_has_role(rolname, current_user, 'MEMBER') AND NOT rolsuper"
        " FROM pg_roles WHERE rolname = %s",
        [role],
    ).fetchone()
    if row is None:
        raise UserMistake(f"The role {role} of DATABASE_APP_URL does not exist on the server.")
    if any(row):
        raise UserMistake(
            f"The role {role} could pass row security.",
            why="It is a superuser, bypasses row security, or is (a member of) the owner.",
            do="Give the program a role of its own that owns nothing.",
        )
