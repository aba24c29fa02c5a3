"""Runs a scheme's worked cases: what each came to, and where that is not what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wholeplace.core.kernel.money import parse_pence
from wholeplace.core.rules.explain import Explanation, explain
from wholeplace.core.rules.scheme_file import CaseFile, ExpectFile
from wholeplace.core.rules.schemes import Scheme
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
    found = explain(scheme, facts, case.as_at)
    return CaseResult(case.name, found.answer, tuple(_problems(case.expect, found)), found)


def _problems(expect: ExpectFile, found: Explanation) -> Iterable[str]:
    if expect.eligible != found.answer:
        yield f"it says {expect.eligible} and comes to {found.answer}"
    missing = [question.fact for question in found.missing]
    yield from _different("because", expect.because, found.failed)
    yield from _different("missing", expect.missing, missing)
    pays = {pay.key: pay.amount_pence for pay in found.pays}
    for key, text in (expect.pays or {}).items():
        if key not in pays:
            yield f"there is no payment called {key}"
        elif pays[key] != parse_pence(text):
            shown = next(pay.shown for pay in found.pays if pay.key == key)
            yield f"{key} should be {text} a week and comes to {shown}"


def _different(key: str, said: Iterable[str] | None, found: Iterable[str]) -> Iterable[str]:
    if said is not None and set(said) != set(found):
        shown = ", ".join(sorted(found)) or "none"
        yield f"{key} says {', '.join(sorted(said)) or 'none'} and comes to {shown}"
