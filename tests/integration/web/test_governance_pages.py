"""The audit trail's page, the system's page, places and the fund, each by its own role."""

from __future__ import annotations

import pytest
from tests.integration.test_access import make_person

from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.people.references import person_number, person_ref


def test_a_reference_and_its_number_agree_with_the_database(act):
    with act("system-loader"):
        person = make_person()
    assert person_ref(person.pk) == person.ref
    assert person_number(person.ref.lower()) == person.pk
    for number in (1, 2, 31, 1_000_003, 129_999_999):
        assert person_number(person_ref(number)) == number
    for nothing in ("", "P", "P0000000U", "X00000000", "PZZZZZZZZ", "P123"):
        assert person_number(nothing) is None


def test_governance_finds_who_saw_a_person_and_the_search_is_written_down(act, signed_in):
    with act("system-loader"):
        person = make_person()
    with act("amina.begum"):
        audit.record("person.view", person_id=person.pk)
        audit.record("person.list", people=[person.pk, 12345])
    client = signed_in("owen.pryce")
    page = client.post("/audit", {"person": person.ref.lower()}).content.decode()
    assert page.count("Amina Begum, Benefits assessor") == 2
    assert "Opened a record" in page
    assert "Saw in a list" in page
    assert "person.view" not in page
    with act("owen.pryce"):
        assert Event.objects.filter(action="audit.search", person_id=person.pk).count() == 1


def test_the_trail_of_a_day_and_of_a_member_of_staff(act, signed_in):
    from django.utils import timezone

    with act("tom.okafor"):
        audit.record("person.view", person_id=7)
    with act("amina.begum"):
        audit.record("person.view", person_id=8)
    day = timezone.localdate()
    when = {"day_0": day.day, "day_1": day.month, "day_2": day.year}
    when |= {"day_day": day.day, "day_month": day.month, "day_year": day.year}
    client = signed_in("owen.pryce")
    both = client.post("/audit", when).content.decode()
    assert "Tom Okafor" in both
    assert "Amina Begum" in both
    one = client.post("/audit", {"username": "tom.okafor"}).content.decode()
    assert "Tom Okafor" in one
    assert "Amina Begum" not in one


@pytest.mark.parametrize("sent", [{}, {"person": "nonsense"}, {"person": "P0", "username": "x"}])
def test_a_search_of_the_trail_that_says_nothing_is_refused_in_words(signed_in, sent):
    page = signed_in("owen.pryce").post("/audit", sent)
    assert b"There is a problem" in page.content


def test_the_chain_is_checked_from_the_page(signed_in):
    client = signed_in("owen.pryce")
    assert b"Every link holds" in client.post("/audit/check").content


def test_a_system_administrator_sees_counts_and_nobody(act, signed_in):
    with act("system-loader"):
        make_person("Unmistakable Name")
    client = signed_in("sam.admin")
    page = client.get("/").content.decode()
    assert "System state" in page
    assert "Unmistakable" not in page
    assert client.get("/audit").status_code == 403


def test_a_refusal_is_written_down_though_nothing_else_of_it_is(act, signed_in):
    assert signed_in("sam.admin").get("/fund").status_code == 403
    with act("owen.pryce"):
        refused = Event.objects.get(action="access.refuse")
    assert refused.route == "funds"
    assert refused.purpose == "casework"


def test_the_wards_are_shown_as_hexagons_with_a_table(act, signed_in, settings):
    from wholeplace.flows.load_places import load_demonstration_places

    load_demonstration_places(settings.PLACE)
    client = signed_in("amina.begum")
    page = client.get("/places").content.decode()
    assert page.count("<polygon") >= 69
    assert "Ladywood" in page
    deprived = client.get("/places?measure=deprived").content.decode()
    assert "most deprived tenth" in deprived
    ward = client.get("/places/E05011156").content.decode()
    assert "DEMO" in ward or "small area" in ward
    assert client.get("/places/E00000000").status_code == 404


def test_every_event_that_the_program_writes_has_words():
    """The actions are read from the source, so that a new one cannot be forgotten."""
    import re
    from pathlib import Path

    import wholeplace
    from wholeplace.core.casework.journeys import APPLICATION, AWARD, FINDING
    from wholeplace.web.audit.words import ACTIONS, happening

    source = "".join(p.read_text("utf-8") for p in Path(wholeplace.__file__).parent.rglob("*.py"))
    written = set(re.findall(r'(?:audit|actions)\.record\(\s*"([a-z_]+\.[a-z_]+)"', source))
    assert len(written) > 30
    moves = {"application": APPLICATION, "award": AWARD, "finding": FINDING}
    for name, family in moves.items():
        written |= {f"{name}.{event}" for moved in family.moves.values() for event in moved}
    written.discard("award.complete")  # a state that no action of the program leads to yet
    assert sorted(written - set(ACTIONS)) == []
    assert happening("money.reserve", "transfer 172") == "Reserved money: transfer 172"
    assert happening("new.thing_done", "") == "New thing done"
