"""Loads a folder of deliveries in a process of its own, killed after each of the given seconds.

    python -m tests.integration.records.killing FOLDER SECONDS...

One process is set up once and forks the loads, so that twenty of them cost little. It prints how
many of them were killed and how many had ended by themselves.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path


def main(folder: Path, seconds: list[float]) -> None:
    """Set Django up without connecting to anything, then fork, wait and kill."""
    import django

    django.setup()
    from tests.integration.records.cities import load_all

    killed = 0
    for each in seconds:
        child = os.fork()
        if not child:
            load_all(folder)
            os._exit(0)
        time.sleep(each)
        if os.waitpid(child, os.WNOHANG) == (0, 0):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            killed += 1
    print(killed, len(seconds) - killed)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [float(each) for each in sys.argv[2:]])
