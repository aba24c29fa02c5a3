"""What is known of a person as a reader may see it: protected facts are simply unknown.

An explanation for that reader is made from nothing else but the answer itself, so two people
who differ only in protected facts, in what they say or in whether they are held, get the same
one when they have the same answer. What trawls keep of a criterion that reads one is protected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.computed import AGE, BIRTH
from wholeplace.core.rules.schemes import AS_AT, Scheme
from wholeplace.core.rules.stated import Args, FactsProvider, FactState, FactValue, Motion

HIDDEN = FactValue(None, FactState.UNKNOWN)
OF_HIDDEN: dict[str, Any] = {"motion": Motion(), "stated": False, "still": False}
"""What a provider that can be asked these says of a fact that may not be seen."""
May = Callable[[str], bool]


class Masked:
    """A provider without the facts that may not be seen.

    Whatever else the provider offers (how facts move, what was stated, whom the person lives
    with) it offers of the rest, and of the people lived with under the same rule.

    Args:
        may: whether the fact with this name may be seen.
    """

    def __init__(self, provider: FactsProvider, may: May) -> None:
        self._provider, self._may = provider, may

    def fact(self, name: str, args: Args, day: dt.date) -> FactValue:
        """The fact as at `day`, unknown when it may not be seen."""
        return self._provider.fact(name, args, day) if self._may(name) else HIDDEN

    def related(self, who: str, day: dt.date) -> Sequence[FactsProvider] | None:
        """The people lived with on the day, each masked; None: it is not known who they are."""
        ask = getattr(self._provider, "related", None)
        found = ask(who, day) if ask else None
        return None if found is None else [Masked(one, self._may) for one in found]

    def __getattr__(self, name: str) -> Any:
        ask = getattr(self._provider, name)
        if name not in OF_HIDDEN:
            return ask
        return lambda fact, *rest: ask(fact, *rest) if self._may(fact) else OF_HIDDEN[name]


def may_see(scheme: Scheme, classes: Collection[str] | None) -> May:
    """Which facts a reader of these information classes may see; None: all."""
    facts = scheme.place.facts
    return lambda name: classes is None or facts[name].information_class in classes


def may_see_move(scheme: Scheme, classes: Collection[str] | None) -> May:
    """The same for looking ahead: the day on which an age changes tells the date of birth."""
    facts, may = scheme.place.facts, may_see(scheme, classes)

    def allowed(name: str) -> bool:
        tells = name == AGE and BIRTH in facts
        return may(name) and (not tells or may(BIRTH))

    return allowed


def hides(scheme: Scheme, may: May) -> bool:
    """Whether the scheme reads anything that may not be seen."""
    return any(not may(name) for name in _read(scheme))


def classes_of(scheme: Scheme) -> frozenset[str]:
    """The information classes of every fact that the scheme reads."""
    facts = scheme.place.facts
    return frozenset(facts[name].information_class for name in _read(scheme))


def protected_criteria(scheme: Scheme, classes: Collection[str]) -> frozenset[str]:
    """The criteria that read a fact which a reader of these classes may not see.

    What a worked-out fact is worked out from counts, and the date that says when to read.
    """
    kept: dict[Any, Any] = scheme.compiled
    if "read by criteria" not in kept:
        kept["read by criteria"] = {
            item.key: _with_inputs(scheme, _names(item.rule.tree, item.on))
            for item in scheme.criteria.values()
        }
    may, read = may_see(scheme, classes), kept["read by criteria"]
    return frozenset(key for key, names in read.items() if not all(map(may, names)))


def _names(tree: t.Node, on: str) -> list[str]:
    days = [] if on == AS_AT else [on]
    return [*(use.key.name for use in t.fact_uses(tree)), *days]


def _with_inputs(scheme: Scheme, names: Iterable[str]) -> tuple[str, ...]:
    """The facts and everything that they are worked out from, each once."""
    workings = scheme.place.workings
    return tuple(dict.fromkeys(n for name in names for n in workings.read_for(name)))


def _read(scheme: Scheme) -> tuple[str, ...]:
    """Every fact that the scheme reads, through worked-out facts too."""
    kept: dict[Any, Any] = scheme.compiled
    if "read" not in kept:
        read = [(item.rule.tree, item.on) for item in scheme.used_criteria()]
        read += [(pay.amount.tree, pay.on) for pay in scheme.pays.values()]
        names = (name for tree, on in read for name in _names(tree, on))
        kept["read"] = _with_inputs(scheme, names)
    found: tuple[str, ...] = kept["read"]
    return found
