"""A yes without a payment of this program: a reduction of a bill, a place, help in kind.

What the scheme worked out is kept with the decision, so that whoever gives it knows how much.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.explain import Explanation
from wholeplace.core.rules.schemes import Scheme
from wholeplace.flows.apply_and_decide import explain_application, scheme_of
from wholeplace.flows.in_the_way import check_open, not_settled
from wholeplace.rooms.casework import applications, queries
from wholeplace.rooms.casework.shown import Application


def is_granted(scheme: Scheme) -> bool:
    """Whether a yes to this scheme is granted: nothing in it is paid for a number of weeks."""
    return all(pay.weeks is None for pay in scheme.pays.values())


def granting(application: Application) -> Explanation:
    """What would be granted, as at the day of the application.

    Raises:
        UserMistake: the scheme is awarded, was closed, does not surely fit, or comes to nothing.
    """
    scheme = scheme_of(application)
    if not is_granted(scheme):
        raise UserMistake(f"{scheme.name} is paid by the week.", do="Award it.")
    check_open(scheme, application.line.received_on)
    found = explain_application(application)
    if found.answer != "yes":
        raise not_settled(found)
    if asked := [q.question for pay in found.pays for q in pay.missing]:
        told = " ".join(dict.fromkeys(asked))
        raise UserMistake("It is not known yet what it comes to.", do=f"Ask: {told}")
    if found.pays and all(pay.amount_pence == 0 for pay in found.pays):
        raise UserMistake("There is nothing to grant.", why="By the scheme's rule it comes to £0.")
    return found


def decide_grant(
    *,
    application_id: int,
    version: int,
    reasons: str,
    happened_on: dt.date | None = None,
    key: uuid.UUID | None = None,
) -> int:
    """Grant, with reasons that the applicant reads; tests and amounts are kept as they stood.

    Returns:
        The decision's number.

    Raises:
        UserMistake: as `granting`.
        Stale: somebody else decided first.
    """
    application = queries.application(application_id)
    return applications.settle(
        application_id=application_id,
        outcome="grant",
        version=version,
        reasons=reasons,
        explanation=granting(application).as_data(),
        as_at=application.line.received_on,
        happened_on=happened_on or timezone.localdate(),
        key=key,
    )
