"""`/applications`: what was asked for, what is known, and the decision."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows import apply_and_decide as flow
from wholeplace.flows import notify, place_rules
from wholeplace.flows.grant import decide_grant, granting, is_granted
from wholeplace.flows.reading import application_for_reader
from wholeplace.rooms.casework import queries
from wholeplace.rooms.casework.shown import Application, ApplicationLine
from wholeplace.web.casework.forms import (
    AskInformation,
    Award,
    Grant,
    Narrow,
    Reason,
    Received,
    Refusal,
)
from wholeplace.web.gate import actor_of, page, page_after
from wholeplace.web.identity.notes import notes_of
from wholeplace.web.look.marks import day, link, status, tag
from wholeplace.web.look.model import Column, SummaryRow, TimelineItem
from wholeplace.web.look.words import long_day, pounds
from wholeplace.web.questions import answer_rows, answers_in, put_questions
from wholeplace.web.steps import steps_of
from wholeplace.web.submit import Asking, ask, posted
from wholeplace.web.why import pay_rows, why_of

SIZE = 50
COLUMNS = (
    Column("Person", heading=True),
    Column("Reference"),
    Column("Received"),
    Column("State"),
    Column("Decide by"),
)
OPEN = ("received", "waiting")
VERBS = ("award", "grant", "refuse", "ask", "received")
SOURCES = {"trawl": "Found by a trawl", "self": "Asked for by the person", "referral": "Referred"}


@page("application.read")
def applications(request: HttpRequest) -> HttpResponse:
    """`/applications`: every application, oldest first."""
    form = Narrow(request.GET or None)
    state = form.cleaned_data["state"] if form.is_bound and form.is_valid() else ""
    found = queries.applications(state=state or None, after=page_after(request), size=SIZE)
    more = f"?{urlencode({'state': state, 'after': found[-1].id})}" if len(found) == SIZE else ""
    context = {
        "form": form,
        "columns": COLUMNS,
        "rows": [row_of(line) for line in found],
        "next": more,
        "first": f"?{urlencode({'state': state})}" if page_after(request) else "",
        "clear": "/applications",
    }
    return render(request, "casework/applications.html", context)


def row_of(line: ApplicationLine) -> tuple[object, ...]:
    """An application in a list."""
    due = "–"
    if line.state in OPEN and line.due_on:
        due = tag(f"{long_day(line.due_on)}, late", "red") if line.overdue else day(line.due_on)
    return (
        link(line.name, f"/applications/{line.id}"),
        line.person_ref,
        day(line.received_on),
        status(line.state),
        due,
    )


@page()
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """`/applications/<id>`: one application."""
    whole = queries.application(application_id)
    said, granted = _said(whole), _is_granted(whole)
    found = application_for_reader(whole)
    line, address = found.line, f"/applications/{application_id}"
    context = {
        "found": line,
        "award": found.award,
        "person_href": f"/people/{line.person_ref}",
        "joined": notes_of(line.person_id),
        "rows": _about(found),
        "answers": answer_rows(found.answers, place_rules.place_rules().facts),
        "why": why_of(said),
        "worth": pay_rows(said) if granted and said["answer"] == "yes" else [],
        "withheld": len(whole.answers) - len(found.answers),
        "key": uuid.uuid4(),
        "base": address,
        **{f"{verb}_href": f"{address}/{verb}" for verb in VERBS},
        "counting": found.information[-1].due_steps if line.due_on else (),
        "timeline": [
            *steps_of(found.steps),
            TimelineItem("Received", line.received_on, text=SOURCES[line.source]),
        ],
    }
    if actor_of(request).can("award.decide"):
        context |= _may(found, granted=granted, closed=bool(said.get("closed")))
    return render(request, "casework/application.html", context)


def _may(found: Application, *, granted: bool, closed: bool) -> dict[str, bool]:
    """What who decides may do with an application now; a yes is an award or a grant."""
    received, gives = found.line.state == "received", found.line.state == "received" and not closed
    return {
        "may_award": gives and not granted,
        "may_grant": gives and granted,
        "may_decide": received,
        "may_refuse": found.line.state in OPEN,
        "may_receive": found.line.state == "waiting",
        "letters": found.decision is not None,
    }


def _is_granted(found: Application) -> bool:
    made = found.decision
    return made.outcome == "grant" if made else is_granted(flow.scheme_of(found))


@page("award.decide", hidden=True, methods=("GET", "POST"))
def award(request: HttpRequest, application_id: int) -> HttpResponse:
    """`/applications/<id>/award`: award it, with reasons."""
    whole = queries.application(application_id)
    found = whole.line
    if request.method == "GET" and found.state != "received":
        return HttpResponseRedirect(f"/applications/{application_id}")
    proposal = flow.proposal(application_id)
    form = Award(
        proposal.budgets, posted(request), version=found.version, initial=_first(proposal, found)
    )
    asking = Asking(
        title=f"Award: {found.name}",
        button="Award",
        back=f"/applications/{application_id}",
        steps=whole.steps,
        template="casework/award_form.html",
        done="The award is made.",
        more={
            "rows": proposal_rows(proposal),
            "why": why_of(proposal.explanation.as_data()),
        },
    )
    return ask(request, asking, form, lambda said: _award(application_id, said))


def _first(proposal: flow.Proposal, line: ApplicationLine) -> dict[str, Any]:
    """What the boxes hold at first: what the scheme's own rule says."""
    payee = {"payee_kind": "customer", "payee_name": line.name}
    return {"weekly": proposal.weekly_pence, **payee}


def _award(application_id: int, said: dict[str, Any]) -> str:
    award_id = flow.decide_award(
        application_id=application_id,
        version=said["version"],
        reasons=said["reasons"],
        weekly_pence=said["weekly"],
        budget_id=said["budget"],
        payee_kind=said["payee_kind"],
        payee_name=said["payee_name"],
        payee_reference=said["payee_reference"],
        key=said["key"],
    )
    return f"/awards/{award_id}"


def proposal_rows(proposal: flow.Proposal) -> list[SummaryRow]:
    """What an award would be, before anybody decides."""
    weekly = pounds(proposal.weekly_pence)
    return [
        SummaryRow("By the scheme’s rule", f"{weekly} a week"),
        SummaryRow("At most", f"{pounds(proposal.limit_pence)} a week"),
        SummaryRow("From", long_day(proposal.from_date)),
        SummaryRow("To", long_day(proposal.to_date)),
        SummaryRow("Weeks", proposal.weeks),
        SummaryRow("Total", pounds(proposal.total_pence)),
    ]


@page("award.decide", hidden=True, methods=("GET", "POST"))
def grant(request: HttpRequest, application_id: int) -> HttpResponse:
    """`/applications/<id>/grant`: a yes to what this program does not pay, with reasons."""
    whole = queries.application(application_id)
    found = whole.line
    if request.method == "GET" and found.state != "received":
        return HttpResponseRedirect(f"/applications/{application_id}")
    said = granting(whole).as_data()
    asking = Asking(
        title=f"Grant: {found.name}",
        button="Grant",
        back=f"/applications/{application_id}",
        steps=whole.steps,
        template="casework/grant_form.html",
        done="It is granted.",
        more={"rows": pay_rows(said), "why": why_of(said), "scheme": found.scheme_name},
    )

    def act(sent: dict[str, Any]) -> str:
        decide_grant(
            application_id=application_id,
            version=sent["version"],
            reasons=sent["reasons"],
            key=sent["key"],
        )
        return f"/applications/{application_id}"

    return ask(request, asking, Grant(posted(request), version=found.version), act)


@page("award.decide", hidden=True, methods=("GET", "POST"))
def refuse(request: HttpRequest, application_id: int) -> HttpResponse:
    """`/applications/<id>/refuse`: refuse it; a person does this, with reasons, never a rule."""
    whole = queries.application(application_id)
    found = whole.line
    asking = Asking(
        title=f"Refuse: {found.name}",
        button="Refuse",
        back=f"/applications/{application_id}",
        steps=whole.steps,
        kind="warning",
        intro=("The person is told the reasons and how to ask for reconsideration.",),
        done="The application is refused.",
    )

    def act(said: dict[str, Any]) -> str:
        flow.decide_refusal(
            application_id=application_id,
            version=said["version"],
            reasons=said["reasons"],
            key=said["key"],
        )
        return f"/applications/{application_id}"

    return ask(request, asking, Refusal(posted(request), version=found.version), act)


@page("award.decide", hidden=True, methods=("GET", "POST"))
def ask_information(request: HttpRequest, application_id: int) -> HttpResponse:
    """`/applications/<id>/ask`: ask for what is not known; the days to decide stand still."""
    whole = queries.application(application_id)
    found = whole.line
    asking = Asking(
        title=f"Ask {found.name} for information",
        button="Ask",
        back=f"/applications/{application_id}",
        steps=whole.steps,
        done="It is recorded that you asked.",
    )

    def act(said: dict[str, Any]) -> str:
        flow.ask_information(
            application_id=application_id,
            version=said["version"],
            what=said["what"],
            happened_on=timezone.localdate(),
        )
        return f"/applications/{application_id}"

    return ask(request, asking, AskInformation(posted(request), version=found.version), act)


@page("application.record", hidden=True, methods=("GET", "POST"))
def received(request: HttpRequest, application_id: int) -> HttpResponse:
    """`/applications/<id>/received`: what was asked for has come."""
    whole = queries.application(application_id)
    found = whole.line
    facts = place_rules.place_rules().facts
    form = Received(posted(request), version=found.version)
    put_questions(form, flow.explain_application(whole).as_data(), facts)
    asking = Asking(
        title=f"Information from {found.name}",
        button="Record",
        back=f"/applications/{application_id}",
        steps=whole.steps,
        intro=("Leave a box empty when it is still not known.",),
        done="What came is recorded.",
    )

    def act(said: dict[str, Any]) -> str:
        flow.information_received(
            application_id=application_id,
            version=said["version"],
            answers=answers_in(said, facts),
            happened_on=said["happened_on"],
        )
        return f"/applications/{application_id}"

    return ask(request, asking, form, act)


@page("application.record", hidden=True, methods=("GET", "POST"))
def withdraw(request: HttpRequest, application_id: int) -> HttpResponse:
    """`/applications/<id>/withdraw`: the person no longer asks."""
    whole = queries.application(application_id)
    found = whole.line
    asking = Asking(
        title=f"Withdraw the application of {found.name}",
        button="Withdraw",
        back=f"/applications/{application_id}",
        steps=whole.steps,
        kind="warning",
        done="The application is withdrawn.",
    )

    def act(said: dict[str, Any]) -> str:
        flow.withdraw(application_id=application_id, version=said["version"], reason=said["reason"])
        return f"/applications/{application_id}"

    return ask(request, asking, Reason(posted(request), version=found.version), act)


@page("contact.write", hidden=True, methods=("POST",))
def letter(request: HttpRequest, application_id: int) -> HttpResponse:
    """`/applications/<id>/letter`: write the decision letter and show it as it prints."""
    queries.application(application_id)
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError as error:
        raise NotFound("There is no such form.") from error
    made = notify.decision_letter(application_id=application_id, key=key)
    return HttpResponseRedirect(f"/letters/{made}")


def _said(found: Application) -> Mapping[str, Any]:
    """The explanation as it was kept with the decision, for this reader; until then, as now."""
    if made := application_for_reader(found).decision:
        return made.explanation
    return flow.explain_application(found, enough=True).as_data()


def _about(found: Application) -> list[SummaryRow]:
    line = found.line
    why = "" if found.decision else line.state_reason  # a decision's reasons stand below
    rows = [
        SummaryRow("Scheme", line.scheme_name),
        SummaryRow("How it came", SOURCES[line.source], note=line.referrer),
        SummaryRow("Received on", day(line.received_on)),
        SummaryRow("State", status(line.state), note=why),
    ]
    if line.due_on and found.information:
        late = ". It is late." if line.overdue else ""
        rows.append(SummaryRow("Decide by", f"{long_day(line.due_on)}{late}"))
    if found.decision:
        made = found.decision
        rows += [
            SummaryRow("Reasons", made.reasons),
            SummaryRow("Decided by", f"{made.decided_by}, {long_day(made.happened_on)}"),
        ]
    return rows
