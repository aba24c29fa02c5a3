"""Errors as pages: what happened, that nothing was lost, what to do; and nothing left behind."""

from __future__ import annotations

import pytest
from django.test import Client

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.audit.models import Event
from wholeplace.web.places import views


def fails(error: Exception):
    """A query that writes something and then fails."""

    def query(*_: object) -> None:
        audit.record("half.done")
        raise error

    return query


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (UserMistake("It cannot be.", why="Because.", do="Do this."), 422, "It cannot be."),
        (RuntimeError("secret detail"), 500, "something went wrong on our side"),
    ],
)
def test_what_a_failed_request_wrote_is_undone(act, signed_in, monkeypatch, error, status, words):
    monkeypatch.setattr(views.queries, "ward", fails(error))
    client = signed_in("amina.begum", raise_request_exception=False)
    answer = client.get("/places/E05011156")
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "secret detail" not in answer.content.decode()
    assert "Nothing was lost" in answer.content.decode()
    with act("owen.pryce"):
        assert not Event.objects.filter(action="half.done").exists()


def test_no_such_address_is_the_same_page_signed_in_or_out(signed_in):
    for client in (Client(), signed_in("amina.begum")):
        answer = client.get("/no/such/page")
        assert answer.status_code == 404
        assert "There is no such page" in answer.content.decode()


def test_a_host_that_is_not_ours_is_a_bad_request(db):
    answer = Client().get("/sign-in", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()


def test_an_account_whose_access_has_ended_is_told_so(signed_in, monkeypatch):
    client = signed_in("tom.okafor")
    monkeypatch.setattr("wholeplace.web.middleware.standings_of", lambda user: [])
    answer = client.get("/")
    assert answer.status_code == 403
    assert "Your access has ended" in answer.content.decode()
    assert client.get("/api/me").status_code == 403


@pytest.mark.parametrize("path", ["/fund/{n}", "/trawls/{n}", "/findings/{n}", "/awards/{n}"])
def test_a_number_beyond_all_records_is_no_such_record(world, signed_in, path):
    client = signed_in("harpreet.gill", raise_request_exception=False)
    for number in (2**63, 9_999_999_999_999_999_999):
        answer = client.get(path.format(n=number))
        assert answer.status_code == 404
        assert "There is no such page" in answer.content.decode()


@pytest.mark.parametrize("path", ["/applications", "/trawls/{run}"])
def test_a_page_after_a_number_without_end_is_the_last(world, signed_in, path):
    client = signed_in("amina.begum", raise_request_exception=False)
    for after in ("9" * 19, "9" * 400, "a\0b"):
        assert client.get(path.format(run=world.run), {"after": after}).status_code == 200


def test_what_the_database_cannot_hold_is_refused_in_words(signed_in):
    client = signed_in("amina.begum", raise_request_exception=False)
    answer = client.get("/places/a%00b")
    assert answer.status_code in (404, 422)
    assert "went wrong on our side" not in answer.content.decode()


def test_an_address_behind_a_button_says_so(world, signed_in):
    answer = signed_in("amina.begum").get(f"/applications/{world.application}/letter")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "cannot be opened by itself" in answer.content.decode()
    assert Client().get("/sign-out").status_code == 405
