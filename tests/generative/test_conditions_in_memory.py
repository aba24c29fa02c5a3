"""Conditions asked of facts in memory are those of the interpreter, cell by cell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.generative.rules.valid_rules import FACTS, VOCABULARY, WHOLE, conditions, days, people

from wholeplace.core.rules.check import Vocabulary, check_rule
from wholeplace.core.rules.evaluate import CannotEvaluate, evaluate
from wholeplace.core.rules.lexer import RuleMistake
from wholeplace.core.rules.tree import Kind, Node
from wholeplace.population.trawl.bits import Truth, truth_of
from wholeplace.population.trawl.columns import column_of
from wholeplace.population.trawl.conditions import Conditions
from wholeplace.population.trawl.questions import Day, Question

TYPES = {
    "boolean": pa.bool_(),
    "number": pa.decimal128(18, 4),
    "percent": pa.decimal128(18, 4),
    "money": pa.int64(),
    "date": pa.date32(),
    "duration": pa.int64(),
    "code": pa.string(),
}
COLUMNS = {spec.name: TYPES[spec.type] for spec in FACTS.values()} | dict.fromkeys(
    WHOLE, pa.int64()
)
ASSUMED = {"score": Fraction(1, 2), "savings": 3500, "job_start_date": dt.date(2024, 2, 29)}
ASSUMED |= {"tenure": "council", "employed": True, "age": Fraction(18)}
SIMPLE = st.sampled_from(
    [
        "score >= 0.1",
        "score < 0.30001",
        "score != 0.3",
        "0.1 = score",
        "score = 0.00001",
        "savings between £35.00 and 33% * £100.00",
        "33.3333% * £1.00 >= savings",
        "savings != £35.00 or savings > £10,000,000.00",
        "rate > 12.5%",
        "age >= 18 and not age > 25",
        "jobs_started(within: 5 weeks) <= 3",
        "job_start_date + 0 days > as_at or job_start_date <= as_at",
        "job_start_date < as_at - 3 months",
        "as_at - 26 weeks >= date_of_birth",
        "tenure != council",
        "tenure in [owned, council] or last_tenure = owned",
        "employed and not has_partner",
        "employed = has_partner",
        "time_on(qualifying_benefits) = 26 weeks",
        "as_at > 2001-01-01",
    ]
)


def as_columns(rows: list[dict[str, Any]], cut: int) -> dict[str, Any]:
    """Each fact as the engine would give it, in chunks of its own making."""
    found = {}
    for name, kind in COLUMNS.items():
        values = pa.array([row[name] for row in rows], kind)
        found[f"{name}__on__as_at"] = column_of(pa.chunked_array([values[:cut], values[cut:]]))
    return found


def cells(truth: Truth, persons: int) -> list[bool | None]:
    yes, no = (
        np.unpackbits(bits.view(np.uint8), bitorder="little")[:persons].tolist()
        for bits in (truth.yes, truth.no)
    )
    return [True if one else False if other else None for one, other in zip(yes, no, strict=True)]


def slowly(tree: Node, rows: list[dict[str, Any]], as_at: dt.date) -> list[Any]:
    def value(row: dict[str, Any], slug: str) -> Any:
        held = row[slug]
        return Fraction(held) if isinstance(held, Decimal) else held

    def reader(row: dict[str, Any]) -> Any:
        return lambda use: value(row, use.key.slug)

    return [evaluate(tree, as_at, reader(row)) for row in rows]


@settings(max_examples=200, deadline=None)
@given(
    rules=st.lists(st.one_of(SIMPLE, conditions()), min_size=1, max_size=4),
    rows=people(),
    as_at=days,
    assumed=st.sampled_from([{}, ASSUMED]),
    cut=st.integers(0, 5),
)
def test_answers_are_those_of_the_interpreter(
    rules: list[str],
    rows: list[dict[str, Any]],
    as_at: dt.date,
    assumed: dict[str, Any],
    cut: int,
) -> None:
    vocabulary = Vocabulary(FACTS, VOCABULARY.settings, assumed, VOCABULARY.rates)
    here = Conditions(as_columns(rows, cut), as_at, len(rows))
    for text in [*rules, "yes"]:
        try:
            question = Question(check_rule(text, vocabulary, Kind.BOOLEAN).tree, Day())
            expected = slowly(question.tree, rows, as_at)
        except (RuleMistake, CannotEvaluate):
            assume(False)
        left = list(here.left_over(question))
        for part in left:  # as the engine would answer them
            answers = slowly(part.tree, rows, as_at)
            yes, no = (pa.array([one is value for one in answers]) for value in (True, False))
            here.put(part, Truth(_bits(yes), _bits(no)))
        assert cells(here.answer(question), len(rows)) == expected, text
    assert expected == [True] * len(rows), "everybody meets the last rule"


def _bits(column: pa.Array) -> Any:
    return truth_of(column).yes


def test_plain_comparisons_are_asked_here_and_sums_are_left_over() -> None:
    row = dict.fromkeys(COLUMNS)
    here = Conditions(as_columns([row], 0), dt.date(2026, 6, 1), 1)

    def left(text: str) -> list[str]:
        tree = check_rule(text, VOCABULARY, Kind.BOOLEAN).tree
        return [text[q.tree.start : q.tree.end] for q in here.left_over(Question(tree, Day()))]

    assert left("age >= 18 and (tenure = council or not employed)") == []
    assert left("job_start_date between as_at - 13 weeks and as_at") == []
    assert left("age >= 18 and savings + weekly_rent > £5.00") == ["savings + weekly_rent > £5.00"]
