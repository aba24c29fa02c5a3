"""A scheme with its worked cases run: everything that `wholeplace scheme check` finds wrong."""

from __future__ import annotations

from wholeplace.core.rules.cases import CaseResult, run_case, run_order_cases
from wholeplace.core.rules.files.faults import Fault, FileMistake
from wholeplace.core.rules.files.scheme_loader import build_scheme
from wholeplace.core.rules.files.woven import blaming
from wholeplace.core.rules.files.yaml import Document
from wholeplace.core.rules.rates import RateMissing
from wholeplace.core.rules.schemes import PlaceRules, Scheme

Checked = tuple[Scheme, tuple[CaseResult, ...]]


def checked_scheme(document: Document, place: PlaceRules, name: str | None = None) -> Checked:
    """The scheme of a document, and what its worked cases came to.

    Raises:
        FileMistake: the scheme is wrong, or a worked case does not come to what it says; a
            fault that an amendment caused points at the amendment.
    """
    return blaming(document, lambda found: _checked(found, place, name))


def _checked(document: Document, place: PlaceRules, name: str | None) -> Checked:
    scheme = build_scheme(document, place, name=name)
    results, faults = _run(document, scheme)
    faults += [
        document.fault(
            ("orders", case.order, "cases", case.at, "expect"),
            f"the case “{case.name}”: {problem}",
        )
        for case in run_order_cases(scheme)
        for problem in case.problems
    ]
    if faults:
        raise FileMistake(faults)
    return scheme, tuple(results)


def _run(document: Document, scheme: Scheme) -> tuple[list[CaseResult], list[Fault]]:
    """Every worked case, and its faults; one whose day has no figure is a fault at its day."""
    found, faults = list[CaseResult](), list[Fault]()
    for at, case in enumerate(scheme.cases):
        named = f"the case “{case.name}”:"
        try:
            result = run_case(scheme, case)
        except RateMissing as problem:
            what = f"{named} {problem.what[0].lower()}{problem.what[1:]}"
            do = f"{problem.do[:1].lower()}{problem.do[1:]}"
            faults.append(document.fault(("cases", at, "as_at"), what, do))
            continue
        found.append(result)
        path = ("cases", at, "expect")
        faults += [document.fault(path, f"{named} {problem}") for problem in result.problems]
    return found, faults
