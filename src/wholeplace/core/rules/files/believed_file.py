"""`governance/believed.yaml`: which agency is believed about what, in which order of rules.

The file names agencies of the place. Of what it does not name, only what all agree on is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from wholeplace.core.rules.facts import Text
from wholeplace.core.rules.files.faults import FileMistake, listed, meant_or_list
from wholeplace.core.rules.files.inherit import place_document, read_one
from wholeplace.core.rules.files.places import place_files
from wholeplace.core.rules.files.scheme_file import Slug
from wholeplace.core.rules.files.strict import Strict, read_model
from wholeplace.core.rules.files.yaml import Document, KeyPath

NAME = "believed"
FIELDS = (
    *("given_names", "family_name", "date_of_birth", "sex", "address", "phone", "email"),
    *("nhs_number", "upn", "ni_number", "date_of_death", "weekly_rent"),
)
"""What an order can be given for: the fields of the single view."""


class BelievedStep(Strict):
    """One rule of an order; `agencies` of `registers` alone, the first that says anything.

    `why` is what a reader is told instead of the words of the rule.
    """

    by: Literal["confirmed", "registers", "latest", "most"]
    agencies: list[Slug] = Field(default_factory=list)
    why: Text | None = None


class BelievedWords(Strict):
    """What a reader is told of each way in which something comes to be believed, or does not."""

    agreed: Text = "Nobody says otherwise."
    confirmed: Text = "The agency was asked, and stands by it."
    latest: Text = "It was said last."
    most: Text = "More agencies say it than anything else."
    undecided: Text = "Agencies say different things, and no rule decides between them."
    unsaid: Text = "Nobody says anything of it."


class BelievedFile(Strict):
    """A whole file; `fields`: field → the rules, in the order in which they are asked."""

    words: BelievedWords = Field(default_factory=BelievedWords)
    fields: dict[str, Annotated[list[BelievedStep], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    source: Text = "The program itself"

    def why(self, field: str, by: str, place: int | None) -> str:
        """What a reader is told of how `field` came to be believed."""
        own = self.fields[field][place].why if place is not None else None
        return own or str(getattr(self.words, by))


def place_believed(folder: Path) -> BelievedFile:
    """What the place believes by; an empty file where it has none.

    Raises:
        FileMistake: with every fault, each at its line.
    """
    if NAME not in place_files(folder, "governance"):
        return BelievedFile()
    return read_one(folder, "governance", NAME, lambda found, _: _read(found, folder))


def _read(document: Document, folder: Path) -> BelievedFile:
    file = read_model(document, BelievedFile)
    wrong = _wrong(file, _agencies(folder))
    faults = [document.fault(path, what, do, key=key) for path, what, do, key in wrong]
    if faults:
        raise FileMistake(faults)
    return file


Wrong = tuple[KeyPath, str, str, bool]


def _wrong(file: BelievedFile, agencies: list[str]) -> Iterator[Wrong]:
    for field, order in file.fields.items():
        if field not in FIELDS:
            what = f"the single view has no field called `{field}`"
            yield ("fields", field), what, meant_or_list(field, FIELDS), True
        kinds = [step.by for step in order]
        for at, step in enumerate(order):
            path = ("fields", field, at)
            if step.by in kinds[:at]:
                what = f"`{step.by}` was asked before, and leaves what it left then"
                yield (*path, "by"), what, "remove one of the two", False
            yield from _wrong_step(step, path, agencies)


def _wrong_step(step: BelievedStep, path: KeyPath, agencies: list[str]) -> Iterator[Wrong]:
    if step.by == "registers":
        if not step.agencies:
            do = f"add `agencies`, such as {listed(sorted(agencies)[:2])}"
            yield (*path, "by"), "nobody is named who registers it", do, False
        if step.why is None:
            yield (*path, "by"), "a reader is not told why they are believed", "add `why`", False
    elif step.agencies:
        what = f"`{step.by}` asks nobody in particular"
        yield (*path, "agencies"), what, "remove `agencies`, or use `registers`", True
    for at, code in enumerate(step.agencies):
        if code not in agencies:
            what, do = f"there is no agency called `{code}`", meant_or_list(code, agencies)
            yield (*path, "agencies", at), what, do, False
        elif code in step.agencies[:at]:
            yield (*path, "agencies", at), f"`{code}` is named twice", "remove one", False


def _agencies(folder: Path) -> list[str]:
    if "agencies" not in place_files(folder, "governance"):
        return []
    value = place_document(folder, "governance", "agencies").value
    found = value.get("agencies") if isinstance(value, dict) else None
    return list(found) if isinstance(found, dict) else []
