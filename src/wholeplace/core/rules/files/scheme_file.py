"""The shape of a scheme file and of a funding file, key by key, before meaning is checked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from wholeplace.core.rules.facts import Name, Text
from wholeplace.core.rules.files.strict import Strict
from wholeplace.core.rules.shown import show_date

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
RuleText = Annotated[str, StringConstraints(min_length=1)]
UNKNOWN = "unknown"
Every = Literal["week", "month", "year", "once"]
Counting = Literal["total", "additional"]
Subject = Literal["person", "household", "benefit unit", "child"]
FoundBy = Literal["trawl", "referral", "self_referral", "outreach"]


class ValidFile(Strict):
    """First and last day on which the scheme takes people; no `to` means still open."""

    from_: dt.date = Field(alias="from")
    to: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Whether `day` is one of these days."""
        return self.from_ <= day and (self.to is None or day <= self.to)

    @property
    def shown(self) -> str:
        """`from 1 April 2026 to 31 March 2027`, `from 1 April 2026`."""
        until = f" to {show_date(self.to)}" if self.to else ""
        return f"from {show_date(self.from_)}{until}"


class SettingFile(Strict):
    """A figure that the scheme's owner may change, and what it means."""

    value: str | int | Decimal | dt.date | list[Name]
    meaning: Text
    source: str = ""


class CriterionFile(Strict):
    """One condition: its words for people, the day it is read at, and the rule."""

    text: Text
    on: Name = "as_at"
    when: RuleText


class JourneyFile(Strict):
    """Deadlines (`10 working days`, `14 days`, `1 month`) and who leads."""

    lead: Slug
    decide_within: str
    pay_within: str | None = None
    reconsider_within: str | None = None
    answer_within: str | None = None
    release: Slug | None = None
    quality_check_over: str | None = None


class ForFile(Strict):
    """How long a payment runs.

    counting `total`: the weeks include the statutory ones; `additional`: they follow them.
    """

    weeks: Annotated[int, Field(ge=1, le=520)]
    counting: Counting
    statutory_weeks: Annotated[int, Field(ge=0, le=52)] = 0


class PayFile(Strict):
    """What the scheme pays, how often, for how long, and from which funds in which order.

    Only a weekly payment can say `for`; without it the payment has no set end.
    """

    text: str = ""
    amount: RuleText
    on: Name = "as_at"
    every: Every = "week"
    for_: ForFile | None = Field(default=None, alias="for")
    funding: Annotated[list[Slug], Field(min_length=1)]


class MilestoneFile(Strict):
    """A point that should be reached so many weeks after a dated fact."""

    after: Name
    weeks: Annotated[int, Field(ge=1, le=520)]
    target: str


class ExpectFile(Strict):
    """What a worked case must come to.

    because: exactly the criteria that fail. missing: exactly the facts to ask for.
    pays: amount by payment, or `unknown` where a fact that it needs is.
    """

    eligible: Literal["yes", "no", "possible"]
    because: list[Name] | None = None
    missing: list[str] | None = None
    pays: dict[Name, str] | None = None


class CaseFile(Strict):
    """A worked example: a test, and part of the scheme's public page."""

    name: Text
    as_at: dt.date
    facts: dict[str, Any]
    expect: ExpectFile


class BandFile(Strict):
    """One band of an order: its words, and who is in it; without `when`, all who are left."""

    band: Name
    text: Text
    on: Name = "as_at"
    when: RuleText | None = None


class StepFile(Strict):
    """One step of an order: a value, and which of its ends comes first."""

    value: RuleText
    text: Text
    on: Name = "as_at"
    first: Literal["earliest", "latest", "most", "least", "yes", "no"]


class OrderExpectFile(Strict):
    """Who stands where: `places` in order, people of one place as a list; `waiting` apart."""

    places: list[Name | list[Name]]
    waiting: list[Name] = Field(default_factory=list)
    left_out: list[Name] = Field(default_factory=list)


class OrderCaseFile(Strict):
    """A worked example of an order: people with their facts, and the order they come to."""

    name: Text
    as_at: dt.date
    lot: str = ""
    people: Annotated[dict[Name, dict[str, Any]], Field(min_length=1)]
    expect: OrderExpectFile


class OrderFile(Strict):
    """In what order people are served: bands and steps as `by` lists them, then the tie rule.

    `bands` in `by` says where the bands come; left out, they come first. ties `lot`: by a
    lot drawn from a word given when the order is made; `together`: they share the place.
    """

    text: Text
    bands: list[BandFile] = Field(default_factory=list)
    by: list[Literal["bands"] | StepFile] = Field(default_factory=list)
    ties: Literal["lot", "together"]
    cases: Annotated[list[OrderCaseFile], Field(min_length=1)]


class SchemeFile(Strict):
    """A whole scheme file. Each key is described in docs/language.md."""

    scheme: Slug
    name: Text
    owner: Slug
    source: Text
    valid: ValidFile
    about: Subject
    lawful_basis: Slug
    may_read: list[Slug]
    settings: dict[Name, SettingFile] = Field(default_factory=dict)
    assume: dict[str, Any] = Field(default_factory=dict)
    criteria: Annotated[dict[Name, CriterionFile], Field(min_length=1)]
    eligible: Any
    found_by: Annotated[list[FoundBy], Field(min_length=1)]
    journey: JourneyFile
    pays: dict[Name, PayFile] = Field(default_factory=dict)
    milestones: dict[Name, MilestoneFile] = Field(default_factory=dict)
    orders: dict[Name, OrderFile] = Field(default_factory=dict)
    cases: Annotated[list[CaseFile], Field(min_length=1)]


class FundingFile(Strict):
    """`governance/funding/NAME.yaml`: a source of money and the conditions it brings."""

    funding: Slug
    name: Text
    source: Text
    valid: ValidFile
    review: Text
    returns: str = ""
    conditions: dict[Name, CriterionFile] = Field(default_factory=dict)


class BasisFile(Strict):
    """A lawful basis: the law, the purpose, and whose data may be read under it."""

    name: Text
    law: Text
    purpose: Text
    agencies: Annotated[list[Slug], Field(min_length=1)]
    valid: ValidFile


class BasesFile(Strict):
    """`governance/lawful-bases.yaml`."""

    bases: Annotated[dict[Slug, BasisFile], Field(min_length=1)]
