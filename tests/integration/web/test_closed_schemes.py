"""What pages and actions say of a scheme that takes nobody, and to whom a scheme is not about."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone
from tests.integration.web.world import SCHEME, eligible

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.shown import show_date
from wholeplace.flows import apply_and_decide, place_rules
from wholeplace.flows.grant import granting
from wholeplace.rooms.casework import queries
from wholeplace.web.why import why_of


def text_of(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def dated(monkeypatch: pytest.MonkeyPatch, **days: dt.date) -> None:
    """Let the place's first scheme be open on other days; applications keep their own."""
    whole, kept = place_rules.scheme, place_rules.kept_scheme_on
    for name, read in (("scheme", whole), ("kept_scheme_on", kept)):

        def moved(*args: Any, _read: Any = read) -> Any:
            found = _read(*args)
            return replace(found, **days) if found.key == SCHEME else found

        monkeypatch.setattr(place_rules, name, moved)


def apply(person: Any, received_on: dt.date) -> int:
    return apply_and_decide.record_application(
        person_id=person.pk,
        scheme=SCHEME,
        source="self",
        received_on=received_on,
        answers={},
        key=uuid.uuid4(),
    )


def test_a_scheme_that_has_ended_takes_nobody_on_any_page(world, signed_in, monkeypatch):
    today = timezone.localdate()
    ended = today - dt.timedelta(days=1)
    dated(monkeypatch, valid_to=ended)
    told = f"This scheme takes nobody on {show_date(today)}: its last day was {show_date(ended)}."
    client = signed_in("amina.begum")
    person = text_of(client.get(f"/people/{world.fresh.ref}"))
    assert told in person
    assert "Yes. This scheme fits." not in person.split("Other schemes")[0]
    assert person.index("No. This scheme takes nobody on this day.") < person.index(told)
    assert told in text_of(client.get(f"/people/{world.fresh.ref}/application?scheme={SCHEME}"))
    shown = text_of(client.get(f"/applications/{world.application}"))
    assert told in shown
    assert "Award" not in shown.split("What happened")[0].replace("Awards", "")
    form = client.get(f"/applications/{world.application}/award")
    assert told in text_of(form)
    public = text_of(client.get(f"/schemes/{SCHEME}"))
    assert told in public
    assert "Open until" in public


def test_no_application_is_recorded_for_a_day_on_which_the_scheme_is_closed(
    act, world, monkeypatch
):
    today = timezone.localdate()
    with act("system-loader"):
        person = eligible("Edna Late")
    dated(monkeypatch, valid_to=today - dt.timedelta(days=3))
    with act("amina.begum"):
        with pytest.raises(UserMistake, match="closed") as refused:
            apply(person, today)
        assert "its last day was" in str(refused.value.why)
        assert apply(person, today - dt.timedelta(days=3))  # it came while the scheme was open


def test_before_a_scheme_opens_who_fits_already_is_told_from_when(world, signed_in, monkeypatch):
    opens = timezone.localdate() + dt.timedelta(days=7)
    dated(monkeypatch, valid_from=opens)
    page = text_of(signed_in("amina.begum").get(f"/people/{world.fresh.ref}"))
    assert f": it opens on {show_date(opens)}." in page
    assert f"Eligible from {show_date(opens)}, if nothing else changes." in page


def test_somebody_who_does_not_answer_for_the_household_reads_why_no_test_failed() -> None:
    note = "The scheme is for households, and somebody else answers for this one."
    found: dict[str, Any] = {
        "answer": "no",
        "as_at": "2026-11-20",
        "criteria": [],
        "missing": [],
        "failed": [],
        "notes": [note],
    }
    shown = why_of(found)
    assert (shown.answer, shown.notes) == ("no", (note,))
    assert shown.headline == "No. This person is not the one to ask for this scheme."
    assert why_of({**found, "failed": ["rent"]}).headline == ""


def test_the_partner_of_who_answers_reads_the_note_on_every_page(act, world, signed_in):
    from tests import builders

    from wholeplace.rooms.records import models as records

    with act("system-loader"):
        partner = builders.make_person("Pat Partner", date_of_birth=dt.date(1991, 1, 1))
        builders.state_resident(partner, date_of_birth=dt.date(1991, 1, 1))
        whose = {"household_key": f"H{world.fresh.pk}", "role": "partner"}
        since = dt.date(2020, 1, 1)
        builders._state(records.Member, "Mpat", person=partner, from_date=since, **whose)
    key, note = "council-tax-reduction", "somebody else answers for this one"
    client = signed_in("amina.begum")
    assert note in text_of(client.get(f"/people/{partner.ref}"))
    assert note in text_of(client.get(f"/people/{partner.ref}/application?scheme={key}"))
    with act("amina.begum"):
        made = apply_and_decide.record_application(
            person_id=partner.pk,
            scheme=key,
            source="self",
            received_on=timezone.localdate(),
            answers={},
            key=uuid.uuid4(),
        )
        with pytest.raises(UserMistake) as refused:
            granting(queries.application(made))
        assert note in str(refused.value.why)
    assert note in text_of(client.get(f"/applications/{made}"))


def test_what_is_on_the_household_s_account_is_not_said_to_be_recorded_nowhere() -> None:
    from wholeplace.web.why import ANOTHERS, _fact

    rent = {"fact": "weekly_rent", "meaning": "The rent.", "value": None, "shown": "no record"}
    rent |= {"state": "no_record", "source": "", "agency": "council-benefits", "happened": None}
    rent |= {"age_days": None, "assumed": False}
    assert _fact(rent, {"weekly_rent"}).value == ANOTHERS
    assert _fact(rent).value == "nothing is recorded"
