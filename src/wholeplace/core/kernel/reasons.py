"""Reasons people give for what they decide. A decision without one is refused."""

from __future__ import annotations

from wholeplace.core.kernel.errors import UserMistake

SHORTEST, LONGEST = 3, 2_000


def reason(text: str) -> str:
    """The reason without outer spaces.

    Raises:
        UserMistake: when it is empty, shorter than three characters or too long.
    """
    plain = " ".join(text.split())
    if len(plain) < SHORTEST:
        raise UserMistake("A reason is needed.", do="Say in a few words why.")
    if len(plain) > LONGEST:
        raise UserMistake(
            f"The reason is longer than {LONGEST:,} characters.",
            do="Shorten it; longer notes belong in a document.",
        )
    return plain
