"""Who was found by more than one scheme: the current trawl of each, side by side.

One query counts everything: the people of each scheme, of each two, and of how many schemes
each was found by. Row security decides whom a reader counts and sees.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.schemes.standing import CURRENT_RUNS

NEWEST = f"""
newest AS (
  SELECT c.id, c.scheme, c.as_at, v.name
    FROM ({CURRENT_RUNS}) c JOIN schemes_schemeversion v ON v.id = c.version_id)
"""
ALL = f"""
WITH {NEWEST},
found AS MATERIALIZED (
  SELECT n.scheme, f.person_id FROM schemes_finding f JOIN newest n ON n.id = f.run_id),
held AS (SELECT person_id, count(*) AS schemes FROM found GROUP BY person_id)
SELECT 'scheme', scheme, name, id, as_at::text FROM newest
UNION ALL
SELECT 'pair', a.scheme, b.scheme, count(*), NULL
  FROM found a JOIN found b ON b.person_id = a.person_id AND b.scheme >= a.scheme
 GROUP BY a.scheme, b.scheme
UNION ALL
SELECT 'many', schemes::text, NULL, count(*), NULL FROM held GROUP BY schemes
ORDER BY 1, 2, 3
"""
BOTH = f"""
WITH {NEWEST}
SELECT p.id, p.ref, p.name, a.id, a.answer, b.id, b.answer
  FROM schemes_finding a
  JOIN newest x ON x.id = a.run_id AND x.scheme = %(first)s
  JOIN schemes_finding b ON b.person_id = a.person_id
  JOIN newest y ON y.id = b.run_id AND y.scheme = %(second)s
  JOIN people_person p ON p.id = a.person_id
 WHERE p.id > %(after)s ORDER BY p.id LIMIT %(size)s
"""


@dataclass(frozen=True)
class NewestRun:
    """The current trawl of a scheme: see `standing`."""

    scheme: str
    name: str
    run_id: int
    as_at: dt.date


@dataclass(frozen=True)
class Overlaps:
    """How many people were found by each scheme, by each two, and by how many at once.

    `pairs` has (scheme, scheme) in alphabetical order of the two; a scheme with itself is
    everybody whom it found. `people_by_schemes`: number of schemes → people.
    """

    runs: tuple[NewestRun, ...]
    pairs: Mapping[tuple[str, str], int]
    people_by_schemes: Mapping[int, int]

    def of(self, one: str, other: str) -> int:
        """How many people both schemes found."""
        return self.pairs.get((min(one, other), max(one, other)), 0)

    @property
    def in_several(self) -> int:
        """How many people were found by more than one scheme."""
        return sum(people for schemes, people in self.people_by_schemes.items() if schemes > 1)


@dataclass(frozen=True)
class InBoth:
    """Somebody whom two schemes found, with each one's finding and answer."""

    person_id: int
    person_ref: str
    name: str
    first_finding: int
    first_answer: str
    second_finding: int
    second_answer: str


@dataclass(frozen=True)
class InBothPage:
    """One page of the people whom two schemes found."""

    items: tuple[InBoth, ...]
    total: int
    next_after: int | None


def overlaps() -> Overlaps:
    """Everything that is counted, in one query. It names nobody."""
    runs: list[NewestRun] = []
    pairs: dict[tuple[str, str], int] = {}
    many: dict[int, int] = {}
    for kind, one, other, number, day in _rows(ALL, {}):
        if kind == "scheme":
            runs.append(NewestRun(one, other, number, dt.date.fromisoformat(day)))
        elif kind == "pair":
            pairs[one, other] = number
        else:
            many[int(one)] = number
    audit.record("findings.overlap")
    return Overlaps(tuple(runs), pairs, dict(sorted(many.items())))


def in_both(
    found: Overlaps, first: str, second: str, *, after: int = 0, size: int = 50
) -> InBothPage:
    """One page of the people whom two schemes found; all shown are in the audit trail.

    Raises:
        NotFound: a scheme has no trawl that is done, or both are the same.
    """
    if first == second or not {first, second} <= {one.scheme for one in found.runs}:
        raise NotFound("There is no such pair of schemes with trawls.")
    values = {"first": first, "second": second, "after": after, "size": size + 1}
    rows = [InBoth(*row) for row in _rows(BOTH, values)]
    items = tuple(rows[:size])
    audit.record(
        "findings.overlap",
        people=[one.person_id for one in items],
        record=f"schemes {first} and {second}",
    )
    more = items[-1].person_id if len(rows) > size else None
    return InBothPage(items, found.of(first, second), more)


def _rows(sql: str, values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
