"""Every gallery page draws under the real settings' request cycle, whole and escaped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import RequestFactory, override_settings
from look_gallery import pages, samples, settings

TEMPLATES = Path(__file__).parents[4] / "src" / "wholeplace" / "web" / "templates"


@pytest.fixture(autouse=True)
def gallery_settings() -> object:
    """The gallery's own templates and plain static files, whatever the program's settings are."""
    with override_settings(
        TEMPLATES=settings.TEMPLATES,
        ROOT_URLCONF="look_gallery.urls",
        FORM_RENDERER=settings.FORM_RENDERER,
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield


def drawn(name: str) -> str:
    response = pages.PAGES[name](RequestFactory().get(f"/{name}/"))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", sorted(pages.PAGES))
def test_a_page_has_nothing_inline_and_each_id_once(name: str) -> None:
    html = drawn(name)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    assert "{%" not in html and "{{" not in html


@pytest.mark.parametrize("name", sorted(set(pages.PAGES) - {"letter"}))
def test_a_page_has_its_landmarks_in_order(name: str) -> None:
    html = drawn(name)
    order = [html.index(part) for part in ("govuk-skip-link", "<header", "<main", "<footer")]
    assert order == sorted(order)
    assert '<html lang="en-GB"' in html
    assert "crown" not in html and "crest" not in html


def test_a_page_says_who_is_signed_in_and_lets_them_out_by_post() -> None:
    html = drawn("components")
    assert "Amina Khan" in html and "Benefits assessor, Birmingham City Council" in html
    assert re.search(
        r'<form method="post" action="/forms/" class="wp-account__out">\s*<input', html
    )
    assert "Everybody here is invented." in html


def test_a_page_for_nobody_has_a_way_in_and_no_navigation() -> None:
    html = drawn("empty")
    assert 'href="#in"' in html and "Sign out" not in html and 'id="navigation"' not in html


def test_a_page_with_errors_begins_its_title_with_the_word() -> None:
    assert "<title>Error: Record a job – Wholeplace, Birmingham</title>" in drawn("forms-wrong")
    assert "<title>Record a job" in drawn("forms")


def test_not_found_gives_no_reason_and_forbidden_says_as_whom() -> None:
    html = drawn("refusals")
    assert "There is no such page" in html
    assert "You are signed in as Amina Khan, Benefits assessor" in html
    assert "Nothing was lost." in html


def test_long_names_are_all_there() -> None:
    assert drawn("long").count(samples.LONG) >= 5


def test_every_component_is_in_the_gallery() -> None:
    shown = (
        "".join(
            path.read_text()
            for path in (Path(__file__).parent / "look_gallery" / "templates").rglob("*.html")
        )
        + (TEMPLATES / "layouts" / "page.html").read_text()
    )
    inner = "".join(path.read_text() for path in (TEMPLATES / "components").glob("*.html"))
    for path in (TEMPLATES / "components").glob("*.html"):
        named = re.compile(rf"{{% {path.stem} |components/{path.stem}\.html")
        assert named.search(shown) or named.search(inner), f"{path.stem} is in no gallery page"
