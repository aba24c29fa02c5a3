"""Links records in a process of its own, killed after each of the given seconds.

    python -m tests.integration.identity.killing SECONDS...

One process is set up once, the linking library loaded, and forks the linkings, so that twenty of
them cost little. It prints how many of them were killed and how many had ended by themselves.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress


def main(seconds: list[float]) -> None:
    """Set Django up without connecting to anything, then fork, wait and kill."""
    import django

    django.setup()
    import splink  # noqa: F401 - the slow part of a linking's beginning

    from wholeplace.flows.link_people import link_people
    from wholeplace.rooms.identity import basis
    from wholeplace.rooms.identity.actions import AlreadyLinking

    basis.MOST = 1.0  # the towns of tests are small, and a day changes much of them
    killed = 0
    for each in seconds:
        child = os.fork()
        if not child:
            with suppress(AlreadyLinking):  # the server has not noticed that the last one is dead
                link_people()
            os._exit(0)
        time.sleep(each)
        if os.waitpid(child, os.WNOHANG) == (0, 0):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            killed += 1
    print(killed, len(seconds) - killed)


if __name__ == "__main__":
    main([float(each) for each in sys.argv[1:]])
