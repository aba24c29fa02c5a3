"""Trawls, findings, applications and awards."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal, Self

from django.http import HttpRequest
from ninja import Schema
from pydantic import model_validator

from wholeplace.api.app import api
from wholeplace.api.problems import answers
from wholeplace.api.sent import Answers, Code, Name, Number, Pence, Reason, Text, Version
from wholeplace.flows import apply_and_decide as flow
from wholeplace.flows.grant import decide_grant
from wholeplace.flows.reading import application_for_reader, award_for_reader
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.casework.queries import WorkLine
from wholeplace.rooms.casework.shown import Application, ApplicationLine, Award
from wholeplace.rooms.people import queries as people
from wholeplace.rooms.schemes import actions as schemes_actions
from wholeplace.rooms.schemes import queries as schemes
from wholeplace.rooms.schemes.map_queries import WhereFound, where_found
from wholeplace.rooms.schemes.queries import Finding, Run, RunLine


class WorkList(Schema):
    """One page of the people that a trawl found."""

    run: RunLine
    items: list[WorkLine]
    total: int
    next_after: int | None


class Because(Schema):
    """A change of one record: the version that the writer saw, and why."""

    version: Version
    reason: Reason


class NewApplication(Schema):
    """Somebody asks for a scheme's help; `answers` are facts by name, as the person said them."""

    key: uuid.UUID
    person: Code
    scheme: Code
    source: Literal["trawl", "self", "referral"]
    referrer: Name = ""
    received_on: dt.date
    answers: Answers = {}
    finding: Number | None = None


class Decision(Schema):
    """An award, a refusal, or a grant of what is not paid here, with its reasons."""

    key: uuid.UUID
    version: Version
    outcome: Literal["award", "grant", "refuse"]
    reasons: Reason
    weekly_pence: Pence | None = None
    budget: Number | None = None
    payee_kind: Literal["customer", "landlord", "council_tax_account"] = "customer"
    payee_name: Name = ""
    payee_reference: Code = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """An award says how much a week and from which money."""
        if self.outcome == "award" and (self.weekly_pence is None or self.budget is None):
            raise ValueError("An award needs weekly_pence and budget.")
        return self


@api.get("/trawls", response=answers(list[RunLine]), tags=["trawls"], operation_id="trawls")
def trawls(request: HttpRequest) -> list[RunLine]:
    """Every trawl, the newest first."""
    require_actor().require("trawl.read")
    return schemes.runs()


@api.get("/trawls/{run_id}", response=answers(Run), tags=["trawls"], operation_id="trawl")
def trawl(request: HttpRequest, run_id: Number) -> Run:
    """One trawl: its basis and how the tests fell."""
    return schemes.run(run_id)


@api.get(
    "/trawls/{run_id}/findings",
    response=answers(WorkList),
    tags=["trawls"],
    operation_id="findings",
)
def findings(
    request: HttpRequest,
    run_id: Number,
    answer: Literal["yes", "possible"] | None = None,
    state: Text | None = None,
    applied: bool | None = None,
    after: Number = 0,
) -> WorkList:
    """The people whom a trawl found, and who of them has applied already."""
    found = casework.work_list(run_id, answer=answer, state=state, applied=applied, after=after)
    return WorkList(
        run=found.run, items=found.items, total=found.total, next_after=found.next_after
    )


@api.get(
    "/trawls/{run_id}/wards",
    response=answers(WhereFound),
    tags=["trawls"],
    operation_id="found_wards",
)
def found_wards(request: HttpRequest, run_id: Number) -> WhereFound:
    """Where the people lived whom a trawl found: counts by ward."""
    schemes.run(run_id)
    return where_found(run_id)


@api.get(
    "/findings/{finding_id}", response=answers(Finding), tags=["trawls"], operation_id="finding"
)
def finding(request: HttpRequest, finding_id: Number) -> Finding:
    """One finding, criterion by criterion."""
    return schemes.finding(finding_id)


@api.post(
    "/findings/{finding_id}/set-aside",
    response=answers(Finding),
    tags=["trawls"],
    operation_id="set_finding_aside",
)
def set_aside(request: HttpRequest, finding_id: Number, sent: Because) -> Finding:
    """Take a finding off the work list, with the reason."""
    schemes_actions.set_aside(finding_id=finding_id, version=sent.version, reason=sent.reason)
    return schemes.finding(finding_id)


@api.get(
    "/applications",
    response=answers(list[ApplicationLine]),
    tags=["casework"],
    operation_id="applications",
)
def applications(
    request: HttpRequest, state: Text | None = None, after: Number = 0
) -> list[ApplicationLine]:
    """Applications, oldest first."""
    require_actor().require("application.read")
    return casework.applications(state=state, after=after)


@api.post(
    "/applications",
    response=answers(Application),
    tags=["casework"],
    operation_id="record_application",
)
def record(request: HttpRequest, sent: NewApplication) -> Application:
    """Record what somebody asks for and what they said."""
    person = people.person(sent.person)
    made = flow.record_application(
        person_id=person.id,
        scheme=sent.scheme,
        source=sent.source,
        referrer=sent.referrer,
        received_on=sent.received_on,
        answers=sent.answers,
        finding_id=sent.finding,
        key=sent.key,
    )
    return application_for_reader(casework.application(made))


@api.get(
    "/applications/{application_id}",
    response=answers(Application),
    tags=["casework"],
    operation_id="application",
)
def application(request: HttpRequest, application_id: Number) -> Application:
    """One application."""
    return application_for_reader(casework.application(application_id))


@api.post(
    "/applications/{application_id}/decision",
    response=answers(Application),
    tags=["casework"],
    operation_id="decide",
)
def decide(request: HttpRequest, application_id: Number, sent: Decision) -> Application:
    """Award, grant or refuse, with reasons; who decides after somebody else is answered 409."""
    casework.application(application_id)
    common = {
        "application_id": application_id,
        "version": sent.version,
        "reasons": sent.reasons,
        "key": sent.key,
    }
    if sent.outcome == "refuse":
        flow.decide_refusal(**common)
    elif sent.outcome == "grant":
        decide_grant(**common)
    else:
        flow.decide_award(
            **common,
            weekly_pence=sent.weekly_pence,
            budget_id=sent.budget,
            payee_kind=sent.payee_kind,
            payee_name=sent.payee_name,
            payee_reference=sent.payee_reference,
        )
    return application_for_reader(casework.application(application_id))


@api.get("/awards/{award_id}", response=answers(Award), tags=["casework"], operation_id="award")
def award(request: HttpRequest, award_id: Number) -> Award:
    """One award, with its payments."""
    return award_for_reader(casework.award(award_id))


@api.post(
    "/awards/{award_id}/give-up",
    response=answers(Award),
    tags=["casework"],
    operation_id="give_up_award",
)
def give_up(request: HttpRequest, award_id: Number, sent: Because) -> Award:
    """Take a queued or offered award out of the queue; what was offered goes to the next."""
    casework.award(award_id)
    flow.give_up_award(award_id=award_id, version=sent.version, reason=sent.reason)
    return award_for_reader(casework.award(award_id))
