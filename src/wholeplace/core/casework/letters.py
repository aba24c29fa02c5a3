"""A letter's template as plain text, filled in: no code in it, and nothing left unfilled.

The first line is `subject: …`. Then paragraphs parted by empty lines; a line that begins `## `
is a heading, one that begins `- ` an item of a list. `{word}` stands for a value. A value may
itself be lines, which become paragraphs or items.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wholeplace.core.kernel.errors import WholeplaceError

SUBJECT = "subject: "
_WORD = re.compile(r"\{([a-z_]+)\}")
_SENTENCE = re.compile(r"[.!?:](?:\s|$)")
_VOWELS = re.compile(r"[aeiouy]+")


class LetterFault(WholeplaceError):
    """The template cannot make a letter."""


@dataclass(frozen=True)
class Block:
    """A heading (`h`), a paragraph (`p`) or an item of a list (`li`)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Written:
    """A filled letter. `template_hash` says exactly which text it was made from."""

    subject: str
    blocks: tuple[Block, ...]
    template_hash: str


def write(template: str, values: Mapping[str, str]) -> Written:
    """The letter that a template and its values make.

    Raises:
        LetterFault: the template has no subject or names a value that is not given.
    """
    first, _, rest = template.partition("\n")
    if not first.startswith(SUBJECT):
        raise LetterFault("A letter's template begins with its subject.", do=f"Write {SUBJECT}…")
    digest = hashlib.sha256(template.encode()).hexdigest()
    subject = _fill(first.removeprefix(SUBJECT).strip(), values)
    return Written(subject, tuple(_blocks(rest, values)), digest)


def _fill(text: str, values: Mapping[str, str]) -> str:
    missing = sorted(set(_WORD.findall(text)) - set(values))
    if missing:
        raise LetterFault(f"The letter's template names {', '.join(missing)}, which is not given.")
    return _WORD.sub(lambda found: values[found[1]], text)


def _blocks(text: str, values: Mapping[str, str]) -> Iterator[Block]:
    for part in re.split(r"\n\s*\n", text.strip()):
        lines: list[str] = []
        for line in part.splitlines():
            begins = line.startswith(("- ", "## "))
            if begins and lines:
                yield _block(lines, values)
                lines = []
            lines.append(line)
        whole = _block(lines, values)
        if "\n" not in whole.text and not whole.text.startswith("- "):
            yield whole
            continue
        for item in whole.text.splitlines():  # a value that is a list, or has several lines
            yield Block("li" if item.startswith("- ") else "p", item.removeprefix("- "))


def _block(lines: list[str], values: Mapping[str, str]) -> Block:
    text = " ".join(line.strip() for line in lines)
    for mark, kind in (("## ", "h"), ("- ", "li")):
        if text.startswith(mark):
            return Block(kind, _fill(text.removeprefix(mark), values))
    return Block("p", _fill(text, values))


def reading_grade(text: str) -> float:
    """The Flesch–Kincaid grade: about the school year; add five for the reader's age.

    Syllables are counted as groups of vowels, which is near enough to compare letters.
    """
    words = re.findall(r"[A-Za-z']+", text)
    sentences = max(1, len(_SENTENCE.findall(text)))
    syllables = sum(max(1, len(_VOWELS.findall(word.lower().removesuffix("e")))) for word in words)
    count = max(1, len(words))
    return 0.39 * count / sentences + 11.8 * syllables / count - 15.59
