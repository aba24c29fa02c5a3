"""Amounts, identifiers and reasons: what is read, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.kernel import identifiers
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.kernel.money import exact_decimal, format_pence, parse_pence, round_half_up
from wholeplace.core.kernel.reasons import reason


@given(st.integers(-(10**12), 10**12))
def test_what_is_written_is_read_back(pence: int) -> None:
    assert parse_pence(format_pence(pence)) == pence


@pytest.mark.parametrize(
    ("text", "pence"),
    [("£1,234.50", 123_450), ("35", 3_500), ("£35.00", 3_500), (" -£2.00 ", -200)],
)
def test_amounts(text: str, pence: int) -> None:
    assert parse_pence(text) == pence


@pytest.mark.parametrize(
    "text", ["", "£", "1.5", "1,23", "£1.000", "12,34,567", "٣", "£1e3", "1.00p", "1 000"]
)
def test_other_amounts_are_refused(text: str) -> None:
    with pytest.raises(UserMistake, match="not an amount"):
        parse_pence(text)


@pytest.mark.parametrize(
    ("amount", "pence"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.4999", 2), ("-0.5", -1), ("-2.4", -2), ("7", 7)],
)
def test_a_half_goes_up(amount: str, pence: int) -> None:
    assert round_half_up(Fraction(amount)) == pence


def test_a_float_is_taken_as_written() -> None:
    assert exact_decimal(0.1) + exact_decimal(0.2) == exact_decimal(0.3) == Decimal("0.3")
    assert exact_decimal(0.00005) == Decimal("0.0001")


@pytest.mark.parametrize("text", ["AB123456C", "ab 12 34 56 c", "JM-50-12-34-D"])
def test_ni_numbers(text: str) -> None:
    plain = identifiers.ni_number(text)
    assert len(plain) == 9
    assert identifiers.ni_number(identifiers.show_ni_number(plain)) == plain


@pytest.mark.parametrize(
    "text", ["", "QQ123456C", "AO123456C", "GB123456A", "AB123456E", "AB12345C", "ＡＢ123456C"]
)
def test_other_ni_numbers_are_refused(text: str) -> None:
    with pytest.raises(UserMistake, match="National Insurance"):
        identifiers.ni_number(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("b65rq", "B6 5RQ"), ("B1 1BB", "B1 1BB"), ("SW1A1AA", "SW1A 1AA"), ("m1 1ae", "M1 1AE")],
)
def test_postcodes(text: str, expected: str) -> None:
    assert identifiers.postcode(text) == expected


@pytest.mark.parametrize("text", ["", "B6", "B65", "B6 5RC", "1B6 5RQ", "B６ 5RQ"])
def test_other_postcodes_are_refused(text: str) -> None:
    with pytest.raises(UserMistake, match="postcode"):
        identifiers.postcode(text)


def test_uprns() -> None:
    assert identifiers.uprn(" 010001234567 ") == "10001234567"
    for text in ("", "0", "1234567890123", "12a"):
        with pytest.raises(UserMistake, match="UPRN"):
            identifiers.uprn(text)


def test_reasons_are_needed_and_trimmed() -> None:
    assert reason("  rent is \n paid ") == "rent is paid"
    for text in ("", "  ", "ok", "x" * 2_001):
        with pytest.raises(UserMistake):
            reason(text)
