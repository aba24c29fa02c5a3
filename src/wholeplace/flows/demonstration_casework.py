"""The demonstration's caseload: what the invented staff did with an earlier trawl's findings.

Everything goes through the actions that the pages use, each by somebody who may do it, so the
demonstration cannot show a state that casework could not reach.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.money.books import financial_year, shown_year
from wholeplace.flows import apply_and_decide, contact, pay
from wholeplace.flows.place_rules import scheme as scheme_of
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.casework import queries as cases
from wholeplace.rooms.ledger import actions as books
from wholeplace.rooms.schemes import actions as schemes
from wholeplace.rooms.schemes import queries as trawls
from wholeplace.rooms.schemes.queries import FindingLine

ROUTE = "demonstration"
ASSESSORS = ("amina.begum", "tom.okafor")
FINANCE = "grace.lindqvist"
MOST = 5_000  # more than any demonstration finds
# Enough for most of the awards from the first source; little from the second, so that a queue
# forms and says why.
ALLOCATIONS = {"crf-housing": 6_000_00, "section-13a": 650_00, "local": 3_500_00}
REFUSAL = (
    "Your rent and council tax are already met by other help for the weeks that this scheme "
    "covers, so there is nothing left for it to pay."
)
QUESTION = "How much rent and council tax do you pay a week, and does any benefit help with it?"
AWARD = "You meet all five points of the scheme, as the list beside this decision shows."


def work_the_list(run_id: int, *, scheme: str, today: dt.date) -> None:
    """Write to those found, record applications, decide, release what has fallen due."""
    _open_budgets(scheme, today)
    with _as(ASSESSORS[0]):
        asked_on = trawls.run(run_id).line.as_at
    assessors = cycle(ASSESSORS)
    for number, line in enumerate(_findings(run_id)):
        with _as(next(assessors)):
            _work_one(number, line, scheme, asked_on + dt.timedelta(days=2), today)
    _release_until(today - dt.timedelta(days=7))
    _end_some(today)


@contextmanager
def _as(username: str) -> Iterator[None]:
    with acting(system_membership(username), purpose="casework", route=ROUTE):
        yield


def _open_budgets(scheme: str, today: dt.date) -> None:
    year = financial_year(today)
    funding = scheme_of(scheme).place.funding
    with _as(FINANCE):
        for code, pence in ALLOCATIONS.items():
            budget = books.open_budget(
                source=code, source_name=funding[code].name, scheme=scheme, year=year
            )
            books.allocate(
                budget_id=budget,
                pence=pence,
                happened_on=dt.date(year, 4, 1),
                memo=f"Set aside for {shown_year(year)}",
                key=uuid.uuid5(uuid.NAMESPACE_URL, f"demonstration {code} {year}"),
            )


def _findings(run_id: int) -> list[FindingLine]:
    """Everybody found, yes before possible, as the work list shows them."""
    with _as(ASSESSORS[0]):
        return [
            line
            for answer in ("yes", "possible")
            for line in cases.work_list(run_id, answer=answer, size=MOST).items
        ]


def _work_one(number: int, line: FindingLine, scheme: str, first: dt.date, today: dt.date) -> None:
    """One finding's story; which one follows from its place in the list."""
    if number % 10 == 9:
        return  # nobody has come to this one yet
    if not line.may_be_written_to or line.state not in ("new", "open"):
        return  # or a start that was killed half-way had come so far
    schemes.open_finding(finding_id=line.id, version=line.version)
    line = trawls.finding(line.id).line
    if number % 10 == 8:
        reason = "Told us on the telephone that they have moved out of the city."
        schemes.set_aside(finding_id=line.id, version=line.version, reason=reason)
        return
    contact.write_invitation(finding_id=line.id, version=line.version, happened_on=first)
    if line.answer != "yes" or number % 10 == 7:
        return  # written to, and no answer yet
    replied = min(first + dt.timedelta(days=4 + number % 9), today)
    application = apply_and_decide.record_application(
        person_id=line.person_id,
        scheme=scheme,
        source="trawl",
        received_on=today - dt.timedelta(days=number % 12) if number % 10 == 6 else replied,
        answers={},
        finding_id=line.id,
    )
    if number % 10 != 6:
        _decide(number, application, line, min(replied + dt.timedelta(days=number % 7), today))


def _decide(number: int, application_id: int, line: FindingLine, day: dt.date) -> None:
    try:
        proposed = apply_and_decide.proposal(application_id)
    except UserMistake:
        _ask(application_id, day)
        return
    fitting = [b for b in proposed.budgets if b.fits == "yes"]
    version = cases.application(application_id).line.version
    if number % 10 == 5 or not fitting:
        apply_and_decide.decide_refusal(
            application_id=application_id, version=version, reasons=REFUSAL, happened_on=day
        )
    else:
        kind, payee, reference = _payee(number, line)
        apply_and_decide.decide_award(
            application_id=application_id,
            version=version,
            reasons=AWARD,
            weekly_pence=proposed.weekly_pence,
            budget_id=fitting[number % len(fitting)].id,
            payee_kind=kind,
            payee_name=payee,
            payee_reference=reference,
            happened_on=day,
        )
    if number % 2:
        apply_and_decide.decision_letter(application_id=application_id)


def _ask(application_id: int, day: dt.date) -> None:
    version = cases.application(application_id).line.version
    apply_and_decide.ask_information(
        application_id=application_id, version=version, what=QUESTION, happened_on=day
    )


def _payee(number: int, line: FindingLine) -> tuple[str, str, str]:
    return (
        ("customer", line.name, ""),
        ("landlord", "Three Locks Homes", f"Tenancy {41000 + number}"),
        ("council_tax_account", "Birmingham City Council", f"CT {7100000 + number}"),
    )[number % 3]


def _release_until(day: dt.date) -> None:
    """What fell due by this day left on its day, or with the decision where that came later."""
    decided = _decision_days()
    with _as(FINANCE):
        lines = cases.due_payments(day, size=MOST).items
    leaving = sorted((max(line.due_on, decided[line.award_id]), line.id) for line in lines)
    for left_on, payment in leaving:
        with _as(FINANCE):
            pay.release_payment(payment_id=payment, happened_on=left_on)


def _decision_days() -> dict[int, dt.date]:
    """Award → the day on which it was decided; a finance officer sees no decision."""
    found = {}
    with _as(ASSESSORS[0]):
        for line in cases.applications(state="awarded", size=MOST):
            shown = cases.application(line.id)
            if shown.award is not None and shown.decision is not None:
                found[shown.award.id] = shown.decision.happened_on
    return found


def _end_some(today: dt.date) -> None:
    """A job that was lost, and money that goes back to whoever waits longest."""
    with _as(ASSESSORS[0]):
        confirmed = [
            application
            for application in cases.applications(state="awarded", size=MOST)
            if application.id % 11 == 0
        ]
        for line in confirmed[:3]:
            award = cases.application(line.id).award
            if award is not None and award.state == "confirmed":
                apply_and_decide.end_award(
                    award_id=award.id,
                    version=award.version,
                    happened_on=today - dt.timedelta(days=3),
                    reason="The job ended; the employer closed the shift.",
                )
