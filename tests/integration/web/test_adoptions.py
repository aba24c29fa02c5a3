"""Adoption orders through the pages of adoption workers, and what everybody else is answered."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from tests.integration.people.sealing import UPN, Adopted, adopt, child

from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.people import seal_queries

RESTRICTED = "Record restricted. Ring the Birmingham Adoption Service on 0121 496 0318."
SAID = {
    "order_on_day": "3",
    "order_on_month": "8",
    "order_on_year": "2026",
    "ceased": "E11",
    "given_names": "Rosa",
    "family_name": "Whitfield",
}


def record(client, adopted: Adopted, **more):
    sent = {"key": uuid.uuid4(), "records": adopted.refs, **SAID} | more
    return client.post(f"/people/{adopted.refs[0]}/adoption", sent)


def confirm(client, order: int, how: str = "confirm"):
    return client.post(
        f"/adoptions/{order}/{how}", {"key": uuid.uuid4(), "reason": "Saw the order"}
    )


def search(client, **asked) -> str:
    return client.post("/search", asked, follow=True).content.decode()


@pytest.mark.scenario("08.5")
def test_08_5_an_order_closes_the_old_record_and_makes_an_unlinked_new_one(act, signed_in):
    adopted = child()
    ruth, ben = signed_in("ruth.ellison"), signed_in("ben.achebe")
    # Given an adoption order on 3 August 2026, when it is recorded and confirmed
    assert "Lily Carter" in search(ruth, name="Lily Carter")
    assert "Adoption order" in ruth.get(f"/people/{adopted.refs[0]}").content.decode()
    form = ruth.get(f"/people/{adopted.refs[0]}/adoption").content.decode()
    assert all(ref in form for ref in adopted.refs)
    assert form.count('class="govuk-checkboxes__input"') == form.count(" checked>") == 3
    made = record(ruth, adopted)
    assert made.status_code == 302
    order = int(made["Location"].rpartition("/")[2])
    assert "Another adoption worker confirms" in ruth.get(made["Location"]).content.decode()
    assert confirm(ruth, order).status_code == 403
    assert confirm(ben, order).status_code == 302
    # Then care ends E11 on that day, and there is a new record with a new name
    with act("ruth.ellison"):
        found = seal_queries.order(order)
    assert (found.ceased, found.order_on.isoformat()) == ("E11", "2026-08-03")
    page = ruth.get(made["Location"]).content.decode()
    assert "Rosa Whitfield" in page
    assert "Ben Achebe: Saw the order" in page
    # And nothing of the old one is on the new record's pages
    for more in ("", "/before"):
        new = ruth.get(f"/people/{found.new.ref}{more}").content.decode()
        assert "Rosa" in new
        for old in ("Lily", "Carter", UPN, *adopted.refs):
            assert old not in new
    # And the old name, searched for by anybody outside who would have seen it, is restricted
    for username in ("amina.begum", "joy.mensah", "nadia.hussain"):
        client = signed_in(username)
        for asked in ({"name": "Lily Carter"}, {"name": "carter lil"}):
            html = search(client, **asked)
            assert RESTRICTED in html
            assert "Nobody that you can see" in html
            assert "Whitfield" not in html


def test_whom_governance_does_not_name_and_who_would_not_have_seen_it_find_nothing(act, signed_in):
    adopted = adopt(act)
    kezia, nobody = signed_in("kezia.brown"), {"name": "Lily Nobody"}
    with_seal = search(kezia, name="Lily Carter").replace("Carter", "Nobody")
    assert main(with_seal) == main(search(kezia, **nobody))
    for ref in adopted.refs:
        hidden, absent = kezia.get(f"/people/{ref}"), kezia.get("/people/P00000000")
        assert (hidden.status_code, hidden.content) == (404, absent.content)
    # A family name alone, a wrong birth date or another number tells nobody of it.
    joy = signed_in("joy.mensah")
    day = {"born_day": "4", "born_month": "3", "born_year": "2019"}
    assert RESTRICTED in search(joy, name="Carter", **day)
    for asked in (
        {"name": "Carter"},
        {"name": "Lily Carter", **day | {"born_year": "2018"}},
        {"name": "Lily Carter", "postcode": "B1 1AA"},
        day,
    ):
        assert "restricted" not in search(joy, **asked)


def main(html: str) -> str:
    """What the page says, without the form's tokens."""
    return re.sub(r'value="[\w-]{30,}"', "", html.partition("<main")[2].partition("</main>")[0])


def test_page_search_and_api_agree_on_who_is_told(act, signed_in):
    adopted = adopt(act)
    ref = adopted.old["community-health"].ref
    for username, told in (("joy.mensah", True), ("nadia.hussain", True), ("amina.begum", False)):
        client = signed_in(username)
        page = client.get(f"/people/{ref}")
        sent = json.dumps({"reference": ref})
        api = client.get(f"/api/people/{ref}")
        found = client.post("/api/search", sent, content_type="application/json")
        assert page.status_code == api.status_code == (403 if told else 404), username
        assert ("0121 496 0318" in page.content.decode()) is told
        assert (api.json()["what"] == "Record restricted.") is told
        assert found.json() == []
        assert ("Wholeplace-Restricted" in found.headers) is told
        assert (RESTRICTED in search(client, reference=ref)) is told
        for more in ("/before", "/one-person"):
            answer = client.get(f"/people/{ref}{more}")
            assert answer.status_code == (403 if told else 404), (username, more)
        for text in (page.content.decode(), api.content.decode()):
            assert "Lily" not in text
            assert "Rosa" not in text


def test_every_view_is_written_down_for_the_service_and_for_nobody_else(act, signed_in):
    adopted = adopt(act)
    signed_in("joy.mensah").get(f"/people/{adopted.old['community-health'].ref}")
    ben = signed_in("ben.achebe")
    ben.get(f"/adoptions/{adopted.order}")
    page = ben.get(f"/adoptions/{adopted.order}").content.decode()
    assert "Joy Mensah, Key worker" in page
    assert page.count("Opened an adoption order") == 2  # the earlier view and this one, once each
    assert "Ben Achebe, Adoption worker" in page
    owen = signed_in("owen.pryce")
    asked = [{"person": adopted.refs[2]}, {"username": "ben.achebe"}, {"username": "joy.mensah"}]
    for sent in asked:
        trail = main(owen.post("/audit", sent).content.decode())
        for words in ("adoption", "Joy Mensah", "Ben Achebe", *adopted.refs[:2], adopted.new_ref):
            assert words not in trail.replace('value="', "") or words in str(sent), (sent, words)
    with act("owen.pryce"):
        assert not Event.objects.filter(action__startswith="adoption.").exists()
        assert (
            not Event.objects.filter(person_id__in=adopted.ids)
            .exclude(action="audit.search")
            .exists()
        )


def test_an_order_is_not_there_for_other_roles_and_the_pages_ask_again(act, signed_in):
    adopted = adopt(act, confirm=False)
    for username in ("nadia.hussain", "owen.pryce"):
        client = signed_in(username)
        assert client.get("/adoptions").status_code == 403
        for more in ("", "/confirm", "/withdraw"):
            assert client.get(f"/adoptions/{adopted.order}{more}").status_code == 404
            assert confirm(client, adopted.order).status_code == 404
    ben = signed_in("ben.achebe")
    assert "Waits for a second worker" in ben.get("/").content.decode()
    sealed = ben.get(f"/people/{adopted.refs[0]}/adoption")
    assert sealed["Location"] == f"/adoptions/{adopted.order}"
    assert confirm(ben, adopted.order, "withdraw").status_code == 302
    assert "open again" in ben.get(f"/adoptions/{adopted.order}").content.decode()


def test_a_mistake_is_told_on_the_form_with_what_was_typed(signed_in, act):
    adopted = child()
    ruth = signed_in("ruth.ellison")
    wrong = record(ruth, adopted, upn=UPN)
    assert wrong.status_code == 422
    assert "The old record has this pupil number (UPN)." in wrong.content.decode()
    assert "Whitfield" in wrong.content.decode()
    assert record(ruth, adopted, records=[], others="").status_code == 422
    absent = record(ruth, adopted, others="P00000000")
    assert absent.status_code == 422
    assert "One of the references is of no record." in absent.content.decode()
    assert "Whitfield" in absent.content.decode()
    with act("ruth.ellison"):
        assert seal_queries.orders() == []
