"""The page of a person whom several agencies know: for each reader what they may see, no more."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.identity.known import LOADERS, usual_world

from wholeplace.rooms.audit.models import Event

AGENCY_WORDS = {
    "council-housing": "council-housing team",
    "schools": "schools team",
    "community-health": "community-health team",
    "police": "police team",
    "council-benefits": "council-benefits team",
}


@pytest.fixture
def known(act):
    return usual_world()


def page(client, known, label: str, more: str = "", before: str = "") -> str:
    answer = client.get(f"{before}/people/{known.people[label].ref}{more}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_family_help_lead_finds_every_agency_on_one_page(signed_in, known):
    html = page(signed_in("nadia.hussain"), known, "ada-police")
    for words in AGENCY_WORDS.values():
        assert words in html
    assert "What each agency says" in html
    assert "Long Road School" in html
    assert "Where they disagree" in html
    assert "One view of a family" in html  # under which agreement


def test_a_benefits_assessor_finds_housing_and_no_trace_of_the_others(signed_in, known):
    html = page(signed_in("amina.begum"), known, "ada-council-benefits")
    assert "council-housing team" in html
    assert "Tenancies for the benefits service" in html
    for agency in ("schools", "community-health", "police"):
        assert AGENCY_WORDS[agency] not in html
    assert "West Midlands Police" not in html
    assert "community health" not in html.lower()


def test_alone_and_linked_only_to_what_one_may_not_see_look_alike(signed_in, act):
    """No trace: Eve is known to police too, Fay to nobody else; the assessor's pages agree."""
    from tests.integration.identity.known import World

    world = World()
    for name in ("eve", "fay"):
        world.know(f"{name}-council-benefits", "council-benefits")
    world.know("eve-police", "police")
    world.link("eve-council-benefits", "eve-police")
    client = signed_in("amina.begum")
    pages = []
    for name in ("eve", "fay"):
        one = world.people[f"{name}-council-benefits"]
        html = page(client, world, f"{name}-council-benefits")
        own = rf"{one.ref}|{name.title()}"
        html = re.sub(own, "?", html)
        pages.append(html.partition("<main")[2].partition("</main>")[0])
    assert pages[0].split("\n") == pages[1].split("\n")


def test_who_may_see_nobody_gets_what_does_not_exist(signed_in, known):
    client = signed_in("kezia.brown")
    hidden = client.get(f"/people/{known.people['ada-police'].ref}")
    absent = client.get("/people/P00000000")
    assert hidden.status_code == absent.status_code == 404
    for more in ("", "/one-person"):
        ref = known.people["ada-police"].ref
        answer = client.get(f"/people/{ref}{more}").content
        assert answer == client.get(f"/people/P00000000{more}").content


def test_every_record_shown_is_a_view_of_it(signed_in, known, act):
    page(signed_in("nadia.hussain"), known, "ada-schools")
    with act("owen.pryce"):
        seen = {event.person_id for event in Event.objects.filter(action="person.view")}
    assert seen == {known.people[f"ada-{agency}"].person_id for agency in LOADERS}


def test_what_ended_contradicts_nobody_and_is_told_as_ended(signed_in, known, act):
    police = known.people["ada-police"].person_id
    with act("loader-police"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_resident SET superseded_at = %s WHERE person_id = %s",
            [dt.datetime(2026, 7, 1, tzinfo=dt.UTC), police],
        )
    html = page(signed_in("nadia.hussain"), known, "ada-schools")
    assert "No longer in its files since 1 July 2026" in html
    said = html.partition("What each agency says")[2].partition("Their records")[0]
    assert "Ada-Schools" in said
    assert "Ada-Police" not in said


def main_of(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


def test_why_these_are_one_person(signed_in, act):
    from tests.integration.identity.known import World

    world = World()
    said = {"given_names": "Ada", "family_name": "King", "nhs_number": "9434765919"}
    for agency in ("schools", "police", "council-housing"):
        world.know(f"ada-{agency}", agency, **said)
        said |= {"nhs_number": None, "given_names": "Ada May"}
    world.link(*world.people)
    world.know("cal-police", "police")
    nadia = signed_in("nadia.hussain")
    html = main_of(page(nadia, world, "ada-police", "/one-person"))
    assert html.count("The same first name") == 2  # two pairs join three records
    assert "The same address and surname" in html
    assert "NHS number: not known" in html.partition("Not compared")[2]
    assert "bits" not in html
    alone = world.people["cal-police"].ref
    assert nadia.get(f"/people/{alone}/one-person").status_code == 404


def test_why_is_the_same_whether_or_not_a_hidden_record_joins_them(signed_in, act):
    """Eve's two records are one person by themselves; Fay's only through what police hold."""
    from wholeplace.rooms.identity.models import Link

    world = linked_and_joined()
    low, high = sorted(world.people[f"eve-{a}"].person_id for a in BOTH)
    with act("system-linker", purpose="linking"):
        Link.objects.create(a_id=low, b_id=high, weight=21.5, levels=[1], run_id=1)
    assessor = signed_in("amina.begum")
    for more in ("", "/one-person"):
        pages = [
            shown(page(assessor, world, f"{name}-council-benefits", more), world, name)
            for name in ("eve", "fay")
        ]
        assert pages[0] == pages[1]
    api = [
        shown(page(assessor, world, f"{name}-council-benefits", "/agencies", "/api"), world, name)
        for name in ("eve", "fay")
    ]
    assert api[0] == api[1]


BOTH = ("council-benefits", "council-housing")


def linked_and_joined():
    from tests.integration.identity.known import World

    world = World()
    for name in ("eve", "fay"):
        for agency in BOTH:
            world.know(f"{name}-{agency}", agency, given_names="Zara", family_name="King")
    world.know("fay-police", "police", given_names="Zahra", phone="0121 496 0000")
    world.link(*(f"eve-{agency}" for agency in BOTH))
    world.link(*(f"fay-{agency}" for agency in (*BOTH, "police")))
    return world


def shown(html: str, world, name: str) -> str:
    """What stands in the page, with what tells two people apart in any case taken out."""
    one = world.people[f"{name}-council-benefits"]
    text = main_of(html) or html
    for label in (f"{name}-{agency}" for agency in BOTH):
        text = text.replace(world.people[label].ref, "REF")
    text = re.sub(r"number across agencies is W\w+", "number", text)
    text = re.sub(r'"(key|household_key|household_id|uprn|person_id)": ?"?\w+"?', "KEY", text)
    return text.replace(name.title(), "Name").replace(one.ref, "REF")


def test_the_api_says_what_the_page_says(signed_in, known):
    """Each value, rule, agency, day and basis of the one stands in the other."""
    from wholeplace.web.corrections.words import TITLES, in_words, since_when
    from wholeplace.web.look.words import NOT_KNOWN

    for username, label in (
        ("nadia.hussain", "ada-police"),
        ("amina.begum", "ada-council-benefits"),
    ):
        client = signed_in(username)
        html = unescape(page(client, known, label))
        said = client.get(f"/api/people/{known.people[label].ref}/agencies").json()
        records = html.partition("Their records")[2].partition("</table>")[0]
        assert records.count("<tr") - 1 == len(said["records"])
        assert all(f"{one['agency']}</th>" in records for one in said["records"])
        known_there = html.partition("What each agency says")[2].partition("</dl>")[0]
        assert known_there.count("<dt") == len(said["known"])
        for one in said["known"]:
            assert one["why"] in html or one["by"] == "agreed"
            assert f">{TITLES[one['field']]}<" in html
            assert str(in_words(one["field"], one["value"]) or NOT_KNOWN) in html
            for by in one["says"]:
                since = since_when(dt.date.fromisoformat(by["since"]), dated=by["dated"])
                assert f"{by['agency']}, {since}" in html
                assert all(basis in html for basis in by["basis"])
        assert said["bases"]
        assert all(one["law"] in html for one in said["bases"])
        for told in (*said["involvements"], *said["tenancies"], *said["school_places"]):
            assert told["agency"] in html


def test_the_page_asks_as_often_for_five_agencies_as_for_two(signed_in, known):
    counts = []
    for label in ("ben-police", "ada-police"):
        client = signed_in("nadia.hussain")
        page(client, known, label)
        with CaptureQueriesContext(connection) as asked:
            page(client, known, label)
        counts.append(len([q for q in asked if q["sql"].lstrip().startswith("SELECT")]))
    assert counts[1] - counts[0] <= 1


def search(client, name: str) -> str:
    return client.post("/search", {"name": name}, follow=True).content.decode()


def test_a_search_shows_a_human_being_once(signed_in, known):
    html = search(signed_in("nadia.hussain"), "test")
    assert html.count("/who-works") == 4  # Ada, Ben, and Cal twice: nobody linked the two
    assert "West Midlands Police" in html
    mine = search(signed_in("amina.begum"), "test")
    assert mine.count("/who-works") == 2
    assert "West Midlands Police" not in mine


def test_who_is_shared_nothing_finds_as_before(signed_in, known):
    html = search(signed_in("joy.mensah"), "test")
    assert html.count("/who-works") == 1
    assert "Known to" not in html


@pytest.mark.parametrize("name", ["grace.lindqvist", "kezia.brown", "owen.pryce", "sam.admin"])
def test_other_roles_are_not_told_why(signed_in, known, name):
    ref = known.people["ada-council-benefits"].ref
    assert signed_in(name).get(f"/people/{ref}/one-person").status_code == 404


def test_capitals_are_no_disagreement_and_equal_values_stand_once(signed_in, act):
    from tests.integration.identity.known import World

    world = World()
    for agency, family in (
        ("police", "REHMAN"),
        ("schools", "Rehman"),
        ("community-health", "Ali"),
    ):
        world.know(f"ada-{agency}", agency, given_names="Ada", family_name=family)
    world.link("ada-police", "ada-schools")
    html = page(signed_in("nadia.hussain"), world, "ada-police")
    assert "Where they disagree" not in html
    world.join(1, "ada-community-health")
    html = page(signed_in("nadia.hussain"), world, "ada-police").partition("Where they disagree")[2]
    assert "Family name: they differ" in html
    assert (
        html.partition("</table>")[0].count("<tr") == 3
    )  # a head, Rehman by two agencies, and Ali


def test_numbers_that_end_alike_are_two_all_the_same(signed_in, act):
    """Only the last figures of another agency's number are shown."""
    from tests.integration.identity.known import World

    world = World()
    for agency, number in (("police", "9434765919"), ("schools", "9990000919")):
        world.know(f"ada-{agency}", agency, nhs_number=number)
    world.link(*world.people)
    html = page(signed_in("nadia.hussain"), world, "ada-police")
    told = html.partition("NHS number: they differ")[2].partition("</table>")[0]
    assert told.count("ends in 919") == 2
    assert "9434765919" not in told


def test_homes_that_another_record_holds_are_on_the_page_whichever_is_opened(signed_in, known):
    html = page(signed_in("nadia.hussain"), known, "ada-police")
    assert "Homes, by other records" in html
    assert "1 Long Road" in html.partition("Homes, by other records")[2]


def test_known_to_names_agencies_whose_record_the_search_did_not_fit(signed_in, known):
    sent = {"reference": known.people["ada-police"].ref}
    html = signed_in("nadia.hussain").post("/search", sent, follow=True).content.decode()
    assert html.count("/who-works") == 1
    assert "Schools of Birmingham" in html
