"""Rows that were set aside, put right and loaded: by the very checks that every row passes.

What an officer corrects becomes a delivery of changes of those rows alone, which the agency's
own loader takes as it takes any. The row as it stood stays beside what was typed. Rows that
waited for a corrected one go with it; whatever is still wrong is left as it was.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from wholeplace.core.kernel.errors import NotFound, UserMistake
from wholeplace.flows.load_extract import find_source, load_extract
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.records import quarantine
from wholeplace.rooms.records.quarantine import AsideRow, Narrowed
from wholeplace.rooms.records.source import reasons
from wholeplace.rooms.records.source.manifest import MANIFEST
from wholeplace.rooms.records.source.spaces import trimmed
from wholeplace.rooms.records.source.spec import ChangeColumn, FileSpec, SourceSpec
from wholeplace.rooms.records.versions import Corrected

AT_MOST = 1_000  # rows at once: a page waits for them
OWN_CHANGE = ChangeColumn(column="wholeplace_change", added="A", changed="C", ended="D")


class StillWrong(UserMistake):
    """The corrected row fails a check; nothing was loaded. `faults`: (column, reason)."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        told = " ".join(f"{column}: {reason}" for column, reason in faults)
        super().__init__("The row is still wrong.", why=told, do="Nothing was loaded.")
        self.faults = list(faults)


@dataclass(frozen=True)
class Described:
    """A row set aside beside its source file: which file of it, and whose row it is."""

    row: AsideRow
    source: SourceSpec
    name: str
    spec: FileSpec

    @property
    def person_key(self) -> str | None:
        """The key by which the agency knows the person, where the row is about one."""
        if self.spec.makes_people:
            return self.row.source_key
        return self.row.row.get(self.spec.person.column) if self.spec.person else None

    @property
    def named_another(self) -> bool:
        """Whether it was set aside because its key named somebody else before."""
        return any(one.reason == reasons.REUSED for one in self.row.wrong)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, in the order of the source file."""
        return self.spec.columns


@dataclass(frozen=True)
class Outcome:
    """What was loaded: by which load, how many rows, and how many are still wrong."""

    load_id: int | None
    mended: int
    still_wrong: int = 0


@dataclass(frozen=True)
class _Sent:
    """One row on its way: as it stood, with what was typed instead."""

    about: Described
    values: dict[str, str]


def described(reject_id: int) -> Described:
    """A row set aside beside its source file.

    Raises:
        NotFound: there is no such row, or its source or file is described no more.
    """
    return _describe(quarantine.row(reject_id))


def _describe(row: AsideRow) -> Described:
    source = find_source(settings.PLACE, row.source)
    for name, spec in source.files.items():
        if Path(spec.file).stem == Path(row.file).stem:
            return Described(row, source, name, spec)
    raise NotFound(f"The source {row.source} has no file {row.file} any more.")


def person_keys(rows: Sequence[quarantine.Line]) -> dict[int, str]:
    """Number of a row's fault → the key of the person whom the row is about."""
    found = {}
    for one in rows:
        spec = _file_of(one.source, one.file)
        if spec and spec.makes_people:
            key = one.source_key
        else:
            key = one.row.get(spec.person.column) if spec and spec.person else None
        if key:
            found[one.id] = key
    return found


def _file_of(source: str, file: str) -> FileSpec | None:
    try:
        files = find_source(settings.PLACE, source).files.values()
    except NotFound:
        return None
    return next((spec for spec in files if Path(spec.file).stem == Path(file).stem), None)


def mend(
    reject_id: int,
    values: Mapping[str, str],
    *,
    why: str,
    day: dt.date,
    same_person: bool = False,
) -> Outcome:
    """Load one row with what was typed, and the rows that waited for it.

    Args:
        values: column → text in place of what stood there; columns left out stay.
        day: the day of loading.
        same_person: the key names the same person as before, and nobody else.

    Raises:
        StillWrong: the row fails a check; nothing was loaded.
        Stale: somebody has closed the row meanwhile.
        UserMistake: a later delivery set the row aside again; or a load is under way.
    """
    about = described(reject_id)
    if about.row.later:
        raise UserMistake(
            "A later delivery holds this row and set it aside again.",
            do="Correct the row as it stands there.",
        )
    quarantine.hold([about.row])
    typed = {c: trimmed(v) for c, v in values.items() if c in about.columns}
    changed = {c: v for c, v in typed.items() if v != (about.row.row.get(c) or "")}
    first = _Sent(about, changed)
    same = frozenset({_key(first)} if same_person else ())
    corrected = Corrected(require_actor().membership_id, same)
    load_id, passed = _load_what_passes([first, *_waiting([first])], day, corrected, must=first)
    for one in passed:
        quarantine.keep_correction(one.about.row, one.values, why=why, load_id=load_id or 0)
    return Outcome(load_id, len(passed))


def run_again(narrowed: Narrowed, *, why: str, day: dt.date, at_most: int = AT_MOST) -> Outcome:
    """Load rows as they stood, the newest first, now that something else is otherwise.

    Rows that are still wrong stay as they are.

    Args:
        narrowed: which rows; of one source, and open.
        at_most: how many of them.

    Raises:
        Stale: somebody has closed one of them meanwhile.
        UserMistake: a load of the agency is under way.
    """
    lines = quarantine.lines(narrowed, size=at_most)
    rows = [row for row in quarantine.rows([line.id for line in lines]) if not row.later]
    quarantine.hold(rows)
    sent = [_Sent(_describe(row), {}) for row in rows]
    if not sent:
        return Outcome(None, 0)
    corrected = Corrected(require_actor().membership_id)
    load_id, passed = _load_what_passes([*sent, *_waiting(sent)], day, corrected)
    for one in passed:
        quarantine.keep_correction(one.about.row, {}, why=why, load_id=load_id or 0)
    gone = {one.about.row.id for one in passed}
    return Outcome(load_id, len(passed), sum(one.about.row.id not in gone for one in sent))


def drop(reject_id: int, *, why: str) -> None:
    """Close a row that will never be wanted.

    Raises:
        NotFound: there is no such row.
        Stale: somebody has closed it meanwhile.
    """
    quarantine.drop([quarantine.row(reject_id)], why=why)


def _waiting(sent: Sequence[_Sent]) -> list[_Sent]:
    """Rows set aside because one of these was, and because one of those was, and so on."""
    found: dict[int, _Sent] = {}
    had = {one.about.row.id for one in sent}
    ahead = list(sent)
    while ahead and len(found) < AT_MOST:
        source = ahead[0].about.source.source
        sayings = sorted({reasons.depends(one.about.row.file) for one in ahead})
        keys = sorted({key for one in ahead if (key := _key(one))})
        numbers = quarantine.waiting_for(source, sayings, keys, at_most=AT_MOST)
        new = [row for row in quarantine.rows(numbers) if row.id not in had and not row.later]
        quarantine.hold(new)
        ahead = [_Sent(_describe(row), {}) for row in new]
        had |= {row.id for row in new}
        found |= {one.about.row.id: one for one in ahead}
    return list(found.values())


def _key(sent: _Sent) -> str:
    return sent.values.get(sent.about.spec.key) or sent.about.row.source_key or ""


class _Undone(Exception):
    """Some rows did not pass: place of each → its faults."""

    def __init__(self, wrong: dict[int, list[tuple[str, str]]]) -> None:
        super().__init__()
        self.wrong = wrong


def _load_what_passes(
    sent: list[_Sent], day: dt.date, corrected: Corrected, must: _Sent | None = None
) -> tuple[int | None, list[_Sent]]:
    """Load all that pass, in one load; returns its number and which they are.

    A delivery of which some rows fail is undone and made again without them, so that a row is
    set aside once and not again by its own correction.
    """
    while sent:
        try:
            with transaction.atomic():
                return _deliver(sent, day, corrected), sent
        except _Undone as undone:
            if must in sent and sent.index(must) in undone.wrong:
                raise StillWrong(undone.wrong[sent.index(must)]) from None
            sent = [one for place, one in enumerate(sent) if place not in undone.wrong]
    return None, []


def _deliver(sent: Sequence[_Sent], day: dt.date, corrected: Corrected) -> int:
    source = _of_changes(sent[0].about.source)
    with _private_folder() as folder:
        places = _write(folder, source, sent)
        outcome = load_extract(folder, source, day=day, corrected=corrected)
    wrong: dict[int, list[tuple[str, str]]] = {}
    for one in outcome.aside:
        wrong.setdefault(places[one.file, one.line], []).append((one.field, one.reason))
    if wrong:
        raise _Undone(wrong)
    return outcome.load_id


def _of_changes(source: SourceSpec) -> SourceSpec:
    """The same source, as one that sends changes in CSV, however few of them are right."""
    files = {
        name: spec.model_copy(
            update={
                "file": f"{Path(spec.file).stem}.csv",
                "change": spec.change or OWN_CHANGE,
                "most_set_aside_percent": 100,
            }
        )
        for name, spec in source.files.items()
    }
    return source.model_copy(update={"delivers": "either", "files": files})


def _write(folder: Path, source: SourceSpec, sent: Sequence[_Sent]) -> dict[tuple[str, int], int]:
    """The delivery's files and manifest; returns (file, line) → place in `sent`."""
    as_at = max(one.about.row.day for one in sent)
    told = {"source": source.source, "as_at": as_at.isoformat(), "delivers": "changes"}
    (folder / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
    places: dict[tuple[str, int], int] = {}
    for name, spec in source.files.items():
        change = spec.change or OWN_CHANGE
        lines = [_csv([*spec.columns, change.column])]
        line = 2
        for place, one in enumerate(sent):
            if one.about.name == name:
                said = one.about.row.row | one.values
                lines.append(_csv([*(said.get(c) or "" for c in spec.columns), change.changed]))
                places[spec.file, line] = place
                line += len(io.StringIO(lines[-1], newline="").readlines())
        (folder / spec.file).write_text("".join(lines), encoding="utf-8", newline="")
    return places


def _csv(values: Sequence[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder of its owner's alone, which goes; one left by a killed program goes later."""
    home = Path(settings.HOME) / "loading"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
