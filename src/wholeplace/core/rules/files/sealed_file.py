"""`governance/sealed.yaml`: who is told that a record is under an adoption seal, and whom to ring.

A place without the file tells nobody: for everybody outside the adoption service there is no such
record.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from wholeplace.core.rules.facts import Text
from wholeplace.core.rules.files.faults import FileMistake, meant_or_list
from wholeplace.core.rules.files.inherit import place_document, read_one
from wholeplace.core.rules.files.places import place_files
from wholeplace.core.rules.files.scheme_file import Slug
from wholeplace.core.rules.files.strict import Strict, read_model
from wholeplace.core.rules.files.yaml import Document, KeyPath

NAME = "sealed"
OPENS = "adoption.seal"  # the right of those who read what is sealed anyway


class RingFile(Strict):
    """Whom to ring: a service as it stands in a sentence, and its number."""

    service: Text
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ]{6,18}[0-9]$")]


class SealedFile(Strict):
    """A whole file; `roles` and `purposes` must both fit who asks."""

    roles: Annotated[list[Slug], Field(min_length=1)]
    purposes: Annotated[list[Text], Field(min_length=1)]
    ring: RingFile
    source: Text


def place_sealed(folder: Path) -> SealedFile | None:
    """Who is told of sealed records in a place; None where nobody is.

    Raises:
        FileMistake: with every fault, each at its line.
    """
    if NAME not in place_files(folder, "governance"):
        return None
    return read_one(folder, "governance", NAME, lambda found, _: _read(found, folder))


def _read(document: Document, folder: Path) -> SealedFile:
    file = read_model(document, SealedFile)
    faults = [document.fault(path, what, do) for path, what, do in _wrong(file, folder)]
    if faults:
        raise FileMistake(faults)
    return file


def _wrong(file: SealedFile, folder: Path) -> Iterator[tuple[KeyPath, str, str]]:
    value = place_document(folder, "governance", "roles").value
    roles = value if isinstance(value, dict) else {}
    for at, role in enumerate(file.roles):
        if role not in roles:
            yield (
                ("roles", at),
                f"there is no role called `{role}`",
                meant_or_list(role, list(roles)),
            )
        elif OPENS in roles[role].get("rights", []):
            yield ("roles", at), f"`{role}` opens sealed records", "remove it"
        elif roles[role].get("reach") != "agency":
            yield ("roles", at), f"`{role}` looks for nobody's record", "remove it"
