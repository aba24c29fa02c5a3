"""Counts that everybody may read: small ones are not shown, and nothing shown gives them away.

Small numbers identify people (brief 00, rule 9): counts of 1 to 5 are suppressed, as the
Department for Education does for children in need. Counts that are shown are rounded, so that
two publications of which the second has one person more do not show where they live.

The usual trouble is the total: with one part hidden, total less the rest is that part, so a
second part must be hidden too, and two hidden parts that add up to 2 are still both 1. Here the
total is given as the least and the most that the parts as they are shown allow. So it says
nothing that the parts do not say, however few of them are hidden, and the true total is always
between the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_FEW = 5  # brief 00, rule 9; a place may hide more and never less


@dataclass(frozen=True)
class Publishing:
    """Counts of 1 to `few` are hidden, others rounded to a multiple of `round_to`.

    Raises:
        ValueError: `few` is less than LEAST_FEW, or `round_to` less than 1.
    """

    few: int = LEAST_FEW
    round_to: int = 5

    def __post_init__(self) -> None:
        if self.few < LEAST_FEW or self.round_to < 1:
            raise ValueError(f"counts up to {LEAST_FEW} are always hidden; a step is 1 or more")


@dataclass(frozen=True)
class Between:
    """A number of which only the least and the most it can be are said; both are possible."""

    least: int
    most: int


@dataclass(frozen=True)
class Shown:
    """Counts as everybody may read them.

    Attributes:
        parts: each count, rounded; None where it is from 1 to `few`.
        total: how few and how many there can be in all, from `parts` alone.
    """

    parts: tuple[int | None, ...]
    total: Between

    @property
    def hidden(self) -> int:
        """How many parts are not shown."""
        return sum(part is None for part in self.parts)


def suppressed(counts: Sequence[int], rule: Publishing) -> Shown:
    """These counts as they may be shown; counts are not negative."""
    parts = tuple(shown_count(count, rule) for count in counts)
    return Shown(parts, total_of(parts, rule))


def shown_count(count: int, rule: Publishing) -> int | None:
    """One count: 0 stays 0, 1 to `few` is None, others go to the nearest step above `few`."""
    if count == 0:
        return 0
    if count <= rule.few:
        return None
    above_few = _step_up(rule.few + 1, rule.round_to)
    return max(_nearest(count, rule.round_to), above_few)


def total_of(parts: Sequence[int | None], rule: Publishing) -> Between:
    """The least and the most that these parts, as they are shown, can add up to."""
    spans = [_span(part, rule) for part in parts]
    return Between(sum(span.least for span in spans), sum(span.most for span in spans))


def _span(part: int | None, rule: Publishing) -> Between:
    """Every count from the least to the most is shown as this part is, and no other."""
    if part is None:
        return Between(1, rule.few)
    if part == 0:
        return Between(0, 0)
    down, up = rule.round_to // 2, (rule.round_to - 1) // 2  # half a step goes up
    least = part - down
    if part == _step_up(rule.few + 1, rule.round_to):
        least = rule.few + 1  # whatever would be rounded below `few` is shown as this
    return Between(max(least, rule.few + 1), part + up)


def _nearest(count: int, step: int) -> int:
    """The nearest multiple of `step`; half a step goes up."""
    return (2 * count + step) // (2 * step) * step


def _step_up(count: int, step: int) -> int:
    return -(-count // step) * step
