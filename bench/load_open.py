"""Open-loop load on this machine: requests leave on a clock, however slow the answers are."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Answers:
    """What the visitors met: seconds from the moment each request was due, and failures."""

    seconds: Sequence[float]
    failed: int
    cpu_seconds: float

    def quantile(self, share: float) -> float:
        """The latency below which `share` of the answers lie, in seconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def ask(
    urls: Sequence[str],
    session: Callable[[], requests.Session],
    *,
    a_second: float,
    server: int,
) -> Answers:
    """Asks for each URL at its due time.

    Args:
        urls: full addresses, in order.
        session: makes a signed-in session; one is made for each of the visitors' threads.
        a_second: how many requests fall due each second.
        server: the process whose children's processor time is counted.
    """
    mine = threading.local()
    begun = time.perf_counter() + 0.5
    used = cpu_seconds(server)

    def one(numbered: tuple[int, str]) -> tuple[float, bool]:
        number, url = numbered
        if not hasattr(mine, "session"):
            mine.session = session()
        due = begun + number / a_second
        time.sleep(max(0.0, due - time.perf_counter()))
        answer = mine.session.get(url, timeout=60)
        return time.perf_counter() - due, answer.status_code != 200

    with ThreadPoolExecutor(16) as visitors:
        results = list(visitors.map(one, enumerate(urls)))
    return Answers(
        [seconds for seconds, _ in results],
        sum(failed for _, failed in results),
        cpu_seconds(server) - used,
    )


def cpu_seconds(parent: int) -> float:
    """Processor seconds, user and system, of a process and all that it started."""
    return sum(_own_ticks(pid) for pid in [parent, *_below(parent)]) / TICKS


def _below(parent: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = [], [parent]
    while waiting:
        waiting.extend(more := children.get(waiting.pop(), []))
        found.extend(more)
    return found


def _own_ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])
