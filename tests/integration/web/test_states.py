"""What became of an award is said with its reason, to staff and to the person alike."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.auth import get_user_model
from tests.integration.web.states import LONG, REFUSED, make_states

from wholeplace.flows import apply_and_decide as flow
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.people.actions import issue_code, redeem_code


@pytest.fixture
def states(act):
    return make_states(act)


def words_of(client, path: str) -> str:
    """The page's words, without its elements."""
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_a_persons_page_says_why_an_award_waits_and_in_which_place(states, signed_in):
    client = signed_in("amina.begum")
    queued = words_of(client, f"/people/{states.queued.ref}")
    assert LONG in queued
    assert "Place 2 in the queue. 1 award has waited longer for this money." in queued
    offered = words_of(client, f"/people/{states.offered.ref}")
    assert "Place 1 in the queue. Money became available" in offered
    ended = words_of(client, f"/people/{states.ended.ref}")
    assert "The job ended; the employer closed the shift." in ended
    assert "in the queue" not in ended


def test_a_resident_reads_the_same(act, states, signed_in):
    for person, words in (
        (states.queued, "Your place in the queue is 2. 1 award has waited longer"),
        (states.ended, "The job ended; the employer closed the shift."),
    ):
        with act("amina.begum"):
            code = issue_code(ref=person.ref)
        user = redeem_code(person.ref, code)
        client = signed_in(get_user_model().objects.get(pk=user).username)
        assert words in words_of(client, "/my/payments")


def test_a_resident_reads_of_a_refusal_what_its_letter_says(act, world, signed_in):
    with act("amina.begum"):
        flow.decide_refusal(application_id=world.application, version=1, reasons=REFUSED)
        refused = issue_code(ref=world.found.ref)
        asked = casework.application(world.waiting)
        waits = issue_code(ref=asked.line.person_ref)
    user = redeem_code(world.found.ref, refused)
    said = words_of(signed_in(get_user_model().objects.get(pk=user).username), "/my/payments")
    assert f"Why: {REFUSED}" in said
    assert "You can apply again when something has changed." in said
    user = redeem_code(asked.line.person_ref, waits)
    said = words_of(signed_in(get_user_model().objects.get(pk=user).username), "/my/payments")
    assert "What we still need from you: A payslip" in said


def test_a_refusal_says_its_reasons(states, signed_in):
    page = words_of(signed_in("tom.okafor"), f"/applications/{states.application_refused}")
    assert REFUSED in page


def test_a_failed_trawl_says_why_and_one_that_waits_says_so(states, signed_in):
    client = signed_in("harpreet.gill")
    failed = words_of(client, f"/trawls/{states.failed}")
    assert "The trawl failed" in failed
    assert "Its lawful basis `public-task` is not on record." in failed
    assert "It waits for the worker." in words_of(client, f"/trawls/{states.waiting}")
    assert "Failed" in words_of(client, "/trawls")
