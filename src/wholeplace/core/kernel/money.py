"""Money is whole pence. Rounding is half up (away from zero), once, at the payment line.

Source of the rounding: brief 14, section 6.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from wholeplace.core.kernel.errors import UserMistake

_AMOUNT = re.compile(r"(-?)£?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,13})(?:\.([0-9]{2}))?", re.ASCII)


def parse_pence(text: str) -> int:
    """Pence of an amount such as `£1,234.50`, `1234.50`, `£35` or `-£2.00`.

    Raises:
        UserMistake: when the text is anything else (three decimals, other signs).
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        shown = text.strip()[:40]
        raise UserMistake(
            f"“{shown}” is not an amount of money.",
            do="Write pounds and two digits of pence, like £1,234.50.",
        )
    sign, pounds, pence = match.groups()
    amount = int(pounds.replace(",", "")) * 100 + int(pence or 0)
    return -amount if sign else amount


def is_amount(text: str) -> bool:
    """Whether `parse_pence` can read the text."""
    return _AMOUNT.fullmatch(text.strip()) is not None


def format_pence(pence: int) -> str:
    """`£1,234.50` of 123450; a negative amount has its sign first."""
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def round_half_up(amount: Fraction | int) -> int:
    """The nearest whole number; a half goes away from zero."""
    exact = Fraction(amount)
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -whole if exact < 0 else whole


def exact_decimal(value: int | float | Decimal, places: int = 4) -> Decimal:
    """A number as an exact decimal, rounded half up to `places`.

    A float is taken as it is written (0.1 is 0.1), never as its binary expansion.
    """
    written = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return written.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=60))
