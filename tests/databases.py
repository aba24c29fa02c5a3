"""Leaving the database, so that it can be copied or dropped."""

from __future__ import annotations


def leave_databases() -> None:
    """Close every connection of this thread, and the pools."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.alias in connection._connection_pools:  # `.pool` would make one
            connection.close_pool()
