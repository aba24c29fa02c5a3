"""A terminal for the pages' commands, with an embedded server of its own kept running."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from wholeplace.site import embedded

from .terminal import ROOT, Terminal


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """An empty folder beside nothing but the place, as in a fresh clone, and a fresh home."""
    folder = Path(tempfile.mkdtemp()).resolve()
    folder.chmod(0o755)  # the server's account must be able to walk to it
    (folder / "work").mkdir()
    (folder / "work" / "places").symlink_to(ROOT / "places")
    home = folder / "home"
    try:
        with embedded.using(home, durable=False):
            yield Terminal(folder / "work", home)
    finally:
        shutil.rmtree(folder)
