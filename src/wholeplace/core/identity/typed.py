"""A value that a worker types, as agencies' statements hold it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from wholeplace.core.identity.numbers import is_nhs_number, is_upn
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.kernel.identifiers import ni_number

LONGEST = 200
SEXES = ("M", "F", "X")
INVENTED_NI = "QQ"  # begins numbers of examples: nobody has one


def as_stated(field: str, typed: str) -> str:
    """What was typed for a field of a statement, as statements hold it.

    Args:
        field: one of `TYPED`.
        typed: days as `2026-06-01`.

    Raises:
        UserMistake: it cannot be a value of this field.
    """
    text = " ".join(typed.replace("\0", " ").split())
    if not text:
        raise UserMistake("Nothing was typed.", do="Say what it should be.")
    if len(text) > LONGEST:
        raise UserMistake(f"This is longer than {LONGEST} characters.", do="Shorten it.")
    return TYPED[field](text)


def _text(text: str) -> str:
    return text


def _day(text: str) -> str:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        mistake = UserMistake("This is not a day of the calendar.", do="Write it like 2026-06-01.")
        raise mistake from None
    if found.year < 1880:
        raise UserMistake("This day is too long ago.", do="Check the year.")
    return found.isoformat()


def _sex(text: str) -> str:
    if text.upper() not in SEXES:
        raise UserMistake("This is none of the choices.", do="Use M, F or X.")
    return text.upper()


def _nhs(text: str) -> str:
    number = re.sub(r"[ -]", "", text)
    if not is_nhs_number(number):
        do = "Check its ten digits: the last one follows from the others."
        raise UserMistake("This cannot be an NHS number.", do=do)
    return number


def _upn(text: str) -> str:
    number = text.replace(" ", "").upper()
    if not is_upn(number):
        do = "Check its thirteen characters: the first one follows from the others."
        raise UserMistake("This cannot be a pupil number.", do=do)
    return number


def _ni(text: str) -> str:
    plain = text.replace(" ", "").upper()
    if plain.startswith(INVENTED_NI):
        ni_number(f"AA{plain[2:]}")
        return plain
    return ni_number(text)


TYPED: dict[str, Callable[[str], str]] = {
    "given_names": _text,
    "family_name": _text,
    "date_of_birth": _day,
    "sex": _sex,
    "address": _text,
    "phone": _text,
    "email": _text,
    "nhs_number": _nhs,
    "upn": _upn,
    "ni_number": _ni,
    "date_of_death": _day,
}
"""Every field of which somebody can say that it is wrong."""
