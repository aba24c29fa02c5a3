"""Where a rule or a file is wrong, what is wrong with it and what to write instead.

Everything that reads text written by people (scheme files, fact files, rules, stated
facts) reports in this one shape, so that a reader always gets a place to look at.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wholeplace.core.kernel.errors import UserMistake


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong at one place. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    what: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {sentence(self.what, self.do)}"

    def as_data(self) -> dict[str, str | int]:
        """The fault for `--json`."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "what": self.what,
            "do": self.do,
        }


class FileMistake(UserMistake):
    """A file written by hand cannot be used; `faults` lists every reason found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def sentence(what: str, do: str = "") -> str:
    """What is wrong, then what to do, in one line."""
    return "; ".join(part.strip().rstrip(".;") for part in (what, do) if part.strip())


def meant(word: str, known: Iterable[str]) -> str:
    """`did you mean X?` for the closest known word, or an empty text."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""


def listed(words: Sequence[str], last: str = "or") -> str:
    """`a`, `b` or `c`."""
    quoted = [f"`{word}`" for word in words]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def meant_or_list(word: str, known: Sequence[str]) -> str:
    """The closest known word as a question, or else the whole list."""
    return meant(word, known) or (f"use {listed(sorted(known))}" if known else "")
