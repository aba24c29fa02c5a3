"""In what order a scheme serves people: its bands, its steps and how ties are told apart."""

from __future__ import annotations

from collections.abc import Iterator

from wholeplace.cli._reference.markdown import capital, code, ended, table, words
from wholeplace.core.rules.schemes import Order, OrderStep, Scheme

FIRST = {
    "earliest": "the earliest first",
    "latest": "the latest first",
    "most": "the most first",
    "least": "the least first",
    "yes": "those of whom it is so first",
    "no": "those of whom it is not so first",
}
TIES = {
    "lot": "Who stands equal after that is told apart by lot, from a word published before.",
    "together": "Who stands equal after that shares the place.",
}


def order_lines(scheme: Scheme) -> Iterator[str]:
    """The section; nothing for a scheme that puts nobody in order."""
    if scheme.orders:
        yield ""
        yield "## In what order people are served"
    for order in scheme.orders.values():
        yield from _order(order)


def _order(order: Order) -> Iterator[str]:
    yield ""
    yield f"### {capital(order.text)}"
    yield ""
    yield from (f"{at}. {_step(step)}" for at, step in enumerate(order.steps, 1))
    yield ""
    yield TIES[order.ties]
    rows = [
        (words(band.key), band.text, code(band.rule.text) if band.rule else "everybody else")
        for band in order.bands
    ]
    yield from table(("Band", "Somebody who", "Rule"), rows)


def _step(step: OrderStep) -> str:
    if step.rule is None:
        return "By band."
    return ended(f"By {code(step.rule.text)}, {FIRST[step.kind]} ({step.text})")
