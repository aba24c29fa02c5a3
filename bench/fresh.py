"""A fresh clone, brought up by its one command, as a newcomer would."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Started:
    """A running clone: its address, and the seconds until it said `ready`."""

    address: str
    seconds: float


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(people: int) -> Iterator[Started]:
    """Clones the committed tree, runs `make run`, and stops it with Ctrl-C at the end."""
    folder = Path(tempfile.mkdtemp(prefix="wholeplace-fresh-"))
    folder.chmod(0o755)  # else the database cannot lie in it, and would be left behind
    subprocess.run(
        ["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(folder / "c")], check=True
    )
    # Only the clone's own: nothing of this run's environment may help it.
    names = {k: v for k, v in os.environ.items() if not k.startswith(("WHOLEPLACE", "DJANGO"))}
    names.pop("VIRTUAL_ENV", None)
    port, begun = free_port(), time.perf_counter()
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}", f"PEOPLE={people}"],
        cwd=folder / "c",
        env=names,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Started(_wait(process), time.perf_counter() - begun)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready http"):
            return line.split()[1]
    raise RuntimeError(f"make run ended with {process.wait()}")
