"""Folders that processes make for themselves under the tests' home, which workers share."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings


def folders_of_the_dead(kind: str) -> list[Path]:
    """Folders under the home's `kind` that no running process owns; this one owns none by now.

    Their names begin with the number of the process. Other workers of a test run load and link at
    the same moment: theirs are not for a test to count.
    """
    return [
        left
        for left in (Path(settings.HOME) / kind).iterdir()
        if left.name != "kept"
        and (
            left.name.startswith(f"{os.getpid()}-")
            or not Path(f"/proc/{left.name.partition('-')[0]}").exists()
        )
    ]
