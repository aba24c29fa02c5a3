"""What views hand to the components: small frozen values, already in words where they can be.

A view builds these from a room's queries; a component only lays them out. Nothing here
knows a model, a query or a request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A link: its words and where it goes. `current` marks the page that is being read."""

    text: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in and as what: they act for one agency in one role at a time."""

    name: str
    role: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands round every page: the place, the reader, their navigation, the footer."""

    place: str = ""
    home_url: str = "/"
    signed_in: SignedIn | None = None
    sign_in_url: str = ""
    sign_out_url: str = ""
    navigation: tuple[Link, ...] = ()
    footer: tuple[Link, ...] = ()
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A link beside a fact. `about` is read out after it: "Change" + "date of birth"."""

    text: str
    href: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One fact of a summary list. `note` is a smaller second line: its source and age."""

    key: str
    value: object
    note: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    `sort_href` makes its heading a link that orders the rows on the server; `sorted_by` says
    how they are ordered now ("ascending", "descending" or ""). `heading` marks the column
    that names the row.
    """

    text: str
    numeric: bool = False
    heading: bool = False
    sort_href: str = ""
    sorted_by: str = ""


def columns(*headings: str, numeric: Collection[str] = ()) -> tuple[Column, ...]:
    """Columns by their headings; the first names the row, those of `numeric` hold figures."""
    return tuple(
        Column(text, numeric=text in numeric, heading=place == 0)
        for place, text in enumerate(headings)
    )


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing that happened, by whom, when, and what there is to say about it."""

    title: str
    when: date | datetime
    by: str = ""
    text: object = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. Without an address it cannot be started yet."""

    title: str
    href: str = ""
    hint: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark on a person that nobody may miss: "Do not contact"."""

    text: str
    colour: str = "red"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that decided a criterion: what it is, its value in words, its source and age.

    `assumed` is True where the scheme's own file assumes the value rather than holding it.
    `came_from` holds the facts that it was worked out from.
    """

    meaning: str
    value: str
    source: str = ""
    as_at: date | None = None
    age_days: int | None = None
    assumed: bool = False
    came_from: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One test of a scheme as one person meets it.

    `answer` is "yes", "no", "unknown", "not-applicable" or "protected" (a fact that this
    reader may not see decided it; `question` then says whom to ask). `from_day` is the first
    day on which time alone turns it into what `becomes` says.
    """

    text: str
    answer: str
    facts: tuple[Fact, ...] = ()
    question: str = ""
    note: str = ""
    on: date | None = None
    from_day: date | None = None
    becomes: str = "yes"


@dataclass(frozen=True, slots=True)
class Why:
    """Why an answer is what it is: the answer, every criterion, the questions left to ask.

    `first` is the question to ask first; `settles` whether all the questions together settle the
    answer whatever is said. `later` says when time alone changes a no. `notes` come before all
    else: that the scheme is closed, or that somebody else answers for the household.
    """

    answer: str
    criteria: tuple[Criterion, ...]
    headline: str = ""
    as_at: date | None = None
    known_at: datetime | None = None
    questions: tuple[str, ...] = ()
    first: str = ""
    settles: bool = True
    later: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """A fund in pence: its limit, what was paid and what is promised but not yet paid."""

    name: str
    limit_pence: int
    paid_pence: int
    committed_pence: int

    @property
    def free_pence(self) -> int:
        """What may still be promised (brief 05, rule 6: never below zero)."""
        return self.limit_pence - self.paid_pence - self.committed_pence


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture and the same facts as a table, so that neither is needed to read the other."""

    id: str
    title: str
    summary: str
    svg: str
    columns: tuple[Column, ...] = ()
    rows: Iterable[Iterable[object]] = field(default_factory=tuple)
    wide: bool = False
    key: str = ""
