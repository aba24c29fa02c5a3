"""The parser in C reads a file as the slow one does, and whatever it refuses the other words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.core.rules.files import yaml
from wholeplace.core.rules.files.faults import FileMistake

FILES = sorted((Path(__file__).parents[2] / "places").rglob("*.yaml"))
TEXTS = [file.read_text() for file in FILES]
PIECES = [
    ":",
    "{",
    "[",
    '"',
    "'",
    "\t",
    "- ",
    "\n",
    "&a ",
    "!b ",
    "£",
    "%",
    "@",
    "|\n",
    " #",
    "é: ",
]


@contextmanager
def slowly() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "_FAST", None)
        yield


def _read(text: str) -> Any:
    try:
        found = yaml.load_text(text)
    except FileMistake as mistake:
        return mistake.faults
    return found.value, found.values, found.keys


def _both(text: str) -> tuple[Any, Any]:
    with slowly():
        slow = _read(text)
    return _read(text), slow


@pytest.mark.skipif(yaml._FAST is None, reason="PyYAML was built without libyaml")
def test_every_file_of_every_place_is_read_alike() -> None:
    for text in TEXTS:
        fast, slow = _both(text)
        assert fast == slow


@settings(max_examples=400, deadline=None)
@given(
    text=st.sampled_from(TEXTS).map(lambda text: text[:1200]),
    at=st.integers(0, 1200),
    cut=st.integers(0, 5),
    put=st.one_of(st.sampled_from(PIECES), st.text(max_size=3)),
)
def test_a_file_with_a_slip_is_read_or_refused_alike(
    text: str, at: int, cut: int, put: str
) -> None:
    fast, slow = _both(text[:at] + put + text[at + cut :])
    assert fast == slow


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,? \n\t0é£", max_size=40))
def test_any_text_is_read_or_refused_alike(text: str) -> None:
    fast, slow = _both(text)
    assert fast == slow
