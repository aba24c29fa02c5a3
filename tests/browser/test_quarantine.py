"""What was set aside and quality in Chromium: every state, and a correction in three ways."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.browser.test_journeys import Keyboard, Mouse
from tests.browser.test_pages import overflow, violations
from tests.browser.waiting import says
from tests.integration.records.extracts import DAY, load, row, small_extract, write

pytestmark = pytest.mark.browser
OFFICER = "rosa.delgado"
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 12  # no space in it
RTL = "عبد الرحمن " * 10
DAYS = 6


@pytest.fixture
def deliveries(act, site, tmp_path) -> dict[str, int]:
    """Six deliveries, the last with long values, many rows at fault and a file refused."""
    from wholeplace.core.kernel.errors import UserMistake
    from wholeplace.rooms.records.models import Reject

    for n in range(DAYS):
        tables = small_extract()
        tables["residents"][0]["phone"] = "0121 496 0000" if n % 2 else ""
        if n == DAYS - 1:
            tables["residents"][0] |= {"sex": LONG[:200], "email": f"{LONG}@example.org"}
            tables["residents"][1] |= {"family_name": RTL, "date_of_birth": "31/02/1990"}
            tables["jobs"] = [
                row("jobs", job_key=f"J{k}", person_key="R3", expected_weeks="many")
                for k in range(30)
            ]
        load(write(tables, tmp_path / str(n)), day=DAY + dt.timedelta(days=n))
    (tmp_path / "0" / "jobs.csv").unlink()
    with pytest.raises(UserMistake):
        load(tmp_path / "0", day=DAY + dt.timedelta(days=DAYS))
    with act("system-loader"):
        named = {r.source_key: r.pk for r in Reject.objects.order_by("-pk")}
    return {"long": named["R1"], "born": named["R2"], "job": named["J7"]}


PAGES = (
    "/",
    "/loads",
    "/loads/aside?state=dropped",
    "/loads/aside?source=council-benefits&file=jobs.csv",
    "/loads/aside/rows?source=council-benefits&file=jobs.csv&reason=This+is+not+a+whole+number.",
    "/loads/aside/again?source=council-benefits&reason=This+is+not+a+whole+number.",
    "/loads/aside/rows?source=police",
    "/loads/aside/{long}",
    "/loads/aside/{long}/correct",
    "/loads/aside/{born}/drop",
    "/loads/quality",
    "/loads/quality/council-benefits",
    "/loads/quality/council-benefits?file=residents",
)


@pytest.mark.parametrize("width", [1280, 320])
def test_every_state_is_accessible_and_fits(deliveries, visitor, shot, width):
    page = visitor(OFFICER, width=width)
    wrong = []
    for place, path in enumerate(PAGES):
        page.goto(path.format(**deliveries))
        shot(page, f"quarantine-{width}-{place:02}")
        wrong += [f"{path}: {found}" for found in violations(page)]
        if overflow(page) > 0:
            wrong.append(f"{path}: {overflow(page)} pixels too wide")
    assert not wrong


@pytest.mark.parametrize("width", [1280, 320])
def test_with_nothing_loaded_the_pages_say_so(site, visitor, shot, width):
    page = visitor(OFFICER, width=width)
    for name in ("loads", "loads/aside", "loads/quality"):
        page.goto(f"/{name}")
        says(page, "There is nothing here yet")
        shot(page, f"quarantine-empty-{width}-{name.replace('/', '-')}")
        assert violations(page) == []
        assert overflow(page) <= 0


@pytest.mark.parametrize("way", ["mouse", "keyboard", "no scripts"])
def test_a_row_is_corrected_and_checked_again(deliveries, visitor, shot, way):
    """Given a row set aside, when an officer types a value that is wrong too, the form says so;
    with the right one it is loaded, and both values stand."""
    hand, scripts = (Keyboard if way == "keyboard" else Mouse), way != "no scripts"
    page = visitor(OFFICER, java_script_enabled=scripts)
    page.goto(f"/loads/aside/{deliveries['born']}")
    officer = hand(page)
    officer.press("Correct it")
    officer.write("date_of_birth", "1990-02-30")
    officer.write("How do you know?", "Rang them")
    officer.press("Check again")
    says(page, "There is a problem", "The row is still wrong")
    assert not scripts or violations(page) == []  # axe is a script
    shot(page, f"quarantine-still-wrong-{way}")
    officer.write("date_of_birth", "1990-02-28")
    officer.press("Check again")
    says(page, "The row is right and was loaded.", "Corrected by Rosa Delgado", "31/02/1990")
    says(page, "1990-02-28")
    assert not scripts or violations(page) == []
    shot(page, f"quarantine-corrected-{way}")
