"""A small town in real files, and a copy of the place whose rules a test may change."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from tests.builders import SCHEME, make_area
from tests.integration.records import extracts
from tests.integration.records.extracts import row

from wholeplace.flows import run_trawl

DAY = dt.date(2026, 6, 15)
LATER = dt.date(2026, 10, 1)
PEOPLE = ("R1", "R2", "R3", "R4")
WEEKS = {"R1": "30", "R2": "52", "R3": "", "R4": "30"}
SINCE = {"R1": "2025-01-01", "R2": "2025-01-01", "R3": "2025-01-01", "R4": "2026-03-01"}


def extract(weeks: dict[str, str], since: dict[str, str]) -> extracts.Tables:
    """Four people in work since 1 June, each at home alone in a priority area."""
    return {
        "residents": [
            row("residents", person_key=key, given_names="Test", family_name=f"Person {key}",
                sex="U", date_of_birth="1985-02-28", do_not_contact="N", unsafe_address="N")
            for key in PEOPLE
        ],
        "addresses": [
            row("addresses", uprn=f"U{key}", line_1=f"{key} Long Road", town="Birmingham",
                postcode="B1 1AA", lsoa_code="DEMO01001")
            for key in PEOPLE
        ],
        "households": [
            row("households", household_key=f"H{key}", uprn=f"U{key}", tenure="council",
                from_date="2020-01-01")
            for key in PEOPLE
        ],
        "household_members": [
            row("household_members", member_key=f"M{key}", household_key=f"H{key}",
                person_key=key, role="claimant", from_date="2020-01-01")
            for key in PEOPLE
        ],
        "benefit_spells": [
            row("benefit_spells", spell_key=f"S{key}", person_key=key, benefit="uc",
                start_date=since[key], weekly_amount="85.50", housing_costs="Y")
            for key in PEOPLE
        ],
        "jobs": [
            row("jobs", job_key=f"J{key}", person_key=key, employer="Canal Bakery",
                start_date="2026-06-01", expected_weeks=weeks[key], reported_on="2026-06-03")
            for key in PEOPLE
        ],
        "accounts": [
            row("accounts", account_key=f"A{key}", household_key=f"H{key}", kind="rent",
                weekly_charge="101.20", weekly_help="66.20", arrears="0.00",
                as_at_date="2026-05-31")
            for key in PEOPLE
        ],
    }  # fmt: skip


@pytest.fixture
def place(settings, tmp_path):
    """A copy of the place whose files a test may change."""
    folder = tmp_path / "places" / "birmingham"
    shutil.copytree(django_settings.PLACE, folder)
    settings.PLACE = folder
    settings.HOME = tmp_path
    return folder


@pytest.fixture
def town(committed, act, place, tmp_path):
    """Two whom the scheme fits, one whom it may fit, and one whom it does not."""
    with act("system-loader"):
        make_area("DEMO01001", decile=1)
    load(tmp_path, "first", WEEKS, SINCE)
    return place


def load(folder: Path, name: str, weeks: dict[str, str], since: dict[str, str]) -> None:
    extracts.load(extracts.write(extract(weeks, since), folder / name), DAY)


def load_changes(folder: Path) -> None:
    """R1's job is short after all, R3's is known to be long, R4 was on benefit for longer."""
    weeks = WEEKS | {"R1": "2", "R3": "30"}
    load(folder, "second", weeks, SINCE | {"R4": "2025-01-01"})


def amend(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def change_rules(place: Path) -> None:
    amend(place / "schemes" / f"{SCHEME}.yaml", "value: 5 weeks", "value: 40 weeks")


def change_figures(place: Path) -> None:
    """Universal Credit no longer counts as an out-of-work benefit."""
    amend(place / "facts" / "qualifying_benefits.yaml", "kinds: [uc, is", "kinds: [is")


def number(act, username: str = "amina.begum") -> int:
    with act(username) as actor:
        return actor.membership_id


def trawl(act, day: dt.date = DAY) -> int:
    me = number(act)
    run = run_trawl.start(SCHEME, as_at=day, membership_id=me, route="test")
    return run_trawl.carry_out(run, membership_id=me, route="test")
