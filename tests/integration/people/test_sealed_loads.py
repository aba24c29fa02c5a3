"""Files that go on naming a sealed child, or bring an old number under a new name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import connection
from tests.integration.people.sealing import BORN, UPN
from tests.integration.records.staged import DAY, source, write

from wholeplace.flows.load_extract import load_extract
from wholeplace.rooms.people import seals
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.people.seals import NewName
from wholeplace.rooms.records import quarantine
from wholeplace.rooms.records.export import snapshot_sources
from wholeplace.rooms.records.models import Load, Resident
from wholeplace.rooms.records.withheld import withheld_from

OLD = "Q1"


def pupil(key: str, given: str, family: str, **more: str) -> dict[str, str]:
    born = BORN.strftime("%d/%m/%Y")
    said = {"legal_forenames": given, "legal_surname": family, "date_of_birth": born}
    return {"pupil_id": key, **said, "sex": "F", "postcode": "B1 1AA"} | more


def deliver(folder: Path, *pupils: dict[str, str], day: int = 0):
    folder.mkdir()
    spec = source("schools")
    write(folder, spec, {"pupils": list(pupils)})
    return load_extract(folder, spec, day=DAY + dt.timedelta(days=day), correction=day > 0)


@pytest.fixture
def sealed(act, tmp_path) -> int:
    """Lily Carter of the schools' file, sealed; her person's number."""
    first = pupil(OLD, "Lily", "Carter", upn=UPN), pupil("Q2", "Sam", "Carter")
    deliver(tmp_path / "first", *first)
    with act("loader-schools"):
        lily = Person.objects.get(name="Lily Carter")
    with act("ruth.ellison"):
        order = seals.record_order(
            refs=[lily.ref], order_on=BORN, ceased="E11", new=NewName("Rosa", "Whitfield")
        )
    with act("ben.achebe"):
        seals.confirm_order(seal=order, reason="Saw it")
    return int(lily.pk)


def versions(act, person: int) -> list[tuple[str, bool]]:
    with act("loader-schools"):
        rows = Resident.objects.filter(person_id=person).order_by("pk")
        return [(one.postcode, one.superseded_at is None) for one in rows]


def test_a_later_load_goes_on_versioning_the_sealed_record_and_it_stays_sealed(
    act, sealed, tmp_path
):
    moved = pupil(OLD, "Lily", "Carter", upn=UPN, postcode="B2 2BB")
    counts = deliver(tmp_path / "next", moved, pupil("Q2", "Sam", "Carter"), day=1).counts
    assert (counts["pupils"].changed, counts["pupils"].added) == (1, 0)
    assert versions(act, sealed) == [("B1 1AA", False), ("B2 2BB", True)]
    with act("loader-schools"):
        assert Person.objects.get(pk=sealed).sealed
    with act("nadia.hussain"):
        names = Person.objects.filter(family_key="carter").values_list("name", flat=True)
        assert list(names) == ["Sam Carter"]
    with act("ruth.ellison"):
        assert Resident.objects.filter(person_id=sealed, upn=UPN).count() == 2


def test_an_old_number_under_the_new_name_is_not_kept_with_it_and_tells_nobody(
    act, sealed, tmp_path
):
    old, sam = pupil(OLD, "Lily", "Carter", upn=UPN), pupil("Q2", "Sam", "Carter")
    new = pupil("Q3", "Rosa", "Whitfield", upn=UPN)
    for again, day in (("once", 1), ("twice", 2)):
        counts = deliver(tmp_path / again, old, sam, new, day=day).counts["pupils"]
        assert (counts.added, counts.changed, counts.set_aside) == (2 - day, 0, 0)
    with act("loader-schools"):
        rosa = Person.objects.get(name="Rosa Whitfield")
        assert Resident.objects.get(person=rosa).upn is None
    with act("nadia.hussain"):
        assert not Resident.objects.filter(upn=UPN).exists()
    with act("system-linker", purpose="linking"), connection.cursor() as cursor:
        cursor.execute("SELECT source_key, upn FROM identity_record WHERE source_key LIKE 'Q%'")
        assert dict(cursor.fetchall()) == {"Q2": None, "Q3": None}
    with act("ruth.ellison"):
        (withheld,) = withheld_from([sealed])
        assert (withheld.field, withheld.person_id) == ("upn", rosa.pk)
    for username in ("nadia.hussain", "loader-schools", "system-linker", "owen.pryce"):
        with act(username):
            assert withheld_from([sealed]) == []


def test_a_number_that_stood_elsewhere_before_tells_the_linking_nothing(act, sealed):
    """Given a row that had the number before the order, it is compared by its names alone."""
    from tests.integration.identity.known import World

    world = World()
    other = world.know("ida-police", "police", upn=UPN, nhs_number="9434765919")
    with act("system-linker", purpose="linking"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT upn, nhs_number FROM identity_record WHERE record_id = %s", [other.person_id]
        )
        assert cursor.fetchone() == (None, "9434765919")


def test_what_was_wrong_with_a_sealed_row_is_counted_and_listed_for_nobody(act, sealed, tmp_path):
    wrong = pupil(OLD, "Lily", "Carter", upn=UPN, postcode="nowhere")
    outcome = deliver(tmp_path / "wrong", wrong, pupil("Q2", "Sam", "Carter"), day=1)
    assert outcome.aside == []
    assert (outcome.counts["pupils"].set_aside, outcome.counts["pupils"].same) == (0, 2)
    assert versions(act, sealed) == [("B1 1AA", True)]
    with act("loader-schools"):
        told = Load.objects.latest("pk").quality["pupils"]
        assert told["set_aside"] == 0
        assert {one["rejected"] for one in told["fields"].values()} == {0}


def test_an_officer_of_the_agency_sees_no_sealed_row_set_aside(act, tmp_path):
    from tests.integration.records import extracts

    tables = extracts.small_extract()
    extracts.load(extracts.write(tables, tmp_path / "first"))
    with act("system-loader"):
        amina = Person.objects.get(family_key="obrienkhan")
    with act("ruth.ellison"):
        seals.record_order(
            refs=[amina.ref], order_on=BORN, ceased="E11", new=NewName("Rosa", "Whitfield")
        )
    tables["residents"][0]["date_of_birth"] = "yesterday"
    tables["residents"][1]["date_of_birth"] = "today"
    extracts.load(extracts.write(tables, tmp_path / "next"))
    with act("rosa.delgado"):
        shown = quarantine.lines(quarantine.Narrowed())
        assert {one.source_key for one in shown if one.file == "residents.csv"} == {"R2"}
        assert not any("R1" in one.row.values() for one in shown)
    with act("system-worker"):
        persons = snapshot_sources()["persons"]()
        spells = snapshot_sources()["benefit_spells"]()
        for table in (persons, spells):
            assert table.num_rows > 0
            assert amina.pk not in table.column("person_id").to_pylist()
