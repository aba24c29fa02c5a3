"""One record against everybody: its keys, and of those who share one, how alike they are.

What is matched is made comparable as linking makes it, guards included, and weighed by the
figures of the last linking: so a record that somebody types gets the weights that linking would
give it once it has arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from wholeplace.core.identity.record import comparable
from wholeplace.population.identity.compiled import Levels, Scorer, compile_scorer, keys_of
from wholeplace.population.identity.explain import Reason, reason_of
from wholeplace.population.identity.guards import CROWDED, Found
from wholeplace.population.identity.index import told_of, values_of
from wholeplace.population.identity.model import Learnt, Model

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A record made ready to be matched.

    Attributes:
        told: its comparable values as the index holds them.
        keys: by which it finds others.
        often: column → value, for each column whose values' shares count.
    """

    told: str
    keys: tuple[int, ...]
    often: dict[str, str]


@dataclass(frozen=True, slots=True)
class Alike:
    """A candidate: its number, its weight in bits, and the level of each comparison."""

    id: int
    weight: float
    levels: Levels


@dataclass(frozen=True)
class Matcher:
    """Weighs one record against others by the figures of one linking.

    Attributes:
        model: what is compared; the one that was linked with.
        learnt: its figures.
        found: the values that are nobody's own.
    """

    model: Model
    learnt: Learnt
    found: Found

    def ready(self, record: Record) -> Asked:
        """A record, of fields as an agency stores them, made ready. See `core.identity.record`."""
        values = self._guarded(comparable(record))
        told = told_of(self.model, values)
        by_column = dict(zip(self.model.columns, values_of(told), strict=True))
        often = {c: by_column[c] for c in self.model.frequencies if by_column[c] is not None}
        return Asked(told, tuple(keys_of(self.model.blocks, values)), often)

    def weigh(
        self, asked: Asked, candidates: Iterable[tuple[int, str]], shares: Mapping[str, float]
    ) -> list[Alike]:
        """Candidates by how alike they are, the likest first.

        Args:
            candidates: number and text of each, as the index holds them.
            shares: of the values in `asked.often`, by column.
        """
        scorer, one = self._scorer, values_of(asked.told)
        common = [shares.get(column) for column in scorer.often]
        found = [
            Alike(number, *scorer.weigh(one, values_of(told), common))
            for number, told in candidates
        ]
        return sorted(found, key=lambda each: (-each.weight, each.id))

    def reasons(self, alike: Alike, shares: Mapping[str, float]) -> tuple[Reason, ...]:
        """What each comparison said of a candidate, in the model's order."""
        return tuple(
            reason_of(made, level, self.learnt, shares)
            for made, level in zip(self.model.comparisons, alike.levels, strict=True)
        )

    @cached_property
    def _scorer(self) -> Scorer:
        return compile_scorer(self.model, self.learnt)

    @cached_property
    def _nobodys(self) -> dict[str, frozenset[str]]:
        return {column: frozenset(self.found.crowded[column]) for column in CROWDED}

    def _guarded(self, values: dict[str, Any]) -> dict[str, Any]:
        """A record without values that are nobody's own, as `guards.empty` leaves it."""
        source, born = values.get("source") or "", values.get("born")
        emptied: list[str] = []
        if born is not None:
            single = (source, born.isoformat()) in self.found.single
            if single or (source, f"{born:%m-%d}") in self.found.yearly:
                emptied += ["born", "born_text", "born_key", *(["birth_year"] if single else [])]
        crowded = [c for c, nobodys in self._nobodys.items() if values.get(c) in nobodys]
        emptied += [*crowded, *(["uprn"] if "home" in crowded else [])]
        return values | dict.fromkeys(emptied)
