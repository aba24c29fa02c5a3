"""One command runs everything: it says when it is ready, and leaves nothing behind.

The place itself is left out (its own tests make it); all processes here are real.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests.integration.site.conftest import open_folder
from tests.waiting import PATIENCE, until

from wholeplace.site import embedded
from wholeplace.site.embedded import cluster
from wholeplace.site.embedded.place import place_of

START = """
import sys, types
place = types.ModuleType("wholeplace.flows.demonstration")
place.ensure = lambda people: [f"A place of {people}."]
sys.modules[place.__name__] = place
import wholeplace.flows
wholeplace.flows.demonstration = place
from wholeplace.site.main import main
main()
"""


@dataclass
class Running:
    """A started program, what it printed and where it answers."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str]

    def page(self, path: str = "/") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path)
        return connection.getresponse().status

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def family(self) -> set[int]:
        """The children and their children."""
        found, new = set(), {self.process.pid}
        while new:
            new = {child for parent in new for child in children_of(parent)} - found
            found |= new
        return found


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def alive(pids: set[int]) -> set[int]:
    def runs(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except OSError:
            return False

    return {pid for pid in pids if runs(pid)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(home: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START, "run", "--port", str(port), "--people", "300"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={k: v for k, v in os.environ.items() if k != "WHOLEPLACE_DATABASE"}
        | {"WHOLEPLACE_HOME": str(home)},
        # As a shell's `make run &` does: the program must stop on SIGINT even so.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )


def until_ready(process: subprocess.Popen[str], port: int) -> Running:
    """Reads lines until the one that says ready; the program's end, or a killer's, ends it."""
    killer = threading.Timer(PATIENCE, process.kill)
    killer.start()
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("ready "):
                return Running(process, port, lines)
    finally:
        killer.cancel()
    pytest.fail(f"never ready: {lines} {process.stderr.read()}")


@pytest.fixture(scope="module")
def run_home() -> Iterator[Path]:
    with open_folder() as home:
        yield home


@pytest.fixture
def start(run_home: Path) -> Iterator[Callable[[], Running]]:
    """Starts the program; ends it after the test if the test has not."""
    started: list[subprocess.Popen[str]] = []

    def begin() -> Running:
        port = free_port()
        started.append(launch(run_home, port))
        return until_ready(started[-1], port)

    yield begin
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)
        process.stdout.close()
        process.stderr.close()


def test_ready_answers_stops_cleanly_and_a_second_start_keeps_the_data(
    start: Callable[[], Running], run_home: Path
) -> None:
    first = start()
    assert first.lines[-1] == f"ready http://127.0.0.1:{first.port}"
    assert "A place of 300." in first.lines
    assert first.page() < 500
    family = first.family()
    assert len(family) >= 3  # web server, its workers, job worker
    with psycopg.connect(embedded.locate(run_home).dsn("wp_owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS kept (x int)")
        owner.execute("INSERT INTO kept VALUES (7)")

    assert first.stop() == 0
    assert alive(family) == set()
    assert not cluster.is_running(place_of(run_home))

    second = start()
    with psycopg.connect(embedded.locate(run_home).dsn("wp_owner")) as owner:
        assert owner.execute("SELECT x FROM kept").fetchall() == [(7,)]
    assert second.stop(signal.SIGTERM) == 0


def test_a_killed_parent_leaves_no_children_and_the_next_start_recovers(
    start: Callable[[], Running], run_home: Path
) -> None:
    running = start()
    family = running.family()
    running.process.kill()
    running.process.wait()
    until(lambda: not alive(family), "children live on")
    again = start()
    assert again.page() < 500
    assert again.stop() == 0
    assert not cluster.is_running(place_of(run_home))


def test_a_part_that_ends_by_itself_ends_the_rest_and_says_where_to_look(
    start: Callable[[], Running], run_home: Path
) -> None:
    running = start()
    family = running.family()
    web = next(pid for pid in children_of(running.process.pid) if "gunicorn" in command_of(pid))
    os.kill(web, signal.SIGKILL)
    assert running.process.wait(PATIENCE) == 1
    said = running.process.stderr.read()
    assert said.startswith("The web server has ended by itself")
    assert str(run_home / "log" / "web.log") in said
    until(lambda: not alive(family), "children live on")
    assert not cluster.is_running(place_of(run_home))


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def test_a_port_in_use_is_a_plain_sentence_and_starts_nothing(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = launch(home, port)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert said == (
        f"Port {port} cannot be used. Another program is using it. "
        "Give another: make run PORT=8001.\n"
    )
    assert not (home / "pg").exists()
