"""The names that a rule may use: facts, a scheme's settings, and the place's dated figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.rates import Rate, RateTable


@dataclass(frozen=True)
class Setting:
    """A named figure of a scheme: a checked literal, or a list of codes."""

    name: str
    literal: t.Literal | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """The names that a rule may use.

    `assumed` holds the values that a scheme declares for facts that are unknown; `rates`
    the place's dated figures and tables.
    """

    facts: Mapping[str, FactSpec]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    assumed: Mapping[str, t.Value] = field(default_factory=dict)
    rates: Mapping[str, Rate | RateTable] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Every name that can stand on its own."""
        plain = [spec.name for spec in self.facts.values() if spec.derive.kind != "spells"]
        figures = [rate.name for rate in self.rates.values() if isinstance(rate, Rate)]
        return sorted([*plain, *self.settings, *figures, "as_at"])

    def held(self, name: str) -> bool:
        """Whether the name stands for a fact, a setting or a rate, and so for no code."""
        return name in self.facts or name in self.settings or name in self.rates
