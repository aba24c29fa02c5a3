"""Reads a place's rules and a scheme, and reports every fault with file, line and column."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import Setting, Vocabulary
from wholeplace.core.rules.computed_check import require_worked_out
from wholeplace.core.rules.facts import FactSpec, fact_of
from wholeplace.core.rules.files.inherit import is_amendment, place_document, read_each
from wholeplace.core.rules.files.order_reader import read_orders
from wholeplace.core.rules.files.place_check import known_leads, require_named
from wholeplace.core.rules.files.places import SCHEMES, place_files
from wholeplace.core.rules.files.rates_file import rate_of
from wholeplace.core.rules.files.scheme_file import (
    BasesFile,
    FundingFile,
    SchemeFile,
)
from wholeplace.core.rules.files.scheme_reader import Reader
from wholeplace.core.rules.files.strict import read_model
from wholeplace.core.rules.files.woven import blaming
from wholeplace.core.rules.files.yaml import Document, load, load_text
from wholeplace.core.rules.schemes import (
    Criterion,
    Funding,
    Order,
    Part,
    Pay,
    PlaceRules,
    Scheme,
)


def load_place(folder: Path) -> PlaceRules:
    """The facts, dated figures, lawful bases and funding sources of `places/<place>`.

    Raises FileMistake with the faults of every file.
    """
    facts = place_facts(folder)
    rates = read_each(folder, "rates", lambda found, name: rate_of(found, name, facts))
    require_worked_out(facts, rates, lambda name: place_document(folder, "facts", name))
    bases = {}
    if "lawful-bases" in place_files(folder, "governance"):
        document = place_document(folder, "governance", "lawful-bases")
        bases = blaming(document, lambda found: read_model(found, BasesFile)).bases
    words = Vocabulary(facts, rates=rates)
    require_named(folder, facts, words)
    funding = read_each(
        folder, "governance/funding", lambda found, name: _funding(found, name, words)
    )
    return PlaceRules(facts, bases, funding, rates, *known_leads(folder))


def place_facts(folder: Path) -> dict[str, FactSpec]:
    """Every fact of `places/<place>`, by name. Raises FileMistake with the faults of all files."""
    return read_each(folder, "facts", fact_of)


def _funding(document: Document, name: str, words: Vocabulary) -> Funding:
    file = read_model(document, FundingFile)
    reader = Reader(document, words)
    if file.funding != name:
        what = f"the source is called `{file.funding}` and its file `{name}.yaml`"
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


def load_scheme(path: Path, place: PlaceRules, folder: Path | None = None) -> Scheme:
    """The checked scheme of one file, or of the place's folder that the path lies in.

    `places/<place>/schemes/NAME.yaml` need not be there: a place has the schemes that it
    inherits as well. `folder` is the place that a draft elsewhere is for. Raises FileMistake
    with every fault found.
    """
    name = path.stem if path.parent.name == SCHEMES else None  # a draft may be called anything
    return blaming(
        scheme_document(path, folder), lambda found: build_scheme(found, place, name=name)
    )


def load_schemes(folder: Path, place: PlaceRules) -> list[Scheme]:
    """Every scheme of the place, its own and those that it inherits. Raises FileMistake."""
    return [load_scheme(folder / SCHEMES / f"{name}.yaml", place) for name in scheme_names(folder)]


def scheme_names(folder: Path) -> list[str]:
    """The schemes of the place, its own and those that it inherits. Raises FileMistake."""
    return list(place_files(folder, SCHEMES))


def scheme_document(path: Path, folder: Path | None = None) -> Document:
    """The document of a scheme file, with what the file inherits. Raises FileMistake.

    Args:
        path: the file; in the folder `schemes` of a place, or a draft anywhere.
        folder: the place that a draft is for.
    """
    if path.parent.name == SCHEMES:
        return place_document(path.parent.parent, SCHEMES, path.stem)
    document = load(path)
    if folder is None or not is_amendment(document):
        return document
    return place_document(folder, SCHEMES, str(document.value.get("scheme", path.stem)), document)


def read_scheme(text: str, place: PlaceRules, file: str = "scheme") -> Scheme:
    """The checked scheme written in `text`. Raises FileMistake."""
    return build_scheme(load_text(text, file), place)


def build_scheme(document: Document, place: PlaceRules, name: str | None = None) -> Scheme:
    """A checked scheme from a loaded document; `name` is what the file is called."""
    file = read_model(document, SchemeFile)
    settings_reader = Reader(document, Vocabulary(place.facts, rates=place.rates))
    settings = settings_reader.settings(file)
    assume = settings_reader.assume(file)
    reader = Reader(document, Vocabulary(place.facts, settings, assume, place.rates))
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
    reader.unused_settings(file)
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
