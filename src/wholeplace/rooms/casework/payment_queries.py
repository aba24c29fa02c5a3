"""Reading payments and payment runs. A finance officer sees these and no case."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.casework.reading import NAME, rows
from wholeplace.rooms.casework.shown import DuePayments, PaymentLine, PaymentRunLine

PAYMENT = f"""
SELECT y.id, y.award_id, y.week_number, y.weeks, y.period_from, y.period_to, y.due_on,
       y.amount_pence, y.payee_kind, y.payee_name, y.payee_reference, y.state, y.version,
       coalesce(s.name, ''), {NAME.replace("u.", "d.")}, r.happened_on, r.recorded_at,
       coalesce({NAME}, ''),
       casework_why_not(y.id, %(today)s), y.person_id
  FROM casework_payment y
  LEFT JOIN ledger_budget b ON b.id = y.budget_id
  LEFT JOIN ledger_fundingsource s ON s.code = b.source_id
  LEFT JOIN agencies_user d ON d.id = y.decided_by_id
  LEFT JOIN casework_release r ON r.payment_id = y.id
  LEFT JOIN agencies_user u ON u.id = r.by_user_id
"""
RUN = f"""
SELECT n.id, n.as_at, n.state, n.total, n.pence, count(r.id), coalesce(sum(y.amount_pence), 0),
       (SELECT count(*) FROM casework_notreleased x WHERE x.run_id = n.id), {NAME},
       n.recorded_at, n.finished_at
  FROM casework_paymentrun n
  LEFT JOIN casework_release r ON r.run_id = n.id
  LEFT JOIN casework_payment y ON y.id = r.payment_id
  LEFT JOIN agencies_user u ON u.id = n.by_user_id
"""
AFTER = """
(%(after)s = 0 OR (y.due_on, y.id) > (SELECT l.due_on, l.id FROM casework_payment l
                                       WHERE l.id = %(after)s))
"""
WHY_NOT = {
    "own": "You decided this award, so somebody else releases it.",
    "died": "The person is recorded as having died.",
    "unchecked": "It waits for a check by another person.",
    "early": "It is not due yet.",
    "released": "It has been released.",
    "cancelled": "It was cancelled when the award ended.",
    "reversed": "It was reversed.",
}


def payments_of(award_id: int) -> tuple[PaymentLine, ...]:
    """An award's weeks. The award's page writes its own event."""
    return tuple(_lines("WHERE y.award_id = %(award)s ORDER BY y.week_number", award=award_id)[0])


def payment(payment_id: int) -> PaymentLine:
    """One payment; the view is written in the audit trail. Raises NotFound."""
    lines, people = _lines("WHERE y.id = %(id)s", id=payment_id)
    if not lines:
        raise NotFound("There is no such payment.")
    audit.record("payment.view", person_id=people[0], record=f"payment {payment_id}")
    return lines[0]


def due_payments(as_at: dt.date, *, after: int = 0, size: int = 50) -> DuePayments:
    """What is due by a day and not released, the oldest first; those listed are in the trail.

    Args:
        after: the last payment's number of the page before.
    """
    due = "y.state = 'reserved' AND y.due_on <= %(day)s"
    lines, people = _lines(
        f"WHERE {due} AND {AFTER} ORDER BY y.due_on, y.id LIMIT %(size)s",
        day=as_at,
        after=after,
        size=size + 1,
    )
    total = rows(
        f"SELECT count(*), coalesce(sum(y.amount_pence), 0) FROM casework_payment y WHERE {due}",
        {"day": as_at},
    )[0]
    shown = lines[:size]
    audit.record("payments.list", people=sorted(set(people[:size])))
    more = shown[-1].id if len(lines) > size else None
    return DuePayments(as_at, tuple(shown), int(total[0]), int(total[1]), more)


def payment_runs(limit: int = 20) -> list[PaymentRunLine]:
    """The newest payment runs. They name nobody."""
    sql = f"{RUN} GROUP BY n.id, u.id ORDER BY n.id DESC LIMIT %s"
    return [_run(row) for row in rows(sql, [limit])]


def payment_run(run_id: int) -> PaymentRunLine:
    """One payment run; raises NotFound."""
    found = rows(f"{RUN} WHERE n.id = %s GROUP BY n.id, u.id", [run_id])
    if not found:
        raise NotFound("There is no such payment run.")
    return _run(found[0])


def not_released(run_id: int) -> list[tuple[int, str]]:
    """(payment, why) of what a run left."""
    return rows(
        "SELECT payment_id, why FROM casework_notreleased WHERE run_id = %s ORDER BY id", [run_id]
    )


def _run(row: tuple[object, ...]) -> PaymentRunLine:
    return PaymentRunLine(*row[:6], int(str(row[6])), *row[7:])


def _lines(where: str, **values: object) -> tuple[list[PaymentLine], list[int]]:
    """Payments, and whose they are in the same order."""
    found = rows(f"{PAYMENT} {where}", values | {"today": timezone.localdate()})
    lines = [
        PaymentLine(*row[:18], why_not=WHY_NOT.get(row[18] or "", row[18] or "")) for row in found
    ]
    return lines, [row[19] for row in found]
