"""A scheme's worked cases, each with the answer that the rules give when the page is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from wholeplace.cli._reference.markdown import capital, code
from wholeplace.core.rules.cases import CaseResult, run_cases
from wholeplace.core.rules.explain import Explanation
from wholeplace.core.rules.files.scheme_file import CaseFile
from wholeplace.core.rules.schemes import Scheme
from wholeplace.core.rules.shown import show_date

ANSWER = {"yes": "The scheme fits.", "no": "The scheme does not fit.", "possible": "Possible."}


def case_lines(scheme: Scheme) -> Iterator[str]:
    """The section. Each case after the first says only where its facts differ from the first."""
    yield ""
    yield "## Worked cases"
    first = scheme.cases[0]
    for case, result in zip(scheme.cases, run_cases(scheme), strict=True):
        yield ""
        yield f"### {capital(case.name)}"
        yield ""
        yield from _facts(case, first)
        yield ""
        yield f"**{ANSWER[result.answer]}** {_because(scheme, result)}".rstrip()


def _facts(case: CaseFile, first: CaseFile) -> Iterator[str]:
    if case is first:
        yield f"As at {show_date(case.as_at)}:"
        yield ""
        yield from (f"- {code(name)}: {_shown(value)}" for name, value in case.facts.items())
        return
    changed = {k: v for k, v in case.facts.items() if k not in first.facts or first.facts[k] != v}
    gone = [name for name in first.facts if name not in case.facts]
    if case.as_at != first.as_at:
        yield f"- as at {show_date(case.as_at)}"
    yield from (f"- {code(name)}: {_shown(value)}" for name, value in changed.items())
    yield from (f"- {code(name)}: nothing said" for name in gone)
    if not (changed or gone or case.as_at != first.as_at):
        yield "The same facts as the first case."


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return show_date(value) if isinstance(value, dt.date) else str(value)


def _because(scheme: Scheme, result: CaseResult) -> str:
    found = result.explanation
    if found.answer == "no":
        return _all_so(scheme, found)
    if found.answer == "possible":
        return " ".join(f"To ask: {question.question}" for question in found.missing)
    return " ".join(f"{capital(pay.text or pay.key)}: {pay.shown}." for pay in found.pays)


def _all_so(scheme: Scheme, found: Explanation) -> str:
    texts = [scheme.criteria[key].text for key in found.failed]
    return f"Not so: {'; '.join(texts)}." if texts else ""
