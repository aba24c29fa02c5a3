"""What an award may be: within need, within a job start's weeks, and no day paid twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.kernel.money import format_pence
from wholeplace.core.money.awards import AwardSchedule
from wholeplace.rooms.casework.models import Award, Payment

PAYEES = ("customer", "landlord", "council_tax_account")
BETWEEN_JOBS = dt.timedelta(weeks=26)


@dataclass(frozen=True)
class Terms:
    """What is awarded. `limit_pence` is the most that a week may pay this person.

    `most_weeks` is how many weeks one job start may be paid in all (brief 05, rule 3);
    `check_over_pence` the total above which another person must look (rule 5).
    """

    budget_id: int
    schedule: AwardSchedule
    limit_pence: int
    most_weeks: int
    check_over_pence: int
    payee_kind: str
    payee_name: str
    payee_reference: str = ""


def check_terms(person_id: int, scheme: str, terms: Terms) -> None:
    """Raises UserMistake where terms go beyond what a week or a job start may have."""
    weekly = terms.schedule.weeks[0].amount_pence
    if weekly > terms.limit_pence:
        raise UserMistake(
            f"{format_pence(weekly)} a week is more than this person may have.",
            why=f"The most is {format_pence(terms.limit_pence)}: rent and council tax less other"
            " help, and the scheme's own limit.",
        )
    if terms.payee_kind not in PAYEES or not terms.payee_name.strip():
        raise UserMistake("Say whom the money goes to.", do=f"One of {', '.join(PAYEES)}, by name.")
    earlier = Award.objects.filter(
        scheme=scheme, person_id=person_id, job_start=terms.schedule.job_start
    )
    if earlier.exclude(state__in=["ended", "withdrawn"]).exists():
        raise UserMistake("This job start has an award already.")
    used = Payment.objects.filter(award__in=earlier).exclude(state="cancelled").count()
    if used + len(terms.schedule.weeks) > terms.most_weeks:
        raise UserMistake(
            f"One job start may be paid {terms.most_weeks} weeks.",
            why=f"{used} were paid before and {len(terms.schedule.weeks)} would be added.",
        )
    _check_days(person_id, scheme, terms.schedule)


def _check_days(person_id: int, scheme: str, schedule: AwardSchedule) -> None:
    """No day is paid twice, and no second job start comes too soon (brief 05, rule 3)."""
    promised = last_promised(person_id, scheme)
    if promised is not None and schedule.first <= promised:
        raise UserMistake(
            "These weeks have been paid or promised already.",
            why=f"An earlier award runs to {show_day(promised)}.",
        )
    others = Award.objects.filter(
        scheme=scheme,
        person_id=person_id,
        job_start__gt=schedule.job_start - BETWEEN_JOBS,
        job_start__lt=schedule.job_start + BETWEEN_JOBS,
    ).exclude(job_start=schedule.job_start)
    near = others.exclude(state="withdrawn").order_by("job_start").first()
    if near is not None:
        raise UserMistake(
            "A second job start within 26 weeks needs a manager's approval.",
            why=f"An award was made for the job of {show_day(near.job_start)}.",
            do="Refuse, or ask the scheme's manager.",
        )


def last_promised(person_id: int, scheme: str, but_for: int | None = None) -> dt.date | None:
    """The last day that a scheme paid or promised a person, but for one application."""
    found = Payment.objects.filter(person_id=person_id, award__scheme=scheme)
    if but_for is not None:
        found = found.exclude(award__application_id=but_for)
    last = found.exclude(state="cancelled").order_by("-period_to").values_list("period_to")
    return last[0][0] if last else None


def sending(application_id: int, reasons: str, terms: Terms) -> dict[str, Any]:
    """What the form of an award says."""
    return sent_as(
        application_id,
        reasons,
        terms.schedule.weeks[0].amount_pence,
        terms.budget_id,
        (terms.payee_kind, terms.payee_name, terms.payee_reference),
    )


def sent_as(
    application_id: int, reasons: str, weekly_pence: int, budget_id: int, payee: tuple[str, ...]
) -> dict[str, Any]:
    """`sending` of an award that need not be worked out again."""
    return {
        "application": application_id,
        "reasons": reasons,
        "weekly": weekly_pence,
        "budget": budget_id,
        "payee": payee,
    }
