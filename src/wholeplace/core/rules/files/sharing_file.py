"""Sharing agreements: who may read which agency's statements, for what, on which basis, and when.

A file is `governance/sharing/NAME.yaml`. It names agencies, roles and purposes of the place's
other files, and a lawful basis that covers every agency whose statements are read. It may not
run outside the days of its basis.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from wholeplace.core.rules.facts import Text
from wholeplace.core.rules.files.faults import FileMistake, meant_or_list
from wholeplace.core.rules.files.inherit import place_document, read_each
from wholeplace.core.rules.files.places import place_files
from wholeplace.core.rules.files.scheme_file import BasesFile, BasisFile, Slug, ValidFile
from wholeplace.core.rules.files.strict import Strict, read_model
from wholeplace.core.rules.files.yaml import Document, KeyPath

KIND = "governance/sharing"
InformationClass = Literal["P2", "P3", "P4"]
Whom = Literal["linked", "everybody"]


class ShareFile(Strict):
    """One agency's statements of some classes, to some agencies.

    whom `linked`: only about people whom the receiving agency has a record of itself, as the
    linking of records has it; `everybody`: about everybody whom the giving agency knows.
    """

    from_: Slug = Field(alias="from")
    to: Annotated[list[Slug], Field(min_length=1)]
    classes: Annotated[list[InformationClass], Field(min_length=1)]
    whom: Whom


class AgreementFile(Strict):
    """A whole agreement; `roles` are those of the receiving agency that may read."""

    agreement: Slug
    name: Text
    what: Text
    lawful_basis: Slug
    purposes: Annotated[list[Text], Field(min_length=1)]
    roles: Annotated[list[Slug], Field(min_length=1)]
    valid: ValidFile
    shares: Annotated[list[ShareFile], Field(min_length=1)]
    source: Text


def place_agreements(folder: Path) -> dict[str, AgreementFile]:
    """Every sharing agreement of `places/<place>`, by name.

    Raises:
        FileMistake: with the faults of every file, each at its line.
    """
    return read_each(folder, KIND, lambda found, name: _agreement(found, name, folder))


def _agreement(document: Document, name: str, folder: Path) -> AgreementFile:
    file = read_model(document, AgreementFile)
    faults = [document.fault(path, what, do) for path, what, do in _wrong(file, name, folder)]
    if faults:
        raise FileMistake(faults)
    return file


Wrong = tuple[KeyPath, str, str]


def _wrong(file: AgreementFile, name: str, folder: Path) -> Iterator[Wrong]:
    if file.agreement != name:
        what = f"the agreement is called `{file.agreement}` and its file `{name}.yaml`"
        yield ("agreement",), what, "give both the same name"
    yield from _wrong_days(file)
    roles = list(_governance(folder, "roles"))
    for at, role in enumerate(file.roles):
        if role not in roles:
            what = f"there is no role called `{role}`"
            yield ("roles", at), what, meant_or_list(role, roles)
    bases = _bases(folder)
    basis = bases.get(file.lawful_basis)
    if basis is None:
        what = f"there is no lawful basis called `{file.lawful_basis}`"
        yield ("lawful_basis",), what, meant_or_list(file.lawful_basis, list(bases))
    elif _outside(file.valid, basis.valid):
        what = f"the lawful basis holds {basis.valid.shown}"
        yield ("valid",), what, "let the agreement hold on those days only"
    agencies = list(_governance(folder, "agencies").get("agencies", {}))
    for at, share in enumerate(file.shares):
        yield from _wrong_share(share, ("shares", at), agencies, basis)


def _wrong_days(file: AgreementFile) -> Iterator[Wrong]:
    if file.valid.to is not None and file.valid.to < file.valid.from_:
        yield ("valid", "to"), "the agreement ends before it begins", "give a later day"


def _outside(days: ValidFile, within: ValidFile) -> bool:
    late = within.to is not None and (days.to is None or days.to > within.to)
    return days.from_ < within.from_ or late


def _wrong_share(
    share: ShareFile, path: KeyPath, agencies: list[str], basis: BasisFile | None
) -> Iterator[Wrong]:
    if "P2" not in share.classes:
        yield (*path, "classes"), "whose statements they are is P2 and not shared", "add P2"
    named = [("from", share.from_, (*path, "from"))]
    named += [("to", code, (*path, "to", at)) for at, code in enumerate(share.to)]
    for key, code, where in named:
        if code not in agencies:
            yield where, f"there is no agency called `{code}`", meant_or_list(code, agencies)
        elif key == "from" and basis is not None and code not in basis.agencies:
            what = f"the lawful basis does not cover what `{code}` holds"
            yield where, what, meant_or_list(code, basis.agencies)
        elif key == "to" and code == share.from_:
            yield where, "an agency reads its own statements anyway", "remove it"


def _governance(folder: Path, name: str) -> dict[str, Any]:
    if name not in place_files(folder, "governance"):
        return {}
    value = place_document(folder, "governance", name).value
    return value if isinstance(value, dict) else {}


def _bases(folder: Path) -> dict[str, BasisFile]:
    if "lawful-bases" not in place_files(folder, "governance"):
        return {}
    return read_model(place_document(folder, "governance", "lawful-bases"), BasesFile).bases
