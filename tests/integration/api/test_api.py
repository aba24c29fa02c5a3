"""The API: the pages' queries and actions, its errors as problems, its token on every change."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.test import Client

from wholeplace.api.app import api
from wholeplace.rooms.audit.models import Event


def send(client: Client, path: str, body: dict[str, object], **headers: str):
    return client.post(path, body, content_type="application/json", headers=headers)


def test_a_search_by_name_finds_and_is_written_down_with_what_was_asked(act, world, signed_in):
    found = send(signed_in("amina.begum"), "/api/search", {"name": "paid"}).json()
    assert [hit["ref"] for hit in found] == [world.paid.ref]
    with act("owen.pryce"):
        searched = Event.objects.get(action="person.search")
        shown = Event.objects.get(action="person.list")
    assert searched.detail == {"searched": {"name": "paid"}}
    assert shown.people == [world.paid.pk]


def test_another_agency_finds_nobody(world, signed_in):
    assert send(signed_in("kezia.brown"), "/api/search", {"name": "paid"}).json() == []


def test_what_is_held_and_why_the_scheme_fits(world, signed_in):
    client = signed_in("amina.begum")
    held = client.get(f"/api/people/{world.fresh.ref}/statements").json()
    assert held["jobs"][0]["values"]["employer"] == "Test Bakery"
    said = client.get(f"/api/people/{world.fresh.ref}/explain/transition-payments").json()
    assert said["answer"] == "yes"
    assert {c["value"] for c in said["criteria"]} == {"yes"}


def test_an_explanation_as_known_at_a_moment(world, signed_in):
    client = signed_in("amina.begum")
    address = f"/api/people/{world.fresh.ref}/explain/transition-payments"
    recorded = client.get(f"/api/people/{world.fresh.ref}/statements").json()["resident"][0]
    now = client.get(address, {"known_at": recorded["recorded_at"]}).json()
    assert now["answer"] == "yes"
    assert now["known_at"].startswith(recorded["recorded_at"][:19])
    before = client.get(address, {"known_at": "2020-01-01T00:00:00Z"})
    assert before.status_code == 404
    to_come = client.get(address, {"known_at": "2200-01-01T00:00:00Z"})
    assert to_come.status_code == 422
    assert to_come.json()["what"] == "That moment of knowledge is yet to come."
    assert client.get(address, {"known_at": "2020-01-01T00:00:00"}).status_code == 422


def test_an_open_answer_comes_with_questions_that_settle_it_when_they_are_asked_for(
    world, signed_in
):
    client = signed_in("amina.begum")
    address = f"/api/people/{world.fresh.ref}/explain/housing-transfer-priority"
    plain = client.get(address).json()
    assert (plain["answer"], plain["enough"]) == ("possible", None)
    said = client.get(address, {"enough": "true"}).json()
    asked = {question["fact"] for question in said["enough"]["questions"]}
    assert said["enough"]["exact"] and said["enough"]["smallest"]
    assert said["next_question"]["question"]["fact"] in asked
    assert asked <= {question["fact"] for question in said["missing"]}
    settled = client.get(f"/api/people/{world.fresh.ref}/explain/transition-payments?enough=true")
    assert settled.json()["enough"] is None
    assert client.get(address, {"enough": "perhaps"}).status_code == 422


def test_the_schema_says_what_may_be_asked_of_an_explanation():
    found = api.get_openapi_schema()["paths"]["/api/people/{ref}/explain/{scheme}"]["get"]
    asked = {one["name"]: one for one in found["parameters"] if one["in"] == "query"}
    assert set(asked) == {"as_at", "known_at", "enough"}
    assert not any(one.get("required") for one in asked.values())
    assert asked["enough"]["schema"]["type"] == "boolean"
    assert asked["enough"]["schema"]["default"] is False
    moment, empty = asked["known_at"]["schema"]["anyOf"]
    assert (moment["format"], empty) == ("date-time", {"type": "null"})
    assert "With `enough`" in found["description"]


def test_record_decide_and_release_as_the_pages_do(world, signed_in):
    assessor, officer = signed_in("amina.begum"), signed_in("grace.lindqvist")
    application = send(
        assessor,
        "/api/applications",
        {
            "key": str(uuid.uuid4()),
            "person": world.fresh.ref,
            "scheme": "transition-payments",
            "source": "trawl",
            "finding": world.finding,
            "received_on": dt.date.today().isoformat(),  # noqa: DTZ011 - a calendar day
        },
    ).json()
    number = application["line"]["id"]
    decision = {
        "key": str(uuid.uuid4()),
        "version": application["line"]["version"],
        "outcome": "award",
        "reasons": "Every test is met.",
        "weekly_pence": 3500,
        "budget": world.budget,
        "payee_name": "Cleo Fresh",
    }
    decided = send(assessor, f"/api/applications/{number}/decision", decision).json()
    award = assessor.get(f"/api/awards/{decided['award']['id']}").json()
    payment = award["payments"][0]["id"]
    refused = send(assessor, f"/api/payments/{payment}/release", {"key": str(uuid.uuid4())})
    assert refused.status_code == 403
    key = {"key": str(uuid.uuid4())}
    assert send(officer, f"/api/payments/{payment}/release", key).json()["state"] == "released"
    assert send(officer, f"/api/payments/{payment}/release", key).json()["state"] == "released"
    fund = officer.get(f"/api/fund/{world.budget}").json()["budget"]
    assert fund["spent_pence"] == 3500


def test_a_stale_decision_answers_409_in_words(world, signed_in):
    said = {
        "key": str(uuid.uuid4()),
        "version": 99,
        "outcome": "refuse",
        "reasons": "The job ended.",
    }
    answer = send(signed_in("amina.begum"), f"/api/applications/{world.application}/decision", said)
    assert answer.status_code == 409
    assert answer["Content-Type"].startswith("application/problem+json")
    assert set(answer.json()) == {"title", "status", "what", "why", "do"}


def test_a_change_without_the_sessions_token_is_refused(world, signed_in):
    client = signed_in("amina.begum", enforce_csrf_checks=True)
    answer = send(client, "/api/search", {"name": "paid"})
    assert answer.status_code == 403
    assert "token" in answer.json()["what"]


@pytest.mark.parametrize("body", [{}, {"name": ""}])
def test_a_search_for_nothing_is_a_mistake_in_words(world, signed_in, body):
    answer = send(signed_in("amina.begum"), "/api/search", body)
    assert answer.status_code == 422
    assert answer.json()["do"] == "Give at least one thing to search for."


def test_what_cannot_be_read_names_where(world, signed_in):
    answer = send(signed_in("amina.begum"), "/api/search", {"born": "yesterday"})
    assert answer.status_code == 422
    assert "born" in answer.json()["errors"][0]["where"]


def test_text_that_is_no_json_is_a_problem_too(world, signed_in):
    answer = signed_in("amina.begum").post(
        "/api/search", "{not json", content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer.json()["status"] == 400
