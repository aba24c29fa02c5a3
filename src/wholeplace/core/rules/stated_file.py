"""Reads a file of stated facts: fact name → value, in YAML or JSON."""

from __future__ import annotations

from pathlib import Path

from wholeplace.core.rules.faults import Fault, FileMistake
from wholeplace.core.rules.schemes import PlaceRules
from wholeplace.core.rules.stated import FactMistake, StatedFacts, fact_named, read_value
from wholeplace.core.rules.yaml import Document, load


def load_stated_facts(path: Path, place: PlaceRules) -> StatedFacts:
    """The facts stated in `path`. Raises FileMistake naming every bad line."""
    return stated_facts(load(path), place)


def stated_facts(document: Document, place: PlaceRules) -> StatedFacts:
    """The facts stated in a loaded document. Raises FileMistake."""
    values = document.value
    if not isinstance(values, dict):
        what = "this file holds no facts"
        raise FileMistake([document.fault((), what, "write lines like `weekly_rent: £112.00`")])
    faults: list[Fault] = []
    for written, value in values.items():
        try:
            read_value(fact_named(written, place.facts), value)
        except FactMistake as problem:
            what = f"{written}: {problem.fault_what}"
            place_of = document.fault((written,), what, problem.fault_do, key=problem.of_name)
            faults.append(place_of)
    if faults:
        raise FileMistake(faults)
    return StatedFacts(values, place.facts, source=f"stated in {Path(document.file).name}")
