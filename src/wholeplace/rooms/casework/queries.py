"""Reading applications and awards. Every view of a person writes an audit event."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.agencies.recorded import Step
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.casework.due_queries import DueWeeks, due_by_week
from wholeplace.rooms.casework.payment_queries import (
    due_payments,
    not_released,
    payment,
    payment_run,
    payment_runs,
    payments_of,
)
from wholeplace.rooms.casework.reading import NAME, json_of, rows
from wholeplace.rooms.casework.shown import (
    Application,
    ApplicationLine,
    Award,
    AwardLine,
    Decision,
    DuePayments,
    Information,
    Mine,
    PaymentLine,
    PaymentRunLine,
    PersonCasework,
    QueueLine,
)
from wholeplace.rooms.casework.work_queries import Counted, WorkLine, WorkList, counted, work_list
from wholeplace.rooms.documents.queries import letters_of

# While it waits for information the clock stands still; once decided there is no due date.
APPLICATION = """
       a.id, a.person_id, p.ref, p.name, a.scheme, v.name, a.source, a.referrer, a.received_on,
       a.recorded_at, a.state, a.state_reason, a.version,
       CASE WHEN a.state = 'received' THEN i.due_on END,
       coalesce(a.state = 'received' AND i.due_on < %(today)s, false)
"""
APPLICATION_FROM = """
  FROM casework_application a JOIN people_person p ON p.id = a.person_id
  JOIN schemes_schemeversion v ON v.id = a.scheme_version_id
  LEFT JOIN LATERAL (SELECT n.due_on FROM casework_information n WHERE n.application_id = a.id
                      ORDER BY n.id DESC LIMIT 1) i ON true
"""
DECISION = f"""
SELECT d.id, d.outcome, d.reasons, d.explanation, d.as_at, d.happened_on, d.recorded_at, {NAME}
  FROM casework_decision d LEFT JOIN agencies_user u ON u.id = d.by_user_id
 WHERE d.application_id = %s
"""
AWARD = """
       w.id, w.application_id, w.person_id, p.ref, p.name, w.scheme, v.name, w.state,
       w.state_reason, w.state_since, w.version, w.from_date, w.to_date, w.weeks, w.weekly_pence,
       w.total_pence, coalesce(m.paid, 0), coalesce(m.cancelled, 0),
       w.total_pence - coalesce(m.paid, 0) - coalesce(m.cancelled, 0),
       CASE WHEN w.state IN ('queued', 'offered') THEN casework_place(w.id) END
"""
AWARD_FROM = """
  FROM casework_award w JOIN people_person p ON p.id = w.person_id
  JOIN casework_application a ON a.id = w.application_id
  JOIN schemes_schemeversion v ON v.id = a.scheme_version_id
  LEFT JOIN LATERAL (
       SELECT sum(y.amount_pence) FILTER (WHERE y.state = 'released')::bigint AS paid,
              sum(y.amount_pence) FILTER (WHERE y.state = 'cancelled')::bigint AS cancelled
         FROM casework_payment y WHERE y.award_id = w.id) m ON true
"""
AWARD_MORE = f"""
SELECT w.budget_id, coalesce(s.code, ''), coalesce(s.name, ''), w.job_start,
       w.limit_pence, w.payee_kind, w.payee_name,
       w.payee_reference, w.needs_check, coalesce({NAME}, ''), coalesce(c.note, ''),
       w.schedule_steps, {AWARD}
{AWARD_FROM}
  LEFT JOIN ledger_budget b ON b.id = w.budget_id  -- a resident sees no budget
  LEFT JOIN ledger_fundingsource s ON s.code = b.source_id
  LEFT JOIN casework_awardcheck c ON c.award_id = w.id
  LEFT JOIN agencies_user u ON u.id = c.by_user_id
"""
STEPS = f"""
SELECT s.event, s.from_state, s.to_state, s.happened_on, s.recorded_at, {NAME}, s.reason
  FROM casework_step s LEFT JOIN agencies_user u ON u.id = s.by_user_id
 WHERE s.{{thing}}_id = %s ORDER BY s.id
"""
QUEUE = """
SELECT casework_place(w.id), w.id, w.version, w.person_id, p.ref, p.name, w.total_pence,
       w.recorded_at, w.state, w.state_reason, w.budget_id, s.name
  FROM casework_award w JOIN people_person p ON p.id = w.person_id
  JOIN ledger_budget b ON b.id = w.budget_id JOIN ledger_fundingsource s ON s.code = b.source_id
 WHERE w.state IN ('queued', 'offered') AND (%s::bigint IS NULL OR w.budget_id = %s)
 ORDER BY w.budget_id, w.id
"""
COUNTS = """
SELECT (SELECT count(*) FROM casework_application WHERE state IN ('received', 'waiting')),
       (SELECT count(*) FROM casework_application a WHERE a.state = 'received'
           AND (SELECT n.due_on FROM casework_information n WHERE n.application_id = a.id
                 ORDER BY n.id DESC LIMIT 1) < %(today)s),
       (SELECT count(*) FROM casework_award WHERE state = 'offered'),
       (SELECT count(*) FROM casework_award WHERE state = 'queued'),
       (SELECT count(*) FROM casework_award w WHERE w.needs_check
           AND w.state IN ('confirmed', 'offered', 'queued')
           AND NOT EXISTS (SELECT 1 FROM casework_awardcheck c WHERE c.award_id = w.id)),
       (SELECT count(*) FROM casework_payment
         WHERE state = 'reserved' AND due_on <= %(today)s),
       (SELECT coalesce(sum(amount_pence), 0) FROM casework_payment
         WHERE state = 'reserved' AND due_on <= %(today)s)
"""


def casework_of(person_id: int) -> PersonCasework:
    """A person's applications and awards. The person's page writes its own event."""
    values = {"today": timezone.localdate(), "person": person_id}
    applied = f"SELECT {APPLICATION} {APPLICATION_FROM} WHERE a.person_id = %(person)s"
    awarded = f"SELECT {AWARD} {AWARD_FROM} WHERE w.person_id = %(person)s"
    return PersonCasework(
        tuple(ApplicationLine(*row) for row in rows(f"{applied} ORDER BY a.id DESC", values)),
        tuple(AwardLine(*row) for row in rows(f"{awarded} ORDER BY w.id DESC", values)),
    )


def applications(state: str | None = None, after: int = 0, size: int = 50) -> list[ApplicationLine]:
    """Applications, the oldest first; everybody listed is written in the audit trail.

    Args:
        state: a state only, or `open` for those not decided yet.
        after: the last application's number of the page before.
    """
    states = ["received", "waiting"] if state == "open" else [state or ""]
    values = {"today": timezone.localdate(), "all": state is None, "states": states}
    where = "(%(all)s OR a.state = ANY (%(states)s)) AND a.id > %(after)s"
    sql = f"SELECT {APPLICATION} {APPLICATION_FROM} WHERE {where} ORDER BY a.id LIMIT %(size)s"
    found = [ApplicationLine(*row) for row in rows(sql, values | {"after": after, "size": size})]
    audit.record("applications.list", people=[line.person_id for line in found])
    return found


def application(application_id: int) -> Application:
    """One application; the view is written in the audit trail. Raises NotFound."""
    found = _application(application_id)
    audit.record(
        "application.view",
        person_id=found.line.person_id,
        record=f"application {application_id}",
    )
    return found


def _application(application_id: int) -> Application:
    values = {"today": timezone.localdate(), "id": application_id}
    sql = f"SELECT a.scheme_version_id, a.finding_id, {APPLICATION} {APPLICATION_FROM}"
    found = rows(f"{sql} WHERE a.id = %(id)s", values)
    if not found:
        raise NotFound("There is no such application.")
    version_id, finding_id, *line = found[0]
    information = _information(application_id)
    answers: dict[str, Any] = {}
    for stated in information:
        answers |= stated.answers
    awarded = rows(f"SELECT {AWARD} {AWARD_FROM} WHERE w.application_id = %s", [application_id])
    return Application(
        line=ApplicationLine(*line),
        scheme_version_id=version_id,
        finding_id=finding_id,
        answers=answers,
        information=information,
        decision=_decision(application_id),
        award=AwardLine(*awarded[0]) if awarded else None,
        steps=_steps("application", application_id),
    )


def _information(application_id: int) -> tuple[Information, ...]:
    found = rows(
        "SELECT happened_on, recorded_at, answers, due_on, due_steps FROM casework_information"
        " WHERE application_id = %s ORDER BY id",
        [application_id],
    )
    return tuple(
        Information(day, at, json_of(answers), due, tuple(json_of(steps)))
        for day, at, answers, due, steps in found
    )


def _decision(application_id: int) -> Decision | None:
    found = rows(DECISION, [application_id])
    if not found:
        return None
    number, outcome, reasons, explanation, *rest = found[0]
    return Decision(number, outcome, reasons, json_of(explanation), *rest)


def _steps(thing: str, number: int) -> tuple[Step, ...]:
    return tuple(Step(*row) for row in rows(STEPS.format(thing=thing), [number]))


def award(award_id: int) -> Award:
    """One award with its payments; the view is written in the audit trail. Raises NotFound."""
    found = _award(award_id)
    audit.record("award.view", person_id=found.line.person_id, record=f"award {award_id}")
    return found


def _award(award_id: int) -> Award:
    found = rows(f"{AWARD_MORE} WHERE w.id = %s", [award_id])
    if not found:
        raise NotFound("There is no such award.")
    *more, schedule_steps = found[0][:12]
    line = AwardLine(*found[0][12:])
    decision = _decision(line.application_id)
    assert decision is not None  # an award's foreign key
    return Award(
        line,
        *more,
        schedule_steps=tuple(json_of(schedule_steps)),
        decision=decision,
        payments=payments_of(award_id),
        steps=_steps("award", award_id),
    )


def queue(budget_id: int | None = None) -> list[QueueLine]:
    """Awards that wait for money, in their order; everybody listed is in the audit trail."""
    found = [QueueLine(*row) for row in rows(QUEUE, [budget_id, budget_id])]
    audit.record("queue.list", people=[line.person_id for line in found])
    return found


def home_counts() -> dict[str, int]:
    """What waits, for the home page of every role; what a role does not see counts nothing."""
    names = (
        "applications_open",
        "applications_overdue",
        "awards_offered",
        "awards_queued",
        "checks_waiting",
        "payments_due",
        "payments_due_pence",
    )
    found = rows(COUNTS, {"today": timezone.localdate()})[0]
    return {name: int(number) for name, number in zip(names, found, strict=True)}


def mine() -> Mine:
    """A resident's own applications and awards; the view is written in the audit trail.

    Raises:
        NotFound: nobody's own record is open.
    """
    person_id = require_actor().person_id
    if person_id is None:
        raise NotFound("There is no such record.")
    held = casework_of(person_id)
    audit.record("own.casework", person_id=person_id)
    return Mine(
        tuple(_application(line.id) for line in held.applications),
        tuple(_award(line.id) for line in held.awards),
        tuple(letters_of(person_id)),
    )


__all__ = [
    "Application",
    "ApplicationLine",
    "Award",
    "AwardLine",
    "Counted",
    "Decision",
    "DuePayments",
    "DueWeeks",
    "Information",
    "Mine",
    "PaymentLine",
    "PaymentRunLine",
    "PersonCasework",
    "QueueLine",
    "Step",
    "WorkLine",
    "WorkList",
    "application",
    "applications",
    "award",
    "casework_of",
    "counted",
    "due_by_week",
    "due_payments",
    "home_counts",
    "mine",
    "not_released",
    "payment",
    "payment_run",
    "payment_runs",
    "queue",
    "work_list",
]
