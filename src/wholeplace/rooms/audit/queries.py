"""Reading the audit trail: what a person, a member of staff or a day has in it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

LAST = 2**63 - 1

_COLUMNS = """
SELECT e.id, e.at, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, ''),
       coalesce(r.name, ''), coalesce(m.team, ''), coalesce(a.name, ''),
       e.purpose, e.route, e.action, e.person_id, audit_people(e.people), e.record, e.detail
"""
_WHO = """
  LEFT JOIN agencies_user u ON u.id = e.user_id
  LEFT JOIN agencies_membership m ON m.id = e.membership_id
  LEFT JOIN agencies_role r ON r.code = m.role_id
  LEFT JOIN agencies_agency a ON a.id = e.agency_id
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One event of the trail, in words where it has them; people are numbers."""

    id: int
    at: dt.datetime
    who: str
    role: str
    team: str
    agency: str
    purpose: str
    route: str
    action: str
    person_id: int | None
    people: tuple[int, ...]
    record: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """How the chain stands: its length, its head's hash, and events not yet in it."""

    links: int
    head: str
    unsealed: int


def state() -> State:
    """The chain's length and head, which tell nothing of anybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT links, coalesce(head, ''), unsealed FROM audit_state()")
        return State(*cursor.fetchone())


def about(person_id: int, *, before: int = LAST, at_most: int = 50) -> list[Seen]:
    """Who saw or changed one person's record, newest first, lists and searches included.

    Empty unless this reader may read the trail or is that person.
    """
    sql = f"{_COLUMNS} FROM audit_about(%s, %s, %s) e {_WHO} ORDER BY e.at DESC, e.id DESC"
    return _rows(sql, [person_id, before, at_most])


def events(
    *, username: str = "", day: dt.date | None = None, before: int = LAST, at_most: int = 50
) -> list[Seen]:
    """The trail of a member of staff, of a day in England, or of both; newest first."""
    where, values = ["e.id < %s"], [before]
    if username:
        where.append("e.user_id = (SELECT id FROM agencies_user WHERE username = %s)")
        values.append(username)
    if day is not None:
        where.append("e.at >= %s::date::timestamp AT TIME ZONE 'Europe/London'")
        where.append("e.at < (%s::date + 1)::timestamp AT TIME ZONE 'Europe/London'")
        values += [day, day]
    sql = (
        f"{_COLUMNS} FROM audit_event e {_WHO} WHERE {' AND '.join(where)}"
        " ORDER BY e.at DESC, e.id DESC LIMIT %s"
    )
    return _rows(sql, [*values, at_most])


def own_event(event: int, action: str) -> dict[str, Any] | None:
    """What one of this user's own events said, such as what they searched for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT detail FROM audit_event WHERE id = %s AND action = %s AND user_id = wp_user()",
            [event, action],
        )
        row = cursor.fetchone()
    return None if row is None else _read(row[0])


def newest_own(action: str) -> dict[str, Any] | None:
    """What this user's newest event of the action said; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT detail FROM audit_event WHERE action = %s AND user_id = wp_user()"
            " ORDER BY id DESC LIMIT 1",
            [action],
        )
        row = cursor.fetchone()
    return None if row is None else _read(row[0])


def last_event() -> int:
    """The number of the event that this connection wrote last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT currval(pg_get_serial_sequence('audit_event', 'id'))")
        return int(cursor.fetchone()[0])


def _rows(sql: str, values: list[Any]) -> list[Seen]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Seen(*row[:10], tuple(row[10]), row[11], _read(row[12])) for row in cursor]


def _read(value: Any) -> dict[str, Any]:
    """Django's cursors give jsonb as text."""
    found = json.loads(value) if isinstance(value, str) else value
    return dict(found or {})
