"""What pages and the API are given about applications, awards and payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wholeplace.rooms.agencies.recorded import Step
from wholeplace.rooms.documents.queries import Letter


@dataclass(frozen=True)
class ApplicationLine:
    """An application in a list. `due_on` is None while it waits or once it is decided."""

    id: int
    person_id: int
    person_ref: str
    name: str
    scheme: str
    scheme_name: str
    source: str  # trawl, self, referral
    referrer: str
    received_on: dt.date
    recorded_at: dt.datetime
    state: str  # received, waiting, awarded, granted, refused, withdrawn
    state_reason: str
    version: int
    due_on: dt.date | None
    overdue: bool


@dataclass(frozen=True)
class Decision:
    """What was decided and why. `explanation` is core.rules' Explanation as plain data."""

    id: int
    outcome: str  # award, grant, refuse
    reasons: str
    explanation: Mapping[str, Any]
    as_at: dt.date
    happened_on: dt.date
    recorded_at: dt.datetime
    decided_by: str


@dataclass(frozen=True)
class AwardLine:
    """An award in a list; money in pence. paid + cancelled + left = total once confirmed."""

    id: int
    application_id: int
    person_id: int
    person_ref: str
    name: str
    scheme: str
    scheme_name: str
    state: str  # confirmed, queued, offered, ended, completed, withdrawn
    state_reason: str
    state_since: dt.datetime
    version: int
    from_date: dt.date
    to_date: dt.date
    weeks: int
    weekly_pence: int
    total_pence: int
    paid_pence: int
    cancelled_pence: int
    left_pence: int
    place_in_queue: int | None  # while it waits for money, 1 the next


@dataclass(frozen=True)
class Information:
    """What was stated on a day, and the due date that it set, with its steps."""

    happened_on: dt.date
    recorded_at: dt.datetime
    answers: Mapping[str, Any]
    due_on: dt.date
    due_steps: tuple[str, ...]


@dataclass(frozen=True)
class Application:
    """An application with everything about it. `answers` are all statements, newest first."""

    line: ApplicationLine
    scheme_version_id: int
    finding_id: int | None
    answers: Mapping[str, Any]
    information: tuple[Information, ...]
    decision: Decision | None
    award: AwardLine | None
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class PaymentLine:
    """One week's payment. `why_not` says why this reader may not release it now."""

    id: int
    award_id: int
    week_number: int
    weeks: int
    period_from: dt.date
    period_to: dt.date
    due_on: dt.date
    amount_pence: int
    payee_kind: str
    payee_name: str
    payee_reference: str
    state: str  # reserved, released, cancelled, reversed
    version: int
    source_name: str
    decided_by: str
    released_on: dt.date | None
    released_at: dt.datetime | None
    released_by: str
    why_not: str

    @property
    def may_release(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.why_not


@dataclass(frozen=True)
class Award:
    """An award with its payments and its history."""

    line: AwardLine
    budget_id: int
    source_code: str
    source_name: str
    job_start: dt.date
    limit_pence: int
    payee_kind: str
    payee_name: str
    payee_reference: str
    needs_check: bool
    checked_by: str
    check_note: str
    schedule_steps: tuple[str, ...]
    decision: Decision
    payments: tuple[PaymentLine, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class PersonCasework:
    """A person's applications and awards, the newest first."""

    applications: tuple[ApplicationLine, ...]
    awards: tuple[AwardLine, ...]


@dataclass(frozen=True)
class QueueLine:
    """An award that waits for money, with its place and its reason."""

    place: int
    award_id: int
    version: int
    person_id: int
    person_ref: str
    name: str
    total_pence: int
    queued_at: dt.datetime
    state: str  # queued, offered
    reason: str
    budget_id: int
    source_name: str


@dataclass(frozen=True)
class DuePayments:
    """One page of what is due. `total` and `total_pence` are of every page."""

    as_at: dt.date
    items: tuple[PaymentLine, ...]
    total: int
    total_pence: int
    next_after: int | None


@dataclass(frozen=True)
class PaymentRunLine:
    """A payment run. `done` of `total` released; `refused` were left, each with its reason."""

    id: int
    as_at: dt.date
    state: str  # running, finished
    total: int
    pence: int
    done: int
    done_pence: int
    refused: int
    asked_by: str
    started_at: dt.datetime
    finished_at: dt.datetime | None


@dataclass(frozen=True)
class Mine:
    """A resident's own applications, awards with their payments, and letters."""

    applications: tuple[Application, ...]
    awards: tuple[Award, ...]
    letters: tuple[Letter, ...]
