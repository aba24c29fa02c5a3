"""A checked scheme: who it is for, what it pays, what it promises.

Built by `scheme_loader.load_scheme`; everything here has been checked against the place's
facts, lawful bases and funding sources, and nothing here reads a file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.rules import tree as t
from wholeplace.core.rules.check import Setting
from wholeplace.core.rules.computed import Workings
from wholeplace.core.rules.evaluate import truth_and, truth_not, truth_or
from wholeplace.core.rules.facts import FactSpec
from wholeplace.core.rules.files.scheme_file import (
    BasisFile,
    CaseFile,
    JourneyFile,
    MilestoneFile,
    OrderCaseFile,
)
from wholeplace.core.rules.rates import Rate, RateTable
from wholeplace.core.rules.shown import show_date

AS_AT = "as_at"
EVERY = {"week": "a week", "month": "a month", "year": "a year", "once": "once"}


@dataclass(frozen=True)
class Criterion:
    """One condition. `on` is `as_at` or the dated fact at which its facts are read."""

    key: str
    text: str
    on: str
    rule: t.Rule


@dataclass(frozen=True)
class Part:
    """One piece of `eligible`: a criterion's key, or `all`, `any` or `not` of pieces."""

    kind: str  # criterion | all | any | not
    key: str = ""
    parts: tuple[Part, ...] = ()

    def keys(self) -> Iterator[str]:
        """The criteria named, in order."""
        if self.kind == "criterion":
            yield self.key
        for part in self.parts:
            yield from part.keys()

    def truth(self, values: Mapping[str, bool | None]) -> bool | None:
        """yes, no or unknown, given the criteria's values."""
        if self.kind == "criterion":
            return values[self.key]
        found = [part.truth(values) for part in self.parts]
        if self.kind == "not":
            return truth_not(found[0])
        return truth_and(found) if self.kind == "all" else truth_or(found)

    def sql(self, column: Callable[[str], str]) -> str:
        """The same as SQL over the criteria's three-valued columns."""
        if self.kind == "criterion":
            return column(self.key)
        inner = [part.sql(column) for part in self.parts]
        if self.kind == "not":
            return f"(NOT {inner[0]})"
        return "(" + (" AND " if self.kind == "all" else " OR ").join(inner) + ")"


@dataclass(frozen=True)
class Pay:
    """A payment: its formula, for how many weeks, from which funds, how often.

    every: `week`, `month`, `year` or `once`. weeks: None for a payment without a set end (then
    counting is empty and statutory_weeks 0).
    """

    key: str
    text: str
    on: str
    amount: t.Rule
    weeks: int | None
    counting: str
    statutory_weeks: int
    funding: tuple[str, ...]
    every: str = "week"


@dataclass(frozen=True)
class OrderStep:
    """One step of an order. `kind` is `bands` or which end of the value comes first.

    `key` names the step in results: `bands`, or `step 1`, `step 2` and so on.
    """

    key: str
    kind: str  # bands | earliest | latest | most | least | yes | no
    text: str = ""
    on: str = "as_at"
    rule: t.Rule | None = None


@dataclass(frozen=True)
class Order:
    """In what order those who qualify are served.

    A person is in the first band whose condition is yes; a band without a condition (`rule`
    None, only the last) takes all who are left. `ties`: `lot` or `together`.
    """

    key: str
    text: str
    bands: tuple[Band, ...]
    steps: tuple[OrderStep, ...]
    ties: str
    cases: tuple[OrderCaseFile, ...]


@dataclass(frozen=True)
class Band:
    """A band: its words, and its condition unless it takes all who are left."""

    key: str
    text: str
    on: str
    rule: t.Rule | None


@dataclass(frozen=True)
class Funding:
    """A source of money; `conditions` must all hold for a person's award to use it."""

    key: str
    name: str
    source: str
    review: str
    valid_from: dt.date
    valid_to: dt.date | None
    conditions: tuple[Criterion, ...]

    def open_on(self, day: dt.date) -> bool:
        """Whether the source runs on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class PlaceRules:
    """What a place's folder says that schemes may use.

    leads, owners: who may lead and who may own a scheme; empty where the place does not say.
    """

    facts: Mapping[str, FactSpec]
    bases: Mapping[str, BasisFile] = field(default_factory=dict)
    funding: Mapping[str, Funding] = field(default_factory=dict)
    rates: Mapping[str, Rate | RateTable] = field(default_factory=dict)
    leads: tuple[str, ...] = field(default=(), compare=False)
    owners: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def workings(self) -> Workings:
        """How the facts that are worked out from others are worked out."""
        return Workings(self.facts, self.rates)


@dataclass(frozen=True)
class Scheme:
    """A checked scheme. `version` is a digest of its text; `file` where it was read."""

    key: str
    name: str
    owner: str
    source: str
    valid_from: dt.date
    valid_to: dt.date | None
    about: str
    lawful_basis: str
    may_read: tuple[str, ...]
    settings: Mapping[str, Setting]
    assume: Mapping[str, t.Value]
    criteria: Mapping[str, Criterion]
    eligible: Part
    found_by: tuple[str, ...]
    journey: JourneyFile
    pays: Mapping[str, Pay]
    milestones: Mapping[str, MilestoneFile]
    orders: Mapping[str, Order]
    cases: tuple[CaseFile, ...]
    place: PlaceRules
    text: str
    version: str
    file: str

    @cached_property
    def compiled(self) -> dict[Any, Any]:
        """What is worked out once of the scheme's rules and holds for everybody (`openness`)."""
        return {}

    def open_on(self, day: dt.date) -> bool:
        """Whether the scheme takes people on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def closed_on(self, day: dt.date) -> str:
        """Why the scheme takes nobody on `day`, in sentences; empty when it is open then."""
        if self.open_on(day):
            return ""
        when = f"it opens on {show_date(self.valid_from)}"
        if self.valid_to is not None and day > self.valid_to:
            when = f"its last day was {show_date(self.valid_to)}"
        return f"This scheme takes nobody on {show_date(day)}: {when}."

    @cached_property
    def _used(self) -> tuple[Criterion, ...]:
        used = set(self.eligible.keys())
        return tuple(item for key, item in self.criteria.items() if key in used)

    def used_criteria(self) -> tuple[Criterion, ...]:
        """The criteria that decide eligibility, each once, in the order of the file."""
        return self._used

    def order(self, key: str) -> Order:
        """The order called `key`; raises NotFound."""
        if key not in self.orders:
            raise NotFound(f"{self.name} has no order called {key}.")
        return self.orders[key]

    def pay(self, key: str) -> Pay:
        """The payment called `key`; raises NotFound."""
        if key not in self.pays:
            raise NotFound(f"{self.name} has no payment called {key}.")
        return self.pays[key]


@dataclass(frozen=True)
class FactNeed:
    """A fact that a scheme reads, and the day it is read at (`as_at` or a dated fact)."""

    key: t.FactKey
    on: str

    @property
    def column(self) -> str:
        """A column name for the fact at that day: `area_imd_decile__on__job_start_date`."""
        return f"{self.key.slug}__on__{self.on}"


def rules_of_order(order: Order) -> list[tuple[t.Rule, str]]:
    """The rules that an order reads, each with the name of its day."""
    parts = [(band.rule, band.on) for band in order.bands]
    parts += [(step.rule, step.on) for step in order.steps]
    return [(rule, on) for rule, on in parts if rule is not None]


def needs(scheme: Scheme, *, amounts: bool = False, order: str = "") -> list[FactNeed]:
    """Every (fact, day) that deciding the scheme needs; with `amounts`, paying it too.

    With the name of an `order`, what putting people in that order needs as well.

    A dated fact named by `on:` is itself needed as at `as_at`. Sorted and without
    repeats, dated facts first, so that an engine can derive them in this order.
    """
    read: list[tuple[t.Rule, str]] = [(c.rule, c.on) for c in scheme.used_criteria()]
    if amounts:
        read += [(pay.amount, pay.on) for pay in scheme.pays.values()]
    if order:
        read += rules_of_order(scheme.order(order))
    days = sorted({on for _, on in read if on != AS_AT})
    first = [FactNeed(t.FactKey(on), AS_AT) for on in days]
    direct = {FactNeed(use.key, on) for rule, on in read for use in t.fact_uses(rule.tree)}
    rest = followed({*first, *direct}, scheme.place.workings)
    ordered = sorted(rest - set(first), key=lambda need: need.column)
    return [*first, *ordered]


def followed(wanted: Iterable[FactNeed], workings: Workings) -> set[FactNeed]:
    """These needs and all that worked-out facts among them are worked out from."""
    found: set[FactNeed] = set()
    waiting = list(wanted)
    while waiting:
        need = waiting.pop()
        if need not in found:
            found.add(need)
            inner = workings.inputs(need.key.name)
            waiting += [FactNeed(key, need.on) for key in inner]
    return found


def as_written(key: t.FactKey, facts: Mapping[str, FactSpec]) -> str:
    """The fact as a rule writes it, with its arguments."""
    if not key.args:
        return facts[key.name].written
    shown = ", ".join(f"{name.removesuffix('_days')}: {value} days" for name, value in key.args)
    return f"{key.name}({shown})"
