"""Saying that an agency's statement is wrong: asked, seen by both, answered, brought by a load."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from tests.integration.identity.known import LOADERS, World, usual_world
from tests.integration.records.extracts import DAY, load, small_extract, write

from wholeplace.flows import correct_at_source as flow
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.records import correction_requests as requests
from wholeplace.rooms.records.models import STATEMENTS, CorrectionAnswer, CorrectionRequest

LEAD, OFFICER, OTHER = "nadia.hussain", "idris.vaughan", "rosa.delgado"
KEY = "3a0e8c5e-58e5-4f43-9d26-3df4c1a6d8b1"
HOUSING = "ada-council-housing"


@pytest.fixture
def known(act) -> World:
    return usual_world()


def texts(answer: Any) -> str:
    return str(answer.content.decode())


def wrong(known: World, record: str = HOUSING, field: str = "family_name") -> str:
    """From the police's record of the person: of what another agency says."""
    label = f"{record.partition('-')[0]}-police"
    return f"/people/{known.people[label].ref}/wrong/{known.people[record].ref}/{field}"


def sent(**more: str) -> dict[str, str]:
    return {"key": KEY, "should_be": "Lovelace", "why": "I saw her passport"} | more


def asked(known: World, record: str = HOUSING, field: str = "family_name", **more: Any) -> int:
    """A request, as whoever acts."""
    given = {"asked": "Lovelace", "why": "I saw her passport", "key": uuid.uuid4()} | more
    return requests.ask(person_id=known.people[record].person_id, field=field, **given)


def test_a_worker_asks_and_both_agencies_see_how_it_stands(act, signed_in, known):
    """Given five agencies, when one is asked to correct, then it answers and both sides see it."""
    lead, officer = signed_in(LEAD), signed_in(OFFICER)
    form = texts(lead.get(wrong(known)))
    assert "Birmingham City Council, Housing, since 1 June 2026 or before" in form
    page = texts(lead.post(wrong(known), sent(), follow=True))
    assert "Asked to be corrected" in page
    assert "Waiting for an answer" in page
    assert "Lovelace" in texts(officer.get("/corrections"))
    with act(OFFICER):
        (task,) = requests.tasks()
    assert (task.said, task.asked, task.asked_by) == ("Test", "Lovelace", "Nadia Hussain")
    assert task.person_key == f"R{task.person_id}"  # by which the officer finds them
    address = f"/corrections/{task.id}"
    assert "I saw her passport" in texts(officer.get(address))
    answer = {"key": KEY, "kind": "stands", "why": "Her tenancy names her so"}
    assert officer.post(f"{address}/answer", answer).status_code == 302
    assert "no request waits" in texts(officer.get("/corrections"))
    assert "Lovelace" in texts(officer.get("/corrections?show=all"))
    for reader, label in ((lead, "ada-police"), (officer, HOUSING)):
        page = texts(reader.get(f"/people/{known.people[label].ref}"))
        assert "Asked to be corrected" in page.split("It stands")[0]
        assert "Her tenancy names her so" in texts(reader.get(address))
    with act("owen.pryce"):
        told = set(Event.objects.values_list("action", flat=True))
    assert {"correction.ask", "correction.answer", "correction.view", "corrections.list"} <= told


def test_the_statement_is_never_changed(act, signed_in, known):
    with act("loader-council-housing"):
        before = list(STATEMENTS["resident"].objects.values())
    signed_in(LEAD).post(wrong(known), sent())
    with act("loader-council-housing"):
        assert list(STATEMENTS["resident"].objects.values()) == before


def test_sent_twice_it_is_asked_once_and_other_words_are_another_form(act, signed_in, known):
    lead = signed_in(LEAD)
    assert [lead.post(wrong(known), sent()).status_code for _ in range(2)] == [302, 302]
    assert lead.post(wrong(known), sent(should_be="Byron")).status_code == 409
    again = lead.post(wrong(known), sent(key=str(uuid.uuid4())))
    assert again.status_code == 422
    assert "Your agency has asked for this already" in texts(again)
    with act(LEAD):
        assert CorrectionRequest.objects.count() == 1


def test_answered_twice_it_is_answered_once(act, known):
    with act(LEAD):
        number = asked(known)
    with act(OFFICER):
        for _ in range(2):
            requests.answer(request_id=number, kind="stands", why="It is so")
        with pytest.raises(requests.Stale, match="answered this meanwhile"):
            requests.answer(request_id=number, kind="corrected", why="")
        assert CorrectionAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("family_name", "test", "says so already"),
        ("family_name", " ", "Enter what should it be|Answer"),
        ("nhs_number", "123 456 7890", "cannot be an NHS number"),
        ("ni_number", "ABC", "cannot be a National Insurance number"),
        ("upn", "A1", "cannot be a pupil number"),
    ],
)
def test_what_cannot_be_right_is_said_on_the_form(signed_in, known, field, value, why):
    answer = signed_in(LEAD).post(wrong(known, field=field), sent(should_be=value))
    assert answer.status_code == 422
    assert any(words in texts(answer) for words in why.split("|"))


def test_a_day_is_asked_for_in_its_parts(act, signed_in, known):
    day = {"should_be_day": "9", "should_be_month": "5", "should_be_year": "1990"}
    answer = signed_in(LEAD).post(wrong(known, field="date_of_birth"), sent() | day)
    assert answer.status_code == 302
    with act(LEAD):
        assert CorrectionRequest.objects.get().asked == "1990-05-09"
    late = sent(key=str(uuid.uuid4())) | day | {"should_be_year": "2990"}
    refused = signed_in(LEAD).post(wrong(known, field="date_of_birth"), late)
    assert refused.status_code == 422
    assert "This day has not come yet." in texts(refused)


def test_who_may_not_see_the_person_cannot_ask(signed_in, known):
    """As if there were no such record: of another agency, or by a role that does not ask."""
    shared = signed_in("amina.begum")
    own = known.people["ada-council-benefits"].ref
    housing, police = (known.people[f"ada-{a}"].ref for a in ("council-housing", "police"))
    assert shared.get(f"/people/{own}/wrong/{housing}/phone").status_code == 200
    hidden = shared.get(f"/people/{own}/wrong/{police}/phone")
    absent = shared.get(f"/people/{own}/wrong/P00000000/phone")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content
    assert shared.get(f"/people/{own}/wrong/{housing}/weekly_rent").status_code == 404
    for username in ("kezia.brown", "joy.mensah", OFFICER, "grace.lindqvist"):
        assert signed_in(username).post(wrong(known), sent()).status_code == 404


def test_nobody_but_the_two_agencies_sees_it(act, signed_in, known):
    with act(LEAD):
        number = asked(known)
        assert requests.request(number).state == "open"
    for username in (OTHER, "amina.begum", "harpreet.gill", "joy.mensah", "kezia.brown"):
        with act(username):
            assert requests.requests_about([k.person_id for k in known.people.values()]) == []
            with pytest.raises(requests.NotFound):
                requests.request(number)
        client = signed_in(username)
        for more in ("", "/answer"):
            hidden, absent = (client.get(f"/corrections/{n}{more}") for n in (number, 987654321))
            assert (hidden.status_code, hidden.content) == (404, absent.content)
    assert signed_in(LEAD).get(f"/corrections/{number}/answer").status_code == 404
    with act("owen.pryce"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM records_correctionrequest")
        assert cursor.fetchone() == (0,)


def test_a_mark_on_a_record_closes_the_way_to_its_requests(act):
    world = World()
    for agency in ("council-housing", "police"):
        world.know(f"ada-{agency}", agency)
    world.link("ada-council-housing", "ada-police")
    with act(LEAD):
        number = asked(world)
        assert requests.request(number).state == "open"
    world.know("ada-schools", "schools", restricted=True)
    world.join(1, "ada-schools")
    with act(LEAD), pytest.raises(requests.NotFound):
        requests.request(number)
    with act(OFFICER):
        assert requests.request(number).state == "open"


def test_the_database_refuses_what_the_program_would_not_do(act, known):
    """Nobody asks for another agency, answers what another was asked, or changes any of it."""
    ada, ben = (known.people[f"{n}-council-housing"].person_id for n in ("ada", "ben"))
    with act(LEAD):
        number = asked(known)
        wrongly = {"to_agency_id": 1, "field": "phone", "said": "", "asked": "1", "why": "x"}
        with pytest.raises(DatabaseError), transaction.atomic():
            CorrectionRequest.objects.create(person_id=ada, key=uuid.uuid4(), **wrongly)
        _refused("UPDATE records_correctionrequest SET asked = 'x'")
        _refused("DELETE FROM records_correctionrequest")
    for username in (LEAD, OTHER, "amina.begum"):
        with act(username), pytest.raises(DatabaseError), transaction.atomic():
            CorrectionAnswer.objects.create(request_id=number, kind="stands", why="x")
    # Tenancies of the own agency's people are shared, and Ben is none of them.
    with act("amina.begum"), pytest.raises(requests.NotFound):
        requests.ask(person_id=ben, field="phone", asked="1", why="She said", key=uuid.uuid4())


def _refused(sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_later_load_that_brings_the_value_closes_it(act, tmp_path):
    """Given a request, when the agency's next files have it right, then it is closed by that."""
    load(write(small_extract(), tmp_path / "first"))
    with act("system-loader"):
        who = dict(STATEMENTS["resident"].objects.values_list("source_key", "person_id"))
    made = {}
    with act("amina.begum"):
        for field, value in (("family_name", "Nguyen-Smith"), ("address", "7 New Road, B1 1AA")):
            made[field] = requests.ask(
                person_id=who["R2"], field=field, asked=value, why="Told", key=uuid.uuid4()
            )
    with act(OTHER):
        requests.answer(request_id=made["family_name"], kind="corrected", why="")
        assert [one.field for one in requests.tasks()] == ["address"]
    tables = small_extract()
    load(write(tables, tmp_path / "same"), day=DAY + dt.timedelta(days=1))
    states = _states(act, made)
    assert states == {"family_name": "corrected", "address": "open"}
    tables["residents"][1]["family_name"] = "NGUYEN-SMITH"
    tables["addresses"][0] |= {"line_1": "7 New Road", "town": ""}
    found = load(write(tables, tmp_path / "second"), day=DAY + dt.timedelta(days=2))
    assert _states(act, made) == {"family_name": "arrived", "address": "arrived"}
    with act(OTHER):
        now = requests.stated(who["R2"])
        assert "family_name" in now.dated  # seen to change; the rest was so from the first
        assert "given_names" not in now.dated
        assert now.since["address"] == dt.date(2020, 1, 1)
        assert requests.tasks() == []
        told = CorrectionAnswer.objects.filter(kind="arrived").values_list("load_id", flat=True)
        assert set(told) == {found.load_id}


def _states(act: Any, made: dict[str, int]) -> dict[str, str]:
    with act("amina.begum"):
        return {field: requests.request(number).state for field, number in made.items()}


def test_what_an_agency_stood_by_is_believed(act, signed_in, known):
    """Its own word on this very value goes before every other rule; for who may see it."""
    with act(LEAD):
        number = asked(known, field="given_names", asked="Augusta")
    with act(OFFICER):
        requests.answer(request_id=number, kind="stands", why="I rang her")
    page = texts(signed_in(LEAD).get(f"/people/{known.people['ada-police'].ref}"))
    assert "asked whether it is right, and stands by it" in page
    mine = texts(
        signed_in("amina.begum").get(f"/people/{known.people['ada-council-benefits'].ref}")
    )
    assert "stands by it" not in mine


def test_the_api_asks_lists_and_answers(act, signed_in, known):
    lead, officer = signed_in(LEAD), signed_in(OFFICER)
    where = f"/api/people/{known.people['ada-police'].ref}/corrections"
    body = sent(record=known.people[HOUSING].ref, field="nhs_number", should_be="943 476 5919")
    first, second = (lead.post(where, body, "application/json").json() for _ in range(2))
    assert first == second
    assert (first["state"], first["asked"], first["to_us"]) == ("open", "9434765919", False)
    (task,) = officer.get("/api/corrections").json()
    assert task["id"] == first["id"]
    assert lead.get("/api/corrections").status_code == 403
    answer = officer.post(
        f"/api/corrections/{task['id']}/answer", {"kind": "corrected"}, "application/json"
    )
    assert answer.json()["state"] == "corrected"
    assert lead.get(f"/api/corrections/{task['id']}").json()["answered_by"] == "Idris Vaughan"
    assert officer.get("/api/corrections").json() == []


def test_asking_needs_a_record_of_the_same_human_being(act, known):
    with act(LEAD), pytest.raises(requests.NotFound):
        flow.doubted(known.people["ada-police"].ref, known.people["ben-police"].ref, "phone")
    assert len(LOADERS) == 5
