"""Runs a scheme's worked cases: what each came to, and where that is not what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.kernel.money import parse_pence
from wholeplace.core.rules.explain import Explanation, explain
from wholeplace.core.rules.files.scheme_file import UNKNOWN, CaseFile, ExpectFile, OrderCaseFile
from wholeplace.core.rules.orders import rank
from wholeplace.core.rules.schemes import Order, Scheme
from wholeplace.core.rules.stated import StatedFacts


@dataclass(frozen=True)
class CaseResult:
    """A worked case as run; `problems` is empty when it came to what it says."""

    name: str
    answer: str
    problems: tuple[str, ...]
    explanation: Explanation


def run_cases(scheme: Scheme) -> tuple[CaseResult, ...]:
    """Every worked case of the scheme, in order."""
    return tuple(run_case(scheme, case) for case in scheme.cases)


def run_case(scheme: Scheme, case: CaseFile) -> CaseResult:
    """One worked case, compared with its `expect`."""
    facts = StatedFacts(case.facts, scheme.place.facts, source="the worked case")
    found = explain(scheme, facts, case.as_at, ahead=False)
    return CaseResult(case.name, found.answer, tuple(_problems(case.expect, found)), found)


def _problems(expect: ExpectFile, found: Explanation) -> Iterable[str]:
    if expect.eligible != found.answer:
        yield f"it says {expect.eligible} and comes to {found.answer}"
    missing = [question.fact for question in found.missing]
    yield from _different("because", expect.because, found.failed)
    yield from _different("missing", expect.missing, missing)
    pays = {pay.key: pay.amount_pence for pay in found.pays}
    for key, text in (expect.pays or {}).items():
        if key in pays and pays[key] != _expected(text):
            shown = next(pay.shown for pay in found.pays if pay.key == key)
            yield f"{key} should be {text} and comes to {shown}"


def _expected(text: str) -> int | None:
    """Pence; None for an amount that cannot be known from the case's facts."""
    return None if text == UNKNOWN else parse_pence(text)


@dataclass(frozen=True)
class OrderCaseResult:
    """A worked case of an order as run."""

    order: str
    at: int
    name: str
    problems: tuple[str, ...]


def run_order_cases(scheme: Scheme) -> tuple[OrderCaseResult, ...]:
    """Every worked case of every order of the scheme."""
    return tuple(
        OrderCaseResult(order.key, at, case.name, tuple(_order_problems(scheme, order, case)))
        for order in scheme.orders.values()
        for at, case in enumerate(order.cases)
    )


def _order_problems(scheme: Scheme, order: Order, case: OrderCaseFile) -> Iterable[str]:
    people = [
        (ref, StatedFacts(facts, scheme.place.facts, source="the worked case"))
        for ref, facts in case.people.items()
    ]
    try:
        found = rank(scheme, order, people, case.as_at, lot=case.lot)
    except UserMistake as problem:
        yield str(problem)
        return
    places = [
        [one.ref for one in group] for _, group in groupby(found.placed, lambda one: one.place)
    ]
    said = [[one] if isinstance(one, str) else sorted(one) for one in case.expect.places]
    if said != places:
        yield f"the places come to {_listed(places)}"
    yield from _different("waiting", case.expect.waiting, [one.ref for one in found.waiting])
    yield from _different("left_out", case.expect.left_out, found.left_out)


def _listed(places: Iterable[list[str]]) -> str:
    return ", then ".join(" and ".join(group) for group in places) or "none"


def _different(key: str, said: Iterable[str] | None, found: Iterable[str]) -> Iterable[str]:
    if said is not None and set(said) != set(found):
        shown = ", ".join(sorted(found)) or "none"
        yield f"{key} says {', '.join(sorted(said)) or 'none'} and comes to {shown}"
