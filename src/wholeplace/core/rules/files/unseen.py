"""Characters that nobody sees in a file: controls, and those that turn the direction of text.

With them a rule reads otherwise on a screen than it is, and a database keeps no NUL. Tabs and
ends of lines are not among them.
"""

from __future__ import annotations

import re
import unicodedata

# Controls (C0 but tab and ends of lines, DEL, C1), bidirectional embeddings, overrides and
# isolates (Unicode Standard Annex 9), and halves of surrogate pairs, which are no characters.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
DO = "remove it"


def unseen(text: str) -> str:
    """What the first such character is, in words; empty when there is none."""
    found = UNSEEN.search(text)
    return unseen_words(found[0]) if found else ""


def unseen_words(sign: str) -> str:
    """A sentence about a character: its number, and its name where it has one."""
    name = unicodedata.name(sign, "a control character" if sign < "\xa0" else "").lower()
    called = f", {name}" if name else ""
    return f"this holds a character that nobody can see (U+{ord(sign):04X}{called})"
