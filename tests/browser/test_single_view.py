"""A person whom five agencies know, and requests to correct what one says, in Chromium."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from tests.browser.test_pages import overflow, violations
from tests.browser.waiting import leads
from tests.integration.identity.known import LOADERS, World

from wholeplace.rooms.records import correction_requests as requests
from wholeplace.rooms.records import models as records

pytestmark = pytest.mark.browser
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 3  # no space in it
RTL = "عبد الرحمن " * 8
LEAD, OFFICER = "nadia.hussain", "idris.vaughan"
SAID = {
    "council-benefits": {"given_names": "Ada", "ni_number": "QQ123456C"},
    "council-housing": {"given_names": LONG, "family_name": LONG, "known_as": RTL},
    "schools": {"given_names": "Ada May", "upn": "A801200001001", "nhs_number": "9434765919"},
    "community-health": {"nhs_number": "9434765870", "service": f"{LONG} Practice"},
    "police": {"given_names": RTL, "phone": "0121 496 0000", "sex": "F"},
}


@pytest.fixture
def known(act, site) -> World:
    """Ada of five agencies with long names; Cal of one; one request in each state."""
    world = World()
    for agency, said in SAID.items():
        born = {"date_of_birth": dt.date(1990, 5, 12 if agency == "police" else 17)}
        world.know(f"ada-{agency}", agency, **born | said)
    world.link(*world.people)
    world.know("cal-council-benefits", "council-benefits")
    with act("loader-council-housing"):
        ada = world.people["ada-council-housing"].person_id
        tenancy = records.Tenancy.objects.get(person_id=ada)
        tenancy.weekly_rent_pence = 101_20
        tenancy.pk, tenancy.source_key = None, "T-rent"
        tenancy.save()
    numbers = []
    for field, asked in (("family_name", f"{LONG}x"), ("phone", "0121 496 0001"), ("sex", "M")):
        with act(LEAD):
            numbers.append(
                requests.ask(
                    person_id=ada, field=field, asked=asked, why=f"{LONG} {RTL}", key=uuid.uuid4()
                )
            )
    with act(OFFICER):
        requests.answer(request_id=numbers[1], kind="stands", why=f"She said so. {LONG}")
        requests.answer(request_id=numbers[2], kind="corrected", why="")
    return world


PAGES = (
    (LEAD, "/people/{police}"),
    (LEAD, "/people/{police}/one-person"),
    (LEAD, "/people/{police}/wrong/{housing}/family_name"),
    (LEAD, "/people/{police}/wrong/{housing}/date_of_birth"),
    (LEAD, "/people/{police}/wrong/{housing}/sex"),
    (LEAD, "/corrections/1"),
    (LEAD, "/corrections/2"),
    (OFFICER, "/corrections"),
    (OFFICER, "/corrections?show=all"),
    (OFFICER, "/corrections/1"),
    (OFFICER, "/corrections/1/answer"),
    (OFFICER, "/people/{housing}"),
    ("rosa.delgado", "/corrections"),
    ("amina.begum", "/people/{cal}"),
    ("amina.begum", "/people/{benefits}"),
    ("amina.begum", "/corrections"),
    ("joy.mensah", "/people/{health}"),
)


def test_every_state_is_accessible_and_fits(known, visitor, shot):
    """Wide and narrow: full, empty, with long names, forbidden, and with what was typed wrong."""
    refs = {label.rpartition("-")[2]: one.ref for label, one in known.people.items()}
    refs |= {"cal": known.people["cal-council-benefits"].ref, "benefits": _ref(known)}
    wrong = []
    for width in (1280, 320):
        readers = {name: visitor(name, width=width) for name in dict.fromkeys(n for n, _ in PAGES)}
        for place, (name, path) in enumerate(PAGES):
            page = readers[name]
            page.goto(path.format(**refs))
            if path.startswith("/people/{police}/wrong"):
                press = page.locator("main button[type=submit], main .govuk-button").first
                leads(page, press.click)
            shot(page, f"view-{width}-{place:02}")
            if width < 1280:  # what axe looks at is the same at both
                wrong += [f"{path}: {found}" for found in violations(page)]
            if overflow(page) > 0:
                wrong.append(f"{width} {path}: {overflow(page)} pixels too wide")
    assert not wrong
    assert len(LOADERS) == len(SAID)


def _ref(known: World) -> str:
    return known.people["ada-council-benefits"].ref
