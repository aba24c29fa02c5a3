"""Environments apart from the program's: what we are measured beside, each from its own lock.

Some of it has another licence, some of it wants other versions than ours, so the program and
these benchmarks import none of it: files go in, files and lines of JSON come out.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from bench.cities import HOME, ROOT

PLAIN = ROOT / "bench" / "plain"


class NotInstalled(Exception):
    """What we are to be measured beside could not be installed here; says why."""


def environment(name: str) -> Path:
    """The Python of an environment of its own, made from its lock when it is not there yet.

    Args:
        name: `bench/plain/NAME.lock` names the packages by version and hash.

    Raises:
        NotInstalled: a package of the lock cannot be had.
    """
    lock = PLAIN / f"{name}.lock"
    home = HOME / name
    stamp = home / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    python = home / "venv" / "bin" / "python"
    if stamp.exists() and python.exists():
        return python
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    for command in (
        [sys.executable, "-m", "venv", str(home / "venv")],
        [str(python), *install, "-r", str(lock)],
    ):
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise NotInstalled((made.stderr or made.stdout).strip().rpartition("\n")[2])
    stamp.touch()
    return python
