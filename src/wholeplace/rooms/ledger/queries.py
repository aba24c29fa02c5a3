"""Reading the books."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.money.books import shown_year

BUDGETS = """
SELECT b.id, s.code, s.name, b.scheme, b.year,
       -sum(a.balance_pence) FILTER (WHERE a.kind = 'fund'),
       sum(a.balance_pence) FILTER (WHERE a.kind = 'paid'),
       sum(a.balance_pence) FILTER (WHERE a.kind = 'committed'),
       sum(a.balance_pence) FILTER (WHERE a.kind = 'available')
  FROM ledger_budget b
  JOIN ledger_fundingsource s ON s.code = b.source_id
  JOIN ledger_account a ON a.budget_id = b.id
 WHERE (%(scheme)s::text IS NULL OR b.scheme = %(scheme)s)
   AND (%(budget)s::bigint IS NULL OR b.id = %(budget)s)
   AND (%(year)s::int IS NULL OR b.year = %(year)s)
 GROUP BY b.id, s.code, s.name ORDER BY b.year DESC, s.name
"""

TRANSFERS = """
SELECT t.id, t.kind, t.happened_on, t.recorded_at, t.memo, t.about,
       sum(l.amount_pence) FILTER (WHERE l.amount_pence > 0),
       trim(u.first_name || ' ' || u.last_name)
  FROM ledger_transfer t
  JOIN ledger_leg l ON l.transfer_id = t.id
  JOIN ledger_account a ON a.id = l.account_id
  LEFT JOIN agencies_user u ON u.id = t.by_user_id
 WHERE a.budget_id = %s
 GROUP BY t.id, u.id ORDER BY t.id DESC LIMIT %s
"""

DISAGREE = """
SELECT a.budget_id, a.kind, a.balance_pence, coalesce(sum(l.amount_pence), 0)
  FROM ledger_account a LEFT JOIN ledger_leg l ON l.account_id = a.id
 GROUP BY a.id HAVING a.balance_pence <> coalesce(sum(l.amount_pence), 0)
"""


@dataclass(frozen=True)
class BudgetLine:
    """One budget. Allocation = spent + committed + available, in pence, always."""

    id: int
    source_code: str
    source_name: str
    scheme: str
    financial_year: int
    allocation_pence: int
    spent_pence: int
    committed_pence: int
    available_pence: int

    @property
    def year_shown(self) -> str:
        """`2026/27`."""
        return shown_year(self.financial_year)


@dataclass(frozen=True)
class TransferLine:
    """One movement of money, as the fund's page lists it."""

    id: int
    kind: str
    happened_on: dt.date
    recorded_at: dt.datetime
    memo: str
    about: str
    amount_pence: int
    by_name: str


def budgets(scheme: str | None = None, *, year: int | None = None) -> list[BudgetLine]:
    """The agency's budgets, the newest year first; needs the right fund.read (else none)."""
    return _budgets(scheme=scheme, year=year, budget=None)


def budget(budget_id: int) -> BudgetLine:
    """One budget; raises NotFound."""
    found = _budgets(scheme=None, year=None, budget=budget_id)
    if not found:
        raise NotFound("There is no such budget.")
    return found[0]


def transfers(budget_id: int, limit: int = 50) -> list[TransferLine]:
    """A budget's newest transfers."""
    with connection.cursor() as cursor:
        cursor.execute(TRANSFERS, [budget_id, limit])
        return [TransferLine(*row[:6], int(row[6]), row[7] or "") for row in cursor.fetchall()]


def disagreements() -> list[tuple[int, str, int, int]]:
    """Accounts whose kept balance is not the sum of their legs: always none."""
    with connection.cursor() as cursor:
        cursor.execute(DISAGREE)
        return [(b, k, int(kept), int(summed)) for b, k, kept, summed in cursor.fetchall()]


def _budgets(**filters: object) -> list[BudgetLine]:
    with connection.cursor() as cursor:
        cursor.execute(BUDGETS, filters)
        return [BudgetLine(*row[:5], *(int(n or 0) for n in row[5:])) for row in cursor.fetchall()]
