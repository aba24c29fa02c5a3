"""From an application to an award or a refusal, and to the letter that says so (brief 05).

Somebody applies, is referred, or was found. What they state stands beside what the council
holds. An assessor decides with reasons; the criteria are kept as they stood. An award holds its
money at once, or queues and says why; ended awards give their money to whoever waited longest.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.kernel.money import parse_pence
from wholeplace.core.money.awards import AwardSchedule, Counting, award_schedule, paying, weeks_from
from wholeplace.core.rules.decide import Evaluation
from wholeplace.core.rules.explain import Explanation, explain
from wholeplace.core.rules.schemes import Pay, Scheme
from wholeplace.core.rules.stated import StatedFacts
from wholeplace.flows import place_rules
from wholeplace.flows.budget_choice import BudgetChoice, check_budget, choices
from wholeplace.flows.explain import facts_of
from wholeplace.flows.in_the_way import JOB_START, check_begun, check_open, not_settled
from wholeplace.flows.notify import decision_letter
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.casework import applications, awards, queries
from wholeplace.rooms.casework.shown import Application
from wholeplace.rooms.casework.terms import Terms, last_promised, sent_as
from wholeplace.rooms.schemes import actions as schemes

__all__ = ["BudgetChoice", "decision_letter"]  # of notify: pages find the whole journey here

NEVER = 10**12


@dataclass(frozen=True)
class Proposal:
    """What an award would be by the scheme's own rules. Money in pence a week.

    `other_reading` is the schedule under the other meaning of "12 weeks" (brief 00, gap 1).
    """

    explanation: Explanation
    weekly_pence: int
    limit_pence: int
    schedule: AwardSchedule
    other_reading: AwardSchedule | None
    budgets: tuple[BudgetChoice, ...]
    pay: Pay
    most_weeks: int  # of one job start, with those that earlier awards paid
    check_over_pence: int  # a larger total needs another person's look

    @property
    def from_date(self) -> dt.date:
        """First day."""
        return self.schedule.first

    @property
    def to_date(self) -> dt.date:
        """Last day."""
        return self.schedule.last

    @property
    def weeks(self) -> int:
        """How many weeks."""
        return len(self.schedule.weeks)

    @property
    def total_pence(self) -> int:
        """All of it."""
        return self.schedule.total_pence


@transaction.atomic
def record_application(
    *,
    person_id: int,
    scheme: str,
    source: str,
    received_on: dt.date,
    answers: Mapping[str, Any],
    referrer: str = "",
    finding_id: int | None = None,
    key: uuid.UUID | None = None,
) -> int:
    """Record an application: when it came, from where, and what was stated.

    Args:
        answers: fact → as the person said it (`30 weeks`, `£112.00`, `2026-06-01`).

    Raises:
        FactMistake: an answer that cannot be one, with what to write instead.
        UserMistake: the scheme takes nobody on the day of receipt.
    """
    found = place_rules.scheme(scheme)
    check_open(found, received_on)
    check_begun(StatedFacts(answers, found.place.facts), received_on)
    application_id = applications.record(
        person_id=person_id,
        scheme=scheme,
        scheme_version_id=place_rules.keep(found),
        source=source,
        referrer=referrer,
        received_on=received_on,
        answers=_plain(answers),
        finding_id=finding_id,
        decide_within=found.journey.decide_within,
        key=key,
    )
    if finding_id is not None:
        _note_applied(finding_id, person_id, scheme, received_on)
    return application_id


def _note_applied(finding_id: int, person_id: int, scheme: str, day: dt.date) -> None:
    schemes.note_applied(finding_id=finding_id, person_id=person_id, scheme=scheme, happened_on=day)


def ask_information(*, application_id: int, version: int, what: str, happened_on: dt.date) -> None:
    """Ask the applicant for something; the clock stands still until it comes."""
    applications.ask(
        application_id=application_id, version=version, what=what, happened_on=happened_on
    )


def information_received(
    *, application_id: int, version: int, answers: Mapping[str, Any], happened_on: dt.date
) -> None:
    """Add what came; the ten working days begin anew. Raises FactMistake."""
    application = queries.application(application_id)
    scheme = scheme_of(application)
    check_begun(StatedFacts(answers, scheme.place.facts), application.line.received_on)
    applications.receive(
        application_id=application_id,
        version=version,
        answers=_plain(answers),
        happened_on=happened_on,
        decide_within=scheme.journey.decide_within,
    )


def withdraw(*, application_id: int, version: int, reason: str) -> None:
    """The applicant no longer asks."""
    applications.withdraw(application_id=application_id, version=version, reason=reason)


def explain_application(application: Application, *, enough: bool = False) -> Explanation:
    """What the scheme says of the applicant as at the day of the application.

    Args:
        enough: whether to find questions that settle an open answer whatever is said.
    """
    scheme = scheme_of(application)
    facts = facts_of(scheme, person_id=application.line.person_id, answers=application.answers)
    as_at = application.line.received_on
    return explain(scheme, facts, as_at, classes=require_actor().classes, enough=enough)


def proposal(application_id: int) -> Proposal:
    """What an award would be.

    Raises:
        UserMistake: the scheme does not fit, or not surely, on what is known: it says what
            failed or what to ask for.
    """
    application = queries.application(application_id)
    scheme, day = scheme_of(application), application.line.received_on
    check_open(scheme, day)
    facts = facts_of(scheme, person_id=application.line.person_id, answers=application.answers)
    evaluation = Evaluation(scheme, facts, day)
    explanation = explain(scheme, facts, day, classes=require_actor().classes)
    pay = _by_weeks(scheme)
    weekly = evaluation.pence(pay)
    started = evaluation.day(JOB_START)
    if explanation.answer != "yes" or weekly is None or started is None:
        raise not_settled(explanation, pay)
    if weekly < 1:
        raise UserMistake(
            "There is nothing to pay.", why="Other help meets the rent and council tax."
        )
    whole = _schedule(pay, started, weekly, pay.counting)
    schedule = _left_to_pay(application, whole)
    return Proposal(
        explanation=explanation,
        weekly_pence=weekly,
        limit_pence=weekly,
        schedule=schedule,
        other_reading=_other_reading(pay, started, weekly),
        budgets=tuple(choices(scheme, pay, evaluation, schedule.first)),
        pay=pay,
        most_weeks=len(whole.weeks),
        check_over_pence=_check_over(scheme),
    )


def decide_award(
    *,
    application_id: int,
    version: int,
    reasons: str,
    weekly_pence: int,
    budget_id: int,
    payee_kind: str,
    payee_name: str,
    payee_reference: str = "",
    happened_on: dt.date | None = None,
    key: uuid.UUID | None = None,
) -> int:
    """Award so much a week from a budget; the money is held, or the award queues and says why.

    Raises:
        UserMistake: the scheme or the budget's source does not fit, or the amount is too much.
        Stale: somebody else decided first.
    """
    application = queries.application(application_id)
    payee = _payee(application, payee_kind, payee_name, payee_reference)
    if application.award and key is not None:
        said = sent_as(application_id, reasons, weekly_pence, budget_id, payee)
        return awards.sent_again(key, said)
    proposed = _proposed_from(application_id, budget_id)
    return awards.award(
        application_id=application_id,
        version=version,
        reasons=reasons,
        explanation=proposed.explanation.as_data(),
        as_at=application.line.received_on,
        happened_on=happened_on or timezone.localdate(),
        key=key,
        terms=_terms(proposed, weekly_pence, budget_id, payee),
    )


def _proposed_from(application_id: int, budget_id: int) -> Proposal:
    """The proposal, with a budget that may pay for it."""
    proposed = proposal(application_id)
    check_budget(proposed.budgets, budget_id)
    return proposed


def _payee(application: Application, kind: str, name: str, reference: str) -> tuple[str, str, str]:
    """Who is paid; a customer's name is their own, whatever was typed."""
    return kind, application.line.name if kind == "customer" else name, reference


def decide_refusal(
    *,
    application_id: int,
    version: int,
    reasons: str,
    happened_on: dt.date | None = None,
    key: uuid.UUID | None = None,
) -> int:
    """Refuse, with reasons that the applicant reads; every criterion is kept as it stood."""
    application = queries.application(application_id)
    return applications.settle(
        application_id=application_id,
        outcome="refuse",
        version=version,
        reasons=reasons,
        explanation=explain_application(application).as_data(),
        as_at=application.line.received_on,
        happened_on=happened_on or timezone.localdate(),
        key=key,
    )


def confirm_offer(*, award_id: int, version: int) -> None:
    """Take up the money that was offered to a queued award."""
    awards.confirm_offer(award_id=award_id, version=version, happened_on=timezone.localdate())


def give_up_award(*, award_id: int, version: int, reason: str) -> None:
    """Withdraw a queued or offered award; what was offered goes to the next."""
    awards.withdraw(award_id=award_id, version=version, reason=reason)


def end_award(*, award_id: int, version: int, happened_on: dt.date, reason: str) -> int:
    """End an award from the week after this day; returns the pence released for others."""
    return awards.end(award_id=award_id, version=version, happened_on=happened_on, reason=reason)


def check_award(*, award_id: int, note: str, version: int = 0) -> None:
    """Another person's look at an award over the scheme's limit."""
    awards.check(award_id=award_id, note=note)


def _terms(
    proposed: Proposal, weekly_pence: int, budget_id: int, payee: tuple[str, str, str]
) -> Terms:
    return Terms(
        budget_id=budget_id,
        schedule=paying(proposed.schedule, weekly_pence),
        limit_pence=proposed.limit_pence,
        most_weeks=proposed.most_weeks,
        check_over_pence=proposed.check_over_pence,
        payee_kind=payee[0],
        payee_name=payee[1],
        payee_reference=payee[2],
    )


# -- beneath ------------------------------------------------------------------------------
def scheme_of(application: Application) -> Scheme:
    """The scheme, and the place's facts and figures, as when the application was recorded."""
    day = application.line.received_on
    return place_rules.kept_scheme_on(application.scheme_version_id, day)


def _plain(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as JSON keeps them: a day as text."""
    return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in answers.items()}


def _check_over(scheme: Scheme) -> int:
    over = scheme.journey.quality_check_over
    return parse_pence(over) if over else NEVER


def _by_weeks(scheme: Scheme) -> Pay:
    """The scheme's payment for a number of weeks: no other can be awarded.

    Raises:
        UserMistake: it has none.
    """
    for pay in scheme.pays.values():
        if pay.weeks is not None:
            return pay
    raise UserMistake(
        f"{scheme.name} pays nothing for a number of weeks.",
        why="An award is so much a week for so many weeks.",
        do="Grant it: that records a yes which is paid or taken off a bill elsewhere.",
    )


def _schedule(pay: Pay, job_start: dt.date, weekly: int, counting: str) -> AwardSchedule:
    reading: Counting = "total" if counting == "total" else "additional"
    return award_schedule(
        job_start,
        weekly,
        weeks=pay.weeks,
        counting=reading,
        statutory_weeks=pay.statutory_weeks,
    )


def _left_to_pay(application: Application, schedule: AwardSchedule) -> AwardSchedule:
    """The weeks of a schedule that no earlier award has paid or promised.

    Raises:
        UserMistake: every week has been.
    """
    line = application.line
    last = last_promised(line.person_id, line.scheme, but_for=line.id)
    return schedule if last is None else weeks_from(schedule, last)


def _other_reading(pay: Pay, job_start: dt.date, weekly: int) -> AwardSchedule | None:
    other = "additional" if pay.counting == "total" else "total"
    if other == "total" and pay.weeks <= pay.statutory_weeks:
        return None
    return _schedule(pay, job_start, weekly, other)
