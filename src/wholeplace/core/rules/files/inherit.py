"""What a place's files say once everything inherited and amended is worked out.

A file of a place that inherits is either whole (new, or instead of the base place's) or an
amendment: it says `inherits: NAME`, a `reason`, and under `amend` and `remove` which named
parts of the base place's file differ. The result is one document like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from wholeplace.core.rules.facts import FactSpec, Text
from wholeplace.core.rules.files import places
from wholeplace.core.rules.files.canonical import canonical
from wholeplace.core.rules.files.faults import Fault, FileMistake, meant, meant_or_list
from wholeplace.core.rules.files.places import SCHEMES, place_chain, place_files
from wholeplace.core.rules.files.scheme_file import CaseFile, FundingFile, SchemeFile
from wholeplace.core.rules.files.strict import Strict, keys_at, read_model
from wholeplace.core.rules.files.woven import Item, Woven, blaming, weave
from wholeplace.core.rules.files.yaml import Document, KeyPath, load

T = TypeVar("T")

# What a whole file of each kind looks like, where its parts are fixed.
_SHAPES: dict[str, type[Strict]] = {
    SCHEMES: SchemeFile,
    "facts": FactSpec,
    "governance/funding": FundingFile,
}
# What a file calls itself by: an amendment says the same, and cannot change it.
_NAMES = {SCHEMES: "scheme", "facts": "name", "governance/funding": "funding"}
_NAMES |= {"sources": "source", "governance/sharing": "agreement"}


class Amendment(Strict):
    """An amendment of any file; its own name, where it has one, is checked beside it."""

    inherits: str
    reason: Text
    amend: dict[str, Any] = Field(default_factory=dict)
    remove: list[str] = Field(default_factory=list)


class SchemeAmendment(Amendment):
    """An amendment of a scheme may also bring worked cases of its own."""

    scheme: str
    cases: list[CaseFile] = Field(default_factory=list)


class FactAmendment(Amendment):
    """An amendment of a fact."""

    name: str


class FundingAmendment(Amendment):
    """An amendment of a source of money."""

    funding: str


class SourceAmendment(Amendment):
    """An amendment of a source file."""

    source: str


class SharingAmendment(Amendment):
    """An amendment of a sharing agreement."""

    agreement: str


class RateAmendment(Amendment):
    """An amendment of a dated figure or table."""

    rate: str | None = None
    table: str | None = None


class _AnyBlock(BaseModel):
    """Whatever has keys: a file whose shape its own reader checks."""


_AMENDMENTS: dict[str, type[Amendment]] = {
    SCHEMES: SchemeAmendment,
    "facts": FactAmendment,
    "governance/funding": FundingAmendment,
    "sources": SourceAmendment,
    "governance/sharing": SharingAmendment,
    "rates": RateAmendment,
}


def read_each(folder: Path, kind: str, read: Callable[[Document, str], T]) -> dict[str, T]:
    """What `read` makes of each document of one kind and its name, by name.

    Args:
        folder: the place's folder.
        kind: `facts`, `rates`, `governance/funding` and so on.
        read: raises FileMistake for a document that is wrong.

    Raises:
        FileMistake: the faults of every file; one that an amendment caused points at it.
    """
    faults: list[Fault] = []
    found: dict[str, T] = {}
    for name in place_files(folder, kind):
        try:
            found[name] = read_one(folder, kind, name, read)
        except FileMistake as problem:
            faults.extend(problem.faults)
    if faults:
        raise FileMistake(faults)
    return found


def read_one(folder: Path, kind: str, name: str, read: Callable[[Document, str], T]) -> T:
    """What `read` makes of one document and its name; as `read_each`. Raises FileMistake."""
    return blaming(place_document(folder, kind, name), lambda found: read(found, name))


def place_document(folder: Path, kind: str, name: str, draft: Document | None = None) -> Document:
    """The place's document called `name`, with what its places amend.

    Args:
        folder: the place's folder.
        kind: `facts`, `schemes`, `governance` and so on: the folder inside it.
        name: the file's name without `.yaml`.
        draft: stands in for the place's own file.

    Raises:
        FileMistake: the place has no such file, or an amendment does not fit its base.
    """
    if kind == SCHEMES:
        place_files(folder, kind)  # whatever is left out is so for a good reason
    found = _resolved(place_chain(folder), kind, name, draft)
    if found is None:
        file = str(folder / kind / f"{name}.yaml")
        raise FileMistake([Fault(file, 1, 1, "the place has no such file")])
    return found


def is_amendment(document: Document) -> bool:
    """Whether a document amends another rather than saying everything itself."""
    marks = {"inherits", "amend", "remove"}
    return isinstance(document.value, dict) and bool(marks & set(document.value))


def _resolved(
    chain: tuple[Path, ...], kind: str, name: str, draft: Document | None = None
) -> Document | None:
    if not chain:
        return None
    path = chain[0] / kind / f"{name}.yaml"
    if draft is None and kind == SCHEMES and places.is_left_out(chain[0], name):
        return None
    if draft is None and not path.is_file():
        return _resolved(chain[1:], kind, name)
    document = load(path) if draft is None else draft
    if not is_amendment(document):
        return document
    amendment = read_model(document, _AMENDMENTS.get(kind, Amendment))
    _check_base(document, amendment, chain, kind)
    base = _resolved(chain[1:], kind, name)
    if base is None:
        raise FileMistake([_no_base(document, chain, kind, name)])
    return _amended(base, document, amendment, kind)


def _check_base(
    document: Document, amendment: Amendment, chain: tuple[Path, ...], kind: str
) -> None:
    if len(chain) == 1:
        what = "this place inherits from no other, so it has nothing to amend"
        do = f'write the whole file, or `inherits = "{amendment.inherits}"` in place.toml'
        raise FileMistake([document.fault(("inherits",), what, do)])
    base = chain[1].name
    if amendment.inherits != base:
        what = f"this place inherits from `{base}`, not from `{amendment.inherits}`"
        raise FileMistake([document.fault(("inherits",), what, f"write `inherits: {base}`")])


def _no_base(document: Document, chain: tuple[Path, ...], kind: str, name: str) -> Fault:
    what = f"`{chain[1].name}` has no file {kind}/{name}.yaml to amend"
    do = meant(name, list(place_files(chain[1], kind))) or "write the whole file"
    return document.fault((_NAMES.get(kind, "inherits"),), what, do, key=kind not in _NAMES)


def _amended(base: Document, document: Document, amendment: Amendment, kind: str) -> Woven:
    shape = _SHAPES.get(kind)
    read_model(base, shape or _AnyBlock)  # only what is right by itself can be amended
    check = _Check(base, document, kind)
    items = tuple(check.items(amendment))
    if check.faults:
        raise FileMistake(check.faults)
    order = [field.alias or key for key, field in shape.model_fields.items()] if shape else []
    return weave(base, document, items, order)


class _Check:
    """Reads an amendment's items against its base, and gathers the faults."""

    def __init__(self, base: Document, document: Document, kind: str) -> None:
        self._base, self._document, self._kind = base, document, kind
        self.faults: list[Fault] = []

    def _fault(self, at: KeyPath, what: str, do: str = "", *, key: bool = True) -> None:
        self.faults.append(self._document.fault(at, what, do, key=key))

    def items(self, amendment: Amendment) -> Iterator[Item]:
        """Every item that fits the base."""
        name = _NAMES.get(self._kind)
        if name and self._document.value[name] != self._base.value.get(name):
            told = self._base.value.get(name)
            self._fault((name,), f"this amends `{told}`", f"write `{name}: {told}`", key=False)
        found = [
            *(
                Item("put", self._path(written), ("amend", written), value)
                for written, value in self._document.value.get("amend", {}).items()
            ),
            *(
                Item("remove", self._path(written), ("remove", at))
                for at, written in enumerate(amendment.remove)
            ),
            *(
                Item("case", ("cases", case["name"]), ("cases", at), case)
                for at, case in enumerate(self._document.value.get("cases", []))
            ),
        ]
        if not found:
            self._fault(("inherits",), "this amends nothing", "say what differs under `amend`")
        yield from (item for item in found if self._fits(item, found))

    def _path(self, written: str) -> KeyPath:
        """A case's name may hold dots of its own."""
        return tuple(written.split(".", 1 if written.startswith("cases.") else -1))

    def _fits(self, item: Item, items: list[Item]) -> bool:
        for other in items:
            if other is not item and _inside(item, other, items):
                what = f"`{item.written}` lies inside `{other.written}`, which differs as well"
                if item.path == other.path:
                    what = f"`{item.written}` differs twice"
                self._fault(item.at, what, "say it once")
                return False
        if item.path[0] in ("inherits", _NAMES.get(self._kind)):
            self._fault(item.at, f"`{item.path[0]}` cannot be amended", "write a whole new file")
            return False
        return self._case(item) if item.path[0] == "cases" else self._part(item)

    def _case(self, item: Item) -> bool:
        cases = {case["name"]: case for case in self._base.value.get("cases", [])}
        if item.how == "put" or len(item.path) == 1:
            self._fault(item.at, "worked cases have their own place", "write them under `cases`")
            return False
        name = str(item.path[1])
        if item.how == "remove" and name not in cases:
            self._fault(item.at, f"there is no worked case “{name}”", meant(name, cases), key=False)
            return False
        return item.how == "remove" or self._differs(item, cases.get(name))

    def _part(self, item: Item) -> bool:
        here, known = self._base.value, True
        for at, part in enumerate(item.path[:-1]):
            if not isinstance(here, dict) or part not in here:
                if at == 0 and len(item.path) == 2 and part in self._keys(()):
                    here, known = {}, False  # a block that the base leaves out
                    break
                return self._no_part(item, here, at)
            here = here[part]
        if not isinstance(here, dict):
            return self._no_part(item, here, len(item.path) - 1)
        last = item.path[-1]
        if last in here:
            return item.how == "remove" or self._differs(item, here[last])
        fixed = self._keys(item.path[:-1])
        if item.how == "remove" or (fixed and last not in fixed):
            return self._no_part(item, here, len(item.path) - 1)
        return known or item.value is not None

    def _keys(self, path: KeyPath) -> list[str]:
        """The keys that the block at `path` may have; none when they are free."""
        shape = _SHAPES.get(self._kind)
        return keys_at(shape, path) if shape else []

    def _no_part(self, item: Item, here: Any, at: int) -> bool:
        what = f"`{self._base_name}` has no part `{item.written}`"
        before = [str(part) for part in item.path[:at]]
        if not isinstance(here, dict):
            whole = ".".join(before)
            do = f"`{whole}` is one value: amend it as a whole"
        else:
            more = self._keys(item.path[:at]) if item.how == "put" else ()
            keys = {*here, *more} - {"cases", _NAMES.get(self._kind)}
            do = meant_or_list(
                ".".join([*before, str(item.path[at])]), [".".join([*before, k]) for k in keys]
            )
        self._fault(item.at, what, do, key=item.how == "put")
        return False

    @property
    def _base_name(self) -> str:
        return str(self._document.value["inherits"])

    def _differs(self, item: Item, was: Any) -> bool:
        if item.value is None and was is not None:
            self._fault(item.at, "this says nothing", "write it under `remove`")
            return False
        if was is not None and canonical(was) == canonical(item.value):
            what = f"`{self._base_name}` says the same of `{item.written}`"
            self._fault(item.at, what, "remove this line: it changes nothing")
            return False
        return True


def _inside(item: Item, other: Item, items: list[Item]) -> bool:
    size = len(other.path)
    if item.path == other.path:
        return items.index(item) > items.index(other)
    return len(item.path) > size > 0 and item.path[:size] == other.path != ("cases",)
