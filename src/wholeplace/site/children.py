"""The processes that serve: started in sessions of their own, and never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wholeplace.core.kernel.errors import WholeplaceError

PATIENCE_SECONDS = 15
PR_SET_PDEATHSIG = 1  # linux/prctl.h
WEB_THREADS = 2


class ChildEnded(WholeplaceError):
    """A process that must go on has ended by itself."""


@dataclass
class Child:
    """One running process and the file that holds what it prints."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raises ChildEnded when the process is gone."""
        if (code := self.process.poll()) is not None:
            raise ChildEnded(
                f"The {self.name} has ended by itself (exit code {code}).",
                do=f"What it said last is in {self.log}.",
            )

    def end(self) -> None:
        """Asks the process to stop and waits; ends its whole session when it does not."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def web(port: int, log_folder: Path) -> Child:
    """Starts the web server: one worker process a core, for more only queue behind the GIL."""
    options = {
        "--bind": f"127.0.0.1:{port}",
        "--worker-class": "gthread",
        "--workers": str(_cores()),
        "--threads": str(WEB_THREADS),
        "--graceful-timeout": "5",
        "--log-level": "warning",
    }
    words = [word for pair in options.items() for word in pair]
    module = ["gunicorn", *words, "--no-control-socket", "wholeplace.site.wsgi"]
    return _start("web server", module, log_folder / "web.log")


def worker(log_folder: Path) -> Child:
    """Starts the process that carries out queued jobs."""
    return _start("job worker", ["wholeplace.site.worker"], log_folder / "worker.log")


def _start(name: str, module: list[str], log: Path) -> Child:
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch(mode=0o600)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches the parent alone, which stops the children in their order.
            start_new_session=True,
            preexec_fn=_dies_with(os.getpid()),
        )
    return Child(name, process, log)


def _dies_with(parent: int) -> Callable[[], None] | None:
    """Makes Linux stop the child when its parent dies, however it dies."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above took hold
            os._exit(1)

    return in_child


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return max(2, len(os.sched_getaffinity(0)))
    return max(2, os.cpu_count() or 2)
