"""The gallery in Chromium: axe, a narrow screen, the keyboard, no scripts, a dark room, paper."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.waiting import MILLISECONDS, leads
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
VENDOR = ROOT / "src" / "wholeplace" / "web" / "static" / "vendor" / "govuk-frontend.min.css"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PAGES = (
    "components",
    "empty",
    "long",
    "forms",
    "forms-wrong",
    "question",
    "why",
    "pictures",
    "letter",
    "refusals",
)
# A gallery page shows many whole pages' components at once, so these two say nothing of it.
NOT_OF_A_GALLERY = {"page-has-heading-one", "heading-order"}

pytestmark = pytest.mark.browser


def needed(path: Path, what: str) -> None:
    """Skips visibly without it, except in continuous integration, where that is a failure."""
    if path.exists():
        return
    message = f"{what} is not here ({path})"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The gallery's address, served by a process of its own with settings of its own."""
    needed(CHROMIUM, "Chromium")
    needed(VENDOR, "The design system, which set-up fetches,")
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests" / "unit" / "web" / "look")))
    server = subprocess.Popen(
        [sys.executable, "-m", "look_gallery", "0"],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line.startswith("ready "), "the gallery did not start"
        yield line.split()[1]
    finally:
        server.terminate()
        server.wait(PATIENCE)


@pytest.fixture
def opened(chromium: Any, address: str) -> Iterator[Any]:
    """Opens a gallery page in a fresh context; fails on anything the console complains of."""
    contexts, complaints = [], []

    def open_page(name: str, width: int = 1280, **options: Any) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(MILLISECONDS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/{name}/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def violations(page: Any) -> list[str]:
    """What axe finds, in short; its script is put in by the driver, past the content policy."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["id"] not in NOT_OF_A_GALLERY
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "light"), (320, "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(
    opened: Any, name: str, width: int, scheme: str
) -> None:
    page = opened(name, width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_text_in_pictures_is_readable_on_a_phone(opened: Any) -> None:
    page = opened("pictures", 320)
    sizes = page.evaluate(
        """[...document.querySelectorAll('figure svg text')].map(text => {
            const scale = text.getScreenCTM().a;
            return parseFloat(getComputedStyle(text).fontSize) * scale;
        })"""
    )
    assert len(sizes) > 60
    assert min(sizes) >= 12


def test_words_in_a_chart_stay_inside_a_phone(opened: Any) -> None:
    page = opened("pictures", 320)
    ends = page.evaluate(
        """[...document.querySelectorAll('svg.wp-chart text')].map(
            text => [text.textContent, text.getBoundingClientRect().right])"""
    )
    assert [words for words, right in ends if right > 320] == []


def test_a_hexagon_is_large_enough_for_a_finger(opened: Any) -> None:
    box = opened("pictures", 320).locator(".wp-map--hexagons a").first.bounding_box()
    assert min(box["width"], box["height"]) >= 24


def focus_order(page: Any, presses: int) -> list[str]:
    """What the Tab key reaches, in turn, by its words."""
    reached = []
    for _ in range(presses):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    return reached


def test_the_keyboard_meets_the_skip_link_then_the_header_then_the_menu(opened: Any) -> None:
    page = opened("why")
    assert focus_order(page, 8) == [
        "Skip to main content",
        "Wholeplace Birmingham",
        "Sign out",
        "Home",
        "Find a person",
        "Work list",
        "The fund",
        "Ward map",
    ]


def test_the_skip_link_goes_to_the_main_part(opened: Any) -> None:
    page = opened("components")
    page.keyboard.press("Shift+Tab")  # the notice took the focus when the page opened
    page.locator(".govuk-skip-link").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()


def test_focus_is_always_seen(opened: Any) -> None:
    page = opened("pictures", 320)
    for _ in range(20):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """(() => { const one = document.activeElement, style = getComputedStyle(one);
                const inner = one.querySelector('polygon, path');
                return style.outlineStyle !== 'none' || style.boxShadow !== 'none' ||
                    style.backgroundColor === 'rgb(255, 221, 0)' ||
                    (inner && getComputedStyle(inner).fill === 'rgb(255, 221, 0)'); })()"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML")[:200]


def test_a_scrolling_part_is_reached_and_moved_by_the_keyboard(opened: Any) -> None:
    page = opened("components", 320)
    region = page.get_by_role("region", name="The same, scrolling")
    region.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(40):
        if region.evaluate("one => one.scrollLeft") > 0:
            return
        page.wait_for_timeout(50)
    pytest.fail("the arrow keys did not move it")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_error_link_puts_the_cursor_in_the_box_it_is_about(opened: Any, scripts: bool) -> None:
    page = opened("forms-wrong", java_script_enabled=scripts)
    page.get_by_role("link", name="The date the job started must include a month").click()
    month = page.get_by_label("Month")
    if scripts:
        expect(month).to_be_focused()
        page.keyboard.type("6")
    else:
        expect(page).to_have_url(re.compile("#id_started_1$"))
        month.fill("6")
    expect(month).to_have_value("6")


def test_with_scripts_the_problems_are_read_out_first(opened: Any) -> None:
    page = opened("forms-wrong")
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def test_the_menu_folds_on_a_phone_only_with_scripts(opened: Any) -> None:
    folded = opened("why", 320)
    link = folded.get_by_role("link", name="Ward map")
    expect(link).not_to_be_visible()
    folded.get_by_role("button", name="Menu").click()
    expect(link).to_be_visible()
    plain = opened("why", 320, java_script_enabled=False)
    assert plain.get_by_role("link", name="Ward map").is_visible()
    assert not plain.get_by_role("button", name="Menu").is_visible()


def test_a_form_posts_without_scripts_and_signs_out(opened: Any) -> None:
    page = opened("forms", java_script_enabled=False)
    leads(page, page.get_by_role("button", name="Record it").click)
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    leads(page, page.get_by_role("button", name="Sign out").click)
    expect(page).to_have_url(re.compile(r"/forms/$"))


def test_a_second_click_does_not_send_twice(opened: Any) -> None:
    page = opened("forms")
    sent = page.evaluate(
        """new Promise(done => {
            let sent = 0;
            const button = document.querySelector('main button[type=submit]');
            button.form.addEventListener('submit', event => { event.preventDefault(); sent += 1; });
            button.click();
            button.click();
            setTimeout(() => done(sent), 100);
        })"""
    )
    assert sent == 1


def test_on_paper_only_the_content_is_left(opened: Any) -> None:
    page = opened("components", 700, color_scheme="dark")
    page.emulate_media(media="print")
    for gone in ("Sign out", "Apply filters", "Ward map"):
        assert not page.get_by_text(gone).first.is_visible()
    assert page.get_by_role("heading", name="Grace Adeyemi").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    letter = opened("letter", 700)
    letter.emulate_media(media="print")
    assert not letter.get_by_text("This is how the letter prints").is_visible()
    assert letter.get_by_text("1 Example Road").is_visible()
