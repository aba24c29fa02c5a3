"""One measured figure, and the means to measure it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Figure:
    """A row of the README's table.

    Attributes:
        figure: what was measured, in words, with its size.
        ours: our value, in `unit`.
        comparison: what it stands beside, in words; empty when nothing does.
        theirs: its value in the same unit and the same run.
        ratio: as the target counts it; None when nothing is compared.
        target: the target in words.
        met: whether it was met; None when this run's size is not the target's.
        note: what a reader must know to read it rightly.
    """

    figure: str
    ours: float
    unit: str
    comparison: str = ""
    theirs: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None
    note: str = ""


def median_seconds(work: Callable[[], Result], times: int) -> tuple[float, Result]:
    """The median wall time of `times` runs, and what the last of them gave."""
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds), result


def alternating(
    ours: Callable[[], object], theirs: Callable[[], object], times: int
) -> tuple[float, float]:
    """Median seconds of each, run in turns so that a busy machine is busy for both."""
    mine, others = [], []
    for _ in range(times):
        mine.append(median_seconds(ours, 1)[0])
        others.append(median_seconds(theirs, 1)[0])
    return statistics.median(mine), statistics.median(others)
