"""What people may be looked for under, written for one person, or for rows older than the table.

A load writes its own (`rooms.records.search_keys`), from the same names to the same keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from wholeplace.core.identity.spoken import pairs_of

BATCH = 20_000

# What stands of each person or, where their agency has them no more, what it said last.
_SAID = """
SELECT DISTINCT ON (person_id) person_id, agency_id, given_names, family_name,
       previous_family_name, known_as, date_of_birth
  FROM records_resident WHERE person_id > %s AND person_id <= %s
 ORDER BY person_id, superseded_at DESC NULLS FIRST, id DESC
"""
COLUMNS = "number, person_id, agency_id, given, family, date_of_birth, how"
_PUT = f"INSERT INTO people_searchkey ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)"


def put(cursor: Any, *said: Any) -> None:
    """Write the keys of one new person, as a load would.

    Args:
        said: as `_SAID` gives a person: number, agency, given names, family name, the family name
            before, known as, birth date.
    """
    cursor.executemany(_PUT, list(_keys([said])))


def fill(cursor: Any) -> int:
    """Write the keys of everybody whose statements the cursor's role reads; returns how many."""
    cursor.execute("SELECT coalesce(max(person_id), 0) FROM records_resident")
    (last,) = cursor.fetchone()
    written = 0
    for after in range(0, last, BATCH):
        cursor.execute(_SAID, [after, after + BATCH])
        keys = _keys(cursor.fetchall())
        while some := list(islice(keys, BATCH)):
            cursor.executemany(f"{_PUT} ON CONFLICT DO NOTHING", some)
            written += len(some)
    return written


def _keys(rows: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for person, agency, given, family, previous, known, born in rows:
        for one in pairs_of(given, family, previous, known):
            yield one.number, person, agency, one.given, one.family, born, one.how
