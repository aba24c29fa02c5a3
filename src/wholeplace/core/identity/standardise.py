"""One value of a record made comparable: the plain way, a value at a time.

The population engine does the same to whole columns; a test holds the two together. A value
that cannot be what it should be is None: it then counts neither for a link nor against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from wholeplace.core.identity.folding import fold
from wholeplace.core.identity.nicknames import canonical
from wholeplace.core.identity.numbers import is_nhs_number, is_upn
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.kernel.identifiers import postcode as written_postcode

LONGEST = 60
"""Letters of a folded name that are kept: comparing grows with the square of the length."""

EARLIEST = date(1900, 1, 1)
"""Nobody alive was born before; systems write such dates for `not known`."""

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "miss",
        "ms",
        "mx",
        "master",
        "dr",
        "doctor",
        "prof",
        "professor",
        "rev",
        "reverend",
        "revd",
        "sir",
        "dame",
        "lord",
        "lady",
        "fr",
        "sr",
        "cllr",
        "councillor",
        "capt",
        "captain",
        "sgt",
        "baby",
    ]
)
"""Words before a name that are no part of it (`baby` is written before a newborn has a name)."""

_SEXES = {"M": "M", "F": "F", "MALE": "M", "FEMALE": "F", "1": "M", "2": "F"}
_NI_NUMBER = re.compile(r"[A-Z]{2}[0-9]{6}[A-D]", re.ASCII)


def name_words(text: str | None) -> tuple[str, ...]:
    """The words of given names, folded, without titles before them; each cut at LONGEST.

    >>> name_words("Dr Zoë Anne-Marie")
    ('zoe', 'annemarie')
    """
    words = [key[:LONGEST] for word in (text or "").split() if (key := fold(word))]
    start = 0
    while start < len(words) - 1 and words[start] in TITLES:
        start += 1
    return tuple(words[start:])


def first_name(text: str | None) -> str | None:
    """The first of the given names, folded."""
    return next(iter(name_words(text)), None)


def further_names(text: str | None) -> str | None:
    """The other given names, each with a space before it, so that ` ann` is a whole word."""
    return "".join(f" {word}" for word in name_words(text)[1:])[:LONGEST] or None


def canonical_first_name(text: str | None) -> str | None:
    """The first name by the one spelling that stands for all its short forms and variants."""
    first = first_name(text)
    return None if first is None else canonical(first)


def surname(text: str | None) -> str | None:
    """A family name folded to one word: `O'Brien-Smith` and `OBRIEN SMITH` are the same."""
    return fold(text or "")[:LONGEST] or None


def sex(text: str | None) -> str | None:
    """`M` or `F`; anything else says nothing that could be compared."""
    return _SEXES.get((text or "").strip().upper())


def postcode(text: str | None) -> str | None:
    """A postcode in capitals without a space, where it can be one."""
    return _or_none(lambda: written_postcode(text or "").replace(" ", ""))


def sector(postcode_key: str | None) -> str | None:
    """`B65` of `B65RQ`: about 3,000 homes."""
    return postcode_key[:-2] if postcode_key else None


def house(address: str | None) -> str | None:
    """What tells a home from its neighbours: the numbers in its first lines, or its letters.

    `Flat 3, 12b High St` is `3 12b`; an address without a number is folded whole.
    """
    line = (address or "").lower()
    numbers = re.findall(r"[0-9]+[a-z]?(?![a-z0-9])", line, re.ASCII)
    return " ".join(numbers)[:LONGEST] or fold(line)[:LONGEST] or None


def home(postcode_key: str | None, house_key: str | None) -> str | None:
    """Postcode and the first number: some agencies write the flat alone, others the house too."""
    if postcode_key is None or house_key is None:
        return None
    return f"{postcode_key} {house_key.split(' ')[0]}"


def phone(text: str | None) -> str | None:
    """A British number as 0 and nine or ten figures, where it is one."""
    figures = re.sub(r"[^0-9]", "", text or "", flags=re.ASCII)
    figures = re.sub(r"^(?:00)?44(?:0)?(?=[1-9])", "0", figures) if len(figures) > 11 else figures
    return figures if re.fullmatch(r"0[1-9][0-9]{8,9}", figures, re.ASCII) else None


def email(text: str | None) -> str | None:
    """An e-mail address in small letters."""
    plain = (text or "").strip().lower()
    return plain if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", plain) else None


def nhs_number(text: str | None) -> str | None:
    """Ten figures with a true check digit."""
    figures = re.sub(r"[ -]", "", text or "")
    return figures if figures.isascii() and is_nhs_number(figures) else None


def ni_number(text: str | None) -> str | None:
    """Two letters, six figures, A to D. The loader has checked the prefix where it must."""
    plain = re.sub(r"[ -]", "", text or "").upper()
    return plain if _NI_NUMBER.fullmatch(plain) else None


def upn(text: str | None) -> str | None:
    """A pupil number with a true check letter."""
    plain = re.sub(r"[ -]", "", text or "").upper()
    return plain if plain.isascii() and is_upn(plain) else None


def uprn(text: str | None) -> str | None:
    """A property's number: 1 to 12 figures, leading zeros dropped."""
    plain = (text or "").strip()
    kept = plain.lstrip("0")
    return kept if kept and re.fullmatch(r"[0-9]{1,12}", plain, re.ASCII) else None


def birth_date(day: date | None) -> date | None:
    """A birth date that somebody alive could have."""
    return None if day is None or day < EARLIEST else day


def birth_key(day: date | None) -> int | None:
    """One number for a date and for the same with day and month the other way about."""
    if day is None:
        return None
    low, high = sorted((day.month, day.day))
    return day.year * 10_000 + low * 100 + high


def _or_none(make: Callable[[], str]) -> str | None:
    try:
        return make()
    except UserMistake:
        return None
