"""What each fact means, how it is asked for, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wholeplace.cli._reference.markdown import begin, code, codes, ended, whole, words
from wholeplace.core.rules.facts import (
    Age,
    Area,
    Count,
    FactSpec,
    Latest,
    Spells,
    Stated,
    Sum,
)
from wholeplace.core.rules.schemes import Criterion, PlaceRules, Scheme, needs
from wholeplace.core.rules.tree import fact_uses

CLASSES = {
    "P0": "public",
    "P1": "organisational",
    "P2": "personal",
    "P3": "sensitive",
    "P4": "safeguarding",
    "P5": "sealed",
}
LEAVE = {"open-data": "published data", "stated": "only what a person says"}


def page(place: PlaceRules, schemes: Sequence[Scheme]) -> str:
    """The whole page, a section a fact."""
    lines = begin("Facts", "the place's files facts/*.yaml")
    lines += ["", "What a rule may ask about a person, as at a day. A fact that nobody knows is"]
    lines += ["*unknown*: never taken for no, for zero or for a default. [The scheme"]
    lines += ["language](language.md) says how rules use facts."]
    for spec in place.facts.values():
        lines += _section(spec, place, schemes)
    return whole(lines)


def _section(spec: FactSpec, place: PlaceRules, schemes: Sequence[Scheme]) -> Iterator[str]:
    yield ""
    yield f"## {spec.name}"
    yield ""
    yield ended(spec.meaning)
    yield ""
    told = [
        ("In a rule", code(spec.written)),
        ("Type", _type(spec)),
        ("Question", spec.question),
        ("Class", f"{spec.information_class}, {CLASSES[spec.information_class]}"),
        ("Held by", LEAVE.get(spec.agency, words(spec.agency))),
        ("Where from", ended(where_from(spec))),
        ("Codes", "; ".join(f"{code(key)} {text}" for key, text in spec.codes.items())),
        ("Used by", _users(spec.name, place, schemes)),
    ]
    yield from (f"- **{what}**: {text}" for what, text in told if text)


def _type(spec: FactSpec) -> str:
    return f"{spec.type}, in {spec.unit}" if spec.unit else str(spec.type)


def _users(name: str, place: PlaceRules, schemes: Sequence[Scheme]) -> str:
    users = [
        f"[{scheme.name}](schemes/{scheme.key}.md)"
        for scheme in schemes
        if name in {need.key.name for need in needs(scheme, amounts=True)}
    ]
    users += [
        f"the money of {fund.name}"
        for fund in place.funding.values()
        if any(name in (item.on, *_names(item)) for item in fund.conditions)
    ]
    return ", ".join(users) or "nothing yet"


def _names(item: Criterion) -> set[str]:
    return {use.name for use in fact_uses(item.rule.tree)}


def where_from(spec: FactSpec) -> str:
    """How the fact is derived, in words."""
    match spec.derive:
        case Latest(table=table_, column=column, by=by, where=where):
            said = f"{code(column)} of the latest row of {code(table_)} by {code(by)}"
            return f"{said}{_where(where)}; unknown when there is none"
        case Spells() as spells:
            return _spells(spells)
        case Area(indicator=indicator, of=of):
            of_area = "small area (LSOA)" if of == "lsoa" else of
            return f"{code(indicator)} of the {of_area} where the person lived that day"
        case Sum(table=table_, column=column, by=by, where=where):
            said = f"the sum of {code(column)} over the latest rows of {code(table_)}"
            return f"{said} by {code(by)}{_where(where)}; unknown when there is none"
        case Count(table=table_, by=by, within_days=days, where=where):
            said = f"how many rows of {code(table_)} have {code(by)} in the last {days} days"
            return f"{said}{_where(where)}; 0 when there is none"
        case Age():
            return "whole years since the date of birth"
        case Stated():
            return "only asked, never held"


def _spells(spells: Spells) -> str:
    said = f"unbroken time with {code(spells.column)} of {code(spells.table)} one of "
    said += codes(spells.kinds)
    if spells.permitted_gap_days:
        said += f", gaps of up to {spells.permitted_gap_days} days included"
    if spells.counts_until_days:
        said += f", and counted for {spells.counts_until_days} days after its end"
    return f"{said}; 0 days when there is none"


def _where(where: dict[str, str]) -> str:
    return "".join(f", where {code(column)} is {code(value)}" for column, value in where.items())
