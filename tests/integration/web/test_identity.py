"""The pages of who is who: the queue, a pair, its answer, what was decided and its undoing."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.integration.identity.deciding import Weighed, rows_of, who_is_who
from tests.integration.identity.known import World

from wholeplace.flows.link_people import link_people
from wholeplace.rooms.identity.decisions import DecisionLine
from wholeplace.web.identity.queue import _decided

REVIEWERS = ("leila.farah", "marcus.oyelaran", "bronwen.hale")
ADULT = dt.date(1980, 3, 4)


@pytest.fixture
def world(act) -> World:
    """Two agencies know Ann, and the police perhaps too; Bo's two records may be a child's."""
    found = World()
    found.know(
        "ann",
        "council-benefits",
        born=ADULT,
        phone="0121 496 0001",
        nhs_number="4857773456",
        date_of_birth=ADULT,
    )
    found.know("anne", "council-housing", born=ADULT, phone="0121 496 0002")
    found.know("anni", "police", born=ADULT, nhs_number="9434765919")
    found.know("bo", "schools", born=None)
    found.know("beau", "community-health", born=ADULT)
    found.know("hidden", "schools", born=ADULT, restricted=True)
    ids = {label: known.person_id for label, known in found.people.items()}
    weights = {("ann", "anne"): 20.0, ("anne", "anni"): 1.2, ("bo", "beau"): -0.5}
    weights |= {("anni", "hidden"): 1.9, ("ann", "beau"): 3.0}
    link_people(
        engine=Weighed(
            {(ids[a], ids[b]): bits for (a, b), bits in weights.items()},
            apart=[(ids["anne"], ids["beau"])],
        )
    )
    return found


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


def pair_of(world: World, one: str, other: str) -> str:
    return f"/identity/pairs/{world.people[one].ref}/{world.people[other].ref}"


def send(client: Client, address: str, **said: str):
    return client.post(address, {"key": str(uuid.uuid4()), **said})


def test_the_queue_shows_the_likeliest_first_and_leaves_no_trace_of_the_hidden(world):
    page = signed_in(REVIEWERS[0]).get("/identity")
    text = page.content.decode()
    assert page.status_code == 200
    assert "3 pairs wait for your answer" in text
    assert "Hidden" not in text
    order = [text.index(words) for words in ("Likely one person", "Rather one", "Rather two")]
    assert order == sorted(order)
    assert "something stands against it" in text
    assert signed_in(REVIEWERS[0]).get("/").status_code == 200  # it is their first page


def test_a_pair_shows_what_agrees_what_counts_and_what_would_change(world, act):
    address = pair_of(world, "anne", "anni")
    page = signed_in(REVIEWERS[0]).get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("<svg") == 1
    for step in ("Any two records", "How rare these values are", "Together"):
        assert text.count(step) >= 2  # in the picture, and in the table beside it
    assert ">Ann Test</a> (" in text  # whom a decision would join, too
    about = html.unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    assert "born 4 March 1980, NHS number ends in 456" in about
    assert "&lt;" not in text  # no element of a page stands in it as text
    assert "<li>NHS number: ends in 456 and ends in 919</li>" in text  # what stands against it
    assert "Date of birth: " not in text
    assert "A Worker" in text
    assert "No case, payment, letter or restriction moves" in text
    with act("owen.pryce"):
        seen = rows_of("SELECT person_id FROM audit_event WHERE record = 'as a pair'")
        beside = rows_of("SELECT people FROM audit_event WHERE record = 'beside a pair'")
    assert {row[0] for row in seen} == {world.people[x].person_id for x in ("anne", "anni")}
    assert beside == [([world.people["ann"].person_id],)]


def test_two_known_things_are_never_said_to_be_not_known(world):
    text = signed_in(REVIEWERS[0]).get(pair_of(world, "ann", "anne")).content.decode()
    for thing, stands in (("Family name", "Test"), ("Phone", "Different")):
        row = re.search(rf">{thing}</th>(.*?)</tr>", text, re.S)
        assert row
        assert stands in row[1]
        assert "Not known" not in row[1]


def test_a_decision_of_a_summer_night_is_of_the_places_day():
    at = dt.datetime(2027, 6, 30, 23, 30, tzinfo=dt.UTC)
    line = DecisionLine(1, 2, 3, "same", "One phone", "Leila Farah", at, None, "", "")
    assert "2027-07-01" in str(_decided(line, {})[3])


def test_an_answer_decides_and_undoing_it_gives_back_what_was(world, act):
    before = who_is_who(act)
    client, address = signed_in(REVIEWERS[0]), pair_of(world, "anne", "anni")
    assert send(client, address, answer="", reasons="").status_code == 422
    assert send(client, address, answer="same", reasons="Same phone").status_code == 302
    assert len({who_is_who(act)[world.people[x].person_id] for x in ("ann", "anne", "anni")}) == 1
    page = signed_in(REVIEWERS[1]).get(address).content.decode()
    assert "Leila Farah decided that these are one person" in page
    assert "Your answer</h2>" not in page
    assert "Same phone" in signed_in(REVIEWERS[1]).get("/identity/decisions").content.decode()
    late = send(signed_in(REVIEWERS[1]), address, answer="different", reasons="No")
    assert late.status_code == 409
    with act(REVIEWERS[0]):
        ((number,),) = rows_of("SELECT id FROM identity_decision")
    undo = f"/identity/decisions/{number}/undo"
    assert "Same phone" in signed_in(REVIEWERS[1]).get(undo).content.decode()
    assert send(signed_in(REVIEWERS[1]), undo, reasons="Another Ann").status_code == 302
    assert who_is_who(act) == before
    assert "Another Ann" in client.get("/identity/decisions").content.decode()
    assert send(client, undo, reasons="Again").status_code == 409


def test_a_childs_pair_is_answered_by_two_who_do_not_see_each_other(world):
    address = pair_of(world, "beau", "bo")
    first, second = signed_in(REVIEWERS[0]), signed_in(REVIEWERS[1])
    assert send(first, address, answer="different", reasons="Other mothers").status_code == 302
    assert "You have answered" in first.get(address).content.decode()
    assert "2 pairs wait" in first.get("/identity").content.decode()
    page = second.get(address).content.decode()
    assert "1 so far; two must agree" in page
    assert "Other mothers" not in page
    assert "Leila" not in page
    assert "1 of 2, unseen by each other" in second.get("/identity").content.decode()
    assert send(second, address, answer="different", reasons="As born").status_code == 302
    page = second.get(address).content.decode()
    assert "Other mothers" in page
    assert "decided that these are two people" in page
    assert "two must agree" not in page  # it is decided


def test_what_contradicts_a_decision_is_told_on_the_form(world):
    client = signed_in(REVIEWERS[0])
    send(client, pair_of(world, "ann", "anni"), answer="different", reasons="Twins")
    send(client, pair_of(world, "ann", "anne"), answer="same", reasons="One signature")
    page = send(client, pair_of(world, "anne", "anni"), answer="same", reasons="Alike")
    assert page.status_code == 422
    text = page.content.decode()
    assert f"{world.people['ann'].ref} and {world.people['anni'].ref} are two people" in text
    assert "Another decision stands against this" in text


@pytest.mark.parametrize("missing", ["hidden", "absent", "itself"])
def test_one_record_or_one_that_may_not_be_seen_is_no_pair(world, missing):
    refs = {"hidden": world.people["hidden"].ref, "absent": "P00000000"}
    ref = refs.get(missing, world.people["ann"].ref)
    page = signed_in(REVIEWERS[0]).get(f"/identity/pairs/{world.people['ann'].ref}/{ref}")
    assert page.status_code == (422 if missing == "itself" else 404)
    absent = signed_in(REVIEWERS[0]).get(f"/identity/pairs/{world.people['ann'].ref}/P00000000")
    assert missing == "itself" or page.content == absent.content


def test_an_empty_queue_says_so(act, db):
    page = signed_in(REVIEWERS[2]).get("/identity").content.decode()
    assert "No pair waits" in page or "no pair waits" in page


def test_two_open_cases_of_one_person_stay_where_they_are_and_both_say_so(act):
    """Two of the council's records with an application each, by two workers."""
    from wholeplace.flows.apply_and_decide import record_application

    world, cases = World(), {}
    for label, worker in (("ann", "amina.begum"), ("anne", "tom.okafor")):
        known = world.know(label, "council-benefits", born=ADULT)
        with act(worker):
            cases[worker] = record_application(
                person_id=known.person_id,
                scheme="transition-payments",
                source="self",
                received_on=dt.date(2026, 6, 1),
                answers={},
            )
    rows = "SELECT id, person_id, state, version, by_id FROM casework_application ORDER BY id"
    with act("amina.begum"):
        before = rows_of(rows)
    reviewer, address = signed_in(REVIEWERS[0]), pair_of(world, "ann", "anne")
    page = reviewer.get(address).content.decode()
    assert page.count("A Worker") == 2  # whoever works with either is named
    send(reviewer, address, answer="same", reasons="Same signature")
    for worker, other in (("amina.begum", "anne"), ("tom.okafor", "ann")):
        text = signed_in(worker).get(f"/applications/{cases[worker]}").content.decode()
        assert f"Leila Farah decided that this person is one with {other.title()} Test" in text
        assert "Nothing of this case has moved" in text
        with act("owen.pryce"):
            seen = rows_of(
                "SELECT people FROM audit_event WHERE record = 'decided to be one person'"
            )
        assert seen[-1] == ([world.people[other].person_id],)
    with act("amina.begum"):
        assert rows_of(rows) == before
        ((number,),) = rows_of("SELECT id FROM identity_decision")
    assert signed_in("amina.begum").get(address).status_code == 404
    send(reviewer, f"/identity/decisions/{number}/undo", reasons="Two signatures")
    text = signed_in("amina.begum").get(f"/applications/{cases['amina.begum']}").content.decode()
    assert "Leila Farah undid this: Two signatures" in text


def test_whoever_decides_comes_from_why_two_are_one_to_parting_them(world, act):
    """A pair that no queue holds: records that a linking joined, and one that it never compared."""
    ann, anne = (world.people[one].ref for one in ("ann", "anne"))
    client = signed_in(REVIEWERS[0])
    page = client.get(f"/people/{ann}/one-person").content.decode()
    assert f"/identity/pairs/{ann}/{anne}" in page
    helper = signed_in("nadia.hussain").get(f"/people/{ann}/one-person").content.decode()
    assert "/identity/pairs/" not in helper
    address = pair_of(world, "ann", "anne")
    assert send(client, address, answer="different", reasons="Sisters").status_code == 302
    now = who_is_who(act)
    assert now[world.people["ann"].person_id] != now[world.people["anne"].person_id]
    other = client.get(pair_of(world, "anni", "beau")).content.decode()
    assert "Not compared by program" in other
    assert "The same address and surname" in other
    assert "<svg" not in other
