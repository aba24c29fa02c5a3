"""DuckDB SQL from a checked tree, with the interpreter's three values.

Nothing of the rule's text reaches the SQL: numbers and dates are printed from their
values, codes from the fact's own list of plain words, facts through `fact_column`.
NULL means unknown and nothing else. Columns must be, by kind: BOOLEAN, DATE, VARCHAR
(code), BIGINT (duration in days; money in pence), DECIMAL or DOUBLE (number, percent,
held to four decimals). Where the criterion's day is unknown, the column is NULL too.

A text grows with its rule and not faster: what is needed several times is repeated while it
is short, and otherwise named once in a lambda over a list of one.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import FACT_SCALE
from wholeplace.core.rules.rates import figure_on, on_day, step_on
from wholeplace.core.rules.tree import Kind

FactColumn = Callable[[t.FactUse, str], str]

EXACT = (Kind.NUMBER, Kind.PERCENT)
# DuckDB keeps the result of two decimals of up to 18 digits in 18 digits, and then overflows;
# an operand that is one digit wider makes it use a wide result.
NARROW = 18

_PLAIN_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def decimal_type(kind: t.Type) -> str:
    return f"DECIMAL({kind.digits}, {kind.scale})"


class DuckDBPrinter:
    """Prints one tree, the criterion's facts read at the day called `on`."""

    WHOLE = "HUGEINT"  # the widest whole number
    SHORT = 400  # characters that may be repeated

    def __init__(self, as_at: dt.date, on: str, fact_column: FactColumn) -> None:
        self._as_at = as_at
        self._on = on
        self._fact_column = fact_column
        self._named = 0

    def sql(self, node: t.Node) -> str:
        """A condition or a value; NULL for unknown."""
        match node:
            case t.Not(operand=operand):
                return f"(NOT {self.sql(operand)})"
            case t.And(parts=parts):
                return "(" + " AND ".join(self.sql(part) for part in parts) + ")"
            case t.Or(parts=parts):
                return "(" + " OR ".join(self.sql(part) for part in parts) + ")"
            case t.Compare(operator=sign, left=left, right=right):
                sign = "<>" if sign == "!=" else sign
                one, two = self._alike([left, right])
                return f"({one} {sign} {two})"
            case t.Between():
                return self._between(node)
            case t.In(value=value, items=items):
                shown, *listed = self._alike([value, *items])
                return f"({shown} IN ({', '.join(listed)}))"
            case t.If():
                return self._choice(node)
        return self._whole(node)

    def pence(self, node: t.Node) -> str:
        """An amount of money as whole pence, rounded half up."""
        whole = "BIGINT" if node.type.whole_digits < NARROW else self.WHOLE
        exact = f"CAST({self.sql(node)} AS {decimal_type(node.type)})"
        return f"CAST(round({exact}, 0) AS {whole})"

    def _whole(self, node: t.Node) -> str:
        """A value; unknown when it should be (least and greatest skip NULLs).

        Where nothing is chosen, every fact in it must be known; a choice needs only the facts
        of its branch, so above one each part sees to itself.
        """
        if node.type.kind == Kind.BOOLEAN:
            return self.sql(node) if t.children(node) else self._value(node)
        shown = self._value(node)
        if _chooses(node) or not any(isinstance(part, t.Extreme) for part in t.walk(node)):
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
                return f"(-{self._part(node, operand)})"
            case t.Extreme():
                return self._extreme(node)
            case t.Arithmetic():
                return self._arithmetic(node)
            case t.RateUse():
                value = figure_on(node, self._as_at)
                return self._literal(t.Literal(node.type, node.start, node.end, value))
            case t.TableUse():
                return self._table(node)
            case t.If():
                return self._choice(node)
            case t.Round():
                return self._round(node)
        raise AssertionError(f"the grammar has no {type(node).__name__}")

    def _between(self, node: t.Between) -> str:
        value, low, high = self._alike([node.value, node.low, node.high])
        return self._let(value, lambda v: f"({v} >= {low} AND {v} <= {high})")

    def _alike(self, nodes: Sequence[t.Node]) -> list[str]:
        """Values that are compared with each other."""
        return [self._whole(node) for node in nodes]

    def _part(self, node: t.Node, part: t.Node) -> str:
        """A part of a value: whole by itself wherever a choice lies in the value."""
        return self._whole(part) if _chooses(node) else self._value(part)

    def _let(self, shown: str, body: Callable[[str], str]) -> str:
        """`body` of something that it may name several times."""
        return body(shown) if len(shown) <= self.SHORT else self._name(shown, body)

    def _name(self, shown: str, body: Callable[[str], str]) -> str:
        name = self._new_name()
        return f"list_extract(list_transform([{shown}], lambda {name}: {body(name)}), 1)"

    def _new_name(self) -> str:
        self._named += 1
        return f"v{self._named}"

    def _choice(self, node: t.If) -> str:
        then, otherwise = self._branch(node, node.then), self._branch(node, node.otherwise)
        return self._let(
            self.sql(node.condition),
            lambda c: f"(CASE WHEN {c} THEN {then} WHEN NOT {c} THEN {otherwise} END)",
        )

    def _branch(self, node: t.If, branch: t.Node) -> str:
        shown = self._whole(branch)
        return f"CAST({shown} AS {decimal_type(node.type)})" if node.type.scale else shown

    def _extreme(self, node: t.Extreme) -> str:
        parts = [self._part(node, part) for part in node.parts]
        function = "least" if node.name == "min" else "greatest"
        listed = ", ".join(parts)
        if not _chooses(node):
            return f"{function}({listed})"
        if any(len(part) > self.SHORT for part in parts):
            order = "ASC" if node.name == "min" else "DESC"
            return f"list_extract(list_sort([{listed}], '{order}', 'NULLS FIRST'), 1)"
        known = " AND ".join(f"{part} IS NOT NULL" for part in parts)
        return f"(CASE WHEN {known} THEN {function}({listed}) END)"

    def _table(self, node: t.TableUse) -> str:
        table = on_day(node.name, node.tables, self._as_at)

        def rows(value: str) -> str:
            shown = []
            for row in table.rows:
                at_most = "IS NOT NULL"
                if row.up_to is not None:
                    at_most = f"<= {self._literal(_plain(node.by, row.up_to))}"
                gives = self._literal(t.Literal(node.type, node.start, node.end, row.value))
                shown.append(f"WHEN {value} {at_most} THEN {gives}")
            return f"(CASE {' '.join(shown)} END)"

        return self._let(self._part(node, node.by), rows)

    def _round(self, node: t.Round) -> str:
        """Rounded in whole numbers of the finer unit; each number of steps, then its worth."""
        given, kind = node.value.type, node.type
        step = step_on(node.step, self._as_at)
        scale = max(given.scale, kind.scale)
        digits = kind.whole_digits + scale + 2
        whole = "BIGINT" if digits < NARROW else "HUGEINT"
        units = self._part(node, node.value)
        if scale:
            width = max(given.whole_digits + scale, NARROW + 1)
            power = f"CAST({10**scale} AS DECIMAL({scale + 1}, 0))"
            units = f"(CAST({units} AS DECIMAL({width}, {scale})) * {power})"
        steps = _steps(node.how, f"CAST({units} AS {whole})", int(step * 10**scale), kind, scale)
        worth = f"(CAST({steps} AS {whole}) * {int(step * 10**kind.scale)})"
        if not kind.scale:
            return f"CAST({worth} AS {'BIGINT' if digits < NARROW else decimal_type(kind)})"
        width = max(kind.digits, NARROW + 1)
        small = f"CAST({digits_of(Fraction(1, 10**kind.scale), kind.scale)} AS DECIMAL"
        small += f"({kind.scale}, {kind.scale}))"
        return f"CAST((CAST({worth} AS DECIMAL({width}, 0)) * {small}) AS {decimal_type(kind)})"

    def _fact(self, use: t.FactUse) -> str:
        column = self._fact_column(use, self._on)
        if use.type.kind in EXACT:
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
        if node.type.kind in EXACT:
            return (
                f"CAST({digits_of(Fraction(value), node.type.scale)} AS {decimal_type(node.type)})"
            )
        return f"CAST({int(value)} AS BIGINT)"

    def _arithmetic(self, node: t.Arithmetic) -> str:
        left, right = self._part(node, node.left), self._part(node, node.right)
        if node.operator == "*":
            return self._product(node, left, right)
        if node.left.type.kind == Kind.DATE:
            return self._with_date(node, left, right)
        kind = node.type
        if kind.kind == Kind.DURATION or (not kind.scale and kind.digits < NARROW):
            return f"({left} {node.operator} {right})"
        wide = f"DECIMAL({max(kind.digits, NARROW + 1)}, {kind.scale})"
        total = f"(CAST({left} AS {wide}) {node.operator} CAST({right} AS {wide}))"
        return f"CAST({total} AS {decimal_type(kind)})"

    def _with_date(self, node: t.Arithmetic, left: str, right: str) -> str:
        if node.right.type.kind == Kind.DATE:
            return f"CAST(({left} - {right}) AS BIGINT)"
        if node.right.type.kind == Kind.MONTHS:
            months = f"to_months(CAST({right} AS INTEGER))"
            return f"CAST(({left} {node.operator} {months}) AS DATE)"
        return f"({left} {node.operator} CAST({right} AS INTEGER))"

    def _product(self, node: t.Arithmetic, left: str, right: str) -> str:
        width = node.left.type.digits
        if width + node.right.type.digits >= NARROW:
            width = max(width, NARROW + 1)
        one = f"CAST({left} AS DECIMAL({width}, {node.left.type.scale}))"
        two = f"CAST({right} AS {decimal_type(node.right.type)})"
        product = f"({one} * {two})"
        if Kind.PERCENT in (node.left.type.kind, node.right.type.kind):
            product = f"({product} * CAST(0.01 AS DECIMAL(3, 2)))"
        whole = node.type.kind in (Kind.DURATION, Kind.MONTHS)
        return f"CAST({product} AS {'BIGINT' if whole else decimal_type(node.type)})"


def _chooses(node: t.Node) -> bool:
    return any(isinstance(part, t.If) for part in t.walk(node))


def _plain(of: t.Node, value: t.Value) -> t.Literal:
    """A literal of the kind of `of`, as wide as its own value needs."""
    held = Fraction(value) if isinstance(value, (int, Fraction)) else Fraction(0)
    scale = next(n for n in range(40) if (held * 10**n).denominator == 1)
    bound = math.ceil(abs(held))
    return t.Literal(t.Type(of.type.kind, scale=scale, bound=bound), of.start, of.end, value)


def _steps(how: str, units: str, step: int, kind: t.Type, scale: int) -> str:
    """How many steps, naming the units once. DuckDB's `//` goes towards 0, so up and down are
    taken where nothing is negative; `round` of a decimal takes a half away from 0."""
    if how == "nearest":
        halves = f"(({units} * 2) // {step})"
        width = min(37, max(kind.whole_digits + scale + 2, NARROW + 1))
        return f"round(CAST({halves} AS DECIMAL({width}, 0)) * CAST(0.5 AS DECIMAL(1, 1)), 0)"
    far = (kind.bound + 1) * 10**scale // step + 1
    more = far * step + (step - 1 if how == "up" else 0)
    return f"((({units}) + {more}) // {step} - {far})"


def digits_of(value: Fraction, scale: int) -> str:
    """The decimal digits of an exact value, without an exponent."""
    scaled = value * 10**scale
    assert scaled.denominator == 1
    sign = "-" if scaled < 0 else ""
    text = str(abs(scaled.numerator)).rjust(scale + 1, "0")
    return f"{sign}{text[:-scale]}.{text[-scale:]}" if scale else f"{sign}{text}"
