"""The same print for Spark: where its SQL says a thing otherwise than DuckDB's.

It is right only in a session that keeps decimals exact and makes overflow an error
(`population.engines.spark.session`). Spark brings two decimals to one type by itself and may
lose places on the way, so what is compared is brought to the tree's own type first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.printing.printer_duckdb import DuckDBPrinter, decimal_type, digits_of
from wholeplace.core.rules.rates import step_on
from wholeplace.core.rules.tree import Kind

_DECIMAL = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY)


class SparkPrinter(DuckDBPrinter):
    """Prints one tree for Spark SQL."""

    WHOLE = "DECIMAL(38, 0)"

    def _alike(self, nodes: Sequence[t.Node]) -> list[str]:
        """Values of one kind, in one type that holds them all."""
        return [self._as(self._whole(node), node, _widest(nodes)) for node in nodes]

    def _as(self, shown: str, node: t.Node, kind: t.Type) -> str:
        """A value in the type that it is compared in."""
        same = (node.type.digits, node.type.scale) == (kind.digits, kind.scale)
        if kind.kind not in _DECIMAL or (same and not isinstance(node, t.Literal)):
            return shown
        return f"CAST({shown} AS {decimal_type(kind)})"

    def _extreme(self, node: t.Extreme) -> str:
        function = "array_min" if node.name == "min" else "array_max"
        parts = [self._as(self._part(node, part), part, node.type) for part in node.parts]

        def chosen(values: str) -> str:
            one = self._new_name()
            unknown = f"exists({values}, {one} -> {one} IS NULL)"
            return f"CASE WHEN {unknown} THEN NULL ELSE {function}({values}) END"

        return self._name(f"array({', '.join(parts)})", chosen)

    def _round(self, node: t.Round) -> str:
        """The value less what is over a whole number of steps, and a step more where it must."""
        kind = t.Type(
            node.type.kind,
            scale=max(node.value.type.scale, node.type.scale),
            bound=node.type.bound,
        )
        step = step_on(node.step, self._as_at)
        one = f"CAST({digits_of(step, kind.scale)} AS {decimal_type(kind)})"
        units = f"CAST({self._part(node, node.value)} AS {decimal_type(kind)})"
        whole = node.type.kind == Kind.DURATION
        typed = "BIGINT" if whole else decimal_type(node.type)
        return self._name(units, lambda v: f"CAST({_rounded(node.how, v, one)} AS {typed})")

    def _name(self, shown: str, body: Callable[[str], str]) -> str:
        name = self._new_name()
        return f"element_at(transform(array({shown}), {name} -> {body(name)}), 1)"

    def _with_date(self, node: t.Arithmetic, left: str, right: str) -> str:
        if node.right.type.kind == Kind.DATE:
            return f"CAST(datediff({left}, {right}) AS BIGINT)"
        function = "add_months" if node.right.type.kind == Kind.MONTHS else "date_add"
        sign = "-" if node.operator == "-" else ""
        return f"{function}({left}, {sign}CAST({right} AS INT))"


def _rounded(how: str, value: str, step: str) -> str:
    over = f"({value} % {step})"  # of the value's own sign
    if how == "down":
        more = f"CASE WHEN {over} < 0 THEN -{step} ELSE 0 END"
    elif how == "up":
        more = f"CASE WHEN {over} > 0 THEN {step} ELSE 0 END"
    else:
        far = f"abs({over}) * 2 >= {step}"
        more = f"CASE WHEN {far} AND {over} > 0 THEN {step} WHEN {far} THEN -{step} ELSE 0 END"
    return f"({value} - {over} + {more})"


def _widest(nodes: Sequence[t.Node]) -> t.Type:
    kinds = [node.type for node in nodes]
    scale, bound = max(kind.scale for kind in kinds), max(kind.bound for kind in kinds)
    return t.Type(kinds[0].kind, scale=scale, bound=bound)
