"""How the installation stands, for those who keep it running: counts, and nobody's content."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from wholeplace.rooms.audit import queries as audit


@dataclass(frozen=True, slots=True)
class Jobs:
    """The queue: how many jobs stand in each state, and since when the oldest waits."""

    waiting: int
    running: int
    failed: int
    done: int
    oldest_waiting: dt.datetime | None
    failures: tuple[tuple[str, int], ...]  # task, how many failed


@dataclass(frozen=True, slots=True)
class Health:
    """What a system administrator may know."""

    database: str
    database_bytes: int
    migrations: int
    sessions: int
    workers: int
    jobs: Jobs
    audit: audit.State


def health() -> Health:
    """Read everything once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database()),"
            " (SELECT count(*) FROM django_migrations),"
            " (SELECT count(*) FROM django_session WHERE expire_date > now()),"
            " (SELECT count(*) FROM procrastinate_workers"
            "   WHERE last_heartbeat > now() - interval '1 minute')"
        )
        version, size, migrations, sessions, workers = cursor.fetchone()
    return Health(version, size, migrations, sessions, workers, _jobs(), audit.state())


def _jobs() -> Jobs:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status = 'todo'),"
            " count(*) FILTER (WHERE status = 'doing'),"
            " count(*) FILTER (WHERE status IN ('failed', 'aborted')),"
            " count(*) FILTER (WHERE status = 'succeeded') FROM procrastinate_jobs"
        )
        waiting, running, failed, done = cursor.fetchone()
        cursor.execute(
            "SELECT min(e.at) FROM procrastinate_jobs j JOIN procrastinate_events e"
            " ON e.job_id = j.id WHERE j.status = 'todo' AND e.type = 'deferred'"
        )
        oldest = cursor.fetchone()[0]
        cursor.execute(
            "SELECT task_name, count(*) FROM procrastinate_jobs"
            " WHERE status IN ('failed', 'aborted') GROUP BY task_name ORDER BY task_name"
        )
        return Jobs(waiting, running, failed, done, oldest, tuple(cursor.fetchall()))
