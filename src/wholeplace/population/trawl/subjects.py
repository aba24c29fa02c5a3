"""Whom a scheme is about, when it is not each person: who answers for a unit, and its members.

A scheme about a household or benefit unit is asked of the one who stands for it, one about a
child of persons under 18. Whether a person is asked at all is a question like any other: a no
rules out, and while it is unknown a yes is only possible.
"""

from __future__ import annotations

from datetime import date

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.schemes import AS_AT, Criterion, Part, Scheme
from wholeplace.population.engines.duckdb import date_literal
from wholeplace.population.facts.living_sql import members_sql, subject_name
from wholeplace.population.snapshot.open import Snapshot

SUBJECT = "(about)"
"""The key of the question whether a scheme is about a person; no criterion has a bracket."""
TABLES = {"household": ("residences",), "benefit unit": ("residences",), "child": ("persons",)}
"""What is read to know whom a scheme is about."""
UNITS = ("household", "benefit unit")


def subject_of(scheme: Scheme) -> Criterion | None:
    """The question whether a scheme is about a person; None when it is about everybody."""
    if scheme.about == "person":
        return None
    kind = t.Type(t.Kind.BOOLEAN)
    tree = t.FactUse(kind, 0, 0, t.FactKey(subject_name(scheme.about)))
    return Criterion(SUBJECT, "is whom the scheme is about", AS_AT, t.Rule("", tree))


def asked_of(scheme: Scheme) -> tuple[Criterion, ...]:
    """Every question that decides for a person: whether it is about them, then its criteria."""
    subject = subject_of(scheme)
    return (*([subject] if subject else []), *scheme.used_criteria())


def whole_of(scheme: Scheme) -> Part:
    """How those questions decide."""
    if scheme.about == "person":
        return scheme.eligible
    return Part("all", parts=(Part("criterion", SUBJECT), scheme.eligible))


def with_members(snapshot: Snapshot, scheme: Scheme, as_at: date, found: str) -> str:
    """The table of those found, as a query; for a unit with `members`: who is in it."""
    if scheme.about not in UNITS:
        return f"SELECT * FROM {found}"
    residences = snapshot.source("residences")
    homes = f"(SELECT *, {date_literal(as_at)} AS day FROM {residences} AS rows_in)"
    members = members_sql(scheme.about, homes, residences, found)
    return f"SELECT * FROM {found} JOIN ({members}) AS units USING (person_id)"
