"""A person's page as a developer would write it in an afternoon: query sets and one template."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from wholeplace.rooms.casework.models import Application, Award, Payment
from wholeplace.rooms.documents.models import Letter
from wholeplace.rooms.people.models import ContactBar, Person
from wholeplace.rooms.records.models import (
    Account,
    Address,
    BenefitSpell,
    Household,
    Job,
    Member,
    Resident,
)
from wholeplace.rooms.schemes.models import Finding

Table = tuple[str, tuple[str, ...], Any]


@login_required(login_url="/admin/login/")
def person(request: HttpRequest, number: int) -> HttpResponse:
    """Everything that our page shows of a person, but for why a scheme fits."""
    found = get_object_or_404(Person, pk=number)
    tables = [*_held(found), *_homes(found), *_done(found)]
    return render(request, "plain/person.html", {"person": found, "tables": tables})


def _table(title: str, rows: QuerySet[Any], *fields: str) -> Table:
    return title, fields, list(rows.values_list(*fields))


def _held(person: Person) -> list[Table]:
    now = {"person": person, "superseded_at": None}
    return [
        _table(
            "Who",
            Resident.objects.filter(**now),
            *("title", "given_names", "family_name", "date_of_birth", "sex", "ni_number", "phone"),
            *("email", "language", "do_not_contact", "unsafe_address", "date_of_death"),
        ),
        _table(
            "Benefits",
            BenefitSpell.objects.filter(**now).order_by("-start_date"),
            *("benefit", "start_date", "end_date", "weekly_pence", "housing_costs", "recorded_at"),
        ),
        _table(
            "Jobs",
            Job.objects.filter(**now).order_by("-start_date"),
            *("employer", "start_date", "end_date", "expected_weeks", "hours_a_week"),
            *("reported_on", "recorded_at"),
        ),
    ]


def _homes(person: Person) -> list[Table]:
    own = Member.objects.filter(person=person, superseded_at=None)
    keys = [member.household_key for member in own]
    homes = Household.objects.filter(source_key__in=keys, superseded_at=None)
    uprns = [home.uprn for home in homes]
    shared = {"household_key__in": keys, "superseded_at": None}
    return [
        _table("Places", own, "household_key", "role", "from_date", "to_date"),
        _table("Households", homes, "source_key", "uprn", "tenure", "landlord"),
        _table(
            "Addresses",
            Address.objects.filter(source_key__in=uprns, superseded_at=None),
            *("line_1", "line_2", "town", "postcode", "lsoa_code"),
        ),
        _table(
            "Others",
            Member.objects.filter(**shared).exclude(person=person),
            *("person__ref", "person__name", "role", "from_date", "to_date"),
        ),
        _table(
            "Accounts",
            Account.objects.filter(**shared).order_by("-as_at_date"),
            *("kind", "as_at_date", "weekly_charge_pence", "weekly_help_pence", "arrears_pence"),
        ),
    ]


def _done(person: Person) -> list[Table]:
    of = {"person_id": person.pk}
    awards = Award.objects.filter(**of)
    return [
        _table("Findings", Finding.objects.filter(**of), "run_id", "answer", "state"),
        _table("Applications", Application.objects.filter(**of), "scheme", "received_on", "state"),
        _table("Awards", awards, "from_date", "to_date", "state", "weekly_pence"),
        _table("Payments", Payment.objects.filter(award__in=awards), "due_on", "state"),
        _table("Letters", Letter.objects.filter(**of), "kind", "subject", "recorded_at"),
        _table("Bars", ContactBar.objects.filter(**of), "kind", "reason", "happened_on"),
    ]
