"""Names across a place's files: agencies of facts, who may lead and own schemes, examples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from wholeplace.core.rules.check import Vocabulary, check_ordered
from wholeplace.core.rules.facts import FactSpec, Text
from wholeplace.core.rules.files.faults import Fault, FileMistake, meant_or_list
from wholeplace.core.rules.files.inherit import place_document, read_one
from wholeplace.core.rules.files.places import place_files
from wholeplace.core.rules.files.scheme_file import Slug
from wholeplace.core.rules.files.scheme_reader import OPEN_TO_ALL
from wholeplace.core.rules.files.strict import Strict, read_model
from wholeplace.core.rules.lexer import RuleMistake


class LeadsFile(Strict):
    """`governance/leads.yaml`: who leads besides the roles, and who owns schemes, in words."""

    leads: dict[Slug, Text] = Field(default_factory=dict)
    owners: dict[Slug, Text] = Field(default_factory=dict)


def require_named(folder: Path, facts: Mapping[str, FactSpec], words: Vocabulary) -> None:
    """Every fact's agency is one of the place, and its example is a rule. Raises FileMistake."""
    known = _keys(folder, "agencies", "agencies")
    faults = list[Fault]()
    for name, spec in facts.items():
        if known and spec.agency not in (*known, *OPEN_TO_ALL):
            what = f"there is no agency called `{spec.agency}`"
            do = meant_or_list(spec.agency, [*known, *OPEN_TO_ALL])
            do += ", or add it to governance/agencies.yaml"
            faults.append(place_document(folder, "facts", name).fault(("agency",), what, do))
        if spec.example is None:
            continue
        try:
            check_ordered(spec.example, words)
        except RuleMistake as problem:
            document = place_document(folder, "facts", name)
            what, do = problem.fault_what, problem.fault_do
            faults.append(document.fault_in_text(("example",), problem.offset, what, do))
    if faults:
        raise FileMistake(faults)


def known_leads(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who may lead a scheme, and who may own one; empty where the place names none."""
    if "leads" not in place_files(folder, "governance"):
        return (), ()
    file = read_one(folder, "governance", "leads", lambda found, _: read_model(found, LeadsFile))
    return (*_keys(folder, "roles"), *file.leads), tuple(file.owners)


def _keys(folder: Path, name: str, inside: str = "") -> tuple[str, ...]:
    if name not in place_files(folder, "governance"):
        return ()
    value = place_document(folder, "governance", name).value
    found = value.get(inside) if inside and isinstance(value, dict) else value
    return tuple(found) if isinstance(found, dict) else ()
