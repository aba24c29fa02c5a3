"""Who may do what, from the place's governance files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wholeplace.cli._reference.facts import CLASSES
from wholeplace.cli._reference.markdown import begin, code, table, whole
from wholeplace.core.rules.files.inherit import place_document

REACH = {
    "agency": "people of its own agency",
    "money": "payments, and nobody's record",
    "load": "rows of its own agency, in bulk",
    "link": "what tells people apart, of agencies that a sharing agreement names",
    "own": "its own record",
    "none": "no record",
}
Roles = Mapping[str, Mapping[str, Any]]


def page(place: Path) -> str:
    """The whole page: each role's reach and classes, then each right and who holds it."""
    roles: Roles = place_document(place, "governance", "roles").value
    agencies = place_document(place, "governance", "agencies").value["agencies"]
    lines = begin("Roles", "the place's file governance/roles.yaml")
    lines += ["", "A membership gives a person a role in an agency, from a day to a day. The role"]
    lines += ["says whose records, which classes of information and which actions; the database"]
    lines += ["holds it, below every page, command and programming interface."]
    lines += table(("Role", "Reaches", "Classes"), [_role(role) for role in roles.values()])
    lines += ["", "## Rights", *_rights(roles), "", "## Agencies"]
    rows = [(code(key), agency["name"], agency["kind"]) for key, agency in agencies.items()]
    return whole([*lines, *table(("Code", "Name", "Kind"), rows)])


def _role(role: Mapping[str, Any]) -> tuple[str, ...]:
    classes = ", ".join(f"{name} {CLASSES[name]}" for name in role["classes"])
    return (role["name"], REACH[role["reach"]], classes)


def _rights(roles: Roles) -> list[str]:
    """A right that no role holds is not listed: nobody has it."""
    rights = sorted({right for role in roles.values() for right in role["rights"]})
    rows = [
        (code(right), ", ".join(r["name"] for r in roles.values() if right in r["rights"]))
        for right in rights
    ]
    return table(("Right", "Held by"), rows)
