"""The one login that sees every row: for backup and restore, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.site import databases, embedded
from wholeplace.site.embedded import binaries, cluster, roles

MAINTENANCE = "postgres"


@dataclass(frozen=True)
class Administrator:
    """A login past row security, the database it looks after, and PostgreSQL's programs."""

    settings: dict[str, Any]
    owner: str
    programs: Path

    @property
    def database(self) -> str:
        """The database of record."""
        return str(self.settings["NAME"])

    def connect(self, database: str | None = None) -> Connection:
        """A connection, each statement by itself unless a transaction is opened."""
        return databases.connect(self.settings | {"NAME": database or self.database})

    def dsn(self, database: str) -> str:
        """A connection string without the password, which goes by the environment."""
        settings = self.settings
        return make_conninfo(
            host=settings["HOST"],
            port=settings["PORT"],
            user=settings["USER"],
            dbname=database,
            **settings.get("OPTIONS", {}),
        )

    def environment(self) -> dict[str, str]:
        """What PostgreSQL's programs need beside the connection string."""
        password = self.settings.get("PASSWORD")
        return {"PGPASSWORD": password} if password else {}


@contextmanager
def administrator() -> Iterator[Administrator]:
    """The login to back up and restore with; starts or joins the embedded server.

    Raises:
        UserMistake: the login in DATABASE_URL does not see every row, with what to grant.
    """
    name = os.environ.get("WHOLEPLACE_DATABASE")
    if databases.is_embedded():
        with embedded.using() as server:
            settings = server.settings(cluster.SUPERUSER, name or roles.DATABASE)
            yield Administrator(settings, roles.OWNER, _programs(settings))
    else:
        settings = databases.parse("DATABASE_URL")
        settings["NAME"] = name or settings["NAME"]
        _refuse_blind(settings)
        yield Administrator(settings, str(settings["USER"]), _programs(settings))


def _refuse_blind(settings: dict[str, Any]) -> None:
    try:
        with databases.connect(settings) as connection:
            row = connection.execute(
                "SELECT rolsuper OR rolbypassrls, rolsuper OR rolcreatedb FROM pg_roles"
                " WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        raise UserMistake(
            "The database in DATABASE_URL does not answer.", why=str(error)
        ) from error
    if row != (True, True):
        raise UserMistake(
            f"The login {settings['USER']} in DATABASE_URL does not see every row.",
            why="Tables are under row security, which binds their owner too; a backup made so "
            "would be empty. Restoring also needs a new database.",
            do=f"As an administrator run ALTER ROLE {settings['USER']} BYPASSRLS CREATEDB, or "
            "set DATABASE_URL to a login that has both, for this command alone.",
        )


def _programs(settings: dict[str, Any]) -> Path:
    """PostgreSQL's programs, no older than the server: pg_dump refuses a newer one."""
    with databases.connect(settings) as connection:
        needed = connection.info.server_version // 10000
    for folder in binaries.candidates():
        if (folder / "pg_dump").exists() and binaries.major(folder, "pg_dump") >= needed:
            return folder
    raise UserMistake(
        f"There is no pg_dump of PostgreSQL {needed} or later on this machine.",
        do="Install PostgreSQL's client programs of the server's version.",
    )
