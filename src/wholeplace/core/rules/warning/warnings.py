"""Points out criteria, and whole schemes, that can never be met or that everybody meets.

Whatever is pointed out is certain: it holds for every person and every day. What is not
pointed out may still be so: facts that depend on each other (a date of birth and an age), and
the calendar's months, are not seen through. Of a scheme's own days (`valid`) only what lies
outside them is pointed out (`around`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.files.faults import Fault, listed
from wholeplace.core.rules.files.yaml import Document, KeyPath
from wholeplace.core.rules.schemes import Criterion, Part, Scheme
from wholeplace.core.rules.warning.around import days_outside, not_known
from wholeplace.core.rules.warning.atoms import YES, AtomReader, Formula, Joined, Negated
from wholeplace.core.rules.warning.search import Budget, TooHard, can_hold

Named = tuple[str, Formula]
MOST_NAMED = 6


@dataclass(frozen=True)
class Warnings:
    """What is pointed out, and the criteria too long to be looked through."""

    found: tuple[Fault, ...]
    not_looked_at: tuple[str, ...] = ()


def warnings_of(scheme: Scheme, document: Document) -> Warnings:
    """What a checked scheme's author should look at; `document` says where it stands."""
    looker = _Looker(scheme, document)
    found = [*looker.criteria(), *looker.part(scheme.eligible, ("eligible",))]
    found += [*looker.bands(), *days_outside(scheme, document), *not_known(scheme, document)]
    return Warnings(tuple(dict.fromkeys(found)), tuple(looker.not_looked_at))


class _Looker:
    def __init__(self, scheme: Scheme, document: Document) -> None:
        self._scheme, self._document = scheme, document
        self.not_looked_at: list[str] = []
        self._budget = Budget()
        self._formulas = {c.key: self._read(c.rule.tree, c.on) for c in scheme.used_criteria()}

    def _read(self, node: t.Node, on: str) -> Formula:
        return AtomReader(self._scheme.place.facts, on).formula(node)

    def _certain(self, name: str, formulas: Sequence[Formula], *, never: bool) -> bool:
        """Whether the formulas can never be yes together, or never be no together."""
        try:
            return not can_hold(formulas, self._budget, truth=never)
        except TooHard:
            if name not in self.not_looked_at:
                self.not_looked_at.append(name)
            return False

    # -- criteria ---------------------------------------------------------------------
    def criteria(self) -> Iterator[Fault]:
        """Each criterion by itself."""
        for item in self._scheme.used_criteria():
            formula = self._formulas[item.key]
            if self._certain(item.key, [formula], never=True):
                yield self._never(item)
            elif self._certain(item.key, [formula], never=False):
                what = f"`{item.key}` is met by everybody whose facts are known"
                path = ("criteria", item.key, "when")
                yield self._document.fault(path, what, "correct it, or remove the criterion")

    def _never(self, item: Criterion) -> Fault:
        path = ("criteria", item.key, "when")
        parts = [(_text(item, node), self._read(node, item.on)) for node in _joined(item.rule.tree)]
        why = self._why(item.key, parts) if len(parts) > 1 else []
        at = next(
            (n.start for n in _joined(item.rule.tree) if why and _text(item, n) == why[-1]), 0
        )
        what = f"nobody can meet `{item.key}`{_because(why)}"
        return self._document.fault_in_text(path, at, what, "correct the rule")

    def _why(self, name: str, parts: Sequence[Named]) -> list[str]:
        """The first pair that cannot both be; else as few as cannot all be; at times none."""
        alone = [label for label, part in parts if self._certain(name, [part], never=True)]
        if alone or len(parts) < 2:
            return alone[:1]
        for one, two in combinations(parts, 2):
            if self._certain(name, [one[1], two[1]], never=True):
                return [one[0], two[0]]
        core = [label for label, _ in self._core(name, list(parts))]
        return core if len(core) <= MOST_NAMED else []

    def _core(self, name: str, parts: list[Named]) -> list[Named]:
        for part in list(parts):
            rest = [other for other in parts if other is not part]
            if self._certain(name, [formula for _, formula in rest], never=True):
                parts = rest
        return parts

    # -- eligible ---------------------------------------------------------------------
    def part(self, part: Part, path: KeyPath) -> Iterator[Fault]:
        """A piece of `eligible`, or else the pieces inside it."""
        if part.kind == "criterion":
            return
        formula, whole = self._formula(part), path == ("eligible",)
        if self._certain("eligible", [formula], never=True):
            parts = [(_label(inner), self._formula(inner)) for inner in _flat(part)]
            why = _because(self._why("eligible", parts) if part.kind == "all" else [])
            what = "nobody can be eligible" if whole else "nobody can meet this part"
            yield self._document.fault(path, f"{what}{why}", "correct one of the criteria")
        elif self._certain("eligible", [formula], never=False):
            who = "everybody whose facts are known"
            what = f"{who} is eligible" if whole else f"{who} meets this part"
            yield self._document.fault(path, what, "correct one of the criteria")
        else:
            for at, inner in enumerate(part.parts):
                step = (part.kind,) if part.kind == "not" else (part.kind, at)
                yield from self.part(inner, (*path, *step))

    def _formula(self, part: Part) -> Formula:
        if part.kind == "criterion":
            return self._formulas[part.key]
        inner = tuple(map(self._formula, part.parts))
        return Negated(inner[0]) if part.kind == "not" else Joined(part.kind, inner)

    # -- orders -----------------------------------------------------------------------
    def bands(self) -> Iterator[Fault]:
        """A band into which nobody can come."""
        for order in self._scheme.orders.values():
            for at, band in enumerate(order.bands):
                formula = self._read(band.rule.tree, band.on) if band.rule else YES
                if self._certain(f"band {band.key}", [formula], never=True):
                    path = ("orders", order.key, "bands", at, "when")
                    what = f"nobody can come into the band `{band.key}`"
                    yield self._document.fault(path, what, "correct the rule")


def _joined(node: t.Node) -> tuple[t.Node, ...]:
    """The conditions that must all hold."""
    if isinstance(node, t.And):
        return tuple(inner for part in node.parts for inner in _joined(part))
    return (node,)


def _flat(part: Part) -> Iterator[Part]:
    for inner in part.parts:
        yield from _flat(inner) if inner.kind == "all" and part.kind == "all" else [inner]


def _text(item: Criterion, node: t.Node) -> str:
    return " ".join(item.rule.text[node.start : node.end].split())


def _label(part: Part) -> str:
    """A piece of `eligible` in one line: its criterion, or how its criteria are joined."""
    if part.kind == "criterion":
        return part.key
    return f"{part.kind} of {', '.join(dict.fromkeys(part.keys()))}"


def _because(why: Sequence[str]) -> str:
    if not why:
        return ""
    if len(why) == 1:
        return f": nobody can meet `{why[0]}`"
    return f": {listed(why, 'and')} exclude each other"
