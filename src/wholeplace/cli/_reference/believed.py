"""What the single view believes where agencies disagree, from the place's own file."""

from __future__ import annotations

from collections.abc import Iterator

from wholeplace.cli._reference.markdown import begin, capital, codes, ended, table, whole, words
from wholeplace.core.rules.files.believed_file import FIELDS, BelievedFile

NAMES = {
    "nhs_number": "NHS number",
    "upn": "Pupil number (UPN)",
    "ni_number": "National Insurance number",
}


def page(file: BelievedFile) -> str:
    """The whole page: each field with its rules, in the order in which they are asked."""
    lines = begin("What is believed", "governance/believed.yaml")
    lines += [
        "",
        "Where agencies say different things of a person, each of these rules narrows what",
    ]
    lines += [
        "the one before it left; the first that leaves one value decides. Only what the reader"
    ]
    lines += [
        "may see is asked, and nobody's record is changed. What no rule decides is not believed."
    ]
    lines += table(("Field", "Rule", "What a reader is told"), _rules(file))
    lines += ["", f"Where all say the same: {file.words.agreed} Where no rule decides:"]
    lines += [f"{ended(file.words.undecided)}", "", f"Source: {ended(file.source)}"]
    return whole(lines)


def _rules(file: BelievedFile) -> Iterator[tuple[str, str, str]]:
    for field in FIELDS:
        for place, step in enumerate(file.fields.get(field, ())):
            name = _name(field) if place == 0 else ""
            by = f"{place + 1}. {step.by}"
            by += f": {codes(step.agencies)}" if step.agencies else ""
            yield name, by, file.why(field, step.by, place)


def _name(field: str) -> str:
    return NAMES.get(field) or capital(words(field))
