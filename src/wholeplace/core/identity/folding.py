"""Names folded to keys, so that a search finds Zoë O'Brien under `zoe obrien`.

A key holds letters and digits only: no capitals, accents, hyphens, apostrophes or spaces.
Letters of other scripts stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart into a plain letter and a mark.
_WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_NO_KEY = re.compile(r"[^a-z0-9]+")


def fold(name: str) -> str:
    """The key of a name; an empty text when it holds no letter and no digit.

    Folding twice changes nothing.
    """
    if name.isascii():  # nearly all: the same, quicker
        return _NO_KEY.sub("", name.lower())
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(c for c in apart.translate(_WHOLE_LETTERS) if c.isalnum())


_POSTCODE = re.compile(r"(?<=\d)\s+(?=\d[a-z]{2}\W*$)", re.IGNORECASE)
_BETWEEN_FIGURES = re.compile(r"(?<=\d)\W+(?=\d)")
_WORD = re.compile(r"[^\W\d_]{3}")


def fold_value(text: str) -> str:
    """The key of a whole value; among words, where one number ends and the next begins counts.

    Of a number by itself it does not, nor in the postcode at the end. An e-mail address loses
    its capitals alone.

    >>> fold_value("Flat 1, 2 High St") == fold_value("Flat 12, High St")
    False
    >>> fold_value("0121 496 0001") == fold_value("01214960001")
    True
    """
    if "@" in text:
        return text.strip().casefold()
    parts = _BETWEEN_FIGURES.split(_POSTCODE.sub("", text)) if _WORD.search(text) else [text]
    return " ".join(map(fold, parts))


def fold_words(text: str) -> list[str]:
    """Each word of what somebody typed, folded; words that fold to nothing are left out.

    A hyphen or an apostrophe does not part words: `Smith-Jones` is one.
    """
    return [key for word in re.split(r"[\s,;]+", text) if (key := fold(word))]
