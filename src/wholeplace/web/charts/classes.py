"""Puts figures into a few classes, and says each class in words for the key."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NO_FIGURE = -1


@dataclass(frozen=True, slots=True)
class Classes:
    """Where each class begins, after the first. `breaks` rise; five classes have four breaks."""

    breaks: tuple[float, ...]

    def of(self, value: float | None) -> int:
        """The class of a value, 0 the lowest; NO_FIGURE for none. A break opens the upper one."""
        return NO_FIGURE if value is None else bisect_right(self.breaks, value)

    def words(self, say: Callable[[float], str]) -> list[str]:
        """Each class in words: "under 5%", "5% to under 8%", "8% or more"."""
        if not self.breaks:
            return ["Every figure"]
        middle = [
            f"{say(low)} to under {say(high)}"
            for low, high in zip(self.breaks, self.breaks[1:], strict=False)
        ]
        return [f"Under {say(self.breaks[0])}", *middle, f"{say(self.breaks[-1])} or more"]


def equal_counts(values: Sequence[float | None], classes: int = 5) -> Classes:
    """Breaks that put about as many areas in each class; fewer classes where figures repeat."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return Classes(())
    cuts = {known[len(known) * part // classes] for part in range(1, classes)}
    return Classes(tuple(sorted(cut for cut in cuts if cut > known[0])))


@dataclass(frozen=True, slots=True)
class CountClasses(Classes):
    """Classes of whole numbers, which say "None", "1", "2 to 4", "5 or more"."""

    def words(self, say: Callable[[float], str]) -> list[str]:
        """Each class in words; the last has no end."""
        starts = [0, *self.breaks]
        return [
            "None"
            if high == 1
            else say(low)
            if high == low + 1
            else f"{say(low)} to {say(high - 1)}"
            for low, high in zip(starts, self.breaks, strict=False)
        ] + [f"{say(starts[-1])} or more"]


def counts(values: Sequence[float | None], classes: int = 5) -> CountClasses:
    """Nobody is a class of its own; the rest are as in `equal_counts`."""
    some = [value for value in values if value]
    return CountClasses(tuple(sorted({1.0, *equal_counts(some, classes - 1).breaks})))
