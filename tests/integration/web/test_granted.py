"""A yes to a scheme that this program does not pay: granted, kept, told in a letter."""

from __future__ import annotations

import html
import json
import re
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from wholeplace.core.casework.states import NotAllowed
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows import apply_and_decide, place_rules, reading
from wholeplace.flows.grant import decide_grant, granting, is_granted
from wholeplace.rooms.casework import queries

REDUCTION = "council-tax-reduction"
SAID = {
    "weekly_council_tax": "£25.00",
    "savings": "£0.00",
    "has_partner": "no",
    "children_in_household": "0",
    "ctr_protected": "no",
    "weekly_income": "£100.00",
    "non_dependant_deductions": "£0.00",
}


def text_of(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def asked(person: Any, **said: str) -> int:
    """An application for the reduction with everything stated; as an assessor."""
    return apply_and_decide.record_application(
        person_id=person.pk,
        scheme=REDUCTION,
        source="self",
        received_on=timezone.localdate(),
        answers={**SAID, **said},
        key=uuid.uuid4(),
    )


def test_a_reduction_of_a_bill_is_granted_and_its_amount_kept(act, world, signed_in):
    with act("amina.begum"):
        number = asked(world.fresh)
    client, path = signed_in("amina.begum"), f"/applications/{number}"
    page = client.get(path)
    assert f'href="{path}/grant"' in page.content.decode()
    assert f'href="{path}/award"' not in page.content.decode()
    form = client.get(f"{path}/grant")
    assert "Taken off the council tax bill" in text_of(form)
    assert "£20.00 a week" in text_of(form)
    hidden = dict(re.findall(r'name="(version|key)" value="([^"]+)"', form.content.decode()))
    assert client.post(f"{path}/grant", {**hidden, "reasons": ""}).status_code == 422
    sent = {**hidden, "reasons": "The income is in the first band."}
    first, second = (client.post(f"{path}/grant", sent) for _ in range(2))
    assert first["Location"] == second["Location"] == path
    shown = text_of(client.get(path))
    assert "Granted" in shown
    assert "The income is in the first band." in shown
    assert "£20.00 a week" in shown
    assert f'href="{path}/refuse"' not in client.get(path).content.decode()
    with act("amina.begum"):
        found = queries.application(number)
    assert (found.line.state, found.decision.outcome) == ("granted", "grant")
    assert found.decision.explanation["pays"][0]["amount_pence"] == 20_00
    assert found.award is None


def test_its_letter_says_yes_and_how_much(act, world):
    with act("amina.begum"):
        number = asked(world.fresh)
        decide_grant(application_id=number, version=1, reasons="In the first band.")
        letter = apply_and_decide.decision_letter(application_id=number)
        from wholeplace.rooms.documents.models import Letter

        found = Letter.objects.get(pk=letter)
    told = " ".join(text for _, text in found.blocks)
    assert found.kind == "grant"
    assert found.subject.startswith("We have said yes")
    assert "Taken off the council tax bill: £20.00 a week" in told
    assert "In the first band." in told


def test_what_does_not_fit_or_is_not_known_is_not_granted(act, world):
    with act("amina.begum"):
        rich = asked(world.fresh, savings="£60,000.00")
        with pytest.raises(UserMistake, match="does not fit") as refused:
            decide_grant(application_id=rich, version=1, reasons="Please.")
        assert "savings" in str(refused.value.why)
        open_one = asked(world.paid, savings="unknown")
        with pytest.raises(UserMistake, match="not certain") as asks:
            decide_grant(application_id=open_one, version=1, reasons="Please.")
        assert "savings" in str(asks.value.do).lower()


def test_nobody_is_granted_twice_and_a_weekly_payment_is_awarded(act, world):
    with act("amina.begum"):
        number = asked(world.fresh)
        decide_grant(application_id=number, version=1, reasons="In the first band.")
        with pytest.raises(NotAllowed):
            decide_grant(application_id=number, version=2, reasons="Once more.")
        with pytest.raises(UserMistake, match="paid by the week"):
            granting(queries.application(world.application))


def test_every_scheme_of_the_place_ends_in_an_award_or_a_grant() -> None:
    ends = {key: is_granted(place_rules.scheme(key)) for key in place_rules.names()}
    assert ends["transition-payments"] is False
    granted = {key for key, one in ends.items() if one}
    assert {REDUCTION, "youth-enterprise", "lone-parent-support"} <= granted


def test_a_reader_of_fewer_classes_sees_less_of_answers_and_decision(
    act, world, signed_in, monkeypatch
):
    with act("amina.begum"):
        number = asked(world.fresh)
        decide_grant(application_id=number, version=1, reasons="In the first band.")

    def fewer() -> Any:
        return SimpleNamespace(classes=frozenset({"P0", "P2"}))

    client, path = signed_in("amina.begum"), f"/applications/{number}"
    whole, sent = text_of(client.get(path)), client.get(f"/api{path}").json()
    assert "£100.00" in whole
    assert sent["answers"]["weekly_income"] == "£100.00"
    monkeypatch.setattr(reading, "require_actor", fewer)
    page, sent = text_of(client.get(path)), client.get(f"/api{path}").json()
    for secret in ("£100.00", "£20.00"):
        assert secret not in page
        assert secret not in json.dumps(sent)
    assert "answers are not shown" in page
    assert set(sent["answers"]) == set(sent["information"][0]["answers"])
    assert "weekly_income" not in sent["answers"]
    assert sent["decision"]["explanation"]["pays"][0]["amount_pence"] is None


def test_the_api_grants_with_the_same_outcome(act, world, signed_in):
    with act("amina.begum"):
        number = asked(world.fresh)
    sent = {
        "key": str(uuid.uuid4()),
        "version": 1,
        "outcome": "grant",
        "reasons": "In the first band.",
    }
    answer = signed_in("amina.begum").post(
        f"/api/applications/{number}/decision", sent, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["line"]["state"] == "granted"
