"""Where agencies disagree about one person, and how far: in words that a worker can act on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from wholeplace.core.identity.folding import fold, fold_value
from wholeplace.core.identity.nicknames import canonical
from wholeplace.core.identity.standardise import name_words

WRITTEN_OTHERWISE = "The same, written otherwise"
SHORT_FORM = "A short form or another spelling of one name"
SLIP = "One slip apart: perhaps a typing error"
TURNED = "Day and month the other way about"
PART = "One has more names than the other"
DIFFERENT = "They differ"

Compare = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field about which not everybody says the same.

    Attributes:
        field: its name.
        how: how far the values are apart, by the two that differ most.
    """

    field: str
    how: str


def disagreements(said: Mapping[str, Sequence[str]]) -> tuple[Disagreement, ...]:
    """The fields of which two values differ, in the order given.

    Args:
        said: field → every value that is said of the person; days as `2026-06-01`. Fields
            are those of `COMPARED`; of any other, two values just differ.
    """
    found = []
    for field, values in said.items():
        compare = COMPARED.get(field, _plainly)
        ways = [compare(a, b) for a, b in combinations(dict.fromkeys(values), 2)]
        if ways:
            found.append(Disagreement(field, max(ways, key=_ORDER.index)))
    return tuple(found)


def given_names(a: str, b: str) -> str:
    """How two forms of given names differ."""
    left, right = name_words(a), name_words(b)
    if left == right or fold(a) == fold(b):
        return WRITTEN_OTHERWISE
    shorter, longer = sorted((left, right), key=len)
    if longer[: len(shorter)] == shorter and shorter:
        return PART
    if left and right and canonical(left[0]) == canonical(right[0]):
        return SHORT_FORM
    return SLIP if one_slip("".join(left), "".join(right)) else DIFFERENT


def family_name(a: str, b: str) -> str:
    """How two forms of a family name differ."""
    left, right = fold(a), fold(b)
    if left == right:
        return WRITTEN_OTHERWISE
    return SLIP if one_slip(left, right) else DIFFERENT


def birth_date(a: str, b: str) -> str:
    """How two birth dates differ."""
    left, right = date.fromisoformat(a), date.fromisoformat(b)
    if (left.year, left.month, left.day) == (right.year, right.day, right.month):
        return TURNED
    return SLIP if one_slip(a, b) else DIFFERENT


def closely(a: str, b: str) -> str:
    """How two texts without a form of their own differ: an address, a phone number."""
    return WRITTEN_OTHERWISE if fold_value(a) == fold_value(b) else DIFFERENT


def one_slip(a: str, b: str) -> bool:
    """Whether one letter added, left out or changed, or two neighbours turned, makes `b` of `a`.

    >>> one_slip("shah", "sahh"), one_slip("khan", "kahns")
    (True, False)
    """
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    same = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    at = min(len(a), len(b)) if same is None else same
    left, right = a[at:], b[at:]
    turned = left[:2] == right[1::-1] and len(right) > 1 and left[2:] == right[2:]
    return turned or left[1:] == right[1:] or left[1:] == right or left == right[1:]


def _plainly(a: str, b: str) -> str:
    return DIFFERENT


_ORDER = (WRITTEN_OTHERWISE, PART, SHORT_FORM, TURNED, SLIP, DIFFERENT)
COMPARED: dict[str, Compare] = {
    "given_names": given_names,
    "family_name": family_name,
    "date_of_birth": birth_date,
    "address": closely,
    "phone": closely,
    "email": closely,
}
"""What is compared in a way of its own."""
