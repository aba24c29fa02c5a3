"""A person's answers to some criteria as one whole number: two bits each, the first lowest.

0 is no, 1 is yes, 2 is unknown. Counting persons by one number is much quicker than by many
columns, and what each criterion and the whole scheme come to is worked out once a pattern.
"""

from __future__ import annotations

from collections.abc import Sequence

MOST = 60
_ANSWERS: tuple[bool | None, ...] = (False, True, None)


def encode_sql(conditions: Sequence[str], after: int = 0) -> str:
    """An SQL expression for the number; `after` criteria have lower bits already."""
    terms = [
        f"(CASE WHEN {condition} THEN 1 WHEN NOT {condition} THEN 0 ELSE 2 END)"
        f" * CAST({4 ** (after + place)} AS {_kind(after + len(conditions))})"
        for place, condition in enumerate(conditions)
    ]
    return " + ".join(terms)


def _kind(criteria: int) -> str:
    return "BIGINT" if criteria <= MOST // 2 else "HUGEINT"


def decode(pattern: int, criteria: int) -> list[bool | None]:
    """The answers of a pattern, in the order in which they were encoded."""
    return [_ANSWERS[pattern >> 2 * place & 3] for place in range(criteria)]


def decode_sql(column: str, place: int) -> str:
    """One criterion's answer out of the number, as SQL: true, false or NULL."""
    digit = f"({column} // {4**place}) % 4"
    return f"CASE {digit} WHEN 1 THEN true WHEN 0 THEN false END"
