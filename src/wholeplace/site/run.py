"""Starts everything and keeps it running: database, tables, place, web server, job worker."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from wholeplace.core.kernel.errors import UserMistake, WholeplaceError
from wholeplace.site import children, databases, embedded
from wholeplace.site.leftovers import sweep_home
from wholeplace.site.main import SETTINGS, close_connections, open_database
from wholeplace.site.ready import one_at_a_time

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST_ANSWER_SECONDS = 60
Say = Callable[[str], None]


class Stop(BaseException):
    """Somebody asked the program to stop."""


def serve(port: int, people: int, say: Say) -> None:
    """Runs until it is asked to stop (SIGINT, SIGTERM or SIGHUP), then stops everything.

    Args:
        port: on this machine only.
        people: how many the demonstration holds, when it is made the first time.
        say: prints one line at once.

    Raises:
        UserMistake: the port is taken, or the database given cannot serve.
        WholeplaceError: a part would not start, or ended by itself.
    """
    _refuse_busy(port)
    log_folder = embedded.home_directory() / "log"
    sweep_home(embedded.home_directory())
    with _signals_stop(), ExitStack() as stack:
        try:
            stack.enter_context(open_database())
            who = _prepare(people, say)
            close_connections()
            running = [children.web(port, log_folder)]
            stack.callback(running[0].end)
            running.append(children.worker(log_folder))
            stack.callback(running[1].end)
            _wait_for_answer(port, running)
            _welcome(port, who, say)
            _watch(running)
        except Stop:
            say("Stopping.")
        finally:
            _ignore_signals()


def _refuse_busy(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise UserMistake(
                f"Port {port} cannot be used.",
                why="Another program is using it." if port > 1023 else str(error),
                do="Give another: make run PORT=8001.",
            ) from error


def _prepare(people: int, say: Say) -> list[str]:
    """Tables, then the demonstration place; two starts at once wait for each other.

    Returns:
        Lines that say who can sign in.
    """
    from django.core.management import call_command

    from wholeplace.flows import demonstration

    with one_at_a_time():
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        say(f"Database ready{'' if databases.is_embedded() else ' (DATABASE_URL)'}.")
        return list(demonstration.ensure(people=people) or [])


def _wait_for_answer(port: int, running: list[children.Child]) -> None:
    deadline = time.monotonic() + FIRST_ANSWER_SECONDS
    while time.monotonic() < deadline:
        for child in running:
            child.check()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/")
            status = connection.getresponse().status
        except OSError:
            time.sleep(0.1)
            continue
        finally:
            connection.close()
        if status >= 500:
            raise WholeplaceError(
                f"The web server answers with an error ({status}).",
                do=f"What happened is in {running[0].log}.",
            )
        return
    raise WholeplaceError(
        f"The web server did not answer within {FIRST_ANSWER_SECONDS} seconds.",
        do=f"What it said is in {running[0].log}.",
    )


def _welcome(port: int, who: list[str], say: Say) -> None:
    address = f"http://127.0.0.1:{port}"
    for line in who:
        say(line)
    say(f"Logs: {embedded.home_directory() / 'log'}. Ctrl-C stops everything; the data stays.")
    say(f"ready {address}")


def _watch(running: list[children.Child]) -> None:
    while True:
        for child in running:
            child.check()
        time.sleep(0.5)


@contextmanager
def _signals_stop() -> Iterator[None]:
    """Turns the signals into `Stop`, even where a shell has had this process ignore them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stop

    former = {number: signal.signal(number, stop) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """A second Ctrl-C must not leave half of it running."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
