"""A place with several schemes: which of them a person's page, a form and a trawl show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.integration.web.world import trawled

from wholeplace.core.rules.files.places import Stamp, place_stamp
from wholeplace.core.rules.rates import RateMissing
from wholeplace.flows import place_rules
from wholeplace.rooms.schemes import actions as schemes
from wholeplace.web.questions import asked_of, field_for

TRANSITION = "Targeted discretionary housing payments"


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def headings(page: Any, level: int) -> list[str]:
    return re.findall(rf"<h{level} [^>]*>([^<]*)</h{level}>", page.content.decode())


def test_the_scheme_that_found_the_person_comes_first_and_the_others_behind_answers(
    world, signed_in
):
    page = signed_in("amina.begum").get(f"/people/{world.fresh.ref}")
    shown = headings(page, 2)
    assert shown.index(TRANSITION) < shown.index("Other schemes")
    summaries = re.findall(r'summary-text">([^<]*)<', page.content.decode())
    names = {place_rules.scheme(key).name for key in place_rules.names()} - {TRANSITION}
    told = {name: [said for said in summaries if said.startswith(f"{name}: ")] for name in names}
    assert all(len(said) == 1 for said in told.values()), told
    ends = [next(iter(said)).rsplit(": ", 1)[1] for said in told.values()]
    assert set(ends) <= {"fits", "may fit", "does not fit"}


def test_a_no_says_what_is_offered_meanwhile(world, signed_in):
    page = text_of(signed_in("amina.begum").get(f"/people/{world.fresh.ref}"))
    assert "Support towards work for lone parents: does not fit" in page
    assert f"Meanwhile: {TRANSITION} fits" in page


def test_each_scheme_takes_its_own_application(world, signed_in):
    client = signed_in("amina.begum")
    base = f"/people/{world.fresh.ref}/application"
    page = client.get(f"/people/{world.fresh.ref}").content.decode()
    assert f'href="{base}?scheme=overseas-health-professionals"' in page
    asked = text_of(client.get(f"{base}?scheme=overseas-health-professionals"))
    assert "For: Health professionals from overseas into the NHS" in asked
    assert "For which health profession did you qualify" in asked
    # ... worked-out facts and the date of birth by their own questions, and nothing held again
    assert "Do you have the right to work in the United Kingdom" in asked
    assert "What we hold" not in asked
    assert client.get(f"{base}?scheme=no-such-scheme").status_code == 404


def test_an_age_is_asked_by_the_birthday_and_a_ward_by_its_name() -> None:
    facts = place_rules.place_rules().facts
    open_ones = [{"fact": name} for name in ("age", "ward", "lone_parent", "jobs_started")]
    asked = asked_of({"missing": open_ones, "pays": []}, facts)
    assert [spec.name for spec in asked] == ["date_of_birth", "ward", "lone_parent"]
    assert ("erdington", "Erdington") in field_for(facts["ward"]).choices


def test_where_nobody_says_which_it_is_the_scheme_that_found_the_person_or_fits(world, signed_in):
    client = signed_in("amina.begum")
    for person in (world.fresh, world.paid):
        page = text_of(client.get(f"/people/{person.ref}/application"))
        assert f"For: {TRANSITION}" in page


def test_a_scheme_that_has_ended_since_it_found_somebody_is_not_asked(act, world, signed_in):
    with act("amina.begum"):
        ended = schemes.keep_version(scheme="ended-scheme", name="Ended scheme", text="kept")
    trawled(act, [world.fresh], scheme="ended-scheme", version=ended)
    client = signed_in("amina.begum")
    assert client.get(f"/people/{world.fresh.ref}").status_code == 200
    page = text_of(client.get(f"/people/{world.fresh.ref}/application"))
    assert f"For: {TRANSITION}" in page


def test_a_figure_that_is_missing_hides_one_scheme_and_not_the_person(
    world, signed_in, monkeypatch
):
    from wholeplace.web.people import schemes_of

    said = schemes_of.explain_person

    def without_figure(*, scheme: str, as_at: Any, **more: Any) -> Any:
        if scheme == "youth-enterprise":
            raise RateMissing("standard_allowance", as_at, [])
        return said(scheme=scheme, as_at=as_at, **more)

    monkeypatch.setattr(schemes_of, "explain_person", without_figure)
    page = text_of(signed_in("amina.begum").get(f"/people/{world.fresh.ref}"))
    assert "Youth Employment and Enterprise Rehearsal: cannot be answered" in page
    assert "standard_allowance" in page
    assert TRANSITION in page


def test_a_trawl_is_asked_only_of_schemes_that_are_found_by_trawl(world, signed_in):
    page = text_of(signed_in("amina.begum").get("/trawls/start"))
    assert TRANSITION in page
    assert "Support towards work for lone parents" in page
    assert "Health professionals from overseas" not in page
    assert "Choose a scheme" in page


def test_a_trawl_of_no_scheme_is_not_started(world, signed_in):
    client = signed_in("amina.begum")
    sent = client.post("/trawls/start", {"scheme": "", "as_at_day": 1})
    assert sent.status_code == 422


def test_home_keeps_the_newest_trawl_of_each_scheme(world, act, signed_in):
    client = signed_in("amina.begum")
    assert "1 person whom the scheme fits" in text_of(client.get("/"))
    lone = place_rules.scheme("lone-parent-support")
    with act("amina.begum"):
        kept = place_rules.keep(lone)
    run, _ = trawled(act, [world.paid, world.fresh], scheme=lone.key, version=kept)
    page = client.get("/")
    said = text_of(page)
    assert f"2 people whom “{lone.name}” fits" in said
    assert f"1 person whom “{TRANSITION}” fits" in said
    assert f"/trawls/{run}?answer=yes" in page.content.decode()
    assert f"/trawls/{world.run}?answer=yes" in page.content.decode()


def test_a_page_looks_at_the_place_s_files_once_and_the_next_page_anew(
    world, signed_in, monkeypatch
) -> None:
    looked: list[Path] = []

    def stamp(place: Path) -> Stamp:
        looked.append(place)
        return place_stamp(place)

    monkeypatch.setattr(place_rules, "place_stamp", stamp)
    client = signed_in("amina.begum")
    for _ in range(2):
        looked.clear()
        assert client.get(f"/people/{world.fresh.ref}").status_code == 200
        assert len(looked) == 1
    looked.clear()
    place_rules.names()
    place_rules.names()
    assert len(looked) == 2  # whoever is no page sees a change at once
