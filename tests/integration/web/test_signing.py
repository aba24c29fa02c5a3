"""Signing in: staff by password, residents by code, and what a stranger learns (nothing)."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from tests.integration.test_access import make_person

from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.people.actions import issue_code
from wholeplace.web.agencies import views

PASSWORD = "demonstration-only-2026"


def post(path: str, client: Client | None = None, **data: str):
    return (client or Client()).post(path, data)


@pytest.fixture
def person(act):
    with act("system-loader"):
        return make_person("Ada Test")


@pytest.fixture
def code(act, person):
    with act("amina.begum"):
        return issue_code(ref=person.ref)


def test_a_password_opens_home(db):
    client = Client()
    answer = post("/sign-in", client, username="amina.begum", password=PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    home = client.get("/")
    assert home.status_code == 200
    assert b"Amina Begum" in home.content
    assert home["Cache-Control"] == "private, no-store"


def test_it_goes_on_to_the_page_that_was_asked_but_never_elsewhere(db):
    wanted = {"username": "amina.begum", "password": PASSWORD}
    assert Client().post("/sign-in?next=/search", wanted)["Location"] == "/search"
    for elsewhere in ("https://example.org/", "//example.org", "javascript:alert(1)"):
        assert Client().post(f"/sign-in?next={elsewhere}", wanted)["Location"] == "/"


def test_an_unknown_name_and_a_wrong_password_answer_alike(db):
    wrong = post("/sign-in", username="amina.begum", password="wrong")
    unknown = post("/sign-in", username="nobody.here", password="wrong")
    assert wrong.status_code == unknown.status_code == 200
    assert views.WRONG in wrong.content.decode()
    assert views.WRONG in unknown.content.decode()


@pytest.mark.parametrize("name", ["amina.begum", "nobody.here"])
def test_too_many_tries_are_told_to_wait_whoever_it_is(db, name):
    for _ in range(views.BY_NAME.at_most):
        assert views.WRONG in post("/sign-in", username=name, password="x").content.decode()
    answer = post("/sign-in", username=name, password=PASSWORD).content.decode()
    assert views.WAIT in answer


def test_a_success_forgets_the_wrong_tries(db):
    for _ in range(views.BY_NAME.at_most - 1):
        post("/sign-in", username="amina.begum", password="x")
    assert post("/sign-in", username="amina.begum", password=PASSWORD).status_code == 302
    assert views.WRONG in post("/sign-in", username="amina.begum", password="x").content.decode()


def test_successes_do_not_count_against_an_address_and_failures_before_them_still_do(
    db, monkeypatch
):
    monkeypatch.setattr(views, "BY_ADDRESS", views.Limit("sign-in address", 3, views.QUARTER))
    for _ in range(5):
        assert post("/sign-in", username="amina.begum", password=PASSWORD).status_code == 302
    for _ in range(2):
        assert views.WRONG in post("/sign-in", username="x", password="x").content.decode()
    assert post("/sign-in", username="amina.begum", password=PASSWORD).status_code == 302
    assert views.WRONG in post("/sign-in", username="x", password="x").content.decode()
    answer = post("/sign-in", username="amina.begum", password=PASSWORD)
    assert views.WAIT in answer.content.decode()


@pytest.mark.parametrize(
    ("secure", "address"), [(True, "203.0.113.9"), (False, "127.0.0.1")], ids=["proxy", "none"]
)
def test_only_a_documented_proxy_is_believed_and_only_its_own_word(settings, rf, secure, address):
    settings.SECURE = secure
    request = rf.get("/sign-in", HTTP_X_FORWARDED_FOR="198.51.100.7, 203.0.113.9")
    assert views._address(request) == address


def test_a_system_account_cannot_sign_in(db):
    assert post("/sign-in", username="system-loader", password="").status_code == 200
    answer = post("/sign-in", username="system-loader", password="None").content.decode()
    assert views.WRONG in answer


def test_signing_out_takes_a_post_and_ends_the_session(db):
    client = Client()
    post("/sign-in", client, username="amina.begum", password=PASSWORD)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/")["Location"] == "/sign-in"


def test_a_session_past_its_time_opens_nothing(db):
    client = Client()
    post("/sign-in", client, username="amina.begum", password=PASSWORD)
    assert client.get("/").status_code == 200
    Session.objects.update(expire_date=timezone.now())
    assert client.get("/")["Location"] == "/sign-in"


def test_a_form_without_its_token_is_refused_in_words(db):
    answer = Client(enforce_csrf_checks=True).post("/sign-in", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert b"This form has expired" in answer.content
    assert b"<title>This form has expired" in answer.content  # no matter of one's role


def test_a_resident_opens_their_own_record_with_a_code_once(act, person, code):
    client = Client()
    typed = f" {code.lower().replace('-', ' ')} "
    answer = post("/code", client, reference=person.ref.lower(), code=typed)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert b"Ada Test" in client.get("/").content
    with act("owen.pryce"):
        assert Event.objects.filter(action="session.begin", person_id=person.pk).count() == 1
    again = post("/code", reference=person.ref, code=code)
    assert views.WRONG_CODE.split(".")[0] in again.content.decode()


def test_an_absent_reference_and_a_wrong_code_answer_alike(person, code):
    wrong, absent = (
        post("/code", reference=ref, code="AAAAA-AAAAA").content.decode().replace(ref, "")
        for ref in (person.ref, "P00000000")
    )
    assert _without_token(wrong) == _without_token(absent)


def test_five_wrong_codes_end_the_code(person, code):
    for _ in range(5):
        post("/code", reference=person.ref, code="AAAAA-AAAAA")
    assert post("/code", reference=person.ref, code=code).status_code == 200


def test_a_new_code_ends_the_one_before(act, person, code):
    with act("amina.begum"):
        second = issue_code(ref=person.ref)
    assert post("/code", reference=person.ref, code=second).status_code == 302
    assert post("/code", reference=person.ref, code=code).status_code == 200


def _without_token(html: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
