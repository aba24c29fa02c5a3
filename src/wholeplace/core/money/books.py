"""The slow and obvious ledger: every transfer so far, added up again each time.

The database keeps balances as it goes, under locks; this adds them up from nothing. Both must
always agree, and both refuse the same transfers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from wholeplace.core.kernel.errors import UserMistake

# From which account to which, by kind of transfer.
WAYS = {
    "allocate": ("fund", "available"),
    "reserve": ("available", "committed"),
    "pay": ("committed", "paid"),
    "release": ("committed", "available"),
}
ACCOUNTS = ("fund", "available", "committed", "paid")
APRIL = 4


class Overspent(UserMistake):
    """The money is not there; the sentence says how much is."""

    http_status = 409


@dataclass(frozen=True)
class Movement:
    """One transfer of one budget. A reversing one names what it undoes by its place."""

    kind: str
    pence: int
    reverses: int | None = None


def legs(movement: Movement, before: list[Movement]) -> dict[str, int]:
    """What a transfer does to each account, in pence; sums to nothing."""
    if movement.kind == "reverse":
        assert movement.reverses is not None
        undone = legs(before[movement.reverses], before)
        return {account: -pence for account, pence in undone.items()}
    source, target = WAYS[movement.kind]
    return {source: -movement.pence, target: movement.pence}


def balances(movements: Iterable[Movement]) -> dict[str, int]:
    """Every account's balance in pence after all of these.

    Raises:
        Overspent: at some point an account other than `fund` would fall below zero.
    """
    done: list[Movement] = []
    totals = dict.fromkeys(ACCOUNTS, 0)
    for movement in movements:
        for account, pence in legs(movement, done).items():
            totals[account] += pence
        done.append(movement)
        short = [a for a in ACCOUNTS if a != "fund" and totals[a] < 0]
        if short:
            raise Overspent(f"The account `{short[0]}` would fall below zero.")
    return totals


def financial_year(day: dt.date) -> int:
    """The year in which the financial year of this day began (1 April to 31 March)."""
    return day.year if day.month >= APRIL else day.year - 1


def shown_year(year: int) -> str:
    """`2026/27` of 2026."""
    return f"{year}/{(year + 1) % 100:02d}"
