"""Of persons who may be the one that is asked about, those whom the reader sees, and as whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody whom the reader may see.

    `together` are the persons of the same human being whom the reader may see, themselves
    included; `agencies` are the names of theirs.
    """

    person_id: int
    ref: str
    name: str
    date_of_birth: dt.date | None
    together: tuple[int, ...]
    agencies: tuple[str, ...]


_SEEN = """
SELECT p.id, p.ref, p.name, p.date_of_birth, mine.ids,
       ARRAY(SELECT DISTINCT g.name FROM unnest(mine.ids) one(id)
               JOIN LATERAL (SELECT r.agency_id FROM records_resident r
                              WHERE r.person_id = one.id LIMIT 1) r ON true
               JOIN agencies_agency g ON g.id = r.agency_id ORDER BY g.name)
  FROM people_person p
 CROSS JOIN LATERAL (SELECT wp_together(p.id) || CASE WHEN p.id = ANY (wp_together(p.id))
                            THEN '{}'::bigint[] ELSE ARRAY[p.id] END AS ids) mine
 WHERE p.id = ANY(%s)
"""


def seen_of(people: Sequence[int]) -> dict[int, Seen]:
    """Those of these persons whom the reader may see, by number; row security decides.

    Writes no audit event: who shows them does.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [list(people)])
        return {
            number: Seen(number, ref, name, born, tuple(together), tuple(agencies))
            for number, ref, name, born, together, agencies in cursor.fetchall()
        }
