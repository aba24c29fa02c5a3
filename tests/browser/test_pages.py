"""Every page in Chromium, wide and narrow: axe finds nothing, nothing runs over the edge."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

WIDTHS = (1280, 320)
PAGES = {
    "amina.begum": (
        "/",
        "/search",
        "/trawls",
        "/trawls/start",
        "/trawls/{run}",
        "/trawls/{run}?answer=possible",
        "/trawls/{run}/about",
        "/findings/{finding}",
        "/findings/{finding}/set-aside",
        "/people/{paid}",
        "/people/{fresh}",
        "/people/{fresh}/before",
        "/people/{fresh}/letter",
        "/people/{paid}/letter",
        "/people/{fresh}/application",
        "/people/{fresh}/bar",
        "/people/{fresh}/code",
        "/applications",
        "/applications/{application}",
        "/applications/{application}/award",
        "/applications/{application}/refuse",
        "/applications/{waiting}/received",
        "/awards/{award}",
        "/awards/{award}/end",
        "/letters/{letter}",
        "/fund",
        "/fund/{budget}",
        "/places",
        "/places/E05011156",
        "/payments/{payment}",
        "/payments",
        "/people/P00000000",
        "/role",
    ),
    "grace.lindqvist": (
        "/",
        "/payments",
        "/payments/{payment}",
        "/payments/runs/start",
        "/payments/runs/{payment_run}",
        "/fund/{budget}",
        "/fund/{budget}/allocate",
    ),
    "harpreet.gill": ("/", "/loads", "/loads/{load}", "/payments"),
    "owen.pryce": ("/",),
    "sam.admin": ("/",),
    "kezia.brown": ("/",),
    "": ("/sign-in", "/code"),
}


def violations(page: Any) -> list[str]:
    """What axe finds, in short; its script is put in by the driver, past the content policy."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def overflow(page: Any) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("username", list(PAGES))
def test_every_page_is_accessible_and_fits(world, visitor, shot, username, width):
    names = {name: getattr(world, name).ref for name in ("paid", "found", "fresh")}
    names |= {k: v for k, v in vars(world).items() if isinstance(v, int)}
    page = visitor(username, width=width)
    wrong = []
    for path in PAGES[username]:
        page.goto(path.format(**names))
        shot(page, f"{username or 'nobody'}-{width}-{path.strip('/').replace('/', '_') or 'home'}")
        wrong += [f"{path}: {found}" for found in violations(page)]
        if overflow(page) > 0:
            wrong.append(f"{path}: {overflow(page)} pixels too wide")
    assert not wrong
