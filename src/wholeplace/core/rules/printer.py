"""DuckDB SQL from a checked tree, with the interpreter's three values.

Nothing of the rule's text reaches the SQL: numbers and dates are printed from their
values, codes from the fact's own list of plain words, facts through `fact_column`.
NULL means unknown and nothing else. Columns must be, by kind: BOOLEAN, DATE, VARCHAR
(code), BIGINT (duration in days; money in pence), DECIMAL or DOUBLE (number, percent,
held to four decimals). Where the criterion's day is unknown, the column is NULL too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from fractions import Fraction

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import FACT_SCALE
from wholeplace.core.rules.tree import Kind

FactColumn = Callable[[t.FactUse, str], str]

_EXACT = (Kind.NUMBER, Kind.PERCENT)
# DuckDB keeps the result of two decimals of up to 18 digits in 18 digits, and then overflows;
# an operand that is one digit wider makes it use a wide result.
_NARROW = 18
_PLAIN_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def print_sql(
    tree: t.Node,
    *,
    as_at: dt.date,
    fact_column: FactColumn,
    on: str = "as_at",
    dialect: str = "duckdb",
) -> str:
    """An SQL expression with the value of `tree`: NULL for unknown.

    Args:
        as_at: bound as a literal.
        fact_column: SQL of the column that holds a fact read at the day called `on`.
        on: `as_at`, or the name of the dated fact at which the facts are read.
        dialect: `duckdb`, the only one so far.
    """
    if dialect != "duckdb":
        raise ValueError(f"no printer for {dialect}")
    return _Printer(as_at, on, fact_column).sql(tree)


def print_pence(tree: t.Node, *, as_at: dt.date, fact_column: FactColumn, on: str = "as_at") -> str:
    """An amount of money as whole pence, rounded half up; NULL when unknown.

    BIGINT, or HUGEINT where the formula could outgrow it.
    """
    exact = print_sql(tree, as_at=as_at, fact_column=fact_column, on=on)
    whole = "BIGINT" if tree.type.whole_digits < _NARROW else "HUGEINT"
    return f"CAST(round(CAST({exact} AS {_decimal(tree.type)}), 0) AS {whole})"


def _decimal(kind: t.Type) -> str:
    return f"DECIMAL({kind.digits}, {kind.scale})"


class _Printer:
    def __init__(self, as_at: dt.date, on: str, fact_column: FactColumn) -> None:
        self._as_at = as_at
        self._on = on
        self._fact_column = fact_column

    def sql(self, node: t.Node) -> str:
        match node:
            case t.Not(operand=operand):
                return f"(NOT {self.sql(operand)})"
            case t.And(parts=parts):
                return "(" + " AND ".join(self.sql(part) for part in parts) + ")"
            case t.Or(parts=parts):
                return "(" + " OR ".join(self.sql(part) for part in parts) + ")"
            case t.Compare(operator=sign, left=left, right=right):
                sign = "<>" if sign == "!=" else sign
                return f"({self._whole(left)} {sign} {self._whole(right)})"
            case t.Between(value=value, low=low, high=high):
                shown = self._whole(value)
                return f"({shown} >= {self._whole(low)} AND {shown} <= {self._whole(high)})"
            case t.In(value=value, items=items):
                listed = ", ".join(self._literal(item) for item in items)
                return f"({self._whole(value)} IN ({listed}))"
        return self._whole(node)

    def _whole(self, node: t.Node) -> str:
        """A value; unknown as soon as any fact in it is (least and greatest skip NULLs)."""
        if node.type.kind == Kind.BOOLEAN:
            return self.sql(node) if t.children(node) else self._value(node)
        shown = self._value(node)
        if not any(isinstance(part, t.Extreme) for part in t.walk(node)):
            return shown
        uses = [use for use in t.fact_uses(node) if use.assumed is None]
        if not uses:
            return shown
        known = " AND ".join(f"{self._fact(use)} IS NOT NULL" for use in uses)
        return f"(CASE WHEN {known} THEN {shown} END)"

    def _value(self, node: t.Node) -> str:
        match node:
            case t.Literal():
                return self._literal(node)
            case t.AsAt():
                return f"DATE '{self._as_at.isoformat()}'"
            case t.FactUse():
                return self._fact(node)
            case t.Negate(operand=operand):
                return f"(-{self._value(operand)})"
            case t.Extreme(name=name, parts=parts):
                function = "least" if name == "min" else "greatest"
                return f"{function}({', '.join(self._value(part) for part in parts)})"
            case t.Arithmetic():
                return self._arithmetic(node)
        raise AssertionError(f"the grammar has no {type(node).__name__}")

    def _fact(self, use: t.FactUse) -> str:
        column = self._fact_column(use, self._on)
        if use.type.kind in _EXACT:
            column = f"CAST({column} AS DECIMAL(18, {FACT_SCALE}))"
        if use.assumed is None:
            return column
        stand_in = t.Literal(use.type, use.start, use.end, use.assumed)
        return f"coalesce({column}, {self._literal(stand_in)})"

    def _literal(self, node: t.Literal) -> str:
        value = node.value
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, dt.date):
            return f"DATE '{value.isoformat()}'"
        if isinstance(value, str):
            if not _PLAIN_CODE.fullmatch(value):
                raise AssertionError("a code is a plain word")
            return f"'{value}'"
        if node.type.kind in _EXACT:
            return f"CAST({_digits(Fraction(value), node.type.scale)} AS {_decimal(node.type)})"
        return f"CAST({int(value)} AS BIGINT)"

    def _arithmetic(self, node: t.Arithmetic) -> str:
        left, right = self._value(node.left), self._value(node.right)
        if node.operator == "*":
            return self._product(node, left, right)
        if node.left.type.kind == Kind.DATE:
            return self._with_date(node, left, right)
        kind = node.type
        if kind.kind == Kind.DURATION or (not kind.scale and kind.digits < _NARROW):
            return f"({left} {node.operator} {right})"
        wide = f"DECIMAL({max(kind.digits, _NARROW + 1)}, {kind.scale})"
        total = f"(CAST({left} AS {wide}) {node.operator} CAST({right} AS {wide}))"
        return f"CAST({total} AS {_decimal(kind)})"

    def _with_date(self, node: t.Arithmetic, left: str, right: str) -> str:
        if node.right.type.kind == Kind.DATE:
            return f"CAST(({left} - {right}) AS BIGINT)"
        if node.right.type.kind == Kind.MONTHS:
            months = f"to_months(CAST({right} AS INTEGER))"
            return f"CAST(({left} {node.operator} {months}) AS DATE)"
        return f"({left} {node.operator} CAST({right} AS INTEGER))"

    def _product(self, node: t.Arithmetic, left: str, right: str) -> str:
        width = node.left.type.digits
        if width + node.right.type.digits >= _NARROW:
            width = max(width, _NARROW + 1)
        one = f"CAST({left} AS DECIMAL({width}, {node.left.type.scale}))"
        two = f"CAST({right} AS {_decimal(node.right.type)})"
        product = f"({one} * {two})"
        if Kind.PERCENT in (node.left.type.kind, node.right.type.kind):
            product = f"({product} * CAST(0.01 AS DECIMAL(3, 2)))"
        whole = node.type.kind in (Kind.DURATION, Kind.MONTHS)
        return f"CAST({product} AS {'BIGINT' if whole else _decimal(node.type)})"


def _digits(value: Fraction, scale: int) -> str:
    """The decimal digits of an exact value, without an exponent."""
    scaled = value * 10**scale
    assert scaled.denominator == 1
    sign = "-" if scaled < 0 else ""
    text = str(abs(scaled.numerator)).rjust(scale + 1, "0")
    return f"{sign}{text[:-scale]}.{text[-scale:]}" if scale else f"{sign}{text}"
