"""Whether a place's worked-out facts can be: their types, their inputs, their classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wholeplace.core.rules.check import Vocabulary
from wholeplace.core.rules.computed import DAY, Working, compiled
from wholeplace.core.rules.facts import Computed, FactSpec, Related
from wholeplace.core.rules.files.faults import Fault, FileMistake, listed
from wholeplace.core.rules.files.scheme_reader import OPEN_TO_ALL
from wholeplace.core.rules.files.yaml import Document
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.rates import Rate, RateTable

_ORDERED = ("number", "money", "percent", "date", "duration")
_SUMMED = ("number", "money", "duration")
_TAKES = {
    "count": ("number",),
    "any": ("boolean",),
    "all": ("boolean",),
    "sum": _SUMMED,
    "least": _ORDERED,
    "greatest": _ORDERED,
}


def check_worked_out(
    facts: Mapping[str, FactSpec],
    rates: Mapping[str, Rate | RateTable],
    document: Callable[[str], Document],
) -> list[Fault]:
    """Every fault of the facts that are worked out from others.

    Args:
        document: the file of a fact, by the fact's name; asked only for worked-out facts.
    """
    checker = _Check(facts, rates, document)
    for name, spec in facts.items():
        if isinstance(spec.derive, (Computed, Related)):
            checker.rule(name, spec)
    checker.circles()
    for name, working in checker.workings.items():
        checker.protection(name, working)
    return checker.faults


def require_worked_out(
    facts: Mapping[str, FactSpec],
    rates: Mapping[str, Rate | RateTable],
    document: Callable[[str], Document],
) -> None:
    """Raises FileMistake with the faults of `check_worked_out`, if there are any."""
    if faults := check_worked_out(facts, rates, document):
        raise FileMistake(faults)


class _Check:
    def __init__(
        self,
        facts: Mapping[str, FactSpec],
        rates: Mapping[str, Rate | RateTable],
        document: Callable[[str], Document],
    ) -> None:
        self._facts = facts
        self._vocabulary = Vocabulary(facts, rates=rates)
        self._document = document
        self.workings: dict[str, Working] = {}
        self.faults: list[Fault] = []

    def _fault(self, name: str, path: tuple[str, ...], what: str, do: str = "") -> None:
        self.faults.append(self._document(name).fault(path, what, do))

    def rule(self, name: str, spec: FactSpec) -> None:
        """The fact's rule is one, of the fact's type, over facts that there are."""
        if name == DAY.name:
            self._fault(name, ("name",), "`as_at` is the day that a rule speaks of, not a fact")
        if isinstance(spec.derive, Related) and not self._takes(name, spec, spec.derive):
            return
        try:
            self.workings[name] = compiled(spec, self._vocabulary)
        except RuleMistake as problem:
            path = ("derive", spec.derive.kind, _key(spec, problem.text))
            what, do = problem.fault_what, problem.fault_do
            self.faults.append(self._document(name).fault_in_text(path, problem.offset, what, do))

    def _takes(self, name: str, spec: FactSpec, derive: Related) -> bool:
        take, before = derive.take, len(self.faults)
        path = ("derive", "related")
        kinds = _TAKES[take]
        if spec.type not in kinds:
            what = f"`take: {take}` gives {listed(kinds)}, and this fact is {spec.type}"
            self._fault(name, ("type",), what)
        if take in ("sum", "least", "greatest") and derive.of is None:
            self._fault(name, path, f"`take: {take}` needs `of`", "say which value of each")
        if take in ("count", "any", "all") and derive.of is not None:
            what = f"`take: {take}` looks at no value"
            self._fault(name, (*path, "of"), what, "say in `when` whom it counts")
        if take == "all" and derive.when is None:
            self._fault(name, path, "`take: all` needs `when`", "say what all of them must meet")
        return len(self.faults) == before

    def circles(self) -> None:
        """No fact rests on itself."""
        told: set[frozenset[str]] = set()
        for name in self.workings:
            circle = self._circle(name, [name], set())
            if circle and frozenset(circle) not in told:
                told.add(frozenset(circle))
                shown = " → ".join(circle)
                what = f"this fact would be worked out from itself: {shown}"
                self._fault(name, ("derive",), what, "break the circle")

    def _circle(self, goal: str, path: list[str], seen: set[str]) -> list[str] | None:
        working = self.workings.get(path[-1])
        for key in working.inputs if working else ():
            if key.name == goal:
                return [*path, goal]
            if key.name not in seen:
                seen.add(key.name)
                if found := self._circle(goal, [*path, key.name], seen):
                    return found
        return None

    def protection(self, name: str, working: Working) -> None:
        """It is as protected as what it is worked out from, and hides nobody's data."""
        spec = working.spec
        read = [self._facts[key.name] for key in working.inputs]
        highest = max(read, key=lambda each: each.information_class, default=spec)
        if highest.information_class > spec.information_class:
            what = (
                f"`{highest.name}` is {highest.information_class}, and what is worked out from "
                f"it cannot be {spec.information_class}"
            )
            self._fault(name, ("class",), what, f"write `class: {highest.information_class}`")
        held = [each for each in read if each.agency not in OPEN_TO_ALL]
        if held and spec.agency in OPEN_TO_ALL:
            what = f"`{held[0].name}` is held by `{held[0].agency}`, which `{spec.agency}` hides"
            self._fault(name, ("agency",), what, f"write `agency: {held[0].agency}`")


def _key(spec: FactSpec, text: str) -> str:
    """Which key holds the rule text that is wrong."""
    is_when = isinstance(spec.derive, Related) and spec.derive.when == text
    return "when" if is_when else "of"
