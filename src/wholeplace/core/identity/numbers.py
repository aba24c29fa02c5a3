"""Numbers that name a person and carry a check of themselves: the NHS number and the UPN.

Sources: NHS Data Dictionary, attribute NHS NUMBER (modulus 11); Department for Education,
"Unique pupil numbers: guide for schools and local authorities" (check letter, temporary UPNs).
"""

from __future__ import annotations

import re

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # I, O and S are left out: 23 letters, A is 0
NHS_TESTS = "999"  # begins numbers that are kept for tests: nobody has one

_NHS = re.compile(r"[0-9]{10}")
_UPN = re.compile(rf"[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]")


def nhs_check_digit(nine: str) -> str:
    """The tenth digit that follows from nine; empty where no number begins with these nine.

    Each digit is multiplied by its weight, 10 for the first and 2 for the ninth. The sum's
    remainder after division by 11 is taken from 11; 11 becomes 0, and 10 is never used.
    """
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    return "" if check == 10 else str(check)


def is_nhs_number(number: str) -> bool:
    """Whether ten digits, without spaces, are an NHS number by their check digit.

    Ten digits alike always pass the sum and are what is typed when there is no number, so they
    are none.
    """
    if not _NHS.fullmatch(number) or len(set(number)) == 1:
        return False
    return nhs_check_digit(number[:9]) == number[9]


def upn_check_letter(rest: str) -> str:
    """The first letter that follows from the twelve characters after it.

    Each character from the second to the thirteenth is multiplied by its place. The sum's
    remainder after division by 23 is the letter's place, A being 0. A temporary UPN ends in a
    letter, which counts as its place.
    """
    values = (UPN_LETTERS.index(c) if c in UPN_LETTERS else int(c) for c in rest)
    total = sum(value * place for place, value in zip(range(2, 14), values, strict=True))
    return UPN_LETTERS[total % 23]


def is_upn(number: str) -> bool:
    """Whether thirteen characters, in capitals, are a UPN by their shape and check letter.

    Check letter; three digits of the local authority, four of the school, two of the year; a
    serial number of three digits, the last of which is a letter where the UPN is temporary.
    """
    return bool(_UPN.fullmatch(number)) and upn_check_letter(number[1:]) == number[0]
