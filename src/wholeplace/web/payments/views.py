"""`/payments`: what falls due, released one by one, together, or by a run in the background.

Each form carries a key. Sent twice, it is answered with what the first sending did.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows import jobs, pay
from wholeplace.rooms.casework import payment_queries as queries
from wholeplace.rooms.casework.shown import PaymentLine, PaymentRunLine
from wholeplace.web.gate import actor_of, page, page_after
from wholeplace.web.look.marks import day, link, money, status
from wholeplace.web.look.model import Column, SummaryRow
from wholeplace.web.look.words import counted, long_day, pounds
from wholeplace.web.payments.forms import Release, ReleaseSelected, StartRun
from wholeplace.web.submit import Asking, ask, mistakes_on, posted

SIZE = 50
DUE = (
    Column("Release"),
    Column("Payment", heading=True),
    Column("Due"),
    Column("To"),
    Column("Money"),
    Column("Amount", numeric=True),
)
RUNS = (
    Column("Run", heading=True),
    Column("State"),
    Column("Released", numeric=True),
    Column("Amount", numeric=True),
    Column("By"),
)
KINDS = {
    "customer": "The person",
    "landlord": "Landlord",
    "council_tax_account": "Council tax account",
}


@page("payment.read")
def payments(request: HttpRequest) -> HttpResponse:
    """`/payments`: what is due, oldest first."""
    return _list(request, None)


def _list(request: HttpRequest, form: ReleaseSelected | None) -> HttpResponse:
    today = timezone.localdate()
    due = queries.due_payments(today, after=page_after(request), size=SIZE)
    may = actor_of(request).can("payment.release")
    columns = DUE if may else DUE[1:]
    context = {
        "due": due,
        "today": today,
        "columns": columns,
        "rows": [_due_row(line, may) for line in due.items],
        "may": may,
        "form": form or ReleaseSelected([]),
        "next": f"?after={due.next_after}" if due.next_after else "",
        "first": "/payments" if page_after(request) else "",
        "run_columns": RUNS,
        "runs": [_run_row(run) for run in queries.payment_runs()],
    }
    errors = bool(form and form.errors)
    return render(request, "payments/payments.html", context, status=422 if errors else 200)


@page("payment.release", methods=("POST",))
def release_selected(request: HttpRequest) -> HttpResponse:
    """`/payments/release`: release the ticked ones; what was refused says why."""
    ticked = [int(n) for n in request.POST.getlist("payment") if n.isdecimal() and len(n) < 19]
    ticked = ticked[: SIZE * 2]
    form = ReleaseSelected(ticked, request.POST)
    if not form.is_valid():
        return _list(request, form)
    key: uuid.UUID = form.cleaned_data["key"]
    results = {}
    for number in form.cleaned_data["payment"]:
        results[str(number)] = _release(number, uuid.uuid5(key, str(number)))
    request.session[f"released {key}"] = results
    return HttpResponseRedirect(f"/payments/released/{key}")


def _release(payment_id: int, key: uuid.UUID) -> str:
    """Empty when it was released, else why not."""
    try:
        pay.release_payment(payment_id=payment_id, key=key)
    except UserMistake as mistake:
        return str(mistake)
    return ""


@page("payment.release")
def released(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """`/payments/released/<key>`: what came of a release."""
    results: dict[str, str] = request.session.get(f"released {key}", {})
    lines = [(queries.payment(int(number)), why) for number, why in results.items()]
    done = [line for line, why in lines if not why]
    context = {
        "done": counted(len(done), "payment"),
        "total": pounds(sum(line.amount_pence for line in done)),
        "any": bool(done),
        "columns": (
            Column("Payment", heading=True),
            Column("What happened"),
            Column("Amount", numeric=True),
        ),
        "rows": [
            (
                link(_name(line), f"/payments/{line.id}"),
                why or status(line.state),
                money(line.amount_pence),
            )
            for line, why in lines
        ],
    }
    return render(request, "payments/released.html", context)


@page()
def payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """`/payments/<id>`: one payment."""
    found = queries.payment(payment_id)
    actor = actor_of(request)
    may = actor.can("payment.release")
    context = {
        "name": _name(found),
        "rows": _about(found),
        "back": "/payments" if actor.can("payment.read") else f"/awards/{found.award_id}",
        "form": Release(),
        "release_href": f"/payments/{payment_id}/release",
        "may": may and found.may_release,
        "why_not": found.why_not if may and not found.may_release else "",
    }
    return render(request, "payments/payment.html", context)


@page("payment.release", hidden=True, methods=("POST",))
def release(request: HttpRequest, payment_id: int) -> HttpResponse:
    """`/payments/<id>/release`: release it, once."""
    form = Release(request.POST)
    found = queries.payment(payment_id)
    if form.is_valid():
        with mistakes_on(form):
            pay.release_payment(payment_id=payment_id, key=form.cleaned_data["key"])
            return HttpResponseRedirect(f"/payments/{payment_id}")
    context = {"name": _name(found), "rows": _about(found), "form": form, "back": "/payments"}
    return render(request, "payments/payment.html", context, status=422)


@page("payment.release", methods=("GET", "POST"))
def start_run(request: HttpRequest) -> HttpResponse:
    """`/payments/runs/start`: release everything due, in the background."""
    asking = Asking(
        title="Release everything due",
        button="Start the payment run",
        back="/payments",
        intro=(
            "Payments that you decided on yourself, or that wait for a check, are left out and "
            "listed with the reason.",
        ),
    )
    form = StartRun(posted(request), initial={"as_at": timezone.localdate()})

    def act(said: dict[str, Any]) -> str:
        number = pay.start_run(as_at=said["as_at"], key=said["key"])
        jobs.carry_out_payment_run.defer(membership=actor_of(request).membership_id, run_id=number)
        return f"/payments/runs/{number}"

    return ask(request, asking, form, act)


@page("payment.read", hidden=True)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """`/payments/runs/<id>`: how far a run has come, and what it did."""
    found = queries.payment_run(run_id)
    going = found.state == "running"
    rows = [
        SummaryRow("Everything due by", day(found.as_at)),
        SummaryRow("State", status(found.state)),
        SummaryRow("Released", f"{found.done} of {found.total}"),
        SummaryRow("Amount", money(found.done_pence)),
        SummaryRow("Left out", found.refused),
        SummaryRow("Started by", found.asked_by),
    ]
    context = {
        "found": found,
        "rows": rows,
        "going": going,
        "columns": (Column("Payment", heading=True), Column("Why it was left out")),
        "left": [
            (link(f"Payment {number}", f"/payments/{number}"), why)
            for number, why in queries.not_released(run_id)
        ],
    }
    response = render(request, "payments/run.html", context)
    if going:
        response.headers["Refresh"] = "3"
    return response


def _name(line: PaymentLine) -> str:
    return f"Award {line.award_id}, week {line.week_number} of {line.weeks}"


def _due_row(line: PaymentLine, may: bool) -> tuple[object, ...]:
    row = (
        link(_name(line), f"/payments/{line.id}"),
        day(line.due_on, short=True),
        f"{line.payee_name} ({KINDS[line.payee_kind].lower()})",
        line.source_name,
        money(line.amount_pence),
    )
    return (_box(line), *row) if may else row


def _box(line: PaymentLine) -> SafeString | str:
    if not line.may_release:
        return line.why_not
    return format_html(
        '<div class="govuk-checkboxes govuk-checkboxes--small"><div class="govuk-checkboxes__item">'
        '<input class="govuk-checkboxes__input" id="payment-{0}" name="payment" type="checkbox"'
        ' value="{0}"><label class="govuk-label govuk-checkboxes__label" for="payment-{0}">'
        '<span class="govuk-visually-hidden">Release {1}</span></label></div></div>',
        line.id,
        _name(line),
    )


def _run_row(line: PaymentRunLine) -> tuple[object, ...]:
    return (
        link(f"Due by {long_day(line.as_at)}", f"/payments/runs/{line.id}"),
        status(line.state),
        f"{line.done} of {line.total}",
        money(line.done_pence),
        line.asked_by,
    )


def _about(found: PaymentLine) -> list[SummaryRow]:
    rows = [
        SummaryRow("State", status(found.state)),
        SummaryRow("Amount", money(found.amount_pence)),
        SummaryRow("For", f"{long_day(found.period_from)} to {long_day(found.period_to)}"),
        SummaryRow("Due", day(found.due_on)),
        SummaryRow("Paid to", found.payee_name, note=KINDS.get(found.payee_kind, "")),
        SummaryRow("Money", found.source_name),
        SummaryRow("Decided by", found.decided_by),
    ]
    if found.payee_reference:
        rows.insert(5, SummaryRow("Their reference", found.payee_reference))
    if found.released_on:
        rows.append(SummaryRow("Released", day(found.released_on), note=f"by {found.released_by}"))
    return rows
