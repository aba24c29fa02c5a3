"""Formats of identifiers: what can be one, and how it is written.

A format check says that a text could be an identifier, never that it is anybody's.
"""

from __future__ import annotations

import re

from wholeplace.core.kernel.errors import UserMistake

# Prefixes: neither letter D, F, I, Q, U, V; second not O; seven pairs are never given out.
# Source: HMRC National Insurance Manual, NIM39110.
_NI_NUMBER = re.compile(
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z][0-9]{6}[A-D]", re.ASCII
)
# The six shapes of the outward half, then digit and two letters (never C I K M O V).
# Source: BS 7666 as used by Royal Mail's Postcode Address File.
_POSTCODE = re.compile(
    r"((?:[A-Z][0-9]|[A-Z][0-9][0-9A-Z]|[A-Z][A-Z][0-9]|[A-Z][A-Z][0-9][0-9A-Z]))"
    r"([0-9][ABD-HJLNP-UW-Z]{2})",
    re.ASCII,
)
_UPRN = re.compile(r"[0-9]{1,12}", re.ASCII)


def ni_number(text: str) -> str:
    """A National Insurance number as nine characters without spaces (`AB123456C`).

    Raises:
        UserMistake: when the text cannot be one.
    """
    plain = re.sub(r"[ \t-]", "", text).upper()
    if not _NI_NUMBER.fullmatch(plain):
        raise UserMistake(
            f"“{text.strip()[:20]}” cannot be a National Insurance number.",
            do="Write two letters, six digits and a letter from A to D, like AB 12 34 56 C.",
        )
    return plain


def show_ni_number(number: str) -> str:
    """`AB 12 34 56 C` of `AB123456C`."""
    return " ".join([number[:2], number[2:4], number[4:6], number[6:8], number[8:]])


def postcode(text: str) -> str:
    """A postcode in capitals with one space (`B6 5RQ`). Raises UserMistake."""
    match = _POSTCODE.fullmatch(re.sub(r"[ \t]", "", text).upper())
    if match is None:
        raise UserMistake(
            f"“{text.strip()[:20]}” cannot be a postcode.", do="Write it like B6 5RQ."
        )
    return f"{match.group(1)} {match.group(2)}"


def uprn(text: str) -> str:
    """A Unique Property Reference Number: 1 to 12 digits, no leading zeros kept."""
    plain = text.strip()
    if not _UPRN.fullmatch(plain) or int(plain) == 0:
        raise UserMistake(f"“{plain[:20]}” cannot be a UPRN.", do="Write 1 to 12 digits.")
    return str(int(plain))
