"""Casework through the pages: search, letters and bars, deciding once, paying once."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.utils import timezone

from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.documents import queries as letters
from wholeplace.rooms.ledger import queries as ledger


def form_of(page: Any) -> dict[str, str]:
    """The hidden boxes of the page's form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def day(name: str, value: dt.date) -> dict[str, int]:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "paid"},
        {"name": "ada paid"},
        {"postcode": "b1 1aa"},
        day("born", dt.date(1990, 5, 17)),
    ],
)
def test_a_search_leads_to_results_that_can_be_opened_again(act, world, signed_in, asked):
    client = signed_in("amina.begum")
    sent = client.post("/search", asked)
    assert re.fullmatch(r"/search/\d+", sent["Location"])
    for _ in range(2):
        page = client.get(sent["Location"]).content.decode()
        assert world.paid.ref in page
    with act("owen.pryce"):
        assert Event.objects.filter(action="person.list").count() == 2
    assert signed_in("tom.okafor").get(sent["Location"]).status_code == 404


def test_a_search_for_nothing_and_one_that_finds_nobody(world, signed_in):
    client = signed_in("amina.begum")
    assert client.post("/search", {}).status_code == 422
    page = client.get(client.post("/search", {"name": "Nobody"})["Location"]).content.decode()
    assert "Nobody that you can see fits this search." in page


def test_no_letter_while_a_bar_stands_and_one_again_when_it_is_lifted(world, signed_in):
    client, base = signed_in("amina.begum"), f"/people/{world.fresh.ref}"
    sent = {
        **form_of(client.get(f"{base}/bar")),
        "kind": "do_not_contact",
        "reason": "Asked us by telephone",
        **day("happened_on", timezone.localdate()),
    }
    assert client.post(f"{base}/bar", sent).status_code == 302
    assert "Do not contact" in client.get(base).content.decode()
    assert "No letter may be written" in client.get(f"{base}/letter").content.decode()
    number = re.search(rf"{base}/bar/(\d+)/end", client.get(base).content.decode()).group(1)
    client.post(f"{base}/bar/{number}/end")
    assert "Write the letter" in client.get(f"{base}/letter").content.decode()


def test_an_address_that_is_not_safe_gets_no_letter_by_post(world, signed_in):
    client, base = signed_in("amina.begum"), f"/people/{world.fresh.ref}"
    sent = {
        **form_of(client.get(f"{base}/bar")),
        "kind": "unsafe_address",
        "reason": "Said in confidence",
        **day("happened_on", timezone.localdate()),
    }
    client.post(f"{base}/bar", sent)
    page = client.get(f"{base}/letter").content.decode()
    assert "nothing may be sent to it" in page


def award_form(client: Any, world: Any) -> dict[str, object]:
    page = client.get(f"/applications/{world.application}/award")
    return {
        **form_of(page),
        "weekly": "35.00",
        "budget": world.budget,
        "payee_kind": "customer",
        "payee_name": "Bert Found",
        "reasons": "Every test is met.",
    }


def test_a_double_click_awards_once(act, world, signed_in):
    client, path = signed_in("amina.begum"), f"/applications/{world.application}/award"
    sent = award_form(client, world)
    first, second = client.post(path, sent), client.post(path, sent)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    with act("grace.lindqvist"):
        assert ledger.budget(world.budget).committed_pence == 2 * 280_00


def test_a_double_click_invites_once(act, world, signed_in):
    client, path = signed_in("amina.begum"), f"/people/{world.fresh.ref}/letter"
    sent = form_of(client.get(path))
    first, second = client.post(path, sent), client.post(path, sent)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    with act("amina.begum"):
        assert [one.kind for one in letters.letters_of(world.fresh.pk)] == ["invitation"]
    late = client.post(path, {**sent, "key": str(uuid.uuid4())})  # a form opened before the first
    assert late.status_code == 409


def test_a_double_click_writes_one_decision_letter_and_so_does_a_colleague(act, world, signed_in):
    amina, path = signed_in("amina.begum"), f"/applications/{world.application}"
    amina.post(f"{path}/award", award_form(amina, world))
    sent = form_of(amina.get(path))
    first, second = (amina.post(f"{path}/letter", sent)["Location"] for _ in range(2))
    tom = signed_in("tom.okafor")
    theirs = tom.post(f"{path}/letter", form_of(tom.get(path)))["Location"]
    assert first == second == theirs
    with act("amina.begum"):
        kinds = [one.kind for one in letters.letters_of(world.found.pk)]
    assert kinds == ["award", "invitation"]


def test_the_second_writer_is_told_and_nothing_of_theirs_is_saved(act, world, signed_in):
    amina, tom = signed_in("amina.begum"), signed_in("tom.okafor")
    path = f"/applications/{world.application}"
    late = {**form_of(tom.get(f"{path}/refuse")), "reasons": "The job has ended."}
    assert amina.post(f"{path}/award", award_form(amina, world)).status_code == 302
    answer = tom.post(f"{path}/refuse", late)
    assert answer.status_code == 409
    assert "Amina Begum" in answer.content.decode()
    with act("tom.okafor"):
        assert casework.application(world.application).line.state == "awarded"


def test_reasons_are_required_and_what_was_typed_stays(world, signed_in):
    client, path = signed_in("amina.begum"), f"/applications/{world.application}/award"
    sent = {**award_form(client, world), "reasons": "", "payee_name": "A Landlord of Renown"}
    answer = client.post(path, sent)
    assert answer.status_code == 422
    assert "A Landlord of Renown" in answer.content.decode()
    assert "There is a problem" in answer.content.decode()


def test_more_than_is_needed_is_refused_on_the_form(world, signed_in):
    client, path = signed_in("amina.begum"), f"/applications/{world.application}/award"
    answer = client.post(path, {**award_form(client, world), "weekly": "99.00"})
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_ticked_payments_are_released_once_however_often_they_are_sent(act, world, signed_in):
    client = signed_in("grace.lindqvist")
    sent = {"key": str(uuid.uuid4()), "payment": [world.payment, world.payment + 1]}
    for _ in range(2):
        answer = client.post("/payments/release", sent)
        page = client.get(answer["Location"]).content.decode()
        assert "£70.00" in page
        assert "2 payments" in page
    with act("grace.lindqvist"):
        assert ledger.budget(world.budget).spent_pence == 70_00


def test_who_decided_the_award_cannot_release_it(act, world, signed_in):
    """Brief 15, scenario 2, at the page: refused, and the refusal is written down."""
    answer = signed_in("amina.begum").post("/payments/release", {"payment": [world.payment]})
    assert answer.status_code == 403
    with act("owen.pryce"):
        assert Event.objects.filter(action="access.refuse", route="payments-release").exists()


def test_a_trawl_waits_for_the_worker_and_its_page_renews_itself(world, signed_in):
    client = signed_in("amina.begum")
    sent = {
        **form_of(client.get("/trawls/start")),
        "scheme": "transition-payments",
        **day("as_at", timezone.localdate()),
    }
    answer = client.post("/trawls/start", sent)
    page = client.get(answer["Location"])
    assert page["Refresh"] == "3"
    assert "It waits for the worker" in page.content.decode()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs ORDER BY id DESC LIMIT 1")
        task, arguments = cursor.fetchone()
    assert task == "carry out trawl"
    assert "run_id" in str(arguments)


def test_a_trawl_form_sent_again_starts_no_second_trawl(world, signed_in):
    from django.db import connection

    client = signed_in("amina.begum")
    sent = {
        **form_of(client.get("/trawls/start")),
        "scheme": "transition-payments",
        **day("as_at", timezone.localdate()),
    }

    def jobs() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs")
            return int(cursor.fetchone()[0])

    before = jobs()
    pages = {client.post("/trawls/start", sent)["Location"] for _ in range(8)}
    assert len(pages) == 1
    assert jobs() == before + 1
    sent |= form_of(client.get("/trawls/start"))
    assert client.post("/trawls/start", sent)["Location"] not in pages


def test_setting_a_finding_aside_takes_a_reason_and_can_be_undone(world, signed_in):
    client, path = signed_in("amina.begum"), f"/findings/{world.finding}"
    page = client.get(f"{path}/set-aside")
    assert client.post(f"{path}/set-aside", {**form_of(page), "reason": ""}).status_code == 422
    sent = {**form_of(page), "reason": "Has moved abroad"}
    assert client.post(f"{path}/set-aside", sent).status_code == 302
    assert "Has moved abroad" in client.get(path).content.decode()
    again = {**form_of(client.get(f"{path}/bring-back")), "reason": "Has come back"}
    assert client.post(f"{path}/bring-back", again).status_code == 302


def test_an_award_that_ends_gives_its_money_back(act, world, signed_in):
    client, path = signed_in("amina.begum"), f"/awards/{world.award}/end"
    sent = {
        **form_of(client.get(path)),
        "reason": "The job ended",
        **day("happened_on", timezone.localdate()),
    }
    assert client.post(path, sent).status_code == 302
    page = client.get(f"/awards/{world.award}").content.decode()
    assert "Ended" in page
    with act("grace.lindqvist"):
        assert ledger.budget(world.budget).committed_pence < 280_00
