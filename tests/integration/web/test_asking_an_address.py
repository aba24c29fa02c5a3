"""A question about an area's figure names its day, speaks to the person, and can be answered."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

from django.utils import timezone
from tests import builders
from tests.integration.web import world as small
from tests.integration.web.test_casework_pages import day

from wholeplace.flows import apply_and_decide, place_rules
from wholeplace.rooms.casework import queries
from wholeplace.rooms.records import models as records
from wholeplace.web.look.words import long_day
from wholeplace.web.questions import askable, field_for, question_on

BOX = "fact-area_imd_decile"


def text_of(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def homeless(monkeypatch: Any) -> Any:
    """Somebody whom everything fits but an address, which nobody holds; as system-loader."""

    def no_address(person: Any) -> None:
        since, key = dt.date(2020, 1, 1), f"H{person.pk}"
        builders._state(
            records.Household, key, uprn=f"U{person.pk}", tenure="private_rent", from_date=since
        )
        whose = {"household_key": key, "role": "claimant", "from_date": since}
        builders._state(records.Member, f"M{person.pk}", person=person, **whose)

    monkeypatch.setattr(small, "_home", no_address)
    return small.eligible("Nora Nowhere")


def test_an_application_that_waits_for_an_address_can_be_completed(
    act, world, signed_in, monkeypatch
):
    with act("system-loader"):
        person = homeless(monkeypatch)
    today = timezone.localdate()
    started = today - dt.timedelta(days=today.weekday() + 42)
    asked = f"At which address did you live on {long_day(started)}?"
    client = signed_in("amina.begum")
    assert asked in text_of(client.get(f"/people/{person.ref}"))
    form = client.get(f"/people/{person.ref}/application?scheme={small.SCHEME}")
    assert asked in text_of(form)
    assert f'name="{BOX}"' in form.content.decode()
    with act("amina.begum"):
        number = small.apply_for(person)
        apply_and_decide.ask_information(
            application_id=number, version=1, what="Your address", happened_on=today
        )
        was = apply_and_decide.explain_application(queries.application(number))
    assert was.answer == "possible"
    path = f"/applications/{number}"
    page = client.get(f"{path}/received")
    assert asked in text_of(page)
    hidden = dict(re.findall(r'name="(version|key)" value="([^"]+)"', page.content.decode()))
    sent = {**hidden, **day("happened_on", today), BOX: "1"}
    weekly = re.findall(r'name="(fact-weekly_[^"]+)"', page.content.decode())
    sent |= {name: "0.00" if name.endswith("help") else "50.00" for name in weekly}
    assert client.post(f"{path}/received", sent).status_code == 302
    with act("amina.begum"):
        found = apply_and_decide.explain_application(queries.application(number))
    assert found.answer == "yes", found.missing
    assert client.get(f"{path}/award").status_code == 200


def test_every_question_of_the_place_that_is_about_an_area_has_a_box() -> None:
    facts = place_rules.place_rules().facts
    areas = [spec for spec in facts.values() if spec.derive.kind == "area"]
    assert areas
    for spec in areas:
        assert askable(spec)
        assert field_for(spec).clean("") in (None, "")  # it may stay unknown


def test_a_question_names_its_day_where_it_is_read_on_another() -> None:
    criteria = [
        {"key": "rent", "on": "as_at", "day": "2026-11-22"},
        {"key": "area", "on": "job_start_date", "day": "2026-08-03"},
    ]
    found: dict[str, Any] = {"criteria": criteria}
    where: dict[str, Any] = {"question": "Where did you live on that day?", "criteria": ["area"]}
    told = "Where did you live on 3 August 2026?"
    assert question_on({**where, "on": "as_at"}, found) == told
    assert question_on({**where, "on": "job_start_date", "criteria": []}, found) == told
    rent = {"question": "How much is the rent?", "criteria": ["rent"], "on": "as_at"}
    assert question_on(rent, found) == rent["question"]
    criteria[1]["day"] = ""  # not known either: the day is asked for first
    assert question_on({**where, "on": "job_start_date"}, found) == where["question"]
