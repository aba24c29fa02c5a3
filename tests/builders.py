"""People, statements, budgets and awards for tests, made as the program makes them.

Call inside `with act(…)` of somebody who may; `loader` things need `act("system-loader")`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import connection

from wholeplace.core.money.awards import award_schedule
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.casework import applications, awards
from wholeplace.rooms.ledger import actions as ledger
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.places import models as places
from wholeplace.rooms.records import models as records
from wholeplace.rooms.schemes import actions as schemes

SCHEME = "transition-payments"
MONDAY = dt.date(2026, 6, 1)
EXPLAINED = {"criteria": [], "failed": []}


def make_person(name: str = "Ada Test", **more: Any) -> Person:
    """A person whom the acting agency sees; as system-loader."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('people_person_id_seq')")
        number = cursor.fetchone()[0]
        cursor.execute("SELECT wp_person_ref(%s)", [number])
        ref = cursor.fetchone()[0]
    given, _, family = name.lower().partition(" ")
    return Person.objects.create(
        pk=number,
        ref=ref,
        name=name,
        family_key=family,
        given_key=given,
        viewers=[require_actor().agency_id],
        **more,
    )


def state_resident(person: Person, **flags: Any) -> records.Resident:
    """What the council's file says of a person; as system-loader."""
    said: dict[str, Any] = {"do_not_contact": False, "unsafe_address": False}
    return _state(
        records.Resident,
        f"R{person.pk}",
        person=person,
        given_names=person.name.split()[0],
        family_name=person.name.split()[-1],
        sex="X",
        **said | flags,
    )


def state_home(person: Person, area: str = "T01") -> None:
    """A household of one and its address; as system-loader."""
    key = f"H{person.pk}"
    _state(
        records.Address,
        f"U{person.pk}",
        line_1="1 Test Street",
        town="Birmingham",
        postcode="B1 1AA",
        lsoa_code=area,
    )
    since = dt.date(2020, 1, 1)
    _state(records.Household, key, uprn=f"U{person.pk}", from_date=since)
    _state(
        records.Member,
        f"M{person.pk}",
        person=person,
        household_key=key,
        role="claimant",
        from_date=since,
    )


def _state(model: Any, key: str, **values: Any) -> Any:
    return model.objects.create(
        agency_id=require_actor().agency_id,
        load_id=1,
        source_key=key,
        row_hash=uuid.uuid4(),
        recorded_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC),
        **values,
    )


def make_budget(pence: int, source: str = "local", year: int = 2026) -> int:
    """A budget with money in it; as grace.lindqvist."""
    budget = ledger.open_budget(source=source, source_name=source, scheme=SCHEME, year=year)
    if pence:
        ledger.allocate(budget_id=budget, pence=pence, happened_on=MONDAY, memo="Opening")
    return budget


def make_application(person: Person, received_on: dt.date = MONDAY, **more: Any) -> int:
    """An application; as an assessor."""
    version = schemes.keep_version(scheme=SCHEME, name="Transition payments", text="kept")
    given = {"source": "self", "answers": {}, "decide_within": "10 working days"}
    return applications.record(
        person_id=person.pk,
        scheme=SCHEME,
        scheme_version_id=version,
        received_on=received_on,
        **given | more,
    )


def make_terms(budget: int, weekly: int = 35_00, weeks: int = 12, **more: Any) -> awards.Terms:
    """Eight weeks at £35.00 from 29 June 2026, unless told otherwise."""
    given: dict[str, Any] = {
        "limit_pence": 35_00,
        "most_weeks": 8,
        "check_over_pence": 500_00,
        "payee_kind": "customer",
        "payee_name": "Ada Test",
    }
    start = more.pop("job_start", MONDAY)
    schedule = award_schedule(start, weekly, weeks=weeks, counting="total")
    return awards.Terms(budget_id=budget, schedule=schedule, **given | more)


def make_award(person: Person, budget: int, **more: Any) -> int:
    """An application decided to pay; as an assessor. The award may be confirmed or queued."""
    key = more.pop("key", None)
    application = more.pop("application", None) or make_application(person)
    return awards.award(
        application_id=application,
        version=more.pop("version", 1),
        reasons=more.pop("reasons", "Fits every rule."),
        explanation=EXPLAINED,
        as_at=MONDAY,
        happened_on=MONDAY,
        key=key,
        terms=make_terms(budget, **more),
    )


def make_area(code: str = "T01", decile: int = 1) -> None:
    """A small area with its deprivation decile; as system-loader."""
    area = places.Area.objects.create(
        code=code, kind="lsoa", name=code, vintage="2021", source="test"
    )
    places.Indicator.objects.create(
        area=area,
        name="imd_decile",
        value=decile,
        valid_from=dt.date(2019, 1, 1),
        source="test",
    )


def make_claimant(name: str, *, area: str = "T01", **more: Any) -> Person:
    """Somebody whom the scheme fits as at 8 June 2026, unless told otherwise; as system-loader.

    Args:
        area: where they live.
        more: `expected_weeks` of the job (None for unknown), `benefit_since`, `job_start`, and
            what the resident's row says (`date_of_death`, `do_not_contact`, `unsafe_address`).
    """
    weeks = more.pop("expected_weeks", 52)
    since = more.pop("benefit_since", dt.date(2025, 11, 1))
    start = more.pop("job_start", MONDAY)
    person = make_person(name, restricted=more.pop("restricted", False))
    state_resident(person, **more)
    state_home(person, area)
    _state(
        records.BenefitSpell,
        f"B{person.pk}",
        person=person,
        benefit="uc",
        start_date=since,
        housing_costs=True,
    )
    _state(
        records.Job,
        f"J{person.pk}",
        person=person,
        employer="Test Bakery",
        start_date=start,
        expected_weeks=weeks,
        reported_on=start,
    )
    for kind, charge, help_ in (("rent", 112_00, 80_00), ("council_tax", 24_50, 10_00)):
        _state(
            records.Account,
            f"A{kind}{person.pk}",
            household_key=f"H{person.pk}",
            kind=kind,
            weekly_charge_pence=charge,
            weekly_help_pence=help_,
            arrears_pence=0,
            as_at_date=dt.date(2026, 5, 1),
        )
    return person
