"""What falls due, week by week, in pence: for those who read payments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wholeplace.rooms.casework.reading import rows
from wholeplace.rooms.ledger.week_queries import Week, monday_of

DUE = """
SELECT w.monday::date, coalesce(sum(y.amount_pence), 0)::bigint
  FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '7 days') w(monday)
  LEFT JOIN casework_payment y ON y.state = 'reserved'
       AND y.due_on >= w.monday AND y.due_on < w.monday + interval '7 days'
       AND (%(budget)s::bigint IS NULL OR y.budget_id = %(budget)s)
 GROUP BY w.monday ORDER BY w.monday
"""
BEFORE = """
SELECT coalesce(sum(y.amount_pence), 0)::bigint FROM casework_payment y
 WHERE y.state = 'reserved' AND y.due_on < %(first)s
   AND (%(budget)s::bigint IS NULL OR y.budget_id = %(budget)s)
"""


@dataclass(frozen=True, slots=True)
class DueWeeks:
    """Payments that wait to be released. `before_pence` fell due before the first week."""

    weeks: tuple[Week, ...]
    before_pence: int


def due_by_week(from_day: dt.date, *, weeks: int = 8, budget_id: int | None = None) -> DueWeeks:
    """What falls due in so many weeks, beginning with the week of a day; one budget or all."""
    first = monday_of(from_day)
    values = {
        "first": first,
        "last": first + dt.timedelta(weeks=weeks - 1),
        "budget": budget_id,
    }
    return DueWeeks(tuple(Week(*row) for row in rows(DUE, values)), int(rows(BEFORE, values)[0][0]))
