"""Why two records were taken for one person, or were not: each comparison in words and bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any

import duckdb

from wholeplace.core.kernel.errors import NotFound
from wholeplace.population.identity.guards import empty
from wholeplace.population.identity.kept import people_of, read_figures, read_tables
from wholeplace.population.identity.model import (
    RAREST,
    UNKNOWN,
    Comparison,
    Learnt,
    Level,
    Model,
)
from wholeplace.population.identity.people import PEOPLE
from wholeplace.population.identity.predict import share_sql
from wholeplace.population.identity.settings import LinkSettings


@dataclass(frozen=True, slots=True)
class Reason:
    """What one comparison said.

    Attributes:
        comparison: its name.
        words: the level that the two stand at, or why they cannot be compared.
        bits: what it adds to the weight: below 0 speaks against one person.
        of_which_rarity: the part that is due to how rare the value itself is.
    """

    comparison: str
    words: str
    bits: float
    of_which_rarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Explanation:
    """A pair's weight and what it is the sum of.

    Attributes:
        prior: bits for two records at random: far below 0.
        reasons: one a comparison, in the model's order.
    """

    prior: float
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> float:
        """Bits: the prior and all reasons together."""
        return self.prior + sum(reason.bits for reason in self.reasons)

    @property
    def probability(self) -> float:
        """How likely it is, by the model, that the two are one person."""
        return float(1 / (1 + 2 ** -max(min(self.weight, 1000.0), -1000.0)))


def explain_pair(
    linked: Path, a: int, b: int, settings: LinkSettings = LinkSettings()
) -> Explanation:
    """Why records `a` and `b` got the weight that they have.

    Args:
        linked: the folder that `link` wrote.
        a, b: their record_ids.
        settings: those of the linking.

    Raises:
        NotFound: there is no such record.
        UserMistake: the folder holds no linking.
    """
    figures = read_figures(linked)
    with duckdb.connect() as engine:
        engine.execute(
            f"CREATE TABLE people AS SELECT * FROM {people_of(linked)} AS people "
            f"WHERE id IN ({int(a)}, {int(b)})"
        )
        if len(engine.execute("SELECT id FROM people").fetchall()) != 2:
            raise NotFound(f"Records {a} and {b} are not two of these records.")
        empty(engine, "people", figures.found)
        read_tables(engine, linked)
        return explain(engine, settings, figures.learnt, a, b)


def explain(
    engine: duckdb.DuckDBPyConnection, settings: LinkSettings, learnt: Learnt, a: int, b: int
) -> Explanation:
    """The same, of an engine that holds both in `people`, guarded, and the table `frequencies`."""
    model = settings.model
    sides = ", ".join(f"{s}.{c} AS {c}_{s}" for c in model.columns for s in ("l", "r"))
    often = ", ".join(
        f"(SELECT {share_sql(f'{side}.{c}', c)})" for c in model.frequencies for side in ("l", "r")
    )
    left, right = (f"(SELECT * FROM people WHERE id = {int(record)})" for record in (a, b))
    one = f"{left} AS l, {right} AS r"
    cases = ", ".join(made.case for made in model.comparisons)
    (levels,) = engine.execute(f"SELECT {cases} FROM (SELECT {sides} FROM {one})").fetchall()
    (shares,) = engine.execute(f"SELECT {often} FROM {one}").fetchall() if often else ((),)
    common = {c: _most(shares[2 * n : 2 * n + 2]) for n, c in enumerate(model.frequencies)}
    reasons = (
        reason_of(made, value, learnt, common)
        for made, value in zip(model.comparisons, levels, strict=True)
    )
    return Explanation(log2(learnt.prior / (1 - learnt.prior)), tuple(reasons))


def level_bits(learnt: Learnt, model: Model = PEOPLE) -> dict[str, Any]:
    """What each level weighs, for a program to keep: how rare a value is comes on top.

    Returns:
        `prior_bits`, for two records at random; and `bits`: comparison → bits of each of its
        levels, by the number that stands for it (0 is the least alike).
    """
    bits = {
        made.name: [
            round(log2(learnt.m[made.name][place] / learnt.u[made.name][place]), 4)
            for place in reversed(range(len(made.levels)))
        ]
        for made in model.comparisons
    }
    return {"prior_bits": round(log2(learnt.prior / (1 - learnt.prior)), 4), "bits": bits}


def _most(shares: Any) -> float | None:
    known = [float(share) for share in shares if share]
    return max(known, default=None)


def reason_of(
    made: Comparison, value: int, learnt: Learnt, common: Mapping[str, float | None]
) -> Reason:
    """What one comparison says at a level; `common` are the shares of the values, by column."""
    level = made.level(value)
    if level is None or value == UNKNOWN:
        return Reason(made.name, made.unsaid, 0.0)
    place = len(made.levels) - 1 - value
    plain = log2(learnt.m[made.name][place] / learnt.u[made.name][place])
    rarity = _rarity(level, learnt.u[made.name][place], common)
    return Reason(made.name, level.words, plain + rarity, rarity)


def _rarity(level: Level, usual: float, common: Mapping[str, float | None]) -> float:
    """How many bits more a rare value says than values do on the whole; below 0 for common ones."""
    share = common.get(level.often) if level.often else None
    return 0.0 if share is None else log2(usual) - log2(max(share, RAREST))
