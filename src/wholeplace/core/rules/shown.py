"""Values of facts and rules as people read them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from wholeplace.core.kernel.money import format_pence
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.tree import Kind


def show_value(spec: FactSpec, value: t.Value | None) -> str:
    """A fact's value for people: `£112.00`, `30 weeks 2 days`, `1 June 2026`, `yes`."""
    kind = Kind(spec.type)
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return show_date(value)
    if isinstance(value, str):
        return spec.codes.get(value, value)
    if kind == Kind.MONEY:
        return format_pence(int(value))
    if kind == Kind.DURATION:
        return show_days(int(value))
    plain = _plain_number(Fraction(value))
    if kind == Kind.PERCENT:
        return f"{plain}%"
    unit = (spec.unit or "").removesuffix("s" if value == 1 else "")
    return f"{plain} {unit}".strip()


def show_literal(literal: t.Literal) -> str:
    """A value written in a rule, for people: `£35.00`, `26 weeks`, `25%`."""
    value, kind = literal.value, literal.type.kind
    if isinstance(value, (bool, dt.date)):
        return ("yes" if value else "no") if isinstance(value, bool) else show_date(value)
    if isinstance(value, str):
        return value
    if kind == Kind.MONEY:
        return format_pence(int(value))
    if kind == Kind.DURATION:
        return show_days(int(value))
    unit = {Kind.MONTHS: " months", Kind.PERCENT: "%"}.get(kind, "")
    return f"{_plain_number(Fraction(value))}{unit}"


def show_date(day: dt.date) -> str:
    """`1 June 2026`."""
    return f"{day.day} {day:%B %Y}"


def show_days(days: int) -> str:
    """`30 weeks and 2 days`."""
    weeks, rest = divmod(days, 7)
    if not weeks or days < 0:
        return f"{days} day{'' if days == 1 else 's'}"
    text = f"{weeks} week{'' if weeks == 1 else 's'}"
    if not rest:
        return text
    return f"{text} and {rest} day{'' if rest == 1 else 's'}"


def _plain_number(value: Fraction) -> str:
    scaled = f"{Decimal(value.numerator) / Decimal(value.denominator):.4f}"
    return scaled.rstrip("0").rstrip(".")
