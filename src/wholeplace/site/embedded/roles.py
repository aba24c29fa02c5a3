"""The roles, the database and its extensions.

Two logins share the work (docs/adr/0001): the owner makes tables and runs migrations; the
program's own owns nothing and cannot pass row security. Both must never become one.
"""

from __future__ import annotations

from psycopg import Connection, sql

from wholeplace.site.embedded.cluster import connect
from wholeplace.site.embedded.place import Place

OWNER = "wp_owner"
APP = "wp_app"
DATABASE = "wholeplace"
EXTENSIONS = ("pg_trgm", "btree_gist", "fuzzystrmatch", "unaccent", "pgcrypto")

ROLES = {
    OWNER: "LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS",
    APP: "LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS",
}


def is_prepared(place: Place) -> bool:
    """Whether the last step of `prepare` is done: the database is made after all else."""
    with connect(place) as connection:
        return _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE)


def prepare(place: Place) -> None:
    """Makes whatever is missing; a second call, or one after a kill, changes nothing."""
    with connect(place, "template1") as connection:
        install_extensions(connection)
    with connect(place) as connection:
        for name, rights in ROLES.items():
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
                connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
            # Said each time: a right that somebody added by hand does not stay.
            connection.execute(
                sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(name), sql.SQL(rights))
            )
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template1").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )


def install_extensions(connection: Connection) -> None:
    """Adds the extensions that this PostgreSQL was built with."""
    rows = connection.execute(
        "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(EXTENSIONS)]
    )
    for (name,) in rows.fetchall():
        connection.execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name))
        )


def _exists(connection: Connection, query: sql.SQL | str, value: str) -> bool:
    return connection.execute(query, [value]).fetchone() is not None
