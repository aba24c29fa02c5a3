"""`governance/intake.yaml`: who is told, when recording somebody new, that another agency may
know them already, and whom to ring.

A place without the file tells nobody: what one may not see is then the same as what is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from wholeplace.core.rules.facts import Text
from wholeplace.core.rules.files.faults import FileMistake, meant_or_list
from wholeplace.core.rules.files.inherit import place_document, read_one
from wholeplace.core.rules.files.places import place_files
from wholeplace.core.rules.files.scheme_file import Slug
from wholeplace.core.rules.files.sealed_file import RingFile
from wholeplace.core.rules.files.strict import Strict, read_model
from wholeplace.core.rules.files.yaml import Document, KeyPath

NAME = "intake"
RECORDS = "person.record"


class TellFile(Strict):
    """Of which agency's people, to which agencies, and whom these ring."""

    of: Slug
    to: Annotated[list[Slug], Field(min_length=1)]
    ring: RingFile


class IntakeFile(Strict):
    """A whole file; `roles` and `purposes` must both fit who asks.

    `at_least_bits`: how strongly a record must agree: 10 is a thousand to one. A bare name never
    does, so that nobody learns by trying names who is known where.
    """

    roles: Annotated[list[Slug], Field(min_length=1)]
    purposes: Annotated[list[Text], Field(min_length=1)]
    at_least_bits: Annotated[float, Field(ge=2, le=60)]
    tells: Annotated[list[TellFile], Field(min_length=1)]
    source: Text


def place_intake(folder: Path) -> IntakeFile | None:
    """Who is told of a possible duplicate in a place; None where nobody is.

    Raises:
        FileMistake: with every fault, each at its line.
    """
    if NAME not in place_files(folder, "governance"):
        return None
    return read_one(folder, "governance", NAME, lambda found, _: _read(found, folder))


def _read(document: Document, folder: Path) -> IntakeFile:
    file = read_model(document, IntakeFile)
    faults = [document.fault(path, what, do) for path, what, do in _wrong(file, folder)]
    if faults:
        raise FileMistake(faults)
    return file


def _wrong(file: IntakeFile, folder: Path) -> Iterator[tuple[KeyPath, str, str]]:
    roles = _governance(folder, "roles")
    for at, role in enumerate(file.roles):
        if role not in roles:
            what = f"there is no role called `{role}`"
            yield ("roles", at), what, meant_or_list(role, list(roles))
        elif RECORDS not in roles[role].get("rights", []):
            yield ("roles", at), f"`{role}` records nobody", f"give it `{RECORDS}`, or remove it"
    agencies = list(_governance(folder, "agencies").get("agencies", {}))
    for at, tell in enumerate(file.tells):
        named: list[tuple[str, str, KeyPath]] = [("of", tell.of, ("tells", at, "of"))]
        named += [("to", code, ("tells", at, "to", n)) for n, code in enumerate(tell.to)]
        for key, code, path in named:
            if code not in agencies:
                what = f"there is no agency called `{code}`"
                yield path, what, meant_or_list(code, agencies)
            elif key == "to" and code == tell.of:
                yield path, "an agency knows its own people anyway", "remove it"


def _governance(folder: Path, name: str) -> dict[str, Any]:
    value = place_document(folder, "governance", name).value
    return value if isinstance(value, dict) else {}
