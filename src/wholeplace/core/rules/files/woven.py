"""A document made of several: a base and what amends it, each value knowing where it stands.

The text of a woven document is canonical YAML, which reads back as the same value; faults
are reported where the value was written, in the base's file or the amendment's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from wholeplace.core.rules.files.canonical import canonical
from wholeplace.core.rules.files.faults import Fault, FileMistake
from wholeplace.core.rules.files.yaml import Document, KeyPath, Place

Origin = tuple[Document, KeyPath]
T = TypeVar("T")


@dataclass(frozen=True)
class Item:
    """One amendment: what becomes of the part at `path`.

    how: `put` (the value at `at` in the amending document), `remove` or `case` (a worked
    case, put in place of the one of the same name or at the end).
    at: where the amendment says so; its key is what a fault points at.
    """

    how: str
    path: KeyPath
    at: KeyPath
    value: Any = None

    @property
    def written(self) -> str:
        """The path as an amendment writes it."""
        return ".".join(str(part) for part in self.path)


@dataclass
class Woven(Document):
    """A base document with the items of an amending one; `file` is the amending one's."""

    base: Document = field(default_factory=lambda: Document("", ""))
    amending: Document = field(default_factory=lambda: Document("", ""))
    items: tuple[Item, ...] = ()
    origins: dict[KeyPath, Origin] = field(default_factory=dict)

    def fault(self, path: KeyPath, what: str, do: str = "", *, key: bool = False) -> Fault:
        """A fault where the value (or the key) of `path` was written."""
        document, inner = self._origin(path)
        return document.fault(inner, what, do, key=key)

    def fault_in_text(self, path: KeyPath, offset: int, what: str, do: str = "") -> Fault:
        """A fault at character `offset` of the text at `path`, where it was written."""
        document, inner = self._origin(path)
        return document.fault_in_text(inner, offset, what, do)

    def _origin(self, path: KeyPath) -> Origin:
        for end in range(len(path), 0, -1):
            if found := self.origins.get(path[:end]):
                return found[0], (*found[1], *path[end:])
        return self.base, path


def weave(
    base: Document, amending: Document, items: Sequence[Item], order: Sequence[str] = ()
) -> Woven:
    """The base with the items put in; `order` is the order of its first level's keys."""
    loom = _Loom(_copy(base.value), base, amending)
    for item in items:
        loom.put(item)
    value = loom.value
    if isinstance(value, dict):
        first = {key: value[key] for key in order if key in value}
        value = first | {key: inner for key, inner in value.items() if key not in first}
    woven = Woven(amending.file, canonical(value), value)
    woven.base, woven.amending, woven.items = base, amending, tuple(items)
    woven.origins = loom.origins
    woven.values = {path: _place(woven, path) for path in _paths(value)}
    woven.keys = {path: _place(woven, path, key=True) for path in woven.values if path}
    return woven


class _Loom:
    """The value while it is being amended, and where its amended parts come from."""

    def __init__(self, value: Any, base: Document, amending: Document) -> None:
        self.value = value
        self.base, self.amending = base, amending
        self.origins: dict[KeyPath, Origin] = {}

    def put(self, item: Item) -> None:
        if item.how == "case":
            self._put_case(item)
        elif item.path[0] == "cases":
            self._remove_case(str(item.path[1]))
        else:
            parent = self._parent(item.path)
            self._forget(item.path)
            if item.how == "remove":
                parent.pop(item.path[-1], None)
                return
            parent[item.path[-1]] = _copy(item.value)
            self.origins[item.path] = (self.amending, item.at)

    def _parent(self, path: KeyPath) -> Any:
        here = self.value
        for part in path[:-1]:
            here = here.setdefault(part, {})
        return here

    def _forget(self, path: KeyPath) -> None:
        inside = [known for known in self.origins if known[: len(path)] == path]
        for known in inside:
            del self.origins[known]

    def _cases(self) -> list[tuple[Any, Origin]]:
        held = self.value.get("cases", [])
        return [
            (case, self.origins.get(("cases", at), (self.base, ("cases", at))))
            for at, case in enumerate(held)
        ]

    def _put_case(self, item: Item) -> None:
        cases = self._cases()
        names = [case.get("name") for case, _ in cases]
        new = (_copy(item.value), (self.amending, item.at))
        if item.value.get("name") in names:
            cases[names.index(item.value["name"])] = new
        else:
            cases.append(new)
        self._keep(cases)

    def _remove_case(self, name: str) -> None:
        self._keep([case for case in self._cases() if case[0].get("name") != name])

    def _keep(self, cases: list[tuple[Any, Origin]]) -> None:
        self._forget(("cases",))
        self.value["cases"] = [case for case, _ in cases]
        self.origins |= {("cases", at): origin for at, (_, origin) in enumerate(cases)}


def blaming(document: Document, use: Callable[[Document], T]) -> T:
    """What `use` makes of the document; a fault that an amendment caused points at it.

    An amendment caused a fault if the fault goes away with it. Raises FileMistake.
    """
    try:
        return use(document)
    except FileMistake as problem:
        if not isinstance(document, Woven):
            raise
        raise FileMistake(_blamed(document, problem.faults, use)) from None


def _blamed(
    document: Woven, faults: Sequence[Fault], use: Callable[[Document], object]
) -> Iterator[Fault]:
    without = [(item, _faults_without(document, item, use)) for item in document.items]
    for fault in faults:
        if fault.file == document.amending.file:
            yield fault
            continue
        causes = [item for item, left in without if fault not in left]
        yield _moved(document, causes[0], fault) if causes else fault


def _faults_without(
    document: Woven, item: Item, use: Callable[[Document], object]
) -> frozenset[Fault]:
    rest = [other for other in document.items if other is not item]
    try:
        use(weave(document.base, document.amending, rest, list(document.value)))
    except FileMistake as problem:
        return frozenset(problem.faults)
    return frozenset()


def _moved(document: Woven, cause: Item, fault: Fault) -> Fault:
    where = f"{fault.file}:{fault.line}:{fault.column}"
    what = f"with this, {fault.what} ({where})"
    return document.amending.fault(cause.at, what, fault.do, key=True)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def _paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    inner: Mapping[Any, Any] | Sequence[tuple[Any, Any]] = ()
    if isinstance(value, (dict, list)):
        inner = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, part in inner:
        yield from _paths(part, (*path, key))


def _place(woven: Woven, path: KeyPath, *, key: bool = False) -> Place:
    fault = woven.fault(path, "", key=key)
    return Place(fault.line, fault.column)
