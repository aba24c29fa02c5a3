"""An order as SQL over a table of facts: the same places as `orders.rank`, for long lists."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.orders import LARGEST_FIRST, LOT
from wholeplace.core.rules.printing.printer import FactColumn, print_sql
from wholeplace.core.rules.schemes import Order, OrderStep, Scheme

_PLAIN_WORD = re.compile(r"[A-Za-z0-9 .-]{1,100}", re.ASCII)


@dataclass(frozen=True)
class FactsTable:
    """The table that an order is printed over.

    Attributes:
        table: as it stands after FROM.
        person: the column that holds each person's name, a text.
        lot: SQL of the lot of a person (text, smaller first): `lot_sql`, or NULL for no lot.
        fact_column: as in `printer.print_sql`.
    """

    table: str
    person: str
    lot: str
    fact_column: FactColumn


def lot_sql(word: str, person: str, dialect: str = "duckdb") -> str:
    """`orders.draw` as SQL; the word may hold letters, digits, spaces, hyphens and full stops.

    Raises UserMistake for any other word.
    """
    if not _PLAIN_WORD.fullmatch(word):
        do = "Use letters, digits, spaces, hyphens and full stops."
        raise UserMistake("This word cannot be drawn with.", do=do)
    text = f"concat('{word}', chr(10), {person})"
    return f"sha256({text})" if dialect == "duckdb" else f"sha2({text}, 256)"


def print_order(
    scheme: Scheme,
    order: Order,
    facts: FactsTable,
    *,
    as_at: dt.date,
    dialect: str = "duckdb",
) -> str:
    """A query for (person, band, place): one row for each person who has a place.

    band is the band's number from 0 (the number of bands for somebody in none), or NULL
    without bands. Raises RateMissing as `print_sql` does.
    """

    def printed(tree: t.Node, on: str) -> str:
        column = facts.fact_column
        return print_sql(tree, as_at=as_at, fact_column=column, on=on, dialect=dialect)

    criteria = {c.key: printed(c.rule.tree, c.on) for c in scheme.used_criteria()}
    bands = [None if b.rule is None else printed(b.rule.tree, b.on) for b in order.bands]
    keys = [
        _band_sql(bands) if step.rule is None else printed(step.rule.tree, step.on)
        for step in order.steps
    ]
    named = [f"step_{number}" for number in range(len(keys))]
    columns = ", ".join(f"{key} AS {name}" for key, name in zip(keys, named, strict=True))
    known = " AND ".join(["qualifies", *(f"{name} IS NOT NULL" for name in named)])
    return (
        f"SELECT person, {_band_column(order.steps, named)} AS band, "
        f"{_place(order, named)} AS place FROM (SELECT {facts.person} AS person, "
        f"{facts.lot} AS lot, {scheme.eligible.sql(criteria.__getitem__)} AS qualifies, "
        f"{columns} FROM {facts.table}) AS asked WHERE {known}"
    )


def _band_sql(conditions: Sequence[str | None]) -> str:
    """The number of the first band that holds; NULL when one before it is open."""
    cases: list[str] = []
    for number, condition in enumerate(conditions):
        if condition is None:
            return f"CASE {' '.join(cases)} ELSE {number} END" if cases else str(number)
        cases += [f"WHEN {condition} THEN {number}", f"WHEN ({condition}) IS NULL THEN NULL"]
    return f"CASE {' '.join(cases)} ELSE {len(conditions)} END"


def _band_column(steps: Sequence[OrderStep], named: Sequence[str]) -> str:
    return next((n for step, n in zip(steps, named, strict=True) if step.rule is None), "NULL")


def _place(order: Order, named: Sequence[str]) -> str:
    sorting = [
        f"{name} {'DESC' if step.kind in LARGEST_FIRST else 'ASC'}"
        for step, name in zip(order.steps, named, strict=True)
    ]
    if order.ties == LOT:
        return f"row_number() OVER (ORDER BY {', '.join([*sorting, 'lot', 'person'])})"
    return f"rank() OVER (ORDER BY {', '.join(sorting)})"
