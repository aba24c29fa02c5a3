"""What the sender says of a delivery: whose it is, of which day, all or changes, which files.

`manifest.json` beside the files; each of its keys may be missing:
`{"source": NAME, "as_at": "2026-06-01", "delivers": "full" or "changes", "files": {NAME:
{"rows": COUNT, "sha256": HEXADECIMAL}}}`, a file's name with its ending or without.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wholeplace.core.kernel.dates import show_day
from wholeplace.rooms.records.source.spec import Delivers, SourceSpec
from wholeplace.rooms.records.source.wrong import WrongFile

MANIFEST = "manifest.json"
KINDS: tuple[Delivers, ...] = ("full", "changes")


@dataclass(frozen=True)
class Told:
    """What a manifest tells; nothing where there is none."""

    as_at: dt.date | None
    delivers: Delivers | None
    files: dict[str, Any]

    def refuse_unlike(self, path: Path, digest: str) -> None:
        """Refuse a file that is not the one told of: it was cut short or changed.

        Raises:
            WrongFile: the manifest tells another SHA-256.
        """
        entry = self._entry(path)
        wanted = entry.get("sha256")
        if wanted and str(wanted).lower() != digest:
            what = f"this is not the file that {MANIFEST} tells of: it was cut short or changed"
            raise WrongFile(path.name, None, f"{what} ({entry.get('rows', '?')} rows there).")

    def rows_of(self, path: Path) -> int | None:
        """How many rows a file is told to have; None where it is not told.

        Raises:
            WrongFile: what is told is no number of rows.
        """
        rows = self._entry(path).get("rows")
        if rows is None or (type(rows) is int and rows >= 0):
            return rows
        what = f"`rows` of {path.name} is {_short(rows)}, which is not a number of rows."
        raise WrongFile(MANIFEST, None, what)

    def _entry(self, path: Path) -> dict[str, Any]:
        entry = self.files.get(path.name, self.files.get(path.stem))
        return entry if isinstance(entry, dict) else {}


def read_manifest(folder: Path, source: SourceSpec, day: dt.date) -> Told:
    """The manifest of a folder, checked against the source and the day of loading.

    Raises:
        WrongFile: it is not whole, is another source's, tells of a day to come, or of none where
            the source file wants one, or promises what the source does not deliver.
    """
    told = _read(folder / MANIFEST)
    _refuse_stranger(told, source)
    return Told(_as_at(told, source, day), _delivers(told, source), _files(told))


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        raise WrongFile(path.name, None, "this file is not whole JSON.") from None
    return told if isinstance(told, dict) else {}


def _files(told: dict[str, Any]) -> dict[str, Any]:
    files = told.get("files")
    return files if isinstance(files, dict) else {}


def _refuse_stranger(told: dict[str, Any], source: SourceSpec) -> None:
    named = told.get("source")
    if named is not None and named != source.source:
        what = f"these are the files of {_short(named)}, not of {source.source}."
        raise WrongFile(MANIFEST, None, what, do="Give the folder of the source that you name.")


def _as_at(told: dict[str, Any], source: SourceSpec, day: dt.date) -> dt.date | None:
    given = told.get("as_at")
    if given is None:
        if source.dated_by == "load_day":
            return None
        what = "the day of which these files tell (`as_at`) is not given."
        do = f"Ask {source.agency} for {MANIFEST} with that day."
        raise WrongFile(MANIFEST, None, what, do=do)
    try:
        as_at = dt.date.fromisoformat(given)
    except (TypeError, ValueError):
        what = f"`as_at` is {_short(given)}, which is not a day written like 2026-06-01."
        raise WrongFile(MANIFEST, None, what) from None
    if as_at > day:
        what = f"these files tell of {show_day(as_at)}, which has not come yet."
        raise WrongFile(MANIFEST, None, what, do=f"Today is {show_day(day)}.")
    return as_at


def _delivers(told: dict[str, Any], source: SourceSpec) -> Delivers | None:
    given = told.get("delivers")
    kind = next((one for one in KINDS if one == given), None)
    if given is not None and kind is None:
        what = f"`delivers` is {_short(given)}, which is neither full nor changes."
        raise WrongFile(MANIFEST, None, what)
    if kind and source.delivers not in ("either", kind):
        what = f"these files are {_words(kind)}, and the source delivers {_words(source.delivers)}."
        do = "If that is true, say `delivers: either` in the source file."
        raise WrongFile(MANIFEST, None, what, do=do)
    return kind


def _words(delivers: str) -> str:
    return "the full picture" if delivers == "full" else "changes"


def _short(value: object) -> str:
    return f"“{str(value)[:60]}”"
