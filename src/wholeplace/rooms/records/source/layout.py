"""Is it the file that the source describes? Asked before any row is read or written.

A file that is missing, empty, cut short, of another kind, in another encoding or with other
columns refuses the whole load: half of a wrong file is worse than none.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.rules.files.faults import listed, meant
from wholeplace.population.engines.duckdb import text_literal as lit
from wholeplace.rooms.records.source import parquet
from wholeplace.rooms.records.source.manifest import MANIFEST, read_manifest
from wholeplace.rooms.records.source.spec import Delivers, FileSpec, Reading, SourceSpec
from wholeplace.rooms.records.source.wrong import WrongFile

CHUNK = 4 << 20
HEADER_MOST = 64 << 10


@dataclass(frozen=True)
class Arrived:
    """A file that passed: its columns as they stand, its line ends, and its SHA-256.

    `kinds` tells, of a Parquet file, column → kind; `rows`, how many it has. `as_at` is the day
    of which the delivery tells, and `changes` whether it holds what changed and nothing else.
    `told_rows` is how many rows the manifest tells of, where it does.
    """

    path: Path
    spec: FileSpec
    header: tuple[str, ...]
    line_ends: int
    digest: str
    kinds: dict[str, str] | None = None
    rows: int = 0
    as_at: dt.date | None = None
    changes: bool = False
    told_rows: int | None = None

    def reading(self, day: dt.date) -> Reading:
        """How its rows are read on the day of loading."""
        return Reading(day, self.as_at or day, self.changes)


@dataclass(frozen=True)
class Delivery:
    """All files of a source that arrived together.

    `as_at` is the day of which they tell; `dated` whether the sender said so, or else it is the
    day of loading. `files`: name in the source file → file.
    """

    source: SourceSpec
    as_at: dt.date
    delivers: Delivers
    files: dict[str, Arrived]
    dated: bool = False


def receive(folder: Path, source: SourceSpec, day: dt.date) -> Delivery:
    """Every file of the source in a folder, and what their manifest says of them.

    Args:
        day: the day of loading.

    Raises:
        WrongFile: the first file that cannot be used, with its line and what to do.
        UserMistake: there is no such folder.
    """
    if not folder.is_dir():
        raise UserMistake(f"{folder} is not a folder.", do="Give the folder of the extract.")
    told = read_manifest(folder, source, day)
    files = {name: _find(folder, spec.file) for name, spec in source.files.items()}
    delivers = told.delivers or _delivers(source, files)
    arrived = {
        name: replace(
            _examine(files[name], spec, changes=delivers == "changes"),
            as_at=told.as_at or day,
            changes=delivers == "changes",
            told_rows=told.rows_of(files[name]),
        )
        for name, spec in source.files.items()
    }
    for file in arrived.values():
        told.refuse_unlike(file.path, file.digest)
    return Delivery(source, told.as_at or day, delivers, arrived, dated=told.as_at is not None)


def _find(folder: Path, name: str) -> Path:
    """The file, or the one of the same name in the other format where only that is there."""
    path = folder / name
    other = path.with_suffix(".csv" if parquet.is_parquet(path) else parquet.ENDING)
    return other if other.is_file() and not path.exists() else path


def _delivers(source: SourceSpec, files: dict[str, Path]) -> Delivers:
    """Where nobody says whether these are changes: those that have a column of changes are."""
    if source.delivers != "either":
        return source.delivers
    marked = [
        bool(spec.change and spec.change.column in _columns_of(files[name]))
        for name, spec in source.files.items()
    ]
    return "changes" if all(marked) else "full"


def fingerprint(arrived: dict[str, Arrived], source: SourceSpec) -> str:
    """SHA-256 over every file and over how the source reads them, in hexadecimal."""
    digest = hashlib.sha256(source.model_dump_json().encode())
    for name, file in arrived.items():
        digest.update(f"\n{name} {file.digest}".encode())
    return digest.hexdigest()


def _examine(path: Path, spec: FileSpec, *, changes: bool) -> Arrived:
    head = _head(path)
    if parquet.is_parquet(path):
        kinds, header, rows = parquet.look(path)
        _check_header(path.name, header, spec, changes=changes)
        return Arrived(path, spec, header, 0, _digest(path), kinds=kinds, rows=rows)
    header = _header(path.name, head)
    _check_header(path.name, header, spec, changes=changes)
    line_ends, digest = _scan(path)
    return Arrived(path, spec, header, line_ends, digest)


def _columns_of(path: Path) -> tuple[str, ...]:
    head = _head(path)
    return parquet.look(path)[1] if parquet.is_parquet(path) else _header(path.name, head)


def _head(path: Path) -> bytes:
    """How the file begins, when it is a file of the kind that its name says."""
    try:
        with path.open("rb") as file:
            head = file.read(HEADER_MOST)
    except OSError as error:
        name = path.name
        if isinstance(error, FileNotFoundError):
            raise WrongFile(name, None, "this file is missing.") from None
        raise WrongFile(name, None, f"this file cannot be read: {error.strerror}.") from None
    if not parquet.is_parquet(path):
        _refuse_other_kinds(path.name, head)
    elif not head:
        raise WrongFile(path.name, None, "this file is empty.")
    elif not head.startswith(parquet.MARK):
        raise WrongFile(path.name, None, "this is not a Parquet file.", do="Save it as Parquet.")
    return head


def _refuse_other_kinds(name: str, head: bytes) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise WrongFile(name, None, "this file is empty.")
    if start[:1] == b"<":
        do = "Download the file itself, not the page about it."
        raise WrongFile(name, 1, "this is a web page, not a CSV file.", do=do)
    if start.startswith(parquet.MARK):
        do = f"Give it the ending {parquet.ENDING}."
        raise WrongFile(name, None, "this is a Parquet file under another name.", do=do)
    if start[:2] in (b"PK", b"\xd0\xcf") or start[:4] == b"%PDF":
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


def _check_header(name: str, header: Sequence[str], spec: FileSpec, *, changes: bool) -> None:
    line = None if name.endswith(parquet.ENDING) else 1
    for mark, words in ((";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")):
        if line and len(header) == 1 and mark in header[0]:
            do = "Save it with commas."
            raise WrongFile(name, line, f"the values are parted by {words}, not commas.", do=do)
    twice = [column for column in header if header.count(column) > 1]
    if twice:
        raise WrongFile(name, line, f"the column `{twice[0]}` stands there twice.")
    mark = spec.change.column if spec.change else ""
    if mark and not changes and mark in header:
        what = f"the column `{mark}` marks changes, and this is to be the full picture."
        do = f"Say `delivers: changes` in {MANIFEST}, or send the full picture."
        raise WrongFile(name, line, what, do=do)
    _check_columns(name, line, header, spec, (*spec.columns, *([mark] if mark and changes else [])))


def _check_columns(
    name: str, line: int | None, header: Sequence[str], spec: FileSpec, expected: Sequence[str]
) -> None:
    unknown = [c for c in header if c not in expected and c not in spec.ignored_columns]
    missing = [column for column in expected if column not in header]
    if missing:
        near = meant(missing[0], unknown).replace("did you mean", "was it renamed to")
        what = f"the column `{missing[0]}` is missing. {near.capitalize()}".strip()
        raise WrongFile(name, line, what, do=f"The columns must be {listed(expected, 'and')}.")
    if unknown:
        do = "If it is meant to be there, list it under `ignored_columns` in the source file."
        raise WrongFile(name, line, f"the column `{unknown[0]}` is not expected.", do=do)


def _digest(path: Path) -> str:
    """The SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def table(file: Arrived) -> str:
    """SQL for DuckDB: the file as a table of texts under its own columns."""
    if file.kinds is not None:
        return parquet.table(file.path, file.spec, file.kinds)
    columns = ", ".join(f"{lit(column)}: 'VARCHAR'" for column in file.header)
    return (
        f"read_csv({lit(str(file.path.resolve()))}, columns = {{{columns}}}, auto_detect = false,"
        " header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '',"
        " strict_mode = true, null_padding = false, ignore_errors = false)"
    )


def is_one_line_a_row(file: Arrived, rows: int) -> bool:
    """Whether the rows that were read are all of it, by a count made otherwise."""
    return rows == file.rows if file.kinds is not None else file.line_ends == rows + 1


def places_of(file: Arrived, ordinals: Sequence[int], rows: int) -> dict[int, int]:
    """Ordinal of a row, from 0 → its physical line, or its row from 1 in a Parquet file."""
    if file.kinds is not None:
        return {n: n + 1 for n in ordinals}
    if is_one_line_a_row(file, rows):
        return {n: n + 2 for n in ordinals}
    return lines_of(file.path, ordinals) if ordinals else {}


def find_fault(file: Arrived, *, mixed_ends: bool = True) -> WrongFile | None:
    """The first reason for which a file is no table, found slowly; None when there is none."""
    if file.kinds is not None:
        return parquet.find_fault(file.path, file.header)
    found = _find_ragged(file.path)
    return found or (find_mixed_ends(file.path) if mixed_ends else None)


def _find_ragged(path: Path) -> WrongFile | None:
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
