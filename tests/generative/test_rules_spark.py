"""The interpreter and the SQL printed for Spark agree, cell by cell, many rules at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.generative.rules.valid_rules import VOCABULARY, conditions, days, people, values
from tests.generative.test_rules_duckdb import COLUMNS
from tests.spark_sessions import need_spark

from wholeplace.core.kernel.money import round_half_up
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import check_rule
from wholeplace.core.rules.evaluate import evaluate
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.printing.printer import print_pence, print_sql
from wholeplace.core.rules.tree import Kind
from wholeplace.population.engines.spark.session import SparkSettings, spark_session

HELD = {name: "DECIMAL(18, 4)" if kind == "DOUBLE" else kind for name, kind in COLUMNS.items()}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    need_spark()
    home = tmp_path_factory.mktemp("spark")
    with spark_session(SparkSettings(home, master="local[1]", partitions=1)) as session:
        yield session


def column(use: t.FactUse, on: str) -> str:
    return f"`{use.key.slug}`"


def read(row: dict[str, Any]) -> Any:
    def value(use: t.FactUse) -> Any:
        held = row[use.key.slug]
        return Fraction(held) if isinstance(held, (Decimal, float)) else held

    return value


def stored(spark: Any, rows: list[dict[str, Any]], folder: Path) -> None:
    """The people as a Parquet file, which DuckDB writes as it writes a snapshot."""
    columns = ", ".join(f"{name} {kind}" for name, kind in HELD.items())
    file = folder / f"people-{len(list(folder.iterdir()))}.parquet"
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE people (row_number BIGINT, {columns})")
        marks = ", ".join("?" for _ in range(len(HELD) + 1))
        held = [[number, *(row[name] for name in HELD)] for number, row in enumerate(rows)]
        engine.executemany(f"INSERT INTO people VALUES ({marks})", held)
        engine.execute(f"COPY people TO '{file}' (FORMAT parquet)")
    spark.read.parquet(str(file)).createOrReplaceTempView("people")


def checked(text: str, kind: Kind) -> t.Node:
    try:
        return check_rule(text, VOCABULARY, kind).tree
    except RuleMistake as mistake:
        assume(not any(word in mistake.what for word in ("could", "nested")))
        raise


def answers(spark: Any, printed: list[str]) -> list[list[Any]]:
    """One list a printed expression, by person."""
    named = ", ".join(f"{sql} AS c{number}" for number, sql in enumerate(printed))
    found = spark.sql(f"SELECT row_number, {named} FROM people ORDER BY row_number").collect()
    return [[row[f"c{number}"] for row in found] for number in range(len(printed))]


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(conditions(), min_size=8, max_size=12),
    amounts=st.lists(values("money", 2), min_size=3, max_size=5),
    rows=people(),
    as_at=days,
)
def test_spark_gives_what_the_interpreter_gives(
    spark: Any,
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    amounts: list[str],
    rows: list[dict[str, Any]],
    as_at: dt.date,
) -> None:
    stored(spark, rows, tmp_path_factory.mktemp("people"))
    trees = [checked(text, Kind.BOOLEAN) for text in [*texts, "yes"]]
    monies = [checked(text, Kind.MONEY) for text in amounts]
    printed = [print_sql(x, as_at=as_at, fact_column=column, dialect="spark") for x in trees]
    printed += [print_pence(x, as_at=as_at, fact_column=column, dialect="spark") for x in monies]
    fast = answers(spark, printed)
    for text, tree, found in zip([*texts, "yes"], trees, fast, strict=False):
        assert [evaluate(tree, as_at, read(row)) for row in rows] == found, text
    for text, tree, found in zip(amounts, monies, fast[len(trees) :], strict=True):
        slow = [evaluate(tree, as_at, read(row)) for row in rows]
        assert [None if v is None else round_half_up(Fraction(v)) for v in slow] == found, text
    assert fast[len(texts)] == [True] * len(rows), "everybody meets the last rule"


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), rows=people(), as_at=days)
def test_values_agree_on_spark(
    spark: Any,
    tmp_path_factory: pytest.TempPathFactory,
    data: Any,
    rows: list[dict[str, Any]],
    as_at: dt.date,
) -> None:
    stored(spark, rows, tmp_path_factory.mktemp("people"))
    texts, trees = [], []
    for kind in ("date", "duration", "number", "percent") * 2:
        text = data.draw(values(kind, 3))
        texts.append(text)
        trees.append(checked(text, Kind(kind)))
    printed = [print_sql(x, as_at=as_at, fact_column=column, dialect="spark") for x in trees]
    for text, tree, found in zip(texts, trees, answers(spark, printed), strict=True):
        slow = [evaluate(tree, as_at, read(row)) for row in rows]
        exact = [Fraction(v) if isinstance(v, Decimal) else v for v in found]
        assert slow == exact, text
