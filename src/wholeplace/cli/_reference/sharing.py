"""Which agency shares what with whom, from the place's sharing agreements."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wholeplace.cli._reference.facts import CLASSES
from wholeplace.cli._reference.markdown import begin, code, codes, ended, table, whole
from wholeplace.core.rules.files.sharing_file import AgreementFile, ShareFile
from wholeplace.core.rules.schemes import PlaceRules

WHOM = {"linked": "people whom the receiver knows too", "everybody": "everybody"}


def page(place: Path, rules: PlaceRules, agreements: Mapping[str, AgreementFile]) -> str:
    """The whole page: each agreement with its basis, roles, purposes and lines."""
    lines = begin("Sharing agreements", "the place's folder governance/sharing")
    lines += ["", "An agency's statements are read by its own people. Those of another read them"]
    lines += [
        "where an agreement says so, for its roles, purposes and days only. With no agreement"
    ]
    lines += ["they are not there: that somebody is known to an agency is protected in itself. A"]
    lines += ["person whom an agency has restricted is shared with nobody who has no grant."]
    for agreement in agreements.values():
        lines += _agreement(agreement, rules)
    return whole(lines)


def _agreement(one: AgreementFile, rules: PlaceRules) -> list[str]:
    basis = rules.bases[one.lawful_basis]
    return [
        *("", f"## {one.name}", ""),
        *(f"{ended(one.what)} In force {one.valid.shown}.", ""),
        f"- Lawful basis: {basis.name}. {' '.join(basis.law.split())}",
        f"- Purpose of the basis: {' '.join(basis.purpose.split())}",
        f"- Roles that may read: {codes(one.roles)}; acting for: {', '.join(one.purposes)}",
        f"- Source: {' '.join(one.source.split())}",
        *table(("From", "To", "Classes", "About"), map(_share, one.shares)),
    ]


def _share(share: ShareFile) -> tuple[str, ...]:
    classes = ", ".join(f"{name} {CLASSES[name]}" for name in share.classes)
    return code(share.from_), codes(share.to), classes, WHOM[share.whom]
