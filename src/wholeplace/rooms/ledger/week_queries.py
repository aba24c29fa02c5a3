"""Money week by week, in pence. A week begins on its Monday."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

# A payment that was reversed is not counted in the week in which it left.
PAID = """
SELECT w.monday::date, coalesce(sum(p.amount_pence), 0)::bigint
  FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '7 days') w(monday)
  LEFT JOIN (
       SELECT t.happened_on, l.amount_pence
         FROM ledger_transfer t
         JOIN ledger_leg l ON l.transfer_id = t.id
         JOIN ledger_account a ON a.id = l.account_id AND a.kind = 'paid'
        WHERE t.kind = 'pay' AND t.happened_on >= %(first)s
          AND (%(budget)s::bigint IS NULL OR a.budget_id = %(budget)s)
          AND NOT EXISTS (SELECT 1 FROM ledger_transfer r WHERE r.reverses_id = t.id)
       ) p ON p.happened_on >= w.monday AND p.happened_on < w.monday + interval '7 days'
 GROUP BY w.monday ORDER BY w.monday
"""


@dataclass(frozen=True, slots=True)
class Week:
    """What one week comes to, named by its Monday."""

    monday: dt.date
    pence: int


def monday_of(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def paid_by_week(
    until: dt.date, *, weeks: int = 13, budget_id: int | None = None
) -> tuple[Week, ...]:
    """What left in each of so many weeks, up to the week of a day; of one budget or of all."""
    last = monday_of(until)
    values = {
        "first": last - dt.timedelta(weeks=weeks - 1),
        "last": last,
        "budget": budget_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(PAID, values)
        return tuple(Week(*row) for row in cursor.fetchall())
