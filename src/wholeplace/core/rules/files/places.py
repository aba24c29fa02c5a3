"""A place's folder, and the places that it inherits from.

`place.toml` may say `inherits = "birmingham"`, a folder beside this one, and
`leaves_out = ["a-scheme"]`. Whatever the place's own folder does not have comes from the
place that it inherits from, and so on. Everything that reads a place asks here for its files.
"""

from __future__ import annotations

import functools
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wholeplace.core.rules.files.faults import Fault, FileMistake, meant_or_list

SETTINGS = "place.toml"
SCHEMES = "schemes"
RULES = ("facts", "rates", "governance", "governance/funding", SCHEMES)
Stamp = tuple[tuple[str, int], ...]

_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True)
class Place:
    """What one `place.toml` says, before anything is inherited."""

    folder: Path
    inherits: str = ""
    leaves_out: tuple[str, ...] = ()
    said: Mapping[str, Any] = field(default_factory=dict)

    def fault(self, key: str, what: str, do: str = "") -> Fault:
        """A fault at the line that gives `key`."""
        file = self.folder / SETTINGS
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        starts = [at for at, line in enumerate(lines, 1) if re.match(rf"\s*{key}\s*=", line)]
        return Fault(str(file), starts[0] if starts else 1, 1, what, do)


def place_chain(folder: Path) -> tuple[Path, ...]:
    """The place's folder, then that of the place it inherits from, and so on.

    Raises:
        FileMistake: a `place.toml` is wrong, names no place, or the places go in a circle.
    """
    return tuple(place.folder for place in _chain(folder))


def place_settings(folder: Path) -> dict[str, Any]:
    """What `place.toml` says, with what the places say that it inherits from. Raises FileMistake.

    `inherits` and `leaves_out` are each place's own and are not among it.
    """
    found: dict[str, Any] = {}
    for place in reversed(_chain(folder)):
        found |= {k: v for k, v in place.said.items() if k not in ("inherits", "leaves_out")}
    return found


def place_files(folder: Path, kind: str) -> dict[str, Path]:
    """The place's files of one kind by name, sorted; each is the nearest file of that name.

    Args:
        folder: the place's folder.
        kind: `facts`, `schemes`, `governance/funding` and so on.

    Raises:
        FileMistake: as `place_chain`; or a scheme left out is not there or is there after all.
    """
    found: dict[str, Path] = {}
    for place in reversed(_chain(folder)):
        own = {path.stem: path for path in (place.folder / kind).glob("*.yaml")}
        if kind == SCHEMES:
            _leave_out(place, found, own)
        found |= own
    return dict(sorted(found.items()))


def place_file(folder: Path, kind: str, name: str) -> Path | None:
    """The nearest file of this name (`roles.yaml`) and kind, or None. Raises FileMistake."""
    paths = (place / kind / name for place in place_chain(folder))
    return next((path for path in paths if path.is_file()), None)


def place_folder(folder: Path, kind: str) -> Path:
    """The nearest folder of this kind; for files that belong together, such as `areas`."""
    chain = place_chain(folder)
    return next((place / kind for place in chain if (place / kind).is_dir()), folder / kind)


def place_stamp(folder: Path) -> Stamp:
    """Every file that the place's rules rest on, with the moment of its last change."""
    # Every explanation asks, so not by pathlib, whose glob takes several times as long.
    found: list[tuple[str, int]] = []
    for place in place_chain(folder):
        found.append((str(place / SETTINGS), _changed(place / SETTINGS)))
        for kind in RULES:
            if (place / kind).is_dir():
                with os.scandir(place / kind) as files:
                    named = [file for file in files if file.name.endswith(".yaml")]
                    found += [(file.path, file.stat().st_mtime_ns) for file in named]
    return tuple(sorted(found))


def is_place(folder: Path) -> bool:
    """Whether a folder is a place's: it has facts, or says from whom it inherits them."""
    return (folder / "facts").is_dir() or (folder / SETTINGS).is_file()


def is_left_out(place: Path, name: str) -> bool:
    """Whether this very place leaves the scheme out. Raises FileMistake."""
    return name in _read(place).leaves_out


def _chain(folder: Path) -> list[Place]:
    found = [_read(folder)]
    while found[-1].inherits:
        last = found[-1]
        whole = last.folder if last.folder.name else last.folder.resolve()
        base = whole.parent / last.inherits
        if base in [place.folder for place in found]:
            way = " ← ".join([base.name, *(place.folder.name for place in reversed(found))])
            what = f"the places inherit from each other in a circle ({way})"
            raise FileMistake([last.fault("inherits", what, "let one of them stand alone")])
        if not base.is_dir():
            known = [path.name for path in whole.parent.iterdir() if is_place(path)]
            do = meant_or_list(last.inherits, [name for name in known if name != whole.name])
            what = f"there is no place called `{last.inherits}` beside this one"
            raise FileMistake([last.fault("inherits", what, do)])
        found.append(_read(base))
    return found


def _read(folder: Path) -> Place:
    return _read_as_it_was(folder, _changed(folder / SETTINGS))


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


@functools.lru_cache(maxsize=64)
def _read_as_it_was(folder: Path, changed: int) -> Place:
    file = folder / SETTINGS
    if not changed:
        return Place(folder)
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        at = _AT.search(str(problem))
        line, column = (int(at[1]), int(at[2])) if at else (1, 1)
        what = f"this is not TOML: {str(problem).split(' (at ')[0]}"
        raise FileMistake([Fault(str(file), line, column, what)]) from None
    return _place(folder, said)


def _place(folder: Path, said: dict[str, Any]) -> Place:
    inherits, left = said.get("inherits", ""), said.get("leaves_out", [])
    plain = Place(folder, said=said)
    if not isinstance(inherits, str) or (inherits and not _SLUG.fullmatch(inherits)):
        do = 'write the name of a folder beside this one, like `inherits = "birmingham"`'
        raise FileMistake([plain.fault("inherits", "this is not the name of a place", do)])
    if not isinstance(left, list) or not all(isinstance(name, str) for name in left):
        do = 'write a list of names, like `leaves_out = ["a-scheme"]`'
        raise FileMistake([plain.fault("leaves_out", "this is not a list of schemes", do)])
    return Place(folder, inherits, tuple(left), said)


def _leave_out(place: Place, found: dict[str, Path], own: dict[str, Path]) -> None:
    faults = []
    for name in place.leaves_out:
        if name in own:
            what = f"`{name}` is left out, and its file lies in this place's own folder"
            faults.append(place.fault("leaves_out", what, "remove one of the two"))
        elif found.pop(name, None) is None:
            what = f"there is no scheme called `{name}` to leave out"
            faults.append(place.fault("leaves_out", what, meant_or_list(name, list(found))))
    if faults:
        raise FileMistake(faults)


_SLUG = re.compile(r"[a-z][a-z0-9-]{0,62}", re.ASCII)
