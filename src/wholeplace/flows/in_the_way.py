"""What stands in the way of an application or of a yes to it, in words."""

from __future__ import annotations

import datetime as dt

from wholeplace.core.kernel.dates import show_day
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.born import check_born
from wholeplace.core.rules.explain import Explanation
from wholeplace.core.rules.schemes import Pay, Scheme
from wholeplace.core.rules.stated import StatedFacts

JOB_START = "job_start_date"


def check_open(scheme: Scheme, received_on: dt.date) -> None:
    """Raises UserMistake when the scheme took nobody on the day on which somebody applied."""
    if closed := scheme.closed_on(received_on):
        raise UserMistake(
            f"{scheme.name} is closed.",
            why=closed,
            do="An application must have come on a day on which the scheme is open.",
        )


def check_begun(stated: StatedFacts, received_on: dt.date) -> None:
    """Raises UserMistake when a job that was stated begins, or a birth lies, after that day."""
    check_born(stated, received_on)
    started = stated.fact(JOB_START, (), received_on).value
    if isinstance(started, dt.date) and started > received_on:
        raise UserMistake(
            "The job has not begun.",
            why=f"It begins on {show_day(started)}, after the application came.",
            do="Record the application when the job has begun.",
        )


def not_settled(explanation: Explanation, pay: Pay | None = None) -> UserMistake:
    """Why nothing can be given yet: what failed, or what to ask for (of one payment too)."""
    if explanation.answer == "no":
        failed = [c.text for c in explanation.criteria if c.key in explanation.failed]
        return UserMistake(
            "The scheme does not fit on what is known.",
            why=f"Not met: {'; '.join(failed)}." if failed else " ".join(explanation.notes),
            do="Refuse with reasons, or ask for what would show otherwise.",
        )
    paid = [shown for shown in explanation.pays if pay and shown.key == pay.key]
    missing = [*explanation.missing, *(q for shown in paid for q in shown.missing)]
    asked = dict.fromkeys(question.question or question.fact for question in missing)
    return UserMistake(
        "It is not certain yet that the scheme fits.",
        why=" ".join(explanation.notes),
        do=f"Ask: {' '.join(asked)}" if asked else "",
    )
