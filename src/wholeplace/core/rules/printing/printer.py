"""SQL from a checked tree, for the engine that is to run it.

One tree, one meaning: what each engine's print gives equals the interpreter's answer, cell by
cell. The rules of printing are in `printer_duckdb`; Spark's differences in `printer_spark`.
"""

from __future__ import annotations

import datetime as dt

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.printing.printer_duckdb import DuckDBPrinter, FactColumn
from wholeplace.core.rules.printing.printer_spark import SparkPrinter

__all__ = ["DIALECTS", "FactColumn", "print_pence", "print_sql"]

DIALECTS: dict[str, type[DuckDBPrinter]] = {"duckdb": DuckDBPrinter, "spark": SparkPrinter}


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
        dialect: `duckdb` or `spark`.

    Raises RateMissing when a figure that the tree names has no value for `as_at`.
    """
    return _printer(dialect)(as_at, on, fact_column).sql(tree)


def print_pence(
    tree: t.Node,
    *,
    as_at: dt.date,
    fact_column: FactColumn,
    on: str = "as_at",
    dialect: str = "duckdb",
) -> str:
    """An amount of money as whole pence, rounded half up; NULL when unknown.

    BIGINT, or a wider whole number where the formula could outgrow it.
    """
    return _printer(dialect)(as_at, on, fact_column).pence(tree)


def _printer(dialect: str) -> type[DuckDBPrinter]:
    if dialect not in DIALECTS:
        raise ValueError(f"no printer for {dialect}")
    return DIALECTS[dialect]
