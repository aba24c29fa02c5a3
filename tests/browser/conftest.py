"""The real site on a port of its own, over a committed copy of the database, and Chromium."""

from __future__ import annotations

import os
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from tests.databases import leave_databases
from tests.waiting import PATIENCE

CHROMIUM = Path("/usr/bin/chromium")
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
SHOTS = os.environ.get("WHOLEPLACE_SHOTS")  # a folder, when somebody wants to look


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """A test's output is for its failures."""


@pytest.fixture
def site(chromium: Any, committed: str) -> Iterator[str]:
    """The site's address."""
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(PATIENCE)
    server.server_close()


@pytest.fixture
def world(act: Any, site: str) -> Any:
    """The same small world as the tests of the pages, committed."""
    from tests.integration.web.world import make_world

    return make_world(act)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for the run; skipped visibly without one, except in CI."""
    if not CHROMIUM.exists():
        message = f"Chromium is not here ({CHROMIUM})"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import expect, sync_playwright
    from tests.browser.waiting import MILLISECONDS

    expect.set_options(timeout=MILLISECONDS)
    # Playwright keeps a loop in this thread for as long as it runs, which Django must not mind.
    # Where a loop runs Django keeps other connections: those of before, and those of meanwhile,
    # are closed, or nobody could copy or drop the database that they are in.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    leave_databases()
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield running
        running.close()
        leave_databases()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visitor(chromium: Any, site: str) -> Iterator[Callable[..., Any]]:
    """`visitor("amina.begum")`: a signed-in page of her own; fails on what the console says."""
    contexts, complaints = [], []

    from tests.browser.waiting import MILLISECONDS

    def enter(username: str = "", *, width: int = 1280, **options: Any) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, base_url=site, **options
        )
        context.set_default_timeout(MILLISECONDS)
        contexts.append(context)
        if username:
            context.add_cookies([_session(username, site)])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _bad(said) else None)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert complaints == []


def _bad(said: Any) -> bool:
    """A status of 4xx is what some tests are about; everything else that is said is a fault."""
    return said.type in ("error", "warning") and "the server responded with a status of 4" not in (
        said.text
    )


def _session(username: str, site: str) -> dict[str, str]:
    """The cookie of a session, begun without the time that a password takes."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": site}


@pytest.fixture
def shot() -> Callable[[Any, str], None]:
    """`shot(page, "name")`: the whole page as a picture, when WHOLEPLACE_SHOTS names a folder."""

    def take(page: Any, name: str) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)

    return take
