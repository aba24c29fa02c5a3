"""The questions that many schemes ask, each once, however many schemes ask it.

Two criteria are one question when their rules mean the same and are read at the same day. What
a rule means is its checked tree without the names and places of its text: `age >= 18`,
`18 <= age` and `age >= grown_up`, that setting being 18, are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.schemes import AS_AT, Criterion, FactNeed, Scheme
from wholeplace.population.trawl.subjects import asked_of

_TURNED = {">": "<", ">=": "<="}
_OF_NO_MEANING = ("type", "start", "end")


@dataclass(frozen=True)
class Day:
    """The day at which a question's facts are read.

    Attributes:
        on: `as_at`, or the dated fact whose value is the day.
        assumed: the day of those for whom that fact is not known; None leaves them unknown.
    """

    on: str = AS_AT
    assumed: date | None = None

    @property
    def label(self) -> str:
        """A name for it, the same for equal days; stands where `FactNeed.on` does."""
        return self.on if self.assumed is None else f"{self.on} else {self.assumed.isoformat()}"


@dataclass(frozen=True)
class Question:
    """A criterion's rule, and the day that it is read at."""

    tree: t.Node
    day: Day

    @property
    def needs(self) -> tuple[FactNeed, ...]:
        """The facts that it reads, `on` being the day's label."""
        return tuple(FactNeed(use.key, self.day.label) for use in t.fact_uses(self.tree))


@dataclass(frozen=True)
class Questions:
    """Different questions, and which of them each scheme's criteria are.

    Attributes:
        asked: each question once, in the order in which they came up.
        of: for each scheme, in the order given: criterion's key → place in `asked`; first
            `SUBJECT`, where the scheme is not about everybody.
    """

    asked: tuple[Question, ...]
    of: tuple[Mapping[str, int], ...]

    @property
    def days(self) -> tuple[Day, ...]:
        """The people's own days that questions are read at, each once."""
        return tuple(dict.fromkeys(each.day for each in self.asked if each.day.on != AS_AT))

    @property
    def needs(self) -> tuple[FactNeed, ...]:
        """Every fact that they read, at its day, each once."""
        return tuple(dict.fromkeys(need for each in self.asked for need in each.needs))


def questions_of(schemes: Sequence[Scheme]) -> Questions:
    """The questions that decide these schemes, each once."""
    places: dict[object, int] = {}
    asked: list[Question] = []
    of: list[Mapping[str, int]] = []
    for scheme in schemes:
        mine: dict[str, int] = {}
        for criterion in asked_of(scheme):
            question = question_of(scheme, criterion)
            same = (meaning(question.tree), question.day)
            if same not in places:
                places[same] = len(asked)
                asked.append(question)
            mine[criterion.key] = places[same]
        of.append(mine)
    return Questions(tuple(asked), tuple(of))


def question_of(scheme: Scheme, criterion: Criterion) -> Question:
    """What a scheme asks by one of its criteria, its assumed day included."""
    assumed = scheme.assume.get(criterion.on)
    day = Day(criterion.on, assumed if isinstance(assumed, date) else None)
    return Question(criterion.rule.tree, day)


def meaning(node: t.Node) -> object:
    """Something that is equal for rules that mean the same; not for all that do."""
    match node:
        case t.Literal(value=value):
            return (node.type.kind, value)
        case t.And(parts=parts) | t.Or(parts=parts):
            return (type(node), _set(_joined(type(node), parts)))
        case t.In(value=value, items=items):
            return (t.In, meaning(value), _set(items))
        case t.Compare(operator=sign, left=left, right=right) if sign in _TURNED:
            return (t.Compare, _TURNED[sign], meaning(right), meaning(left))
        case t.Compare(operator=sign, left=left, right=right) if sign in ("=", "!="):
            return (t.Compare, sign, _set([left, right]))
    held = (getattr(node, each.name) for each in fields(node) if each.name not in _OF_NO_MEANING)
    return (type(node), *map(_held, held))


def _set(nodes: Iterable[t.Node]) -> frozenset[object]:
    return frozenset(meaning(node) for node in nodes)


def _joined(kind: type[t.Node], parts: Iterable[t.Node]) -> Iterable[t.Node]:
    """The parts, and those of parts that are joined by the same word."""
    for part in parts:
        if isinstance(part, kind):
            yield from _joined(kind, t.children(part))
        else:
            yield part


def _held(value: Any) -> object:
    if isinstance(value, t.Node):
        return meaning(value)
    if isinstance(value, tuple) and value and all(isinstance(each, t.Node) for each in value):
        return tuple(meaning(each) for each in value)
    return value
