"""The dated figures and tables that a scheme goes by, for its public page."""

from __future__ import annotations

from collections.abc import Iterator

from wholeplace.cli._reference.markdown import capital, code, ended, from_to, table
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.figures import trees_read
from wholeplace.core.rules.rates import Rate, RateTable, rates_used
from wholeplace.core.rules.schemes import Scheme, rules_of_order
from wholeplace.core.rules.shown import show_literal


def rate_lines(scheme: Scheme) -> Iterator[str]:
    """Every period of every dated figure that the scheme's rules read, with its source."""
    rules = [item.rule.tree for item in scheme.used_criteria()]
    rules += [pay.amount.tree for pay in scheme.pays.values()]
    for order in scheme.orders.values():
        rules += [rule.tree for rule, _ in rules_of_order(order)]
    trees = [tree for rule in rules for tree in trees_read(rule, scheme.place)]
    names = dict.fromkeys(use.name for tree in trees for use in rates_used(tree))
    if not names:
        return
    yield ""
    yield "### Figures that change with the years"
    for name in names:
        rate = scheme.place.rates[name]
        yield ""
        yield f"{code(name)}: {ended(rate.meaning)}"
        yield from _figures(rate) if isinstance(rate, Rate) else _tables(rate)


def _figures(rate: Rate) -> Iterator[str]:
    rows = [
        (from_to(one.first, one.last), f"{_shown(rate.type, one.value)} {rate.unit}", one.source)
        for one in rate.figures
    ]
    yield from table(("Days", "Is", "From"), rows)


def _tables(rate: RateTable) -> Iterator[str]:
    for one in rate.tables:
        yield ""
        yield f"{capital(from_to(one.first, one.last))} ({one.source.rstrip('.')}):"
        rows = [
            (
                f"up to {_shown(rate.by, row.up_to)}" if row.up_to is not None else "above",
                _shown(rate.gives, row.value),
            )
            for row in one.rows
        ]
        yield from table(("Value", "Gives"), rows)


def _shown(kind: t.Type, value: t.Value) -> str:
    return show_literal(t.Literal(kind, 0, 0, value))
