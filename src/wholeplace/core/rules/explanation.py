"""What an explanation is made of: plain data for page, letter, API and terminal."""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass
from typing import Any


@dataclass(frozen=True)
class FactShown:
    """A fact that a criterion read. `value`: pence, days, ISO date, code or number.

    `age_days` is how old the statement was on the day of the answer, where its source
    says when it was recorded (or, failing that, since when it was true). `came_from` holds the
    facts that this one was worked out from.
    """

    fact: str
    meaning: str
    value: bool | int | float | str | None
    shown: str
    state: str
    day: str | None
    source: str = ""
    happened: str | None = None
    recorded: str | None = None
    age_days: int | None = None
    information_class: str = ""
    agency: str = ""
    decided: bool = False
    assumed: bool = False
    protected: bool = False
    came_from: tuple[FactShown, ...] = ()


@dataclass(frozen=True)
class CriterionShown:
    """A criterion: its words, `yes`/`no`/`unknown`/`protected`, its day, rule and facts.

    `settings` says what each figure named in the rule is: `most_a_week is £35.00`. Where it
    stands against the answer and time alone turns it, `from_day` is the first day of that and
    `becomes` what it is then (`yes`, `no` or `unknown`).
    """

    key: str
    text: str
    value: str
    on: str
    day: str | None
    rule: str
    facts: tuple[FactShown, ...]
    settings: tuple[str, ...] = ()
    note: str = ""
    from_day: str | None = None
    becomes: str = ""


@dataclass(frozen=True)
class Question:
    """Something to ask because the answer is still open.

    on: the day that the fact is asked at: `as_at`, or the dated fact whose day it is.
    """

    fact: str
    question: str
    criteria: tuple[str, ...]
    protected: bool = False
    on: str = "as_at"


@dataclass(frozen=True)
class Likeliest:
    """The question to ask first: of `answers` kinds of answer, `settling` settle the scheme."""

    question: Question
    settling: int
    answers: int


@dataclass(frozen=True)
class Sufficient:
    """Questions that settle the scheme whatever is answered to all of them.

    smallest: no smaller set does. exact: none of them can be dropped (see `ask.Enough`).
    """

    questions: tuple[Question, ...]
    smallest: bool
    exact: bool


@dataclass(frozen=True)
class Later:
    """The first day on which time alone makes a no a `yes` or `possible`.

    criteria: the keys of those that stood against it and then do so no longer. shown:
    `eligible from 15 June 2026`.
    """

    day: str
    answer: str
    criteria: tuple[str, ...]
    shown: str


@dataclass(frozen=True)
class PayShown:
    """A payment for this person; `amount_pence` None while a fact is missing.

    every: `week`, `month`, `year` or `once`. weeks: for how many; None when no end is set.
    settings: the figures named in the formula, as in `CriterionShown`.
    """

    key: str
    text: str
    amount_pence: int | None
    shown: str
    rule: str
    weeks: int | None
    counting: str
    statutory_weeks: int
    funding: tuple[str, ...]
    facts: tuple[FactShown, ...]
    missing: tuple[Question, ...]
    every: str = "week"
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """The whole answer. `answer` is `yes`, `no` or `possible`.

    failed: keys of the criteria that made it no. missing: what to ask while it is
    possible, most useful first; empty once the answer is settled. next_question: what to ask
    first. enough: questions that settle it, when they were asked for. later: when time alone
    changes a no; ahead says in words how far was looked where it does not. closed: why the scheme
    takes nobody on the day; then an answer of yes is of its tests alone.
    """

    scheme: str
    name: str
    version: str
    as_at: str
    answer: str
    criteria: tuple[CriterionShown, ...]
    failed: tuple[str, ...]
    missing: tuple[Question, ...]
    assumed: tuple[str, ...]
    pays: tuple[PayShown, ...]
    notes: tuple[str, ...] = ()
    next_question: Likeliest | None = None
    enough: Sufficient | None = None
    later: Later | None = None
    ahead: str = ""
    closed: str = ""

    def as_data(self) -> dict[str, Any]:
        """Plain lists, dicts, texts and numbers, ready for JSON."""
        data: dict[str, Any] = _as_data(self)
        return data


def _as_data(value: Any) -> Any:
    """As `dataclasses.asdict`, which copies every leaf; these cannot change, so they stay."""
    if isinstance(value, tuple):
        return tuple(_as_data(one) for one in value)
    if is_dataclass(value):
        return {name: _as_data(one) for name, one in vars(value).items()}
    return value
