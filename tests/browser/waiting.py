"""Waiting for what a page says and where a press leads: a page is empty while it arrives."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

MILLISECONDS = 60_000  # a page takes one or two seconds, and many more on a busy machine


def says(page: Any, *words: str | re.Pattern[str], part: str = "body") -> None:
    """The page comes to say all of these words, anywhere or in the part that a selector names."""
    for each in words:
        expect(page.locator(part)).to_contain_text(each, use_inner_text=True)


def leads(page: Any, press: Callable[[], Any]) -> None:
    """Do what leads to another page, and be there when it has loaded."""
    with page.expect_navigation():
        press()
