"""The databases of a test run: pointing at one, leaving it, copying and dropping."""

from __future__ import annotations

import time


def leave_databases() -> None:
    """Close every connection of this thread, and the pools."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.alias in connection._connection_pools:  # `.pool` would make one
            connection.close_pool()


def point_at(name: str) -> None:
    """Every connection from now on is to this database."""
    from django.db import connections

    leave_databases()
    for connection in connections.all():
        connection.settings_dict["NAME"] = name


def copy_database(template: str, name: str) -> None:
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


def drop_database(name: str) -> None:
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
