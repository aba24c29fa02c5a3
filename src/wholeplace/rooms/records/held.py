"""What agencies' files say of one person: every current statement, and what it said before.

Each statement carries two times: since when it was true, and when it was recorded. One that was
corrected is shown with the day on which it stopped being believed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

WHO = """
SELECT a.name, r.recorded_at, r.superseded_at, r.title, r.given_names, r.family_name,
       r.date_of_birth, r.sex, r.ni_number, r.phone, r.email, r.language, r.do_not_contact,
       r.unsafe_address, r.date_of_death
  FROM records_resident r JOIN agencies_agency a ON a.id = r.agency_id
 WHERE r.person_id = %s ORDER BY r.superseded_at DESC NULLS FIRST, r.id DESC
"""
HOMES = """
SELECT a.name, m.recorded_at, m.superseded_at, m.role, m.from_date, m.to_date,
       d.line_1, d.line_2, d.town, d.postcode, h.tenure, h.landlord
  FROM records_member m
  JOIN agencies_agency a ON a.id = m.agency_id
  LEFT JOIN records_household h ON h.source_key = m.household_key AND h.agency_id = m.agency_id
                               AND h.superseded_at IS NULL
  LEFT JOIN records_address d ON d.source_key = h.uprn AND d.agency_id = h.agency_id
                             AND d.superseded_at IS NULL
 WHERE m.person_id = %s ORDER BY m.from_date DESC NULLS LAST, m.id DESC
"""
BENEFITS = """
SELECT a.name, s.recorded_at, s.superseded_at, s.benefit, s.start_date, s.end_date,
       s.weekly_pence, s.housing_costs
  FROM records_benefitspell s JOIN agencies_agency a ON a.id = s.agency_id
 WHERE s.person_id = %s ORDER BY s.start_date DESC NULLS LAST, s.id DESC
"""
JOBS = """
SELECT a.name, j.recorded_at, j.superseded_at, j.employer, j.start_date, j.end_date,
       j.expected_weeks, j.hours_a_week, j.reported_on
  FROM records_job j JOIN agencies_agency a ON a.id = j.agency_id
 WHERE j.person_id = %s ORDER BY j.start_date DESC NULLS LAST, j.id DESC
"""
ACCOUNTS = """
SELECT a.name, c.recorded_at, c.superseded_at, c.kind, c.as_at_date, c.weekly_charge_pence,
       c.weekly_help_pence, c.arrears_pence
  FROM records_account c JOIN agencies_agency a ON a.id = c.agency_id
 WHERE EXISTS (SELECT 1 FROM records_member m WHERE m.person_id = %s
                  AND m.household_key = c.household_key AND m.agency_id = c.agency_id
                  AND m.superseded_at IS NULL AND (m.to_date IS NULL OR m.to_date >= current_date))
 ORDER BY c.as_at_date DESC NULLS LAST, c.id DESC
"""


@dataclass(frozen=True, slots=True)
class Told:
    """Which agency said it, when it was recorded, and until when it was believed."""

    agency: str
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Who(Told):
    """A person as an agency describes them."""

    title: str | None
    given_names: str
    family_name: str
    date_of_birth: dt.date | None
    sex: str
    ni_number: str | None
    phone: str | None
    email: str | None
    language: str | None
    do_not_contact: bool
    unsafe_address: bool
    date_of_death: dt.date | None


@dataclass(frozen=True, slots=True)
class Home(Told):
    """A place in a household, and where that household lives."""

    role: str
    from_date: dt.date | None
    to_date: dt.date | None
    line_1: str | None
    line_2: str | None
    town: str | None
    postcode: str | None
    tenure: str | None
    landlord: str | None


@dataclass(frozen=True, slots=True)
class Benefit(Told):
    """A benefit in payment; the end is its last day."""

    benefit: str
    start_date: dt.date | None
    end_date: dt.date | None
    weekly_pence: int | None
    housing_costs: bool | None


@dataclass(frozen=True, slots=True)
class Job(Told):
    """A job as it was reported."""

    employer: str | None
    start_date: dt.date | None
    end_date: dt.date | None
    expected_weeks: int | None
    hours_a_week: float | None
    reported_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Account(Told):
    """The household's rent or council tax account on a day."""

    kind: str
    as_at_date: dt.date | None
    weekly_charge_pence: int | None
    weekly_help_pence: int | None
    arrears_pence: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """Everything held of one person that this reader may see, versions believed no more too."""

    who: tuple[Who, ...]
    homes: tuple[Home, ...]
    benefits: tuple[Benefit, ...]
    jobs: tuple[Job, ...]
    accounts: tuple[Account, ...]


def held(person_id: int) -> Held:
    """What is held. The page that shows it writes the view's event."""
    return Held(
        who=tuple(Who(*row) for row in _rows(WHO, person_id)),
        homes=tuple(Home(*row) for row in _rows(HOMES, person_id)),
        benefits=tuple(Benefit(*row) for row in _rows(BENEFITS, person_id)),
        jobs=tuple(Job(*row) for row in _rows(JOBS, person_id)),
        accounts=tuple(Account(*row) for row in _rows(ACCOUNTS, person_id)),
    )


def _rows(sql: str, person_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [person_id])
        return list(cursor.fetchall())
