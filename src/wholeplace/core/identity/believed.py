"""What is believed of a person where agencies disagree, and by which rule.

Rules narrow what is said, one after the other; the first that leaves one value decides. What is
believed is always what somebody says: where no rule decides, nothing is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from wholeplace.core.identity.folding import fold_value

CONFIRMED, REGISTERS, LATEST, MOST = "confirmed", "registers", "latest", "most"
AGREED, UNDECIDED, UNSAID = "agreed", "undecided", "unsaid"


@dataclass(frozen=True, slots=True)
class Said:
    """What one agency says of one thing.

    Attributes:
        agency: its code.
        value: as it writes it; days as `2026-06-01`.
        since: the day since when it says so; None where that lies before what is known.
        confirmed: whether somebody there was asked about this very value and stood by it.
    """

    agency: str
    value: str
    since: date | None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of the order: CONFIRMED, LATEST, MOST; or REGISTERS, by agencies, best first."""

    kind: str
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed.

    Attributes:
        value: None where nobody says anything (UNSAID) or no rule decides (UNDECIDED).
        by: the kind of the rule that decided, AGREED where all say the same.
        place: the rule's place in the order; None where none was needed, or none decided.
    """

    value: str | None
    by: str
    place: int | None = None


def believed(said: Sequence[Said], rules: Sequence[Rule]) -> Belief:
    """What is believed of one thing; the order of what is said makes no difference.

    Args:
        said: what each agency says now, as far as the reader may see it.
        rules: in the order in which they are asked.
    """
    left = list(said)
    if not left:
        return Belief(None, UNSAID)
    if _alike(left):
        return Belief(_spelling(left), AGREED)
    for place, rule in enumerate(rules):
        left = _KEEPS[rule.kind](left, rule)
        if _alike(left):
            return Belief(_spelling(left), rule.kind, place)
    return Belief(None, UNDECIDED)


def same_value(a: str, b: str) -> bool:
    """Whether two say the same, written however: capitals, accents and spaces are no matter."""
    return _key(a) == _key(b)


def _key(value: str) -> str:
    return fold_value(value) or value


def _alike(said: Sequence[Said]) -> bool:
    return len({_key(one.value) for one in said}) == 1


def _spelling(said: Sequence[Said]) -> str:
    """Of one value written in several ways: not in capitals where there is another way."""
    return min((one.value for one in said), key=lambda value: (value.isupper(), value))


def _confirmed(said: list[Said], rule: Rule) -> list[Said]:
    return [one for one in said if one.confirmed] or said


def _registers(said: list[Said], rule: Rule) -> list[Said]:
    for agency in rule.agencies:
        if found := [one for one in said if one.agency == agency]:
            return found
    return said


def _latest(said: list[Said], rule: Rule) -> list[Said]:
    """Of what is dated, the latest; a day that nobody knows is neither late nor early."""
    last = max((one.since for one in said if one.since), default=None)
    return [one for one in said if one.since == last]


def _most(said: list[Said], rule: Rule) -> list[Said]:
    """What most agencies say; one that says it of two of its records counts once."""
    by: dict[str, set[str]] = {}
    for one in said:
        by.setdefault(_key(one.value), set()).add(one.agency)
    most = max(len(agencies) for agencies in by.values())
    return [one for one in said if len(by[_key(one.value)]) == most]


_KEEPS: dict[str, Callable[[list[Said], Rule], list[Said]]] = {
    CONFIRMED: _confirmed,
    REGISTERS: _registers,
    LATEST: _latest,
    MOST: _most,
}
