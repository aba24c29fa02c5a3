"""Reference pages written from the files that the program itself reads.

A page here holds no knowledge of its own: it says in words what a place's files, or the state
machines, say to the program. So it is right, or out of date, and a test tells which.
"""

from __future__ import annotations

from pathlib import Path

from wholeplace.cli._reference import believed, facts, roles, schemes, sharing, sources, states
from wholeplace.core.rules.files.believed_file import place_believed
from wholeplace.core.rules.files.inherit import read_each
from wholeplace.core.rules.files.scheme_loader import load_place, load_schemes
from wholeplace.core.rules.files.sharing_file import place_agreements
from wholeplace.rooms.records.source.spec import source_of


def pages(place: Path) -> dict[str, str]:
    """Every page of a place's reference, by its path below `docs`.

    Raises:
        FileMistake: a file of the place is wrong.
    """
    rules = load_place(place)
    found = load_schemes(place, rules)
    extracts = list(read_each(place, "sources", source_of).values())
    written = {f"schemes/{scheme.key}.md": schemes.page(scheme) for scheme in found}
    return {
        **written,
        "facts.md": facts.index(rules),
        **facts.pages(rules, found),
        "states.md": states.page(),
        "roles.md": roles.page(place),
        "believed.md": believed.page(place_believed(place)),
        "sharing.md": sharing.page(place, rules, place_agreements(place)),
        "sources.md": sources.page(extracts, rules),
    }
