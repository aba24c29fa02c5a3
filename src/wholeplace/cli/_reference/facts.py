"""What each fact means, how it is asked for, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from wholeplace.cli._reference.markdown import (
    begin,
    capital,
    code,
    codes,
    ended,
    table,
    whole,
    words,
)
from wholeplace.core.rules.facts import (
    Age,
    Area,
    Computed,
    Count,
    FactSpec,
    Latest,
    Related,
    Spells,
    Stated,
    Sum,
)
from wholeplace.core.rules.schemes import (
    AS_AT,
    FactNeed,
    Funding,
    PlaceRules,
    Scheme,
    followed,
    needs,
)
from wholeplace.core.rules.tree import FactKey, fact_uses

CLASSES = {
    "P0": "public",
    "P1": "organisational",
    "P2": "personal",
    "P3": "sensitive",
    "P4": "safeguarding",
    "P5": "sealed",
}
LEAVE = {"open-data": "published data", "stated": "only what a person says"}


def index(place: PlaceRules) -> str:
    """The page that lists every fact, a line each."""
    lines = begin("Facts", "the place's files facts/*.yaml")
    lines += ["", "What a rule may ask about a person, as at a day. A fact that nobody knows is"]
    lines += ["*unknown*: never taken for no, for zero or for a default. [The scheme"]
    lines += ["language](language.md) says how rules use facts. Each has a page of its own."]
    rows = [
        (
            f"[{code(spec.written)}](facts/{name}.md)",
            ended(spec.meaning),
            spec.type,
            LEAVE.get(spec.agency, words(spec.agency)),
        )
        for name, spec in place.facts.items()
    ]
    return whole([*lines, *table(("In a rule", "What it is", "Type", "Held by"), rows)])


def pages(place: PlaceRules, schemes: Sequence[Scheme]) -> dict[str, str]:
    """A page a fact, by its path below `docs`."""
    users = [
        *((f"[{one.name}](../schemes/{one.key}.md)", _read_by(one)) for one in schemes),
        *((f"the money of {one.name}", _read_for(one, place)) for one in place.funding.values()),
    ]
    return {f"facts/{name}.md": _page(spec, place, users) for name, spec in place.facts.items()}


def _page(spec: FactSpec, place: PlaceRules, users: Sequence[tuple[str, set[str]]]) -> str:
    """users: each in words, with the names of all facts that it reads."""
    lines = begin(capital(words(spec.name)), f"the place's file facts/{spec.name}.yaml")
    told = [
        ("In a rule", code(spec.written)),
        ("Type", _type(spec)),
        ("Question", spec.question),
        ("Class", f"{spec.information_class}, {CLASSES[spec.information_class]}"),
        ("Held by", LEAVE.get(spec.agency, words(spec.agency))),
        ("Least that can be said", code(str(spec.least)) if spec.least is not None else ""),
        ("Where from", ended(where_from(spec))),
        ("Source fields", codes(source_fields(spec))),
        ("Worked out from", _inner(spec, place)),
        ("Example", f"{code(spec.example)}" if spec.example else ""),
        ("Used by", ", ".join(user for user, read in users if spec.name in read) or "nothing yet"),
    ]
    lines += ["", ended(spec.meaning), ""]
    lines += [f"- **{what}**: {text}" for what, text in told if text]
    rows = [(code(key), text) for key, text in spec.codes.items()]
    return whole([*lines, *table(("Code", "What it stands for"), rows)])


def _type(spec: FactSpec) -> str:
    return f"{spec.type}, in {spec.unit}" if spec.unit else str(spec.type)


def _read_by(scheme: Scheme) -> set[str]:
    found = needs(scheme, amounts=True)
    found += [need for order in scheme.orders for need in needs(scheme, order=order)]
    return {need.key.name for need in found}


def _read_for(fund: Funding, place: PlaceRules) -> set[str]:
    keys = [use.key for item in fund.conditions for use in fact_uses(item.rule.tree)]
    keys += [FactKey(item.on) for item in fund.conditions if item.on != AS_AT]
    found = followed((FactNeed(key, AS_AT) for key in keys), place.workings)
    return {need.key.name for need in found}


def where_from(spec: FactSpec) -> str:
    """How the fact is derived, in words."""
    match spec.derive:
        case Latest(table=table_, column=column, by=by, where=where, until=until):
            said = f"{code(column)} of the latest row of {code(table_)} by {code(by)}"
            return f"{said}{_where(where)}{_running(until)}; unknown when there is none"
        case Spells() as spells:
            return _spells(spells)
        case Area(indicator=indicator, of=of):
            of_area = "small area (LSOA)" if of == "lsoa" else of
            what = f"{code(indicator)} of the" if indicator else "the"
            return f"{what} {of_area} where the person lived that day"
        case Sum(table=table_, column=column, by=by, where=where, until=None):
            said = f"the sum of {code(column)} over the latest rows of {code(table_)}"
            return f"{said} by {code(by)}{_where(where)}; unknown when there is none"
        case Sum(table=table_, column=column, by=by, where=where, until=until):
            said = f"the sum of {code(column)} over the rows of {code(table_)}"
            return f"{said} from {code(by)}{_where(where)}{_running(until)}; 0 when there is none"
        case Count(table=table_, by=by, within_days=days, where=where, until=until):
            said = f"how many rows of {code(table_)} have {code(by)} in the last {days:,} days"
            return f"{said}{_where(where)}{_running(until)}; 0 when there is none"
        case Age():
            return "whole years since the date of birth"
        case Computed(of=rule):
            return f"what is said or held, and otherwise worked out: {code(rule)}"
        case Related() as related:
            return _related(related)
        case Stated():
            return "only asked, never held"


WHO = {
    "partner": "the partner",
    "children": "the children",
    "parents": "the parents",
    "non_dependants": "the non-dependants",
    "household": "everybody else",
}
TAKE = {
    "count": "how many of {who} there are",
    "any": "whether there is one among {who}",
    "all": "whether it is so of all of {who}",
    "sum": "the sum of {of} over {who}",
    "least": "the least {of} of {who}",
    "greatest": "the greatest {of} of {who}",
}


def _related(related: Related) -> str:
    """`how many of the children there are in the household on the day, of those with ...`."""
    said = TAKE[related.take].format(who=WHO[related.who], of=code(related.of or ""))
    met = f", counting those with {code(related.when)}" if related.when else ""
    said = f"{said} in the household on the day{met}"
    return f"{said}; unknown when there is nobody" if related.take in NEEDS_ONE else said


NEEDS_ONE = ("least", "greatest")


def source_fields(spec: FactSpec) -> list[str]:
    """The columns of a snapshot that the fact is read from, as `table.column`."""
    match spec.derive:
        case Latest(table=table_, column=column, by=by, where=where, until=until):
            return _columns(table_, column, by, until, *where)
        case Spells(table=table_, column=column):
            return _columns(table_, column, "start_date", "end_date")
        case Area(indicator=indicator, of=of):
            figure = ["indicators.value"] if indicator else []
            return [*_columns("residences", f"{of}_code", "from_date", "to_date"), *figure]
        case Sum(table=table_, column=column, by=by, where=where, until=str(until)):
            return _columns(table_, column, by, until, *where)
        case Sum(table=table_, column=column, by=by, where=where):
            homes = _columns("residences", "household_id", "from_date", "to_date")
            return [*_columns(table_, column, by, *where), *homes]
        case Count(table=table_, by=by, where=where, until=until):
            return _columns(table_, by, until, *where)
        case Age():
            return ["persons.date_of_birth"]
        case Related():
            return _columns("residences", "household_id", "role", "from_date", "to_date")
    return []


def _columns(table_: str, *columns: str | None) -> list[str]:
    return [f"{table_}.{column}" for column in dict.fromkeys(columns) if column]


def _inner(spec: FactSpec, place: PlaceRules) -> str:
    """The facts that a worked-out fact's rules name, each with its page."""
    named = dict.fromkeys(key.name for key in place.workings.inputs(spec.name))
    found = [place.facts[name] for name in named]
    return ", ".join(f"[{code(inner.written)}]({inner.name}.md)" for inner in found)


def _spells(spells: Spells) -> str:
    said = f"unbroken time with {code(spells.column)} of {code(spells.table)} one of "
    said += codes(spells.kinds)
    if spells.permitted_gap_days:
        said += f", gaps of up to {spells.permitted_gap_days} days included"
    if spells.counts_until_days:
        said += f", and counted for {spells.counts_until_days} days after its end"
    return f"{said}; 0 days when there is none"


def _running(until: str | None) -> str:
    return f", if its {code(until)} is not before the day" if until else ""


def _where(where: dict[str, str]) -> str:
    return "".join(f", where {code(column)} is {code(value)}" for column, value in where.items())
