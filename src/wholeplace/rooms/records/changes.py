"""What changed since a former snapshot: whose rows to read anew, and whether that is enough.

A version says when it was recorded and when it was superseded, so what changed since a moment is
found by two columns. Rows are joined from several versions: whoever a changed version may bear on
is *touched*, and all of a touched person's rows are read anew.

Some changes leave no moment behind: rows removed as retention bids, records shown or hidden, a
clock set back, a bar dated before the moment and stored after it. So it is noted what was held
for every snapshot: how many versions of each table could be read, and the sum of their numbers.
Whatever is not as noted asks for a full snapshot.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.db import connection

from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records.export import WARDS, Touched, ready

# Each table that the export reads: what dates its rows, and what dates their end.
_READ = {
    "people_person": ("recorded_at", "NULL::timestamptz"),
    "people_contactbar": ("recorded_at", "ended_at"),
    **dict.fromkeys(
        (
            "records_resident",
            "records_address",
            "records_household",
            "records_member",
            "records_benefitspell",
            "records_job",
            "records_account",
        ),
        ("recorded_at", "superseded_at"),
    ),
}

Held = dict[str, list[int]]
"""Table → versions, the sum of their numbers, superseded ones, and the sum of theirs."""

_SUMS = "count({0}) FILTER (WHERE {1}), coalesce(sum(id) FILTER (WHERE {0} IS NOT NULL AND {1}), 0)"
_BY_THEN = "{0} <= coalesce(%(known_at)s, 'infinity'::timestamptz)"


def held(known_at: dt.datetime | None = None) -> tuple[Held, Held]:
    """What the acting role can read of each table that a snapshot is made from.

    Args:
        known_at: the moment of a former snapshot.

    Returns:
        All there is; and of this what is dated by that moment, all where none is given.

    Raises:
        Refused: the acting role may not make snapshots.
    """
    ready()
    now, then = {}, {}
    for table in _READ:
        ((*counted,),) = _rows(_held_sql(table), {"known_at": known_at})
        numbers = [int(value) for value in counted]
        now[table], then[table] = numbers[:4], numbers[4:]
    return now, then


def _held_sql(table: str) -> str:
    """Both in one reading of the table."""
    dates = _READ[table]
    sums = [_SUMS.format(date, when.format(date)) for when in ("true", _BY_THEN) for date in dates]
    return f"SELECT {', '.join(sums)} FROM {table}"


def reading() -> dict[str, str]:
    """What else decides which rows a snapshot has: who reads, and which ward an area lies in.

    Neither has a history: when one is not as it was, everybody's rows are read.
    """
    actor = require_actor()
    sees = ",".join(
        [*sorted(actor.classes), *sorted(actor.rights), *sorted(map(repr, actor.shared))]
    )
    wards = repr(sorted(_rows(WARDS, {}), key=repr))
    return {
        "reader": f"agency {actor.agency_id}, {actor.role}, {actor.reach}: {sees}",
        "wards": hashlib.sha256(wards.encode()).hexdigest(),
    }


def touched_since(known_at: dt.datetime) -> Touched:
    """Whoever a version recorded or superseded after this moment may bear on.

    A home may bear on the households that were ever said to be in it, and a household on whoever
    was ever said to be a member, so the answer may name more than changed; never fewer.

    Raises:
        Refused: the acting role may not make snapshots.
    """
    ready()
    homes = _keys("source_key", "records_address", _CHANGED, known_at=known_at)
    households = {
        *_keys("source_key", "records_household", _CHANGED, known_at=known_at),
        *_keys("source_key", "records_household", "uprn = ANY(%(uprns)s::text[])", uprns=homes),
        *_keys("household_key", "records_account", _CHANGED, known_at=known_at),
    }
    persons = {
        *_keys("person_id", "people_contactbar", _BARRED, known_at=known_at),
        *_keys("person_id", "records_member", _AMONG, households=sorted(households)),
    }
    for table in ("resident", "member", "benefitspell", "job"):
        persons |= set(_keys("person_id", f"records_{table}", _CHANGED, known_at=known_at))
    return _with_keys(sorted(persons))


_CHANGED = "recorded_at > %(known_at)s OR superseded_at > %(known_at)s"
_BARRED = "recorded_at > %(known_at)s OR ended_at > %(known_at)s"
_AMONG = "household_key = ANY(%(households)s::text[])"


def _with_keys(persons: list[int]) -> Touched:
    """The same persons, and what their rows are joined by."""
    numbers = Touched(persons).values()
    households = _keys(
        "household_key", "records_member", "person_id = ANY(%(persons)s::bigint[])", **numbers
    )
    uprns = _keys(
        "uprn",
        "records_household",
        "source_key = ANY(%(households)s::text[])",
        households=households,
    )
    return Touched(persons, households, uprns)


def _keys(column: str, table: str, condition: str, **values: Any) -> list[Any]:
    """The distinct values of a column in rows that meet a condition, sorted."""
    query = f"SELECT DISTINCT {column} FROM {table} WHERE {condition}"
    return sorted(value for (value,) in _rows(query, values) if value is not None)


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
