"""Reading which numbers of a sealed record arrived under another name: for adoption workers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Withheld:
    """A number that an agency gave for another person, and that was not kept with them."""

    field: str
    agency: str
    on: dt.date
    person_id: int


def withheld_from(sealed: Sequence[int]) -> list[Withheld]:
    """Which numbers of these sealed persons arrived for whom else, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.field, g.name, (w.recorded_at AT TIME ZONE 'Europe/London')::date,"
            " w.person_id FROM records_withheld w JOIN agencies_agency g ON g.id = w.agency_id"
            " WHERE w.sealed_person_id = ANY (%s) ORDER BY w.id DESC",
            [list(sealed)],
        )
        return [Withheld(*row) for row in cursor.fetchall()]
