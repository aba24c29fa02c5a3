"""People whom several agencies know, each by rows of its own, and identities above them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from tests.builders import make_person

from wholeplace.rooms.agencies.acting import acting, require_actor
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.identity.models import Identity, LinkRun, Member
from wholeplace.rooms.records import models as records

LOADERS = {
    "council-benefits": "system-loader",
    "council-housing": "loader-council-housing",
    "schools": "loader-schools",
    "community-health": "loader-community-health",
    "police": "loader-police",
}
AT = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
CLASSES = {
    "resident": "P2",
    "member": "P2",
    "tenancy": "P2",
    "schoolplace": "P2",
    "involvement": "P2",
    "benefitspell": "P3",
    "attendance": "P3",
}


@dataclass
class Known:
    """One person as one agency knows them."""

    person_id: int
    agency: str
    ref: str
    restricted: bool = False
    household: str = ""


@dataclass
class World:
    """Everybody made so far, by a label, and who is in which identity."""

    people: dict[str, Known] = field(default_factory=dict)
    identities: dict[int, set[str]] = field(default_factory=dict)

    def know(
        self,
        label: str,
        agency: str,
        *,
        restricted: bool = False,
        born: dt.date | None = None,
        **said: Any,
    ) -> Known:
        """A person with a row in every table that this agency can have."""
        with acting(system_membership(LOADERS[agency]), purpose="loading", route="test"):
            person = make_person(f"{label.title()} Test", restricted=restricted, date_of_birth=born)
            key = f"H{person.pk}"
            names = {"given_names": label.title(), "family_name": "Test"}
            _state(records.Resident, "R", person, **names | said)
            _state(records.Involvement, "I", person, team=f"{agency} team", worker="A Worker")
            _state(records.Tenancy, "T", person, line_1="1 Long Road")
            _state(records.SchoolPlace, "S", person, school="Long Road School")
            _state(records.BenefitSpell, "B", person, benefit="uc")
            _state(records.Attendance, "A", person, place="Long Road")
            _state(records.Member, "M", person, household_key=key, role="claimant")
            _state(records.Household, key, None, uprn=f"U{person.pk}")
            _state(records.Address, f"U{person.pk}", None, line_1="1 Long Road", postcode="B1 1AA")
            _state(records.Account, f"C{person.pk}", None, household_key=key, kind="rent")
        found = Known(person.pk, agency, person.ref, restricted, key)
        self.people[label] = found
        return found

    def link(self, *labels: str) -> int:
        """These persons are one human being."""
        with acting(system_membership("system-linker"), purpose="linking", route="test"):
            number = len(self.identities) + 1
            if number == 1:
                LinkRun.objects.create(
                    id=1, started_at=AT, finished_at=AT, by_id=1, records=0, comparisons=["name"]
                )
            with connection.cursor() as cursor:
                cursor.execute("SELECT wp_identity_ref(%s)", [number])
                ref = cursor.fetchone()[0]
            Identity.objects.create(id=number, ref=ref, run_id=1)
        self.identities[number] = set()
        for label in labels:
            self.join(number, label)
        return number

    def join(self, identity: int, label: str) -> None:
        """One more person of an identity."""
        with acting(system_membership("system-linker"), purpose="linking", route="test"):
            Member.objects.create(
                person_id=self.people[label].person_id,
                identity_id=identity,
                recorded_at=AT,
                run_id=1,
                why="first",
            )
        self.identities[identity].add(label)

    def labels(self, person_ids: Iterable[int]) -> set[str]:
        """Who these are."""
        by_id = {known.person_id: label for label, known in self.people.items()}
        return {by_id[number] for number in person_ids}

    def of_households(self, keys: Iterable[str]) -> set[str]:
        """Whose households these are."""
        by_key = {known.household: label for label, known in self.people.items()}
        return {by_key[key] for key in keys}

    def seen(self, table: str) -> set[str]:
        """Whose rows of a table whoever acts can read."""
        with connection.cursor() as cursor:
            if table in ("household", "account", "address"):
                column = {"household": "source_key", "account": "household_key"}.get(
                    table, "'H' || substr(source_key, 2)"
                )
                cursor.execute(f"SELECT {column} FROM records_{table}")
                return self.of_households(row[0] for row in cursor.fetchall())
            name, column = {
                "person": ("people_person", "id"),
                "identity": ("identity_member", "person_id"),
            }.get(table, (f"records_{table}", "person_id"))
            cursor.execute(f"SELECT {column} FROM {name}")
            return self.labels(row[0] for row in cursor.fetchall())


def _state(model: Any, key: str, person: Any, **values: Any) -> None:
    of = {} if person is None else {"person": person}
    model.objects.create(
        agency_id=require_actor().agency_id,
        load_id=1,
        source_key=f"{key}{person.pk}" if person else key,
        row_hash=uuid.uuid4(),
        recorded_at=AT,
        **of,
        **values,
    )


def usual_world() -> World:
    """Ada is known to all; Ben to housing and police; Cal, unlinked, to benefits and housing."""
    world = World()
    for agency in LOADERS:
        world.know(f"ada-{agency}", agency)
    world.link(*(f"ada-{agency}" for agency in LOADERS))
    world.know("ben-council-housing", "council-housing")
    world.know("ben-police", "police")
    world.link("ben-council-housing", "ben-police")
    world.know("cal-council-benefits", "council-benefits")
    world.know("cal-council-housing", "council-housing")
    return world
