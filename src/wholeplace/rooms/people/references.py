"""A person's reference and the number behind it, both ways, without asking the database.

The same arithmetic as `wp_person_ref` in sql.py; a test holds the two together. Information
governance reads the audit trail by reference and sees nobody's row.
"""

from __future__ import annotations

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PRIME = 1_099_511_627_689  # the largest below 2^40
FACTOR = 679_535_557_337
SHIFT = 271_828_182_845
_BACK = pow(FACTOR, -1, PRIME)
_ALIKE = str.maketrans("OIL", "011", " -")


def plain(typed: str) -> str:
    """A reference as typed, in capitals, without spaces and hyphens."""
    return typed.upper().translate(_ALIKE)


def person_ref(number: int) -> str:
    """The reference of a person's number: P and eight letters of Crockford's base 32."""
    scattered = (number * FACTOR + SHIFT) % PRIME
    return "P" + "".join(LETTERS[(scattered >> shift) & 31] for shift in range(35, -1, -5))


def person_number(ref: str) -> int | None:
    """The number behind a reference; None where the text cannot be one."""
    text = plain(ref)
    if len(text) != 9 or text[0] != "P" or any(letter not in LETTERS for letter in text[1:]):
        return None
    scattered = 0
    for letter in text[1:]:
        scattered = scattered << 5 | LETTERS.index(letter)
    if scattered >= PRIME:
        return None
    return (scattered - SHIFT) * _BACK % PRIME
