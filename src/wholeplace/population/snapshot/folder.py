"""The folder of a snapshot: unfinished until one rename puts it in place, and its owner's alone.

A process killed while writing leaves a folder whose name begins `.making-`; no reader opens
one, and the next writer sweeps it away.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wholeplace.population.engines.duckdb.connection import SPILL_FOLDER
from wholeplace.population.snapshot.history import SnapshotRefused
from wholeplace.population.snapshot.manifest import MANIFEST, UNFINISHED, Manifest


@contextmanager
def unfinished_folder(out: Path) -> Iterator[Path]:
    """A new private folder beside `out`, locked while it is written, gone if that fails.

    Raises:
        SnapshotRefused: `out` exists.
    """
    if out.exists():
        raise SnapshotRefused(f"{out.name} exists.", do="Name another folder, or delete it.")
    home = out.parent
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home_lock = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(home_lock, fcntl.LOCK_EX)
        _sweep(home)
        folder = home / f"{UNFINISHED}{uuid.uuid4().hex}"
        folder.mkdir(mode=0o700)
        own_lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(own_lock, fcntl.LOCK_EX)
    finally:
        os.close(home_lock)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        os.close(own_lock)


def _sweep(home: Path) -> None:
    """Delete what killed writers left: unfinished folders that nobody holds a lock on."""
    for folder in home.glob(f"{UNFINISHED}*"):
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)


def put_in_place(folder: Path, out: Path, manifest: Manifest) -> None:
    """The manifest last of all, everything on the disk, then the one rename."""
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    _settle(folder)
    folder.rename(out)
    _sync(out.parent)


def _settle(folder: Path) -> None:
    """Everything on the disk before the rename, and nobody but the owner may open it."""
    shutil.rmtree(folder / SPILL_FOLDER, ignore_errors=True)
    for file in folder.iterdir():
        file.chmod(0o600)
        _sync(file)
    folder.chmod(0o700)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(file: Path) -> str:
    """The SHA-256 of a file's bytes.

    Raises:
        OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def link(file: Path, to: Path) -> None:
    """The same file under a second name, or a copy of it where the disk has no such names.

    Raises:
        OSError: there is no such file, or it cannot be read.
    """
    try:
        to.hardlink_to(file)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(file, to)
