"""Is it the file that the source describes? Asked before any row is read or written.

A file that is missing, empty, cut short, of another kind, in another encoding or with other
columns refuses the whole load: half of a wrong file is worse than none.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.files.faults import listed, meant
from wholeplace.rooms.records.source.spec import FileSpec, SourceSpec

CHUNK = 4 << 20
MANIFEST = "manifest.json"
HEADER_MOST = 64 << 10
AGAIN = "Nothing was loaded. Ask for the file again, or mend it, and load the folder again."


class WrongFile(UserMistake):
    """A file of an extract cannot be used at all; nothing was loaded."""

    def __init__(self, file: str, line: int | None, what: str, *, do: str = "") -> None:
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {what}", do=f"{do} {AGAIN}".strip())
        self.file = file
        self.line = line


@dataclass(frozen=True)
class Arrived:
    """A file that passed: its columns as they stand, its line ends, and its SHA-256."""

    path: Path
    spec: FileSpec
    header: tuple[str, ...]
    line_ends: int
    digest: str


def examine(folder: Path, source: SourceSpec) -> dict[str, Arrived]:
    """Every file of the source, by its name in the source file.

    Raises:
        WrongFile: the first file that cannot be used, with its line and what to do.
    """
    if not folder.is_dir():
        raise UserMistake(f"{folder} is not a folder.", do="Give the folder of the extract.")
    arrived = {name: _examine(folder / spec.file, spec) for name, spec in source.files.items()}
    _refuse_unlike_manifest(folder / MANIFEST, arrived)
    return arrived


def _refuse_unlike_manifest(path: Path, arrived: dict[str, Arrived]) -> None:
    """Where the sender says what each file must be, a file that is not that was cut short.

    `files` maps a file's name, with or without its ending, to its `rows` and `sha256`.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        raise WrongFile(path.name, None, "this file is not whole JSON.") from None
    files = told.get("files") if isinstance(told, dict) else None
    for file in arrived.values() if isinstance(files, dict) else ():
        entry = files.get(file.path.name, files.get(file.path.stem))
        digest = entry.get("sha256") if isinstance(entry, dict) else None
        if digest and digest != file.digest:
            what = f"this is not the file that {path.name} tells of: it was cut short or changed"
            raise WrongFile(file.path.name, None, f"{what} ({entry.get('rows', '?')} rows there).")


def fingerprint(arrived: dict[str, Arrived], source: SourceSpec) -> str:
    """SHA-256 over every file and over how the source reads them, in hexadecimal."""
    digest = hashlib.sha256(source.model_dump_json().encode())
    for name, file in arrived.items():
        digest.update(f"\n{name} {file.digest}".encode())
    return digest.hexdigest()


def _examine(path: Path, spec: FileSpec) -> Arrived:
    try:
        with path.open("rb") as file:
            head = file.read(HEADER_MOST)
    except OSError as error:
        name = path.name
        if isinstance(error, FileNotFoundError):
            raise WrongFile(name, None, "this file is missing.") from None
        raise WrongFile(name, None, f"this file cannot be read: {error.strerror}.") from None
    _refuse_other_kinds(path.name, head)
    header = _header(path.name, head)
    _check_header(path.name, header, spec)
    line_ends, digest = _scan(path)
    return Arrived(path, spec, header, line_ends, digest)


def _refuse_other_kinds(name: str, head: bytes) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise WrongFile(name, None, "this file is empty.")
    if start[:1] == b"<":
        do = "Download the file itself, not the page about it."
        raise WrongFile(name, 1, "this is a web page, not a CSV file.", do=do)
    if start[:2] in (b"PK", b"\xd0\xcf") or start[:4] in (b"PAR1", b"%PDF"):
        raise WrongFile(name, 1, "this is not a CSV file.", do="Save it as CSV (UTF-8).")
    if b"\0" in start.split(b"\n", 1)[0] or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        do = "Save it as CSV in UTF-8."
        raise WrongFile(name, 1, "this is not text in UTF-8.", do=do)


def _header(name: str, head: bytes) -> tuple[str, ...]:
    line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8(name, 1) from None
    if "\r" in text.rstrip("\r"):
        raise WrongFile(name, 1, "its lines do not end as lines do.", do="Save it as CSV (UTF-8).")
    return tuple(next(csv.reader([text.rstrip("\r")]), []))


def _not_utf8(name: str, line: int) -> WrongFile:
    what = "this is not text in UTF-8 (Latin-1 or Windows text, perhaps)."
    return WrongFile(name, line, what, do="Save it as CSV in UTF-8.")


def _check_header(name: str, header: Sequence[str], spec: FileSpec) -> None:
    expected = listed(spec.columns, "and")
    for mark, words in ((";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")):
        if len(header) == 1 and mark in header[0]:
            do = "Save it with commas."
            raise WrongFile(name, 1, f"the values are parted by {words}, not commas.", do=do)
    twice = [column for column in header if header.count(column) > 1]
    if twice:
        raise WrongFile(name, 1, f"the column `{twice[0]}` stands there twice.")
    unknown = [c for c in header if c not in spec.columns and c not in spec.ignored_columns]
    missing = [column for column in spec.columns if column not in header]
    if missing:
        near = meant(missing[0], unknown).replace("did you mean", "was it renamed to")
        what = f"the column `{missing[0]}` is missing. {near.capitalize()}".strip()
        raise WrongFile(name, 1, what, do=f"The columns must be {expected}.")
    if unknown:
        do = "If it is meant to be there, list it under `ignored_columns` in the source file."
        raise WrongFile(name, 1, f"the column `{unknown[0]}` is not expected.", do=do)


def _scan(path: Path) -> tuple[int, str]:
    """How many lines end, and the SHA-256; refuses a file whose last line is cut short."""
    digest, line_ends, last = hashlib.sha256(), 0, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                line = line_ends + chunk[: chunk.index(b"\0")].count(b"\n") + 1
                raise WrongFile(path.name, line, "this line holds a NUL character.")
            digest.update(chunk)
            line_ends += chunk.count(b"\n")
            last = chunk[-1:]
    if last != b"\n":
        what = "the last line has no end: the file may have been cut short."
        raise WrongFile(path.name, line_ends + 1, what)
    return line_ends, digest.hexdigest()


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(physical line on which it begins, values) of each record, the header first.

    A quoted value may span lines; blank lines are no records. Read slowly and strictly.

    Raises:
        WrongFile: a byte that is not UTF-8, or a quotation that is never closed.
    """
    begins = 1
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        while True:
            try:
                values = next(reader)
            except StopIteration:
                return
            except UnicodeDecodeError:
                raise _not_utf8(path.name, _first_bad_line(path)) from None
            except csv.Error as error:
                what = f"this line is not whole CSV ({error})."
                raise WrongFile(path.name, begins, what) from None
            if values:
                yield begins, values
            begins = reader.line_num + 1


def _first_bad_line(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def find_fault(path: Path) -> WrongFile | None:
    """The first reason for which a file is no table, found slowly; None when there is none."""
    try:
        wide = None
        for line, values in records(path):
            wide = wide or len(values)
            if len(values) != wide:
                what = f"this line has {len(values)} values under {wide} columns."
                return WrongFile(path.name, line, what)
    except WrongFile as fault:
        return fault
    return None


def find_mixed_ends(path: Path) -> WrongFile | None:
    """The first line that ends otherwise than the header does; None when all end alike."""
    with path.open("rb") as file:
        windows = file.readline().endswith(b"\r\n")
        for number, line in enumerate(file, start=2):
            if line.endswith(b"\r\n") != windows:
                what = "this line ends otherwise than the lines before it."
                do = "Save the file again with one kind of line end."
                return WrongFile(path.name, number, what, do=do)
    return None


def lines_of(path: Path, ordinals: Sequence[int]) -> dict[int, int]:
    """Ordinal of a record (the first after the header is 0) → the line on which it begins."""
    wanted = set(ordinals)
    begins = (line for line, _ in itertools.islice(records(path), 1, None))
    return {number: line for number, line in enumerate(begins) if number in wanted}


def count_records(path: Path) -> int:
    """How many records follow the header."""
    return sum(1 for _ in records(path)) - 1
