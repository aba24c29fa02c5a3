"""Reads a place's rules and a scheme, and reports every fault with file, line and column."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import Setting, Vocabulary
from wholeplace.core.rules.facts import FactSpec, load_facts
from wholeplace.core.rules.faults import Fault, FileMistake
from wholeplace.core.rules.order_reader import read_orders
from wholeplace.core.rules.scheme_file import (
    BasesFile,
    FundingFile,
    SchemeFile,
)
from wholeplace.core.rules.scheme_reader import Reader
from wholeplace.core.rules.schemes import (
    Criterion,
    Funding,
    Order,
    Part,
    Pay,
    PlaceRules,
    Scheme,
)
from wholeplace.core.rules.strict import read_model
from wholeplace.core.rules.yaml import Document, load, load_text


def load_place(folder: Path) -> PlaceRules:
    """The facts, lawful bases and funding sources of `places/<place>`.

    Raises FileMistake with the faults of every file.
    """
    facts = load_facts(folder / "facts")
    bases_path = folder / "governance" / "lawful-bases.yaml"
    bases = read_model(load(bases_path), BasesFile).bases if bases_path.exists() else {}
    faults: list[Fault] = []
    funding: dict[str, Funding] = {}
    for path in sorted((folder / "governance" / "funding").glob("*.yaml")):
        try:
            funding[path.stem] = _load_funding(path, facts)
        except FileMistake as problem:
            faults.extend(problem.faults)
    if faults:
        raise FileMistake(faults)
    return PlaceRules(facts, bases, funding)


def _load_funding(path: Path, facts: dict[str, FactSpec]) -> Funding:
    document = load(path)
    file = read_model(document, FundingFile)
    reader = Reader(document, Vocabulary(facts))
    if file.funding != path.stem:
        what = f"the source is called `{file.funding}` and its file `{path.name}`"
        reader.fault(("funding",), what, "give both the same name")
    conditions = reader.criteria(file.conditions, ("conditions",))
    reader.finish()
    return Funding(
        key=file.funding,
        name=file.name,
        source=file.source,
        review=file.review,
        valid_from=file.valid.from_,
        valid_to=file.valid.to,
        conditions=tuple(conditions.values()),
    )


def load_scheme(path: Path, place: PlaceRules) -> Scheme:
    """The checked scheme of one file. Raises FileMistake with every fault found."""
    name = path.stem if path.parent.name == "schemes" else None  # a draft may be called anything
    return build_scheme(load(path), place, name=name)


def read_scheme(text: str, place: PlaceRules, file: str = "scheme") -> Scheme:
    """The checked scheme written in `text`. Raises FileMistake."""
    return build_scheme(load_text(text, file), place)


def build_scheme(document: Document, place: PlaceRules, name: str | None = None) -> Scheme:
    """A checked scheme from a loaded document; `name` is what the file is called."""
    file = read_model(document, SchemeFile)
    settings_reader = Reader(document, Vocabulary(place.facts))
    settings = settings_reader.settings(file)
    assume = settings_reader.assume(file)
    reader = Reader(document, Vocabulary(place.facts, settings, assume))
    reader.faults.extend(settings_reader.faults)
    if name is not None and file.scheme != name:
        reader.fault(("scheme",), f"the scheme is called `{file.scheme}` and its file `{name}`")
    criteria = reader.criteria(file.criteria, ("criteria",))
    eligible = reader.eligible(document.value.get("eligible"), ("eligible",), file)
    reader.unused(file, eligible)
    pays = reader.pays(file, place)
    orders = read_orders(reader, file)
    reader.governance(file, place, criteria, pays)
    reader.the_rest(file)
    reader.finish()
    assert eligible is not None
    meaning = _Meaning(settings, assume, criteria, eligible, pays, orders)
    return _scheme(document, file, place, meaning)


@dataclass(frozen=True)
class _Meaning:
    """The parts of a scheme that were checked, rather than merely read."""

    settings: dict[str, Setting]
    assume: dict[str, t.Value]
    criteria: dict[str, Criterion]
    eligible: Part
    pays: dict[str, Pay]
    orders: dict[str, Order]


def _scheme(document: Document, file: SchemeFile, place: PlaceRules, meaning: _Meaning) -> Scheme:
    return Scheme(
        key=file.scheme,
        name=file.name,
        owner=file.owner,
        source=file.source,
        valid_from=file.valid.from_,
        valid_to=file.valid.to,
        about=file.about,
        lawful_basis=file.lawful_basis,
        may_read=tuple(file.may_read),
        found_by=tuple(file.found_by),
        journey=file.journey,
        milestones=file.milestones,
        cases=tuple(file.cases),
        place=place,
        text=document.text,
        version=hashlib.sha256(document.text.encode()).hexdigest()[:16],
        file=document.file,
        **vars(meaning),
    )
