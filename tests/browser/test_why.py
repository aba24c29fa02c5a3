"""Why an answer is what it is, in Chromium: from when, what to ask first, at both widths."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests import builders
from tests.browser.test_pages import overflow, violations
from tests.browser.waiting import leads, says
from tests.integration.web.world import settle

from wholeplace.flows import apply_and_decide as flow
from wholeplace.rooms.people.actions import issue_code
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records.models import BenefitSpell


@pytest.fixture
def young(act: Any, world: Any) -> tuple[Person, int, int]:
    """Eighteen in ten days, with two applications: too young for one, the other is open."""
    today = timezone.localdate()
    born = today + dt.timedelta(days=10)
    born = born.replace(year=born.year - 18, day=min(born.day, 28))
    with act("system-loader"):
        person = builders.make_person("Yan Young")
        builders.state_resident(person, date_of_birth=born)
        builders._state(
            BenefitSpell,
            f"B{person.pk}",
            person=person,
            benefit="uc",
            start_date=today - dt.timedelta(days=365),
        )
    with act("amina.begum"):
        numbers = [
            flow.record_application(
                person_id=person.pk,
                scheme=scheme,
                received_on=today,
                source="self",
                answers={},
            )
            for scheme in ("youth-enterprise", "overseas-health-professionals")
        ]
    settle()
    return person, numbers[0], numbers[1]


@pytest.mark.parametrize("width", [1280, 320])
def test_why_says_from_when_and_what_to_ask_first(world, young, visitor, shot, width) -> None:
    person, too_young, open_one = young
    page = visitor("amina.begum", width=width)
    for name, path, words in (
        ("person", f"/people/{person.ref}", ("eligible from", "Ask first")),
        ("no", f"/applications/{too_young}", ("eligible from",)),
        ("open", f"/applications/{open_one}", ("Ask first", "would settle it")),
        ("apply", f"/people/{person.ref}/application?scheme=housing-transfer-priority", ()),
    ):
        page.goto(path)
        says(page, *words, part="main")
        expect(page.locator("main")).not_to_contain_text("from stated")
        assert violations(page) == []
        assert overflow(page) <= 0
        shot(page, f"why-{name}-{width}")


@pytest.mark.parametrize("width", [1280, 320])
def test_a_resident_reads_why_from_when_and_what_is_missing(
    act, world, young, visitor, shot, width
) -> None:
    person, too_young, open_one = young
    with act("amina.begum"):
        flow.decide_refusal(application_id=too_young, version=1, reasons="Not 18 yet.")
        flow.ask_information(
            application_id=open_one,
            version=1,
            what="Your certificate",
            happened_on=timezone.localdate(),
        )
        code = issue_code(ref=person.ref)
    settle()
    page = visitor(width=width)
    page.goto("/code")
    page.get_by_label("Your reference").fill(person.ref)
    page.get_by_label("Your one-time code").fill(code)
    leads(page, page.get_by_role("button", name="Open my record").click)
    page.goto("/my/payments")
    says(
        page,
        "Why: Not 18 yet.",
        "is 18 or over on the day they apply",
        "If nothing else changes, the rules may fit you from",
        "What we still need from you: Your certificate",
        part="main",
    )
    assert violations(page) == []
    assert overflow(page) <= 0
    shot(page, f"why-mine-{width}")
