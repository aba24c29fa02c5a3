"""`/people/new`: typed, matched, and then one of those shown or somebody new; and by the API."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from tests.integration.identity.indexed import SAID, intake_world

from wholeplace.rooms.people.models import Person


@pytest.fixture
def world(act) -> Any:
    return intake_world(act)


def typed(who: str, **more: Any) -> dict[str, Any]:
    said = dict(SAID[who])
    born = said.pop("date_of_birth")
    parts = {f"date_of_birth_{part}": getattr(born, part) for part in ("day", "month", "year")}
    return {"key": str(uuid.uuid4())} | parts | said | more


def main_of(answer: Any) -> str:
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return html.partition("<main")[2].partition("</main>")[0]


def count(act: Any) -> int:
    with act("amina.begum"):
        return Person.objects.count()


def test_it_is_this_person_records_nobody_and_opens_their_record(signed_in, act, world):
    client, before = signed_in("amina.begum"), count(act)
    sent = typed("cal", family_name="Castelanos")
    page = main_of(client.post("/people/new", sent))
    ref = world.people["cal-council-benefits"].ref
    assert f'href="/people/{ref}"' in page and "The same address and surname" in page
    assert "Known to Birmingham City Council, Benefits Service" in page
    for name, value in sent.items():  # kept in the page to be sent again
        assert f'name="{name}" value="{value}"' in page
    unsaid = client.post("/people/new", sent | {"who": ""})
    assert unsaid.status_code == 422 and "Who is it?" in main_of(unsaid)
    for other in ("P00000000", world.people["ben-police"].ref):
        assert client.post("/people/new", sent | {"who": other}).status_code == 422
    chosen = client.post("/people/new", sent | {"who": ref})
    assert (chosen.status_code, chosen["Location"]) == (302, f"/people/{ref}")
    assert count(act) == before


def test_somebody_new_is_recorded_once_however_often_it_is_sent(signed_in, act, world):
    client, before = signed_in("amina.begum"), count(act)
    sent = typed("fay")
    page = main_of(client.post("/people/new", sent))
    assert "No record that you can see" in page and 'name="who" value="new"' in page
    assert count(act) == before
    first, second = (client.post("/people/new", sent | {"who": "new"}) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert count(act) == before + 1
    other = client.post("/people/new", sent | {"given_names": "Finn", "who": "new"})
    assert other.status_code == 409  # gone back to, the form is of somebody who is recorded
    record = client.get(first["Location"]).content.decode()
    assert "Fayola Featherstone" in record
    found = main_of(client.post("/people/new", typed("fay", given_names="Fay")))
    assert first["Location"] in found


def test_restricted_says_whom_to_ring_and_absent_says_what_nobody_says(signed_in, world):
    client = signed_in("amina.begum")
    told = main_of(client.post("/people/new", typed("ada")))
    assert "ring the housing records desk on 0121 496 0244" in told
    assert world.people["ada-council-housing"].ref not in told
    pages = []
    for who in ("ben", "eve", "fay"):
        answer = client.post("/people/new", typed(who, key=str(uuid.UUID(int=7))))
        page = main_of(answer).partition("What you typed")[0]
        pages.append((answer.status_code, page))
    assert pages == pages[:1] * 3
    assert "ring" not in pages[0][1]


def test_what_is_wrong_is_said_beside_its_box_with_what_was_typed(signed_in, act, world):
    client, before = signed_in("amina.begum"), count(act)
    wrong = {
        "family_name": ("x" * 10_000, "100 letters or fewer"),
        "given_names": ("", "Enter given names"),
        "nhs_number": ("943 476 5918", "cannot be an NHS number"),
        "postcode": ("B66 66", "cannot be a postcode"),
        "date_of_birth_month": ("13", "real date"),
        "date_of_birth_year": ("1066", "or later"),
        "known_as": ("🙂", "cannot be a name"),
        "line_1": ("a\0b", "Null characters"),
    }
    for name, (value, words) in wrong.items():
        answer = client.post("/people/new", typed("fay") | {"who": "new", name: value})
        assert answer.status_code == 422, name
        assert words in main_of(answer), name
    right = typed("fay", given_names="محمد", family_name="عليّ")
    assert "محمد" in main_of(client.post("/people/new", right))
    assert count(act) == before


def test_by_the_api_a_record_is_matched_and_then_recorded_once(signed_in, act, world):
    client = signed_in("amina.begum")

    def sent(path: str, said: dict[str, Any]) -> Any:
        return client.post(path, said, content_type="application/json")

    said = {**SAID["cal"], "date_of_birth": SAID["cal"]["date_of_birth"].isoformat()}
    found = sent("/api/match", said).json()
    (one,) = found["possible"]
    assert one["ref"] == world.people["cal-council-benefits"].ref
    assert one["because"][0]["bits"] > 0 and found["ring"] == []
    nobody = {"possible": [], "ring": [], "compared": True}
    assert sent("/api/match", {"family_name": "Nobody"}).json() == nobody
    assert sent("/api/match", {"nhs_number": "1"}).status_code == 422
    before, key = count(act), str(uuid.uuid4())
    new = {"given_names": "Noor", "family_name": "Ny", "key": key}
    answers = [sent("/api/people", new) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert sent("/api/people", new | {"given_names": "Nour"}).status_code == 409
    assert count(act) == before + 1
