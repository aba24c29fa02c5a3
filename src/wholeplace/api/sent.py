"""What may be sent: texts and numbers that the database can hold, no longer than on the pages."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

LARGEST = 2**63 - 1  # PostgreSQL's bigint
LONGEST_ANSWER = 200
MOST_ANSWERS = 100
MINUS = ("-", "−")


def _plain(text: str) -> str:
    """The text, when it holds no NUL character, which PostgreSQL cannot keep."""
    if "\0" in text:
        raise ValueError("It holds a NUL character, which is no text.")
    return text


def _answers(said: dict[str, Any]) -> dict[str, Any]:
    """Answers as short plain values, and not too many of them."""
    if len(said) > MOST_ANSWERS:
        raise ValueError(f"There are more than {MOST_ANSWERS} answers.")
    for name, value in said.items():
        _plain(name)
        shown = _plain(str(value))
        if max(len(name), len(shown)) > LONGEST_ANSWER:
            raise ValueError(f"An answer is longer than {LONGEST_ANSWER} characters.")
        if shown.strip()[:1] in MINUS:
            raise ValueError("An answer is less than nothing.")
    return said


Number = Annotated[int, Field(ge=0, le=LARGEST)]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
Pence = Annotated[int, Field(ge=1, le=100_000_000_00)]
Text = Annotated[str, AfterValidator(_plain)]
Code = Annotated[str, Field(max_length=60), AfterValidator(_plain)]
Name = Annotated[str, Field(max_length=120), AfterValidator(_plain)]
Reason = Annotated[str, Field(max_length=2_000), AfterValidator(_plain)]
Answers = Annotated[dict[str, Any], AfterValidator(_answers)]
