"""Every action of the journey from a trawl to an award, in the roles that may not take it."""

from __future__ import annotations

from contextlib import nullcontext, suppress

import pytest
from tests.builders import SCHEME, make_budget
from tests.integration.flows.trawled import DAY, city, found, trawl

from wholeplace.core.kernel.errors import NotFound, Refused
from wholeplace.flows import apply_and_decide as flow
from wholeplace.flows import contact, run_trawl
from wholeplace.rooms.schemes import actions as schemes

__all__ = ["city"]  # a fixture

ACTIONS = {
    "start": lambda c: run_trawl.start(SCHEME, as_at=DAY, membership_id=c["me"], route="test"),
    "open": lambda c: schemes.open_finding(finding_id=c["finding"], version=1),
    "set aside": lambda c: schemes.set_aside(finding_id=c["finding"], version=1, reason="why not"),
    "invite": lambda c: contact.write_invitation(finding_id=c["finding"], version=1),
    "record": lambda c: flow.record_application(
        person_id=c["person"], scheme=SCHEME, source="self", received_on=DAY, answers={}
    ),
    "ask": lambda c: flow.ask_information(
        application_id=c["application"], version=1, what="What", happened_on=DAY
    ),
    "receive": lambda c: flow.information_received(
        application_id=c["application"], version=1, answers={}, happened_on=DAY
    ),
    "withdraw": lambda c: flow.withdraw(application_id=c["application"], version=1, reason="Moved"),
    "propose": lambda c: flow.proposal(c["application"]),
    "refuse": lambda c: flow.decide_refusal(
        application_id=c["application"], version=1, reasons="Because"
    ),
    "award": lambda c: flow.decide_award(
        application_id=c["application"],
        version=1,
        reasons="Because",
        weekly_pence=1,
        budget_id=c["budget"],
        payee_kind="customer",
        payee_name="x",
    ),
    "letter": lambda c: flow.decision_letter(application_id=c["application"]),
    "confirm": lambda c: flow.confirm_offer(award_id=c["award"], version=1),
    "give up": lambda c: flow.give_up_award(award_id=c["award"], version=1, reason="Moved"),
    "end": lambda c: flow.end_award(
        award_id=c["award"], version=1, happened_on=DAY, reason="Job lost"
    ),
    "check": lambda c: flow.check_award(award_id=c["award"], note="Looked"),
}
MANAGER_MAY = {"propose", "end", "check"}


@pytest.mark.parametrize(
    "username",
    ["grace.lindqvist", "harpreet.gill", "kezia.brown", "sam.admin", "owen.pryce"],
)
def test_the_wrong_role_is_refused_every_action(act, city, username):
    case = made_case(act, city)
    with act(username) as actor:
        case["me"] = actor.membership_id
    wrong = set(ACTIONS) - (MANAGER_MAY if username == "harpreet.gill" else set())
    done = set()
    for action in sorted(wrong):
        enter = nullcontext() if action == "start" else act(username)
        with suppress(Refused, NotFound), enter:
            ACTIONS[action](case)
            done.add(action)
    assert done == set()


def made_case(act, city) -> dict[str, int]:
    run = trawl(act)
    with act("grace.lindqvist"):
        budget = make_budget(500_00, source="crf-housing")
    with act("amina.begum"):
        numbers = [
            flow.record_application(
                person_id=city[who].pk, scheme=SCHEME, source="self", received_on=DAY, answers={}
            )
            for who in ("yes", "unsafe")
        ]
        award = flow.decide_award(
            application_id=numbers[1],
            version=1,
            reasons="Fits",
            weekly_pence=35_00,
            budget_id=budget,
            payee_kind="customer",
            payee_name="Gil",
            happened_on=DAY,
        )
    return {
        "finding": found(act, run, "Ada Yes").id,
        "person": city["yes"].pk,
        "application": numbers[0],
        "award": award,
        "budget": budget,
    }
