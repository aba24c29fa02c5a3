"""The pages of a search and of who works with somebody, and the API's search."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.integration.identity.known import World
from tests.integration.people.searched import (
    BENEFITS,
    BORN,
    know,
    usual_people,
    works_with,
)

from wholeplace.rooms.audit.models import Event


@pytest.fixture
def world(act):
    return usual_people()


def test_the_api_gives_a_line_a_human_being(act, world, signed_in):
    know(world, "school", "schools", "Siobhan, Murphy", BORN)
    world.link("p0", "school")
    sent = {"name": "Shivaun Murphy"}
    answer = signed_in("nadia.hussain").post("/api/search", sent, content_type="application/json")
    (line,) = answer.json()
    assert line["why"].startswith("First name in a short form")
    assert len(line["agencies"]) == 2
    with act("owen.pryce"):
        (event,) = Event.objects.filter(action="person.list")
        assert set(event.people) == {world.people[n].person_id for n in ("p0", "school")}


def test_the_page_says_why_and_how_to_narrow(world, signed_in):
    client = signed_in("amina.begum")
    html = client.post("/search", {"name": "Shivaun Murphy"}, follow=True).content.decode()
    assert "Why found" in html
    assert "in a short form or another spelling" in html
    html = client.post("/search", {"name": "Shivaun"}, follow=True).content.decode()
    assert "Only family names that begin as typed were looked for" in html
    exact = client.post("/search", {"name": "Siobhan Murphy"}, follow=True).content.decode()
    assert "Why found" not in exact


# -- who works with them -------------------------------------------------------------------
TODAY = dt.date.today()  # noqa: DTZ011 - an involvement ends with the local day


@pytest.fixture
def family(act):
    """Ada and her brother Bo at home with their mother, each known to other agencies."""
    made = World()
    ada = know(made, "ada", BENEFITS, "Ada, Hall", dt.date(TODAY.year - 9, 1, 2), home="H1")
    know(made, "bo", BENEFITS, "Bo, Hall", dt.date(TODAY.year - 4, 1, 2), home="H1")
    know(made, "mother", BENEFITS, "Cora, Hall", dt.date(1990, 1, 2), home="H1")
    know(made, "other", BENEFITS, "Dan, Hall", dt.date(1990, 1, 2), home="H2")
    works_with(ada, BENEFITS, "Claims", "Amir Shah", role="officer", phone="0121 496 0001")
    works_with(ada, BENEFITS, "Old claims", "Olga Day", to_date=dt.date(2020, 1, 1))
    for label, agency, team in (("ada", "schools", "Early help"), ("bo", "police", "Missing")):
        there = know(made, f"{label}-{agency}", agency, f"{label.title()}, Hall")
        works_with(there, agency, team, f"Worker of {label}", from_date=dt.date(2026, 2, 3))
        made.link(label, f"{label}-{agency}")
    return made


def who_works(client, world: World, label: str) -> str:
    answer = client.get(f"/people/{world.people[label].ref}/who-works")
    assert answer.status_code == 200
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def test_who_works_with_a_child_and_with_those_at_home_of_every_agency(act, family, signed_in):
    html = who_works(signed_in("nadia.hussain"), family, "ada-schools")
    first, _, rest = html.partition("Children at home with them")
    children, _, adults = rest.partition("Adults at home with them")
    assert "Early help" in first and "Amir Shah" in first and "0121 496 0001" in first
    assert "Olga Day" in first.partition("Who worked with them before")[2]
    assert "Worker of bo" in children and "Aged 4" in children
    assert "Cora Hall" in adults and "Nobody that you can see works with Cora Hall" in adults
    assert "Dan Hall" not in html
    with act("owen.pryce"):
        seen = set()
        for event in Event.objects.filter(action="person.view"):
            seen |= {event.person_id, *(event.people or ())}
    assert seen - {None} == {known.person_id for n, known in family.people.items() if n != "other"}


def test_whoever_may_not_see_an_agency_sees_no_trace_of_it(act, family, signed_in):
    client = signed_in("amina.begum")
    html = who_works(client, family, "bo")
    assert "Missing" not in html and "Early help" not in html
    know(family, "mother-police", "police", "Cora, Hall")
    family.link("mother", "mother-police")
    assert who_works(client, family, "bo") == html
    hidden = family.people["bo-police"].ref
    answers = [client.get(f"/people/{ref}/who-works") for ref in (hidden, "P00000000")]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].content == answers[1].content
