"""Weights, causes and answers in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.text import capfirst

from wholeplace.rooms.identity.decisions import DecisionLine
from wholeplace.rooms.identity.reviews import ReviewShown
from wholeplace.web.charts.waterfall import MINUS, Step
from wholeplace.web.corrections.words import TITLES

ANSWERS = {"same": "One person", "different": "Two people", "unsure": "Not sure"}
CAUSES = {
    "between": "Too alike to pass over, not alike enough to join",
    "refused": "Alike enough to join, but something stands against it",
    "asked": "A reviewer asked",
}
# From so many bits on; each bit makes it twice as likely.
WEIGHTS = (
    (10.0, "Nearly certainly one person"),
    (5.0, "Very likely one person"),
    (2.0, "Likely one person"),
    (0.0, "Rather one person than two"),
    (-2.0, "Rather two people than one"),
)
NAMES = {"sex": "Sex", "email": "Email", "home": "Home", "agency": "Agency"}


def weight_in_words(bits: float | None) -> str:
    """How much speaks for one person: in words, and in bits."""
    if bits is None:
        return "Not compared by program"
    words = next((said for least, said in WEIGHTS if bits >= least), "Likely two people")
    return f"{words} ({bits_of(bits)})"


def bits_of(bits: float) -> str:
    """Bits, with a true minus sign."""
    shown = f"{abs(bits):.1f} bits"
    return f"{MINUS}{shown}" if bits <= -0.05 else shown


def compared(levels: dict[str, int]) -> Iterator[tuple[str, str, str]]:
    """Comparison, its name and how the two stand, in the words of the model."""
    from wholeplace.population.identity import PEOPLE  # late: loaded when somebody asks why

    for made in PEOPLE.comparisons:
        if made.name in levels:
            found = made.level(levels[made.name])
            words = found.words if found else made.unsaid
            yield made.name, name_of(made.name), capfirst(words)


def name_of(comparison: str) -> str:
    """What a comparison is called."""
    title = TITLES.get(comparison) or comparison.replace("_", " ").capitalize()
    return NAMES.get(comparison, title)


def steps_of(shown: ReviewShown) -> tuple[Step, ...]:
    """What each comparison adds to the weight or takes from it; they sum to it.

    How rare the very names and dates are is one step of its own: what is left over.
    """
    if shown.weight is None or not shown.bits:
        return ()
    steps = [Step("Any two records", shown.prior, "Before anything is compared", whole=True)]
    for key, name, words in compared(shown.levels):
        level, bits = shown.levels[key], shown.bits.get(key, [])
        if 0 <= level < len(bits):
            steps.append(Step(name, bits[level], words))
    left = shown.weight - sum(step.value for step in steps)
    if abs(left) >= 0.05:
        rare = "Rarer than most" if left > 0 else "More common than most"
        steps.append(Step("How rare these values are", left, rare))
    return (*steps, Step("Together", shown.weight, weight_in_words(shown.weight), whole=True))


def undone_of(one: DecisionLine) -> str:
    """Why a decision was undone, and by whom; nothing while it stands."""
    return f"Undone by {one.undone_by}: {one.undone_reasons}" if one.undone_at else ""
