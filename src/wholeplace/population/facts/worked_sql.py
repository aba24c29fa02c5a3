"""Facts worked out by rule from columns of one row, step by step, in DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.computed import DAY, Workings
from wholeplace.core.rules.printing.printer import print_sql
from wholeplace.core.rules.schemes import AS_AT, FactNeed
from wholeplace.population.engines.duckdb import identifier
from wholeplace.population.facts.columns import worked_value


def steps_of(needs: Sequence[FactNeed], workings: Workings) -> list[list[FactNeed]]:
    """What to read first, and then, step by step, the facts worked out by rule from those."""
    heights: dict[FactNeed, int] = {}

    def height(need: FactNeed) -> int:
        if need not in heights:
            working = workings.of(need.key.name) if need.key.name in workings.facts else None
            by_rule = working is not None and working.spec.derive.kind == "rule"
            inner = [FactNeed(key, need.on) for key in working.inputs] if working else []
            heights[need] = 1 + max(map(height, inner), default=0) if by_rule else 0
        return heights[need]

    for need in needs:
        height(need)
    steps: list[list[FactNeed]] = [[] for _ in range(max(heights.values(), default=0) + 1)]
    for need, step in heights.items():
        steps[step].append(need)
    return steps


def worked_sql(need: FactNeed, workings: Workings, as_at: date) -> str:
    """A fact worked out by rule, as a column; unknown without a day.

    Args:
        as_at: the evaluation's day, whose dated figures count.
    """

    def column(use: t.FactUse, on: str) -> str:
        if use.key == DAY:
            return day_column(need.on)
        return identifier(FactNeed(use.key, need.on).column)

    working = workings.of(need.key.name)
    assert working is not None and working.value is not None
    printed = print_sql(working.value, as_at=as_at, fact_column=column)
    value = worked_value(printed, working.value.type, working.spec)
    if need.on != AS_AT:
        value = f"CASE WHEN {day_column(need.on)} IS NOT NULL THEN {value} END"
    return f"{value} AS {identifier(need.column)}"


def day_column(on: str) -> str:
    """The column of the day called `on`, beside the facts read at it."""
    return identifier(f"day of {on}")
