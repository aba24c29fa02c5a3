"""Adoption orders in Chromium: each state at both widths, and what others are told."""

from __future__ import annotations

import pytest
from tests.browser.test_pages import overflow, violations
from tests.browser.waiting import leads, says
from tests.integration.people.sealing import adopt, child

from wholeplace.rooms.people import seals
from wholeplace.rooms.people.seals import NewName

pytestmark = pytest.mark.browser
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 4  # no space in it


def looked_at(page, path: str, shot, name: str) -> list[str]:
    """What is wrong with a page at both widths."""
    wrong = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path)
        shot(page, f"adoptions-{name}-{width}")
        wrong += [f"{path} {width}: {found}" for found in violations(page)]
        wrong += [f"{path} {width}: too wide"] if overflow(page) > 0 else []
    return wrong


def test_every_state_of_an_order_is_accessible_and_fits(act, site, visitor, shot):
    adopted = child()
    ruth = visitor("ruth.ellison")
    wrong = looked_at(ruth, "/adoptions", shot, "empty")
    says(ruth, "There is nothing here yet")
    form = f"/people/{adopted.refs[0]}/adoption"
    wrong += looked_at(ruth, form, shot, "form")
    leads(ruth, ruth.get_by_role("button", name="Record the order").click)
    says(ruth, "There is a problem", "Nothing was recorded")
    shot(ruth, "adoptions-mistake")
    wrong += violations(ruth)
    adopt(act, adopted, confirm=False)
    with act("ruth.ellison"):
        known = adopted.world.people["sam-schools"]
        seals.record_order(
            refs=[known.ref], order_on=seals.timezone.localdate(), ceased="E12",
            new=NewName(LONG, LONG),
        )  # fmt: skip
    order = f"/adoptions/{adopted.order}"
    wrong += looked_at(ruth, order, shot, "waits")
    says(ruth, "Another adoption worker confirms it")
    ben = visitor("ben.achebe")
    wrong += looked_at(ben, "/adoptions", shot, "full")
    wrong += looked_at(ben, f"{order}/withdraw", shot, "withdraw")
    wrong += looked_at(ben, f"{order}/confirm", shot, "confirm")
    ben.get_by_label("How do you know?").fill("Saw the order")
    leads(ben, ben.get_by_role("button", name="Confirm the order").click)
    says(ben, "The order is confirmed", "Rosa Whitfield")
    wrong += looked_at(ben, order, shot, "confirmed")
    joy = visitor("joy.mensah")
    told = f"/people/{adopted.old['community-health'].ref}"
    wrong += looked_at(joy, told, shot, "restricted")
    says(joy, "Record restricted.", "Ring the Birmingham Adoption Service on 0121 496 0318.")
    wrong += looked_at(joy, "/adoptions", shot, "refused")
    assert wrong == []
