"""Whether a condition can hold: a small search that never says no wrongly.

Every term is cut at the figures that atoms compare it with; one value of each piece stands
for the piece. A condition is then taken apart until every `or` is decided or nothing is left.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from wholeplace.core.rules.warning.atoms import Atom, Formula, Joined, Negated, Term, holds

Wanted = tuple[Formula, bool]
Left = dict[Term, frozenset[Any]]

MOST_WORK = 20_000  # about 20 milliseconds


class TooHard(Exception):
    """The search was given up; nothing is known."""


class Budget:
    """How much work several searches may do together."""

    def __init__(self, work: int = MOST_WORK) -> None:
        self._left = work

    def spend(self, work: int) -> None:
        """Raises TooHard when nothing is left."""
        self._left -= work
        if self._left < 0:
            raise TooHard


def can_hold(formulas: Sequence[Formula], budget: Budget, *, truth: bool = True) -> bool:
    """Whether all the formulas can be `truth` at once. Raises TooHard.

    False is certain. True may be wrong where terms depend on each other.
    """
    wanted = [(formula, truth) for formula in formulas]
    values = {term: frozenset(_pieces(term, atoms)) for term, atoms in _atoms(formulas).items()}
    return _Search(budget).can(wanted, values)


class _Search:
    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def can(self, wanted: Sequence[Wanted], left: Left) -> bool:
        """Whether everything wanted can be, of the values that are left to each term."""
        left, open_ = dict(left), []
        todo = list(wanted)
        while todo:
            formula, truth = todo.pop()
            self._budget.spend(1)
            match formula:
                case Negated(part=part):
                    todo.append((part, not truth))
                case Joined(how=how, parts=parts) if (how == "all") is truth:
                    todo += [(part, truth) for part in parts]
                case Joined(parts=parts):
                    open_.append([(part, truth) for part in parts])
                case Atom(term=term):
                    self._budget.spend(len(left[term]))
                    left[term] = frozenset(v for v in left[term] if holds(formula, v) is truth)
                    if not left[term]:
                        return False
        return self._choose(open_, left)

    def _choose(self, open_: list[list[Wanted]], left: Left) -> bool:
        """One of each list must come about: the shortest list is tried first."""
        if not open_:
            return True
        first, *rest = sorted(open_, key=len)
        others = [_as_one(one) for one in rest]
        return any(self.can([branch, *others], left) for branch in first)


def _as_one(choices: Sequence[Wanted]) -> Wanted:
    """A list of which one must come about, as one wanted formula."""
    return Joined("any", tuple(f if truth else Negated(f) for f, truth in choices)), True


def _atoms(formulas: Sequence[Formula]) -> dict[Term, list[Atom]]:
    found: dict[Term, list[Atom]] = {}
    for atom in itertools.chain.from_iterable(map(atoms_of, formulas)):
        found.setdefault(atom.term, []).append(atom)
    return found


def atoms_of(formula: Formula) -> Iterator[Atom]:
    """Every atom of a formula, in order."""
    match formula:
        case Atom():
            yield formula
        case Negated(part=part):
            yield from atoms_of(part)
        case Joined(parts=parts):
            for part in parts:
                yield from atoms_of(part)


def _pieces(term: Term, atoms: Sequence[Atom]) -> Iterator[Any]:
    """One value of every piece into which the figures cut the term's values."""
    if term.choices:
        yield from term.choices
        return
    cuts = sorted({atom.figure for atom in atoms})
    low = cuts[0] - 1 if term.low is None else term.low
    high = cuts[-1] + 1 if term.high is None else term.high
    yield from (c for c in cuts if low <= c <= high and (c.denominator == 1 or not term.whole))
    for one, two in itertools.pairwise([low - 1, *cuts, high + 1]):
        value = _between(one, two, low, high, whole=term.whole)
        if value is not None:
            yield value


def _between(
    one: Fraction, two: Fraction, low: Fraction, high: Fraction, *, whole: bool
) -> Fraction | None:
    """A value strictly between two cuts that lies from `low` to `high`, or None."""
    if whole:
        value = Fraction(max(math.floor(one) + 1, math.ceil(low)))
    else:
        value = (max(one, low) + min(two, high)) / 2
    return value if one < value < two and low <= value <= high else None
