"""The figures that a rule names, in words: settings, and the dated figures of the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.rates import Rate, on_day, rates_used
from wholeplace.core.rules.schemes import PlaceRules, Scheme, needs
from wholeplace.core.rules.shown import show_date, show_literal


def figures_named(tree: t.Node, place: PlaceRules, as_at: dt.date) -> tuple[str, ...]:
    """Each figure that a rule goes by, once: `most_a_week is £35.00`, and for a dated one
    `benefit_cap is £442.31 (6 April 2026 to 5 April 2027, its source)`.

    Those that the rule's facts are worked out with come last. Raises RateMissing.
    """
    settings = [n for n in t.walk(tree) if isinstance(n, t.Literal) and n.name]
    said = [f"{item.name} is {show_literal(item)}" for item in settings]
    for part in trees_read(tree, place):
        said += [_dated(use, place, as_at) for use in rates_used(part)]
    return tuple(dict.fromkeys(said))


def trees_read(tree: t.Node, place: PlaceRules) -> Iterator[t.Node]:
    """The rule, and the rules of the facts that it reads."""
    yield tree
    for use in t.fact_uses(tree):
        yield from _trees_of(place.workings.read_for(use.name), place)


def check_figures(scheme: Scheme, as_at: dt.date) -> None:
    """Make sure that every dated figure is there that deciding and paying a scheme goes by.

    Those included with which a person's own day is worked out. Raises RateMissing.
    """
    trees = [criterion.rule.tree for criterion in scheme.used_criteria()]
    trees += [pay.amount.tree for pay in scheme.pays.values()]
    read = dict.fromkeys(need.key.name for need in needs(scheme, amounts=True))
    for part in (*trees, *_trees_of(read, scheme.place)):
        for use in rates_used(part):
            if isinstance(use, t.TableUse):
                on_day(use.name, use.tables, as_at)
            else:
                on_day(use.name, use.figures, as_at)


def _trees_of(facts: Iterable[str], place: PlaceRules) -> Iterator[t.Node]:
    """The rules of those facts that are worked out."""
    for name in facts:
        if working := place.workings.of(name):
            yield from (part for part in (working.condition, working.value) if part)


def _dated(use: t.RateUse | t.TableUse, place: PlaceRules, as_at: dt.date) -> str:
    if isinstance(use, t.TableUse):
        table = on_day(use.name, use.tables, as_at)
        return f"{use.name} is a table ({_period(table)})"
    figure = on_day(use.name, use.figures, as_at)
    shown = show_literal(t.Literal(use.type, use.start, use.end, figure.value))
    rate = place.rates.get(use.name)
    unit = f" {rate.unit}" if isinstance(rate, Rate) and rate.unit else ""
    return f"{use.name} is {shown}{unit} ({_period(figure)})"


def _period(held: t.DatedFigure | t.DatedTable) -> str:
    return f"{show_date(held.first)} to {show_date(held.last)}, {held.source}"
