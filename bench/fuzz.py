"""Bad input at its full size: how fast it is met, and the slowest of all."""

from __future__ import annotations

import time
from pathlib import Path

from bench.figures import Figure
from bench.fuzzing import SLOW, kinds, meet_all

NAME = "fuzz"
TEXTS = 200_000
SEED = 20_261_122
PLACES = Path(__file__).resolve().parents[1] / "places"


def run(people: int | None = None) -> list[Figure]:
    """A figure for each kind of input; `people` is the number of rule texts.

    Raises Unmet with the first input that is neither accepted nor refused as it must be.
    """
    found = []
    for kind in kinds(SEED, PLACES):
        number = max(1, int((people or TEXTS) * kind.share))
        begun = time.perf_counter()
        tally = meet_all(kind, number)
        rate = number / (time.perf_counter() - begun)
        worst = f"the slowest took {tally.worst * 1000:.0f} ms of {SLOW:.0f} s"
        found.append(
            Figure(
                f"fuzz: {number:,} {kind.name}, {tally.accepted:,} of them accepted",
                rate,
                "a second",
                target="each accepted or refused at a place, none over a second",
                met=True,
                note=f"{worst}.",
            )
        )
    return found
