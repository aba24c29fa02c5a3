"""Strict YAML: what the text says, each value with the place where it stands.

Ordinary YAML has traps that a policy file must not have: `no` becomes False, a key
given twice silently wins, anchors and tags build things that the page does not show.
Here a plain scalar is a whole number, a decimal (`Decimal`), a date, `true`, `false`,
`null` or a text; `yes` and `no` stay texts. Duplicate keys, anchors, aliases, tags,
more than one document, deep nesting, big files and characters that nobody sees are refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from yaml import events as ev

from wholeplace.core.rules.files.faults import Fault, FileMistake
from wholeplace.core.rules.files.unseen import DO, UNSEEN, unseen, unseen_words

MAX_BYTES = 1_000_000
MAX_DEPTH = 40

_FAST: Any = getattr(yaml, "CSafeLoader", None)
_ODD = re.compile(
    r"""\t|---|[|>]\S*\#|(?:^|[\s,\[{:-])\?|\?(?![\s.,)]|["'](?:[\s,]|$))""", re.MULTILINE
)

KeyPath = tuple[str | int, ...]

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,12}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True)
class Place:
    """Where a value starts; `style` is the scalar's quotation, `last_line` its end."""

    line: int
    column: int
    style: str = ""
    last_line: int = 0


@dataclass
class Document:
    """A loaded file: its value, and where each value and each key stands."""

    file: str
    text: str
    value: Any = None
    values: dict[KeyPath, Place] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)

    def fault(self, path: KeyPath, what: str, do: str = "", *, key: bool = False) -> Fault:
        """A fault at the value (or the key) of `path`, or at the nearest known parent."""
        place = self._nearest(path, key)
        return Fault(self.file, place.line, place.column, what, do)

    def fault_in_text(self, path: KeyPath, offset: int, what: str, do: str = "") -> Fault:
        """A fault at character `offset` inside the text that stands at `path`."""
        line, column = self._inside(self._nearest(path, False), offset)
        return Fault(self.file, line, column, what, do)

    def _nearest(self, path: KeyPath, key: bool) -> Place:
        for end in range(len(path), -1, -1):
            tables = (self.keys, self.values) if key else (self.values, self.keys)
            for table in tables:
                if path[:end] in table:
                    return table[path[:end]]
        return Place(1, 1)

    def _inside(self, place: Place, offset: int) -> tuple[int, int]:
        lines = self.text.splitlines()
        if place.style in ("|", ">"):
            return _inside_block(lines, place, offset)
        if place.last_line > place.line:  # folded over lines: exact only to its start
            return place.line, place.column
        return place.line, place.column + offset + (1 if place.style else 0)


def _inside_block(lines: list[str], place: Place, offset: int) -> tuple[int, int]:
    number = place.line  # the block's text begins on the line after its mark
    for line in lines[place.line : place.last_line]:
        number += 1
        indent = len(line) - len(line.lstrip(" "))
        width = len(line) - indent
        if offset <= width:
            return number, indent + offset + 1
        offset -= width + 1
    return place.line, place.column


def load(path: Path) -> Document:
    """The document in the file `path`; raises FileMistake."""
    name = str(path)
    try:
        raw = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or "not readable"
        raise FileMistake([Fault(name, 1, 1, f"this file cannot be read: {reason}")]) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        fault = Fault(name, line, 1, "this file is not UTF-8 text", "save it as UTF-8")
        raise FileMistake([fault]) from None
    if path.suffix == ".json":  # JSON may indent with tabs, which YAML forbids
        text = text.replace("\t", " ")
    return load_text(text, name)


def load_text(text: str, file: str = "text") -> Document:
    """The document written in `text`; `file` is the name used in faults."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise FileMistake([Fault(file, 1, 1, "this file is larger than 1 MB", "split it")])
    if sign := UNSEEN.search(text):
        raise FileMistake([_unseen_fault(text, file, sign.start())])
    if found := _read_fast(text, file):
        return found
    document = Document(file, text)
    try:
        document.value = _Builder(document, yaml.SafeLoader).build()
    except yaml.MarkedYAMLError as problem:
        raise FileMistake([_syntax_fault(file, problem)]) from None
    except yaml.YAMLError as problem:
        what = f"this is not YAML: {str(problem).splitlines()[0]}"
        raise FileMistake([Fault(file, 1, 1, what)]) from None
    return document


def _read_fast(text: str, file: str) -> Document | None:
    """The document by the parser in C, where there is one and nothing at all is wrong.

    It takes tabs, `|#` and `a?b` that the other refuses, and words its complaints otherwise;
    so whatever it does not like, and every text with such a thing, is for the other to read.
    """
    if _FAST is None or _ODD.search(text):
        return None
    document = Document(file, text)
    try:
        document.value = _Builder(document, _FAST).build()
    except (yaml.YAMLError, FileMistake):
        return None
    return document


def _unseen_fault(text: str, file: str, at: int) -> Fault:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return Fault(file, line, column, unseen_words(text[at]), DO)


def _syntax_fault(file: str, problem: yaml.MarkedYAMLError) -> Fault:
    mark = problem.problem_mark or problem.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    what = f"this is not YAML: {problem.problem or problem.context}"
    return Fault(file, line, column, what, "check the indent, the colon and the quotes")


def _scalar_text(event: ev.Event) -> str:
    return str(getattr(event, "value", ""))


def _start(event: ev.Event) -> Place:
    start, end = event.start_mark, event.end_mark
    if start is None:
        return Place(1, 1)
    style = getattr(event, "style", None) or ""
    last = end.line + 1 if end is not None else start.line + 1
    return Place(start.line + 1, start.column + 1, str(style), last)


class _Builder:
    """Builds plain values from parse events, so that nothing is constructed by tag."""

    def __init__(self, document: Document, loader: Any) -> None:
        self._document = document
        self._events: Iterator[ev.Event] = yaml.parse(document.text, Loader=loader)

    def build(self) -> Any:
        value = None
        seen = False
        for event in self._events:
            if isinstance(event, ev.DocumentStartEvent):
                if seen:
                    self._refuse(event, "a second document starts here", "keep one a file")
                seen = True
                value = self._value(next(self._events), ())
        return value

    def _refuse(self, event: ev.Event, what: str, do: str = "") -> None:
        place = _start(event)
        raise FileMistake([Fault(self._document.file, place.line, place.column, what, do)])

    def _check(self, event: ev.Event, path: KeyPath) -> None:
        if isinstance(event, ev.AliasEvent):
            self._refuse(event, "aliases (`*name`) are not allowed", "write the value out")
        if getattr(event, "anchor", None):
            self._refuse(event, "anchors (`&name`) are not allowed", "write the value out")
        if getattr(event, "tag", None):
            self._refuse(event, "tags (`!name`) are not allowed", "remove the tag")
        if len(path) > MAX_DEPTH:
            self._refuse(event, f"more than {MAX_DEPTH} levels of nesting", "make it flatter")

    def _value(self, event: ev.Event, path: KeyPath) -> Any:
        self._check(event, path)
        self._document.values[path] = _start(event)
        if isinstance(event, ev.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, ev.SequenceStartEvent):
            return self._sequence(path)
        return self._scalar(event)

    def _mapping(self, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self._events), ev.MappingEndEvent):
            if not isinstance(event, ev.ScalarEvent):
                self._check(event, path)
                self._refuse(event, "a key must be a plain word", "name the key")
            self._check(event, path)
            name = self._seen(event)
            if name in result:
                first = self._document.keys[(*path, name)].line
                what = f"the key `{name}` is given twice (first on line {first})"
                self._refuse(event, what, "keep one of them")
            self._document.keys[(*path, name)] = _start(event)
            result[name] = self._value(next(self._events), (*path, name))
        return result

    def _sequence(self, path: KeyPath) -> list[Any]:
        result: list[Any] = []
        while not isinstance(event := next(self._events), ev.SequenceEndEvent):
            result.append(self._value(event, (*path, len(result))))
        return result

    def _seen(self, event: ev.Event) -> str:
        """The scalar's text, in which an escape such as `\\0` may stand for what nobody sees."""
        text = _scalar_text(event)
        if what := unseen(text) or ("\r" in text and unseen_words("\r")):
            self._refuse(event, what, DO)
        return text

    def _scalar(self, event: ev.Event) -> Any:
        text = self._seen(event)
        if getattr(event, "style", None):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
        if _DATE.fullmatch(text):
            return self._date(event, text)
        return text

    def _date(self, event: ev.Event, text: str) -> dt.date:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            self._refuse(event, f"`{text}` is not a day of the calendar", "check the date")
            raise
