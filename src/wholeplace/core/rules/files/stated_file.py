"""Reads a file of stated facts: fact name → value, in YAML or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wholeplace.core.rules.files.faults import Fault, FileMistake
from wholeplace.core.rules.files.yaml import Document, KeyPath, load
from wholeplace.core.rules.schemes import PlaceRules
from wholeplace.core.rules.stated import FactMistake, StatedFacts, fact_named, read_value


def load_stated_facts(path: Path, place: PlaceRules) -> StatedFacts:
    """The facts stated in `path`. Raises FileMistake naming every bad line."""
    return stated_facts(load(path), place)


def stated_facts(document: Document, place: PlaceRules) -> StatedFacts:
    """The facts stated in a loaded document. Raises FileMistake."""
    values = document.value
    if not isinstance(values, dict):
        what = "this file holds no facts"
        raise FileMistake([document.fault((), what, "write lines like `weekly_rent: £112.00`")])
    if faults := check_stated(document, values, place):
        raise FileMistake(faults)
    return StatedFacts(values, place.facts, source=f"stated in {Path(document.file).name}")


def check_stated(
    document: Document, values: Mapping[str, Any], place: PlaceRules, path: KeyPath = ()
) -> list[Fault]:
    """What is wrong with the facts stated at `path` of a document."""
    faults: list[Fault] = []
    for written, value in values.items():
        try:
            read_value(fact_named(written, place.facts), value)
        except FactMistake as problem:
            what, where = f"{written}: {problem.fault_what}", (*path, written)
            faults.append(document.fault(where, what, problem.fault_do, key=problem.of_name))
    return faults
