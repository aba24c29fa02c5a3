"""A place's rules as one text, and back: what is kept beside a scheme's own text.

Everything that decides besides the scheme is in it: facts, rates, lawful bases and funding
sources, as one JSON document in a fixed order, so that the same rules give the same
text and another text means other rules. Comments and layout of the files are not in it, and
what a file leaves to a default is left out. Rules are kept as they were written and are
checked again when they are read.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import Vocabulary
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.files.scheme_file import BasisFile, CriterionFile
from wholeplace.core.rules.files.scheme_reader import Reader
from wholeplace.core.rules.files.yaml import Document
from wholeplace.core.rules.rates import Rate, RateTable
from wholeplace.core.rules.schemes import Criterion, Funding, PlaceRules

FORM = 1  # of the document; a later program says so when it cannot read it
_SHAPES = {
    shape.__name__: shape
    for shape in (Rate, RateTable, t.Type, t.DatedFigure, t.DatedTable, t.TableRow)
}


class PlaceTextUnreadable(UserMistake):
    """A kept text of a place's rules that this program cannot read."""


def place_text(place: PlaceRules) -> str:
    """The rules of a place as one text; the same for the same rules."""
    whole = {
        "form": FORM,
        "facts": {name: _fact(spec) for name, spec in sorted(place.facts.items())},
        "bases": {
            name: basis.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            for name, basis in sorted(place.bases.items())
        },
        "funding": {name: _funding(source) for name, source in sorted(place.funding.items())},
        "rates": {name: _shape(rate) for name, rate in sorted(place.rates.items())},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def read_place_text(text: str) -> PlaceRules:
    """The rules that `place_text` wrote.

    Raises:
        PlaceTextUnreadable: it is of a later form, or says something that this program refuses.
        FileMistake: a condition of a funding source is no longer a rule.
    """
    try:
        whole = json.loads(text)
        if whole["form"] != FORM:
            raise _unreadable(f"it is of the form {whole['form']}, and this program reads {FORM}")
        facts = {name: _fact_back(data) for name, data in whole["facts"].items()}
        bases = {
            name: BasisFile.model_validate_json(json.dumps(data))
            for name, data in whole["bases"].items()
        }
        rates = {name: _shape_back(data) for name, data in whole["rates"].items()}
        funding = {
            name: _funding_back(name, data, facts, rates) for name, data in whole["funding"].items()
        }
    except (ValidationError, KeyError, TypeError, AttributeError, ValueError) as problem:
        raise _unreadable(str(problem).splitlines()[0]) from problem
    return PlaceRules(facts, bases, funding, rates)


def _unreadable(why: str) -> PlaceTextUnreadable:
    return PlaceTextUnreadable(
        "The place's rules as they were kept cannot be read.",
        why=f"Reason: {why}.",
        do="Use the release of Wholeplace that kept them.",
    )


# -- facts --------------------------------------------------------------------------------
def _fact(spec: FactSpec) -> dict[str, Any]:
    """As its file would say it: `derive` has its kind as its one key."""
    data = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    inner = {key: value for key, value in data["derive"].items() if key != "kind"}
    return data | {"derive": {spec.derive.kind: inner}}


def _fact_back(data: Mapping[str, Any]) -> FactSpec:
    return FactSpec.model_validate_json(json.dumps(data))


# -- funding ------------------------------------------------------------------------------
def _funding(source: Funding) -> dict[str, Any]:
    return {
        "name": source.name,
        "source": source.source,
        "review": source.review,
        "from": source.valid_from.isoformat(),
        "to": source.valid_to and source.valid_to.isoformat(),
        "conditions": [_condition(condition) for condition in source.conditions],
    }


def _condition(condition: Criterion) -> dict[str, str]:
    return {
        "key": condition.key,
        "text": condition.text,
        "on": condition.on,
        "when": condition.rule.text,
    }


def _funding_back(
    key: str,
    data: Mapping[str, Any],
    facts: Mapping[str, FactSpec],
    rates: Mapping[str, Rate | RateTable],
) -> Funding:
    words = Vocabulary(facts, rates=rates)
    reader = Reader(Document(f"the kept funding source {key}", ""), words)
    files = {
        each["key"]: CriterionFile(text=each["text"], on=each["on"], when=each["when"])
        for each in data["conditions"]
    }
    conditions = reader.criteria(files, ("conditions",))
    reader.finish()
    return Funding(
        key=key,
        name=data["name"],
        source=data["source"],
        review=data["review"],
        valid_from=dt.date.fromisoformat(data["from"]),
        valid_to=dt.date.fromisoformat(data["to"]) if data["to"] else None,
        conditions=tuple(conditions.values()),
    )


# -- rates --------------------------------------------------------------------------------
def _shape(value: Any) -> Any:
    """A dated figure or table, field by field, each value with what it is."""
    if type(value).__name__ in _SHAPES:
        fields = {f.name: _shape(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"is": type(value).__name__, **fields}
    if isinstance(value, t.Kind):
        return {"is": "kind", "of": value.value}
    if isinstance(value, Fraction):
        return {"is": "fraction", "of": str(value)}
    if isinstance(value, dt.date):
        return {"is": "day", "of": value.isoformat()}
    if isinstance(value, frozenset):
        return {"is": "set", "of": sorted(value)}
    if isinstance(value, tuple):
        return [_shape(each) for each in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeError(f"a rate holds {type(value).__name__}, which cannot be kept")


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "kind": t.Kind,
    "fraction": Fraction,
    "day": dt.date.fromisoformat,
    "set": frozenset,
}


def _shape_back(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(_shape_back(each) for each in data)
    if not isinstance(data, dict):
        return data
    kind = data["is"]
    if kind in _PLAIN:
        return _PLAIN[kind](data["of"])
    return _SHAPES[kind](**{k: _shape_back(v) for k, v in data.items() if k != "is"})
