"""What every scheme of the place says of one person today; those that matter most come first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.utils import timezone

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.alternatives import Alternative, alternatives, meanwhile
from wholeplace.core.rules.facts import FactSpec, Sum
from wholeplace.core.rules.stated import FactsProvider
from wholeplace.flows import place_rules
from wholeplace.flows.explain import explain_person, known_of
from wholeplace.rooms.records.queries import Holding
from wholeplace.web.look.model import SummaryRow, Why
from wholeplace.web.why import pay_rows, why_of

ORDER = ("yes", "possible", "no", "closed", "unanswered")
SUMMARY = {
    "yes": "fits",
    "possible": "may fit",
    "no": "does not fit",
    "closed": "takes nobody today",
    "unanswered": "cannot be answered",
}


@dataclass(frozen=True)
class SchemeShown:
    """One scheme's answer. `why` is None, and `problem` says why, where it cannot be given."""

    key: str
    name: str
    answer: str
    why: Why | None = None
    pays: tuple[SummaryRow, ...] = ()
    meanwhile: str = ""
    problem: str = ""

    @property
    def summary(self) -> str:
        """`Warm rooms: may fit`."""
        return f"{self.name}: {SUMMARY[self.answer]}"


def schemes_shown(
    person_id: int, holding: Holding, near: Collection[str]
) -> dict[str, list[SchemeShown]]:
    """`schemes`, to be shown in full, and `other_schemes`, each behind its answer.

    Args:
        near: the schemes that found this person or that they applied to; where there are none,
            those that fit are shown in full.
    """
    today = timezone.localdate()
    known = known_of(person_id=person_id, as_at=today, held=holding)
    others = on_the_account(holding, place_rules.place_rules().facts)
    found = sorted(
        (_shown(key, person_id, known, key in near, others) for key in place_rules.names()),
        key=lambda one: ORDER.index(one.answer),
    )
    if any(one.answer == "no" for one in found):
        told = meanwhile(_offered(known))
        found = [replace(one, meanwhile=told if one.answer == "no" else "") for one in found]
    full = [one for one in found if one.key in near] or [
        one for one in found if one.answer == "yes"
    ]
    return {"schemes": full, "other_schemes": [one for one in found if one not in full]}


def likeliest(person_id: int) -> str:
    """The scheme to take an application for where nobody said which: the first that fits."""
    offered = _offered(known_of(person_id=person_id, as_at=timezone.localdate()))
    return offered[0].scheme if offered else place_rules.names()[0]


def _offered(known: FactsProvider) -> tuple[Alternative, ...]:
    schemes = [place_rules.scheme(key) for key in place_rules.names()]
    return alternatives(schemes, known, timezone.localdate())


def on_the_account(holding: Holding, facts: Mapping[str, FactSpec]) -> frozenset[str]:
    """The facts that are sums over accounts of a kind that the household has, as rules write them.

    Where such a fact has no record for a person, another of the household answers for it.
    """
    kinds = {one.values["kind"] for one in holding.accounts}
    return frozenset(
        spec.written
        for spec in facts.values()
        if isinstance(spec.derive, Sum)
        and spec.derive.table == "accounts"
        and spec.derive.where.get("kind") in kinds
    )


def _shown(
    key: str, person_id: int, known: FactsProvider, full: bool, others: Collection[str]
) -> SchemeShown:
    name, today = place_rules.scheme(key).name, timezone.localdate()
    try:
        found = explain_person(
            person_id=person_id, scheme=key, as_at=today, known=known, ahead=full, enough=full
        )
    except UserMistake as problem:  # a figure of the day is missing: the other schemes still answer
        return SchemeShown(key, name, "unanswered", problem=str(problem))
    said = found.as_data()
    answer = "closed" if said["closed"] else said["answer"]
    return SchemeShown(key, name, answer, why_of(said, others=others), tuple(pay_rows(said)))
