"""Who works with somebody and with those they live with, whichever agency's worker it is.

Row security decides row by row. Nobody hidden leaves a trace: no group, no row and no count.
None of this writes an audit event: the page that shows what it gives does.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wholeplace.rooms.people.queries import PersonLine


@dataclass(frozen=True, slots=True)
class Working:
    """A team or worker of an agency, from a day to a day; what is not said is None."""

    agency: str
    team: str | None
    worker: str | None
    role: str | None
    phone: str | None
    since: dt.date | None
    until: dt.date | None

    def on(self, day: dt.date) -> bool:
        """Whether they had not ended by this day."""
        return self.until is None or self.until >= day


@dataclass(frozen=True, slots=True)
class Around:
    """One human being and everybody who works with them.

    Attributes:
        person: the record that stands for them.
        people: every record of theirs that the reader sees, that one too.
        place: their place in the household; empty for the person who was asked about.
        working: those who go on first, and of these the newest.
    """

    person: PersonLine
    people: tuple[int, ...]
    place: str
    working: tuple[Working, ...]


_THEMSELVES = "SELECT p.id, wp_together(p.id) FROM unnest(%(people)s::bigint[]) p(id)"
# Whoever shares a household by an agency's own word, today: an address alone makes no household.
_AT_HOME = """
SELECT o.person_id, min(o.role), p.ref, p.name, p.date_of_birth
  FROM records_member m
  JOIN records_member o ON o.household_key = m.household_key AND o.agency_id = m.agency_id
       AND o.superseded_at IS NULL AND coalesce(o.to_date, 'infinity') >= %(today)s
  JOIN people_person p ON p.id = o.person_id
 WHERE m.person_id = ANY(%(people)s) AND m.superseded_at IS NULL
   AND coalesce(m.to_date, 'infinity') >= %(today)s AND o.person_id <> ALL(%(people)s)
 GROUP BY o.person_id, p.ref, p.name, p.date_of_birth
 ORDER BY p.date_of_birth DESC NULLS LAST, o.person_id
"""
_WORKING = """
SELECT t.person_id, g.name, t.team, t.worker, t.role, t.phone, t.from_date, t.to_date
  FROM records_involvement t JOIN agencies_agency g ON g.id = t.agency_id
 WHERE t.person_id = ANY(%(people)s) AND t.superseded_at IS NULL
 ORDER BY t.to_date DESC NULLS FIRST, t.from_date DESC NULLS LAST, g.name, t.source_key
"""


def who_works(person: PersonLine, today: dt.date) -> tuple[Around, ...]:
    """The person first, then everybody at home with them, the youngest first.

    Args:
        person: somebody whom the reader may see.
        today: the day on which a household is asked for.
    """
    own = _together([person.id])[person.id]
    at_home = _rows(_AT_HOME, {"people": own, "today": today})
    others = _together([row[0] for row in at_home])
    found = list(_once(at_home, others))
    working = _working([*own, *(one for _, people, _ in found for one in people)])
    return (
        Around(person, tuple(own), "", _of(own, working)),
        *(Around(line, people, role, _of(people, working)) for line, people, role in found),
    )


def _once(
    at_home: Sequence[tuple[Any, ...]], together: dict[int, list[int]]
) -> Iterator[tuple[PersonLine, tuple[int, ...], str]]:
    """Each human being once, however many of their records share the household."""
    seen: set[int] = set()
    for number, role, ref, name, born in at_home:
        if number not in seen:
            seen.update(together[number])
            yield PersonLine(number, ref, name, born), tuple(together[number]), role


def _together(people: list[int]) -> dict[int, list[int]]:
    """Person → every record of theirs that the reader sees, themselves first."""
    found = _rows(_THEMSELVES, {"people": people}) if people else []
    return {one: [one, *(other for other in all_ if other != one)] for one, all_ in found}


def _working(people: list[int]) -> dict[int, list[Working]]:
    found: dict[int, list[Working]] = defaultdict(list)
    for person, *said in _rows(_WORKING, {"people": people}):
        found[person].append(Working(*said))
    return found


def _of(people: Sequence[int], working: dict[int, list[Working]]) -> tuple[Working, ...]:
    every = [one for person in people for one in working.get(person, [])]
    return tuple(sorted(dict.fromkeys(every), key=_newest))


def _newest(one: Working) -> tuple[Any, ...]:
    last, first = one.until or dt.date.max, one.since or dt.date.min
    return -last.toordinal(), -first.toordinal(), one.agency, one.team or "", one.worker or ""


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
