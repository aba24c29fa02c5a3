"""Folders for work half done: gone when it ends, and swept at the next work if it was killed.

They hold people's details in clear for a moment, so none may stay behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".wholeplace-half-"
DUMP = "database.dump"
FORMER = "tmp"  # what the folders of earlier versions begin with


@contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """A private folder in `parent`, held by a lock for as long as its process lives."""
    sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def sweep(parent: Path) -> None:
    """Remove what killed backups and restores left in `parent`."""
    for folder in parent.glob(f"{PREFIX}*"):
        _remove_unless_held(folder)


def sweep_home(home: Path) -> None:
    """The same in the program's own home, where earlier versions left other names."""
    sweep(home)
    for folder in home.glob(f"{FORMER}*"):
        if (folder / DUMP).is_file():
            _remove_unless_held(folder)


def _remove_unless_held(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return  # another sweeps it too, or it is no folder
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass
    finally:
        os.close(handle)
