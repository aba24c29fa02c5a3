"""How a name sounds, in a few letters: names that are written otherwise by ear meet in one.

Vowels go, and so do doubled letters and an h that only softens; consonants that the communities
of an English city write for one sound become one. It brings candidates together and decides
nothing: `likeness` looks at the names themselves.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

from wholeplace.core.identity.nicknames import canonical

LONGEST = 8
"""Letters of a sound that are kept."""

# Capitals are sounds: X as in ship and church, J as in judge, Y as in Yusuf, A any vowel in front.
_FRONT = re.compile(r"^(?:(ma?c)(?=[^aeiouy])|[kgp]n|wr|ps|(y)(?=[aeiou])|[aeiouy]+)")
_FRONTS = {"kn": "n", "gn": "n", "pn": "n", "wr": "r", "ps": "s", "y": "Y", "mac": "mk", "mc": "mk"}
_PARTS = re.compile(r"sch|tch|[sc]h|[sc]z|zh|dg(?=[ei])|dj|ph|mb$|mps|ck|.")
_AS = {
    **dict.fromkeys(("sch", "tch", "sh", "ch", "sz", "cz", "zh"), "X"),
    **dict.fromkeys(("dg", "dj", "j"), "J"),
    **dict.fromkeys(("ph", "v", "w"), "f"),
    **dict.fromkeys(("ck", "c", "q"), "k"),
    **dict.fromkeys("aeiouyh", ""),
    **{"mb": "m", "mps": "ms", "x": "ks", "z": "s"},
}
_SOFT = re.compile(r"c(?=[eiy])")
_GLIDE = re.compile(r"(?<=[aeiou])w(?![aeiou])")  # a vowel, as in Brown and Chowdhury
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """The sound of a folded word; a word in another script is its own.

    >>> sound("choudhury") == sound("chaudhry"), sound("stevens") == sound("stephens")
    (True, True)
    """
    if not word.isascii():
        return word[:LONGEST]
    front = _FRONT.match(word)
    begun, rest = "", word  # what is in front is heard otherwise
    if front:
        begun, rest = _FRONTS.get(front[0], "A"), word[front.end() :]
    elif word.startswith("h"):
        begun, rest = "h", word[1:]
    parts = _PARTS.findall(_SOFT.sub("s", _GLIDE.sub("", rest)))
    return _DOUBLED.sub(r"\1", begun + "".join([_AS.get(part, part) for part in parts]))[:LONGEST]


@lru_cache(maxsize=200_000)
def sound_number(word: str) -> int:
    """31 bits for the sound of a folded word, or of the name that it is a short form of."""
    return zlib.crc32(sound(canonical(word)).encode()) & 0x7FFF_FFFF


def pair_number(one: int, other: int) -> int:
    """One number for two sounds, whichever comes first: below 2^62."""
    low, high = sorted((one, other))
    return low << 31 | high
