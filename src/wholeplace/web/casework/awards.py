"""`/awards/<id>`: why this amount, what is paid and to be paid, and what happened."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html

from wholeplace.core.casework.journeys import AWARD
from wholeplace.flows import apply_and_decide as flow
from wholeplace.flows.reading import award_for_reader
from wholeplace.rooms.casework import queries
from wholeplace.rooms.casework.shown import Award, AwardLine, PaymentLine
from wholeplace.web.casework.forms import EndAward, Note, Reason
from wholeplace.web.gate import actor_of, page
from wholeplace.web.look.forms import ActionForm
from wholeplace.web.look.marks import day, link, money, status
from wholeplace.web.look.model import Column, SummaryRow
from wholeplace.web.look.words import long_day, pounds
from wholeplace.web.steps import steps_of
from wholeplace.web.submit import Asking, ask, posted
from wholeplace.web.why import why_of

WITH_REASON = ("queued", "offered", "ended", "withdrawn")
PAYMENTS = (
    Column("Week", numeric=True, heading=True),
    Column("For the days"),
    Column("Due"),
    Column("State"),
    Column("Amount", numeric=True),
)


@page()
def award(request: HttpRequest, award_id: int) -> HttpResponse:
    """`/awards/<id>`: one award."""
    found = award_for_reader(queries.award(award_id))
    line, actor = found.line, actor_of(request)
    context = {
        "found": line,
        "confirm_href": f"/awards/{award_id}/confirm",
        "check_href": f"/awards/{award_id}/check",
        "end_href": f"/awards/{award_id}/end",
        "give_up_href": f"/awards/{award_id}/give-up",
        "person_href": f"/people/{line.person_ref}",
        "application_href": f"/applications/{line.application_id}",
        "rows": _about(found),
        "because": _because(found),
        "why": why_of(found.decision.explanation),
        "columns": PAYMENTS,
        "payments": [_payment(each) for each in found.payments],
        "may_end": actor.can("award.end") and line.state == "confirmed",
        "may_confirm": actor.can("award.decide") and line.state == "offered",
        "may_give_up": actor.can("award.decide") and AWARD.allowed(line.state, "withdraw"),
        "may_check": actor.can("award.check") and found.needs_check and not found.checked_by,
        "timeline": steps_of(found.steps),
    }
    return render(request, "casework/award.html", context)


@page("award.decide", hidden=True, methods=("GET", "POST"))
def confirm(request: HttpRequest, award_id: int) -> HttpResponse:
    """`/awards/<id>/confirm`: take up money that was offered to the oldest in the queue."""
    whole = queries.award(award_id)
    found = whole.line
    _now(request, found, "confirm")
    asking = Asking(
        title=f"Confirm the award of {found.name}",
        button="Confirm",
        back=f"/awards/{award_id}",
        steps=whole.steps,
        intro=(f"Money is free again. Confirming promises {pounds(found.total_pence)}.",),
        done="The award is confirmed.",
    )

    def act(said: dict[str, Any]) -> str:
        flow.confirm_offer(award_id=award_id, version=said["version"])
        return f"/awards/{award_id}"

    return ask(request, asking, ActionForm(posted(request), version=found.version), act)


@page("award.decide", hidden=True, methods=("GET", "POST"))
def give_up(request: HttpRequest, award_id: int) -> HttpResponse:
    """`/awards/<id>/give-up`: leave the queue; money offered to it goes to the next."""
    whole = queries.award(award_id)
    found = whole.line
    _now(request, found, "withdraw")
    asking = Asking(
        title=f"Give up the award of {found.name}",
        button="Give up the award",
        back=f"/awards/{award_id}",
        steps=whole.steps,
        kind="warning",
        intro=(
            "It waits for money and nothing of it is paid. Giving it up takes it out of the queue "
            "for good, and money that was offered to it goes to the next.",
        ),
        done="The award is given up.",
    )

    def act(said: dict[str, Any]) -> str:
        flow.give_up_award(award_id=award_id, version=said["version"], reason=said["reason"])
        return f"/awards/{award_id}"

    return ask(request, asking, Reason(posted(request), version=found.version), act)


@page("award.end", hidden=True, methods=("GET", "POST"))
def end(request: HttpRequest, award_id: int) -> HttpResponse:
    """`/awards/<id>/end`: end it; weeks not yet begun give their money back."""
    whole = queries.award(award_id)
    found = whole.line
    _now(request, found, "end")
    asking = Asking(
        title=f"End the award of {found.name}",
        button="End the award",
        back=f"/awards/{award_id}",
        steps=whole.steps,
        kind="warning",
        intro=(
            "The week in which it ended is still paid. Weeks after it are not, and their money "
            "goes to the oldest award that waits.",
        ),
        done="The award is ended.",
    )

    def act(said: dict[str, Any]) -> str:
        flow.end_award(
            award_id=award_id,
            version=said["version"],
            happened_on=said["happened_on"],
            reason=said["reason"],
        )
        return f"/awards/{award_id}"

    form = EndAward(
        posted(request), version=found.version, initial={"happened_on": timezone.localdate()}
    )
    return ask(request, asking, form, act)


@page("award.check", hidden=True, methods=("GET", "POST"))
def check(request: HttpRequest, award_id: int) -> HttpResponse:
    """`/awards/<id>/check`: the quality check of a large award, by another person."""
    whole = queries.award(award_id)
    found = whole.line
    made = whole.decision
    asking = Asking(
        title=f"Check the award of {found.name}",
        button="I have checked it",
        back=f"/awards/{award_id}",
        steps=whole.steps,
        intro=(f"{made.decided_by} awarded {pounds(found.total_pence)}: {made.reasons}",),
        done="The check is recorded.",
    )

    def act(said: dict[str, Any]) -> str:
        flow.check_award(award_id=award_id, version=said["version"], note=said["note"])
        return f"/awards/{award_id}"

    return ask(request, asking, Note(posted(request), version=found.version), act)


def _now(request: HttpRequest, line: AwardLine, event: str) -> None:
    """Raise NotAllowed unless this may happen to the award as it stands.

    A form that was opened on an earlier version goes on: its page says what was done meanwhile.
    """
    if request.method != "POST" or request.POST.get("version") == str(line.version):
        AWARD.after(line.state, event)


def _about(found: Award) -> list[SummaryRow]:
    line = found.line
    rows = [
        SummaryRow("State", status(line.state), note=line.state_reason),
        SummaryRow("From", day(line.from_date)),
        SummaryRow("To", day(line.to_date)),
        SummaryRow("Paid to", found.payee_name, note=found.payee_reference),
        SummaryRow("Money", found.source_name),
        SummaryRow("Awarded", money(line.total_pence)),
        SummaryRow("Paid", money(line.paid_pence)),
        SummaryRow("Still to pay", money(line.left_pence)),
    ]
    if line.cancelled_pence:
        rows.append(SummaryRow("Not to be paid", money(line.cancelled_pence)))
    if line.place_in_queue:
        rows.insert(1, SummaryRow("Place in the queue", line.place_in_queue))
    if found.needs_check:
        checked = f"By {found.checked_by}" if found.checked_by else "Not yet"
        note = found.check_note or "An award of this size needs a check by another person"
        rows.append(SummaryRow("Checked", checked, note=note))
    return rows


def _because(found: Award) -> list[SummaryRow]:
    made = found.decision
    return [
        SummaryRow("Sum", " ".join(found.schedule_steps)),
        SummaryRow("At most", f"{pounds(found.limit_pence)} a week"),
        SummaryRow("Reasons", made.reasons),
        SummaryRow("Decided by", f"{made.decided_by}, {long_day(made.happened_on)}"),
    ]


def standing(line: AwardLine) -> object:
    """An award's state; while it waits its place and why, once it is over why."""
    if line.state not in WITH_REASON:
        return status(line.state)
    place = f"Place {line.place_in_queue} in the queue. " if line.place_in_queue else ""
    return format_html(
        '<span>{} <span class="wp-note">{}{}</span></span>',
        status(line.state),
        place,
        line.state_reason,
    )


def _payment(line: PaymentLine) -> tuple[object, ...]:
    days = f"{long_day(line.period_from)} to {long_day(line.period_to)}"
    return (
        line.week_number,
        link(days, f"/payments/{line.id}"),
        day(line.due_on, short=True),
        status(line.state),
        money(line.amount_pence),
    )
