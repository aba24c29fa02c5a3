"""Care for a linkage model: how far its figures moved, and how often its links are wrong.

A level of a comparison weighs log2(m / u) bits: `m` is how often pairs of one person stand at it,
`u` how often pairs of two people do. The error comes from people who checked links without being
told what the model said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2, sqrt
from statistics import NormalDist
from typing import TypeAlias

Shares: TypeAlias = Mapping[str, Sequence[float]]
"""Comparison → one share a level, the likest first."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A level whose weight is another than it was.

    Attributes:
        comparison: its name.
        place: which of its levels, 0 the likest.
        before, now: its weight in bits, then and now.
    """

    comparison: str
    place: int
    before: float
    now: float

    @property
    def by(self) -> float:
        """Bits gained; below 0 for lost."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Drift:
    """How a model's figures stand to those of one before it.

    Attributes:
        moved: the levels whose weight moved by the least bits that count, the furthest first.
        added, gone: comparisons that only one of the two has, or whose levels are others.
    """

    moved: tuple[Moved, ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def furthest(self) -> float:
        """The furthest that any level moved, in bits; 0 when none did."""
        return abs(self.moved[0].by) if self.moved else 0.0


def weights(m: Shares, u: Shares) -> dict[str, tuple[float, ...]]:
    """Bits of every level: comparison → one a level, the likest first."""
    return {
        name: tuple(log2(one / other) for one, other in zip(m[name], u[name], strict=True))
        for name in m
    }


def drift(
    before: Mapping[str, Sequence[float]], now: Mapping[str, Sequence[float]], least: float = 0.1
) -> Drift:
    """Compare two models' weights.

    Args:
        before, now: as `weights` gives them.
        least: bits; what moved by less is no news.
    """
    same = [name for name in now if name in before and len(now[name]) == len(before[name])]
    moved = [
        Moved(name, place, was, is_now)
        for name in same
        for place, (was, is_now) in enumerate(zip(before[name], now[name], strict=True))
        if abs(is_now - was) >= least
    ]
    return Drift(
        tuple(sorted(moved, key=lambda one: (-abs(one.by), one.comparison, one.place))),
        tuple(name for name in now if name not in same),
        tuple(name for name in before if name not in same),
    )


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share found in a sample, and between which shares the truth lies 19 times of 20."""

    share: float
    low: float
    high: float


def estimate(found: int, checked: int, confidence: float = 0.95) -> Estimate | None:
    """The share of a sample with an interval; None when nothing was checked.

    Source: Wilson's score interval (1927), which holds for small samples and for none found.

    Raises:
        ValueError: more found than checked, or a number below 0.
    """
    if not 0 <= found <= checked:
        raise ValueError(f"{found} of {checked}")
    if not checked:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = found / checked
    middle = share + z * z / (2 * checked)
    half = z * sqrt(share * (1 - share) / checked + z * z / (4 * checked * checked))
    whole = 1 + z * z / checked
    low = 0.0 if found == 0 else (middle - half) / whole
    high = 1.0 if found == checked else (middle + half) / whole
    return Estimate(share, low, high)
