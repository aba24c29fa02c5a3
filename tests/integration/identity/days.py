"""People known to two agencies each, and a day on which some of it changes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict

from django.db import connection
from tests.integration.identity import known
from tests.integration.identity.known import LOADERS, World

from wholeplace.rooms.identity.models import Link, Member
from wholeplace.rooms.records.models import Resident

NAMES = ("Amina Begum", "Zoe Nguyen", "John Smith", "Kezia Brown", "Tom Okafor", "Grace Lindqvist")
NHS = ("9434765919", "4010232137")
FIRST, SECOND = "council-benefits", "council-housing"


def somebody(n: int) -> dict[str, object]:
    """What two agencies say alike of the nth person."""
    given, family = NAMES[n % 6].split()
    return {
        "given_names": given,
        "family_name": family,
        "date_of_birth": dt.date(1960 + n, 1 + n % 12, 2 + n % 20),
        "sex": "F",
        "postcode": f"B{n + 1} 1AA",
        "phone": f"0121 496 {n:04}",
    }


def town(people: int) -> World:
    """So many people, each known to both agencies by what `somebody` says; one by a number."""
    world = World()
    for n in range(people):
        world.know(f"{n}-{FIRST}", FIRST, **somebody(n), nhs_number=NHS[0] if n == 0 else None)
        world.know(f"{n}-{SECOND}", SECOND, **somebody(n))
    return world


def the_day_after(act, world: World) -> dict[str, int]:
    """Put right, gone, come, moved: each once; returns the persons by what became of them.

    One housing record says what is said of somebody else, with another NHS number; one is no
    more; benefits' home of one is another; and a third agency now knows somebody.
    """
    people = {label: one.person_id for label, one in world.people.items()}
    corrected, gone = people[f"1-{SECOND}"], people[f"2-{SECOND}"]
    with act(LOADERS[SECOND]):
        _another(Resident.objects.get(person_id=corrected), **somebody(0), nhs_number=NHS[1])
        _end("records_resident", "person_id", gone)
    moved = world.people[f"4-{FIRST}"]
    with act(LOADERS[FIRST]):
        _end("records_address", "source_key", f"U{moved.person_id}")
    with_moment = known.AT
    known.AT = dt.datetime.now(dt.UTC)
    try:
        come = world.know("3-police", "police", **somebody(3)).person_id
    finally:
        known.AT = with_moment
    return {"corrected": corrected, "gone": gone, "moved": moved.person_id, "come": come}


def _another(row: Resident, **said: object) -> None:
    _end("records_resident", "person_id", row.person_id)
    row.pk, row.row_hash, row.recorded_at = None, uuid.uuid4(), dt.datetime.now(dt.UTC)
    for name, value in said.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def _end(table: str, column: str, value: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET superseded_at = clock_timestamp()"
            f" WHERE {column} = %s AND superseded_at IS NULL",
            [value],
        )
        assert cursor.rowcount == 1


def who_is_who(act, world: World) -> dict[str, list]:
    """Every row of who is who but its number and moment, persons by their labels."""
    label = {one.person_id: label for label, one in world.people.items()}
    with act("system-linker", purpose="linking"):
        members = Member.objects.values_list("person_id", "identity_id", "why", "superseded_at")
        links = Link.objects.values_list("a_id", "b_id", "weight", "levels")
        return {
            "members": sorted((label[one], *row, end is not None) for one, *row, end in members),
            "links": sorted((label[a], label[b], *row) for a, b, *row in links),
        }


def together(act) -> set[frozenset[int]]:
    """The persons of each identity now."""
    with act("system-linker", purpose="linking"):
        rows = Member.objects.filter(superseded_at=None)
        groups = defaultdict(set)
        for person, identity in rows.values_list("person_id", "identity_id"):
            groups[identity].add(person)
    return {frozenset(group) for group in groups.values()}
