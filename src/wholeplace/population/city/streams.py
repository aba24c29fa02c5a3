"""Seeded draws: one stream for each chunk and purpose, so that no draw disturbs another.

Every draw is a uniform number compared with a table. Adding an agency, or a column, opens
a stream of its own and leaves the people as they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def whole(numbers: npt.ArrayLike) -> Ints:
    """Numbers rounded down to whole ones."""
    return np.asarray(np.floor(numbers), dtype=np.int64)


class Draws:
    """Draws for one purpose in one chunk of a city made from `seed`."""

    def __init__(self, seed: int, chunk: int, purpose: str) -> None:
        entropy = np.random.SeedSequence([seed, chunk, zlib.crc32(purpose.encode())])
        self._generator = np.random.Generator(np.random.PCG64(entropy))

    def uniform(self, count: int) -> Floats:
        """`count` numbers from 0 up to 1."""
        return self._generator.random(count)

    def chance(self, share: float | Floats, count: int) -> Bools:
        """True with the probability `share`, a number or one for each draw."""
        return np.asarray(self.uniform(count) < share)

    def between(self, low: int | Ints, high: int | Ints, count: int) -> Ints:
        """Whole numbers from `low` to `high`, both included, each as likely."""
        span = np.maximum(np.asarray(high) - low + 1, 1)
        return np.asarray(low + np.floor(self.uniform(count) * span), dtype=np.int64)

    def pick(self, weights: Sequence[float] | Floats, count: int) -> Ints:
        """Indexes into `weights`, each as likely as its weight."""
        cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
        found = np.searchsorted(cumulative, self.uniform(count) * cumulative[-1], side="right")
        return whole(np.minimum(found, len(cumulative) - 1))

    def pick_rows(self, weights: Floats, rows: Ints) -> Ints:
        """For each row named in `rows` an index into that row of `weights`."""
        cumulative = np.cumsum(weights, axis=1)[rows]
        marks = self.uniform(len(rows)) * cumulative[:, -1]
        found = (marks[:, None] >= cumulative).sum(axis=1)
        return whole(np.minimum(found, weights.shape[1] - 1))

    def curve(self, points: Sequence[tuple[float, float]], count: int) -> Ints:
        """Whole numbers by a curve of (share, value): at most `value` in that share of draws."""
        shares, values = zip(*points, strict=True)
        return whole(np.interp(self.uniform(count), shares, values))

    def ranked(self, sizes: Ints) -> Ints:
        """An index below each of `sizes`, the earlier the likelier, as names fall."""
        u = self.uniform(len(sizes))
        return whole((0.5 * u + 0.5 * u * u) * sizes)
