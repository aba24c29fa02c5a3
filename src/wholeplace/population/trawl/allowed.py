"""Which of many schemes can be counted, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.printing.printer import print_sql
from wholeplace.core.rules.schemes import Scheme
from wholeplace.population.facts.sql import FactQueries
from wholeplace.population.snapshot.open import Snapshot
from wholeplace.population.trawl.permission import check_trawl
from wholeplace.population.trawl.questions import questions_of


def countable(
    snapshot: Snapshot, schemes: Iterable[Scheme], as_at: date
) -> tuple[list[Scheme], list[tuple[Scheme, UserMistake]]]:
    """The schemes that may be trawled for on a day, and the others with the reason of each.

    Besides what `check_trawl` refuses, a scheme is left out whose dated figures have no value
    for the day. Nothing is read.
    """
    those: list[Scheme] = []
    others: list[tuple[Scheme, UserMistake]] = []
    for scheme in schemes:
        try:
            check_trawl(snapshot, scheme, as_at)
            _check_figures(snapshot, scheme, as_at)
        except UserMistake as why:
            others.append((scheme, why))
        else:
            those.append(scheme)
    return those, others


def _check_figures(snapshot: Snapshot, scheme: Scheme, as_at: date) -> None:
    """Write down every query, without asking any: a figure that is missing is noticed."""
    place, questions = scheme.place, questions_of([scheme])
    queries = FactQueries(snapshot, place.facts, as_at, {}, workings=place.workings)
    queries.facts(questions.needs)
    for day in questions.days:
        queries.days(day.on, day.assumed)
    for question in questions.asked:
        print_sql(question.tree, as_at=as_at, fact_column=lambda use, on: "fact")
