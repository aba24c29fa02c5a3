"""A small world for the pages: people whom the scheme fits, and one of each thing there is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone
from tests import builders

from wholeplace.core.evidence.suppression import Publishing
from wholeplace.flows import apply_and_decide, pay, place_rules
from wholeplace.flows.contact import write_invitation
from wholeplace.rooms.agencies.acting import require_actor
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.people import actions as people
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.places.models import Area, AreaParent, Indicator
from wholeplace.rooms.records import correction_requests
from wholeplace.rooms.records import models as records
from wholeplace.rooms.schemes import actions as schemes
from wholeplace.rooms.schemes import published, replays

SCHEME = "transition-payments"
OTHER_SCHEME = "youth-enterprise"
WARD, SMALL_AREA = "E05011156", "DEMO99999"
Act = Callable[..., AbstractContextManager[object]]
KEYS = (
    "job_started",
    "priority_area",
    "on_benefit_26_weeks",
    "job_expected_to_last",
    "rent_or_council_tax",
)


@dataclass
class World:
    """Numbers and references of what was made."""

    paid: Person  # has an award
    found: Person  # was found, and has an application to be decided
    fresh: Person  # was found and nothing was done
    run: int
    finding: int
    application: int
    waiting: int
    award: int
    payment: int
    payment_run: int
    budget: int
    letter: int
    bar: int
    load: int
    reject: int
    later: int = 0
    replay: int = 0
    correction: int = 0


def make_world(act: Act) -> World:
    """Everything, through the same actions as the pages."""
    with act("system-loader"):
        _places()
        names = ("Ada Paid", "Bert Found", "Cleo Fresh", "Dora Waiting")
        paid, found, fresh, waits = (eligible(name) for name in names)
        load, reject = _load(paid)
    with act("grace.lindqvist"):
        budget = builders.make_budget(5_000_00, year=financial_year())
    run, findings = trawled(act, [found, fresh])
    with act("amina.begum"):
        letter = write_invitation(finding_id=findings[found.pk], version=1)
        application = apply_for(found, findings[found.pk])
        waiting = apply_for(waits)
        apply_and_decide.ask_information(
            application_id=waiting, version=1, what="A payslip", happened_on=timezone.localdate()
        )
        award = awarded(paid, budget)
        payment = casework.award(award).payments[0].id
        bar = people.set_contact_bar(
            ref=paid.ref,
            kind="objected",
            reason="Said so by telephone",
            happened_on=timezone.localdate(),
        )
    settle()
    with act("grace.lindqvist"):
        payment_run = pay.start_run(as_at=timezone.localdate() - dt.timedelta(days=300))
    return World(
        paid, found, fresh, run, findings[fresh.pk], application, waiting, award, payment,
        payment_run, budget, letter, bar, load, reject,
    )  # fmt: skip


def settle() -> None:
    """Fire what the database would check at the end of a real transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def financial_year() -> int:
    """The year in which today's money lies."""
    today = timezone.localdate()
    return today.year if (today.month, today.day) >= (4, 6) else today.year - 1


def eligible(name: str) -> Person:
    """Somebody whom every test of the scheme fits today; as system-loader."""
    today = timezone.localdate()
    started = today - dt.timedelta(days=today.weekday() + 42)  # a Monday, six weeks ago
    person = builders.make_person(name, date_of_birth=dt.date(1990, 5, 17))
    builders.state_resident(person, date_of_birth=dt.date(1990, 5, 17))
    state = builders._state
    _home(person)
    state(
        records.BenefitSpell,
        f"B{person.pk}",
        person=person,
        benefit="uc",
        start_date=started - dt.timedelta(weeks=40),
        end_date=started - dt.timedelta(days=1),
        weekly_pence=90_00,
        housing_costs=True,
    )
    state(
        records.Job,
        f"J{person.pk}",
        person=person,
        employer="Test Bakery",
        start_date=started,
        expected_weeks=52,
        hours_a_week=30,
        reported_on=started,
    )
    for kind, charge, help_pence in (("rent", 112_00, 80_00), ("council_tax", 24_50, 10_00)):
        state(
            records.Account,
            f"{kind}{person.pk}",
            household_key=f"H{person.pk}",
            kind=kind,
            weekly_charge_pence=charge,
            weekly_help_pence=help_pence,
            arrears_pence=0,
            as_at_date=started,
        )
    return person


def _home(person: Person) -> None:
    """A household of one in the most deprived tenth."""
    state, since = builders._state, dt.date(2020, 1, 1)
    home, key = f"U{person.pk}", f"H{person.pk}"
    where = {"town": "Birmingham", "postcode": "B1 1AA", "lsoa_code": SMALL_AREA}
    state(records.Address, home, line_1=f"{person.pk} Test Street", **where)
    state(records.Household, key, uprn=home, tenure="private_rent", from_date=since)
    whose = {"person": person, "household_key": key, "role": "claimant", "from_date": since}
    state(records.Member, f"M{person.pk}", **whose)


def _places() -> None:
    ward, _ = Area.objects.get_or_create(
        code=WARD,
        defaults={
            "kind": "ward", "name": "Ladywood", "vintage": "2018", "source": "test",
            "hex_q": 0, "hex_r": 0,
        },
    )  # fmt: skip
    small = Area.objects.create(
        code=SMALL_AREA, kind="lsoa", name="Test", vintage="demonstration", source="test"
    )
    AreaParent.objects.create(area=small, parent=ward)
    for area, name, value in ((small, "imd_decile", 1), (ward, "claimant_rate", 9.5)):
        Indicator.objects.create(
            area=area, name=name, value=value, valid_from=dt.date(2018, 5, 3), source="test"
        )


def _load(person: Person) -> tuple[int, int]:
    """A load, and a row about somebody that it set aside."""
    actor = require_actor()
    made = records.Load.objects.create(
        agency_id=actor.agency_id,
        source="council-benefits",
        folder="test",
        fingerprint="0" * 64,
        state="finished",
        as_at=timezone.localdate(),
        counts={"residents": {"read": 4, "added": 4}},
        quality={"residents": {"rows": 4, "set_aside": 1, "fields": {}}},
        started_by_id=actor.membership_id,
        finished_at=timezone.now(),
    )
    key = f"R{person.pk}"
    aside = records.Reject.objects.create(
        load=made,
        agency_id=actor.agency_id,
        source="council-benefits",
        file="residents.csv",
        line=7,
        field="date_of_birth",
        value="31/02/1990",
        reason="This is no day.",
        source_key=key,
        row={"person_key": key, "date_of_birth": "31/02/1990", "sex": "F"},
    )
    return int(made.pk), int(aside.pk)


def keep_more(act: Act, world: World) -> World:
    """A later trawl, one of another scheme, a replay, counts for everybody, a correction asked for.

    Adds `later`, whose trawl found Cleo Fresh alone, and `replay`, which differs about her.
    """
    with act("amina.begum"):
        other = place_rules.keep(place_rules.scheme(OTHER_SCHEME))
        world.replay = replays.ask(run_id=world.run)
        world.correction = correction_requests.ask(
            person_id=world.paid.pk,
            field="phone",
            asked="0121 496 0009",
            why="They told us",
            key=uuid.UUID(int=9),
        )
    trawled(act, [world.fresh], scheme=OTHER_SCHEME, version=other)
    world.later = trawled(act, [world.fresh])[0]
    with act("system-worker"):
        published.publish(world.run, Publishing())
        replays.begin(replay_id=world.replay)
        criteria = {"job_expected_to_last": (True, None)}
        moved = replays.Difference(world.fresh.pk, "yes", "possible", criteria, "no_history")
        replays.settle(replay_id=world.replay, kept=2, differences=[moved])
    settle()
    return world


def trawled(
    act: Act, people: list[Person], *, scheme: str = SCHEME, version: int = 0
) -> tuple[int, dict[int, int]]:
    """A whole trawl that found these people: its number, and person → finding."""
    today = timezone.localdate()
    with act("amina.begum"):
        version = version or place_rules.keep(place_rules.scheme(scheme))
        run = schemes.ask(scheme=scheme, version_id=version, as_at=today)
    funnel = [
        {"key": key, "text": key.replace("_", " "), "on": "as_at", "yes": len(people), "no": 0,
         "unknown": 0, "left": len(people)}
        for key in KEYS
    ]  # fmt: skip
    answers = [
        (person.pk, "yes", False, False, False, dict.fromkeys(KEYS, True)) for person in people
    ]
    with act("system-worker"):
        schemes.begin(run_id=run)
        schemes.finish(
            run_id=run,
            outcome=schemes.Outcome(
                known_at=timezone.now(),
                snapshot_made_at=timezone.now(),
                basis={"key": "test", "name": "Public task", "law": "Test Act 2026"},
                agencies=("council-benefits",),
                people=len(people),
                yes=len(people),
                possible=0,
                funnel=funnel,
                flagged={},
            ),
            found=answers,
        )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.arriving")
    with act("amina.begum"):
        lines = casework.work_list(run).items
    return run, {line.person_id: line.id for line in lines}


def apply_for(person: Person, finding: int | None = None) -> int:
    """An application that waits for a decision; as an assessor."""
    return apply_and_decide.record_application(
        person_id=person.pk,
        scheme=SCHEME,
        source="trawl" if finding else "self",
        received_on=timezone.localdate(),
        answers={},
        finding_id=finding,
        key=uuid.uuid4(),
    )


def awarded(person: Person, budget: int) -> int:
    """An award of a new application; as an assessor."""
    application = apply_for(person)
    proposal = apply_and_decide.proposal(application)
    return apply_and_decide.decide_award(
        application_id=application,
        version=1,
        reasons="Every test is met.",
        weekly_pence=proposal.weekly_pence,
        budget_id=budget,
        payee_kind="customer",
        payee_name=person.name,
        key=uuid.uuid4(),
    )
