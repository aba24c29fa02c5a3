"""The slow ledger and the financial year."""

from __future__ import annotations

import datetime as dt

import pytest

from wholeplace.core.money.books import Movement, Overspent, balances, financial_year, shown_year


def test_an_award_held_and_paid_in_eight_weeks():
    week = [Movement("pay", 35_00)] * 8
    done = balances([Movement("allocate", 500_00), Movement("reserve", 280_00), *week])
    assert done == {"fund": -500_00, "available": 220_00, "committed": 0, "paid": 280_00}


def test_no_account_falls_below_zero():
    with pytest.raises(Overspent, match="available"):
        balances([Movement("allocate", 99), Movement("reserve", 100)])


def test_a_reversal_undoes():
    done = balances([Movement("allocate", 99), Movement("reverse", 0, 0)])
    assert set(done.values()) == {0}


@pytest.mark.parametrize(
    ("day", "year", "shown"),
    [
        (dt.date(2026, 3, 31), 2025, "2025/26"),
        (dt.date(2026, 4, 1), 2026, "2026/27"),
        (dt.date(1999, 12, 31), 1999, "1999/00"),
    ],
)
def test_the_financial_year_begins_in_april(day, year, shown):
    assert financial_year(day) == year
    assert shown_year(financial_year(day)) == shown
