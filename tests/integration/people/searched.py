"""People with names, birth dates and homes, each by the word of one agency, to be searched for."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import connection
from tests.integration.identity.known import AT, LOADERS, World

from wholeplace.core.identity import fold
from wholeplace.rooms.agencies.acting import acting, require_actor
from wholeplace.rooms.agencies.queries import system_membership
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.people.search_keys import fill
from wholeplace.rooms.records.models import Household, Involvement, Member, Resident

BORN = dt.date(1987, 3, 12)
BENEFITS = "council-benefits"
PEOPLE: tuple[tuple[str, dt.date, dict[str, Any]], ...] = (
    ("Siobhan, Murphy", BORN, {}),
    ("Mohammed Tariq, Khan", BORN, {}),
    ("Harpreet Kaur, Gill", BORN, {}),
    ("Ann, Smith-Jones", BORN, {"postcode": "B99 1AA"}),
    ("Maria, Wiśniewska", BORN, {"previous_family_name": "Popescu"}),
    ("Elizabeth, Hall", dt.date(1950, 6, 1), {"known_as": "Zizi"}),
    ("Ali, bin Ahmed", dt.date(1999, 9, 9), {}),
    ("Nasreen, Begum", dt.date(1970, 1, 1), {}),
)


def usual_people() -> World:
    """The benefits service knows PEOPLE, as p0, p1 and so on."""
    made = World()
    for n, (name, born, said) in enumerate(PEOPLE):
        know(made, f"p{n}", BENEFITS, name, born, **said)
    return made


def know(
    world: World,
    label: str,
    agency: str,
    name: str,
    born: dt.date | None = None,
    *,
    restricted: bool = False,
    home: str = "",
    **said: Any,
) -> Person:
    """A person whom one agency's file names, with the keys that a load would write.

    Args:
        name: given names, a comma, family name.
        home: the key of a household that they live in.
    """
    given, _, family = name.partition(", ")
    with acting(system_membership(LOADERS[agency]), purpose="loading", route="test"):
        person = _person(given, family, born, restricted)
        names = {"given_names": given, "family_name": family, "date_of_birth": born}
        state(Resident, f"R{person.pk}", person=person, **names, **said)
        if home:
            grown = born is None or born.year < 2008
            role = "claimant" if grown else "child"
            state(Member, f"M{person.pk}", person=person, household_key=home, role=role)
            if not Household.objects.filter(source_key=home).exists():
                state(Household, home, uprn=home)
        with connection.cursor() as cursor:
            fill(cursor)
    world.people[label] = _known(person, agency, restricted)
    return person


def works_with(person: Person, agency: str, team: str, worker: str, **said: Any) -> None:
    """A worker of the agency who works with somebody."""
    with acting(system_membership(LOADERS[agency]), purpose="loading", route="test"):
        state(Involvement, f"{team}{person.pk}", person=person, team=team, worker=worker, **said)


def _person(given: str, family: str, born: dt.date | None, restricted: bool) -> Person:
    with connection.cursor() as cursor:
        cursor.execute("SELECT n, wp_person_ref(n) FROM nextval('people_person_id_seq') AS x(n)")
        number, ref = cursor.fetchone()
    return Person.objects.create(
        pk=number,
        ref=ref,
        name=f"{given} {family}",
        family_key=fold(family),
        given_key=fold(given),
        date_of_birth=born,
        viewers=[require_actor().agency_id],
        restricted=restricted,
    )


def _known(person: Person, agency: str, restricted: bool) -> Any:
    from tests.integration.identity.known import Known

    return Known(person.pk, agency, person.ref, restricted)


def state(model: Any, key: str, **values: Any) -> None:
    """A statement of the acting agency."""
    model.objects.create(
        agency_id=require_actor().agency_id,
        load_id=1,
        source_key=key,
        row_hash=uuid.uuid4(),
        recorded_at=AT,
        **values,
    )
