"""What a typist learns of a record before it is saved: open, restricted or absent."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.integration.identity.indexed import MATCHER, SAID, intake_world
from tests.integration.identity.known import LOADERS, World

from wholeplace.core.kernel.errors import NotFound, Refused, UserMistake
from wholeplace.flows.match_record import Matches, Ring, match_record
from wholeplace.flows.record_person import choose_person, record_person
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.identity.matching import put_person
from wholeplace.rooms.people.models import Person
from wholeplace.rooms.records import typed
from wholeplace.rooms.records.models import Resident

NOTHING = Matches((), (), True)
HOUSING = Ring("the housing records desk", "0121 496 0244")


@pytest.fixture
def world(act) -> World:
    return intake_world(act)


def put(act: Any, person_id: int, said: dict[str, Any]) -> None:
    """Put one more person into the index."""
    with act("system-linker", purpose="linking"):
        ready = MATCHER.ready(said)
        put_person(person_id, told=ready.told, keys=ready.keys)


def asked(act: Any, who: str, reader: str = "amina.begum", **more: Any) -> Matches:
    with act(reader):
        return match_record(SAID[who] | more)


def test_open_a_person_whom_the_reader_may_see_is_named_with_the_reasons(act, world):
    found = asked(act, "cal", family_name="Castelanos", postcode=None, line_1=None)
    (one,) = found.possible
    assert one.ref == world.people["cal-council-benefits"].ref
    assert one.agencies == (
        "Birmingham City Council, Benefits Service",
        "Birmingham City Council, Housing",
    )
    assert 0.9 < one.probability <= 1
    words = [because.words for because in one.because]
    assert "the same birth date" in words and "nearly the same surname" in words
    assert [b.bits for b in one.because] == sorted((b.bits for b in one.because), reverse=True)
    assert found.ring == ()
    with act("owen.pryce"):
        event = Event.objects.filter(action="person.match").latest("pk")
    assert event.people == [one.person_id]
    assert "Calliope" not in str(event.detail) and "family_name" in event.detail["fields"]


def test_a_lead_who_sees_all_agencies_finds_each_human_being_once(act, world):
    (one,) = asked(act, "ada", "nadia.hussain").possible
    assert set(one.agencies) == {
        "Birmingham City Council, Housing",
        "West Midlands Police, Birmingham",
    }


def test_restricted_that_somebody_is_known_and_whom_to_ring_and_nothing_more(act, world):
    assert asked(act, "ada") == Matches((), (HOUSING,), True)
    with act("owen.pryce"):
        event = Event.objects.filter(action="person.match").latest("pk")
    assert event.people == [] and event.detail["ring"] == [HOUSING.service]


def test_a_name_alone_tells_nobody_where_somebody_is_known(act, world):
    with act("amina.begum"):
        said = {"given_names": "Ada", "family_name": "Adeyemi"}
        assert match_record(said) == match_record(said | {"family_name": "Nobody"}) == NOTHING


def test_absent_answers_as_if_nobody_were_there(act, world):
    """Ben is known to police and health alone, Eve is restricted; Fay is known to nobody."""
    answers, statements, told = [], [], []
    asked(act, "fay")  # what is read once a process is read
    for name in ("ben", "eve", "fay"):
        with CaptureQueriesContext(connection) as ran:
            answers.append(asked(act, name))
        statements.append(len(ran))
        with act("owen.pryce"):
            event = Event.objects.filter(action="person.match").latest("pk")
        told.append((event.people, event.detail))
    assert answers == [NOTHING] * 3
    assert told == told[:1] * 3
    assert statements == statements[:1] * 3


def test_whom_the_reader_does_not_see_changes_nothing_of_those_they_do(act, world):
    """Police know Cal by the very number that is typed; the assessor's own record has none."""
    number = "943 476 5919"
    before = asked(act, "cal", nhs_number=number)
    world.know("cal-police", "police", **SAID["cal"], nhs_number=number)
    world.join(3, "cal-police")
    said = SAID["cal"] | {"nhs_number": number, "source": "police"}
    put(act, world.people["cal-police"].person_id, said)
    assert asked(act, "cal", nhs_number=number) == before


def test_one_of_the_own_agency_who_is_restricted_is_absent_too(act, world):
    hidden = world.know("gil-council-benefits", "council-benefits", restricted=True, **SAID["fay"])
    put(act, hidden.person_id, SAID["fay"] | {"source": "council-benefits"})
    assert asked(act, "fay") == NOTHING


def test_who_vanished_since_the_linking_is_nobody(act, world):
    with act(LOADERS["council-benefits"], purpose="loading"):
        Resident.objects.filter(person_id=world.people["cal-council-benefits"].person_id).update(
            superseded_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
        )
    found = asked(act, "cal")
    assert found.possible == ()


def test_before_the_first_linking_nobody_is_found_and_that_is_said(act):
    with act("amina.begum"):
        assert match_record(SAID["ada"]) == Matches((), (), False)


def test_who_does_not_record_people_is_refused(act):
    for reader in ("kezia.brown", "harpreet.gill", "grace.lindqvist"):
        with act(reader):
            for call in (
                lambda: match_record(SAID["ada"]),
                lambda: record_person(said=SAID["ada"], key=uuid.uuid4()),
                lambda: choose_person(ref="P00000000"),
            ):
                with pytest.raises(Refused):
                    call()


BAD: list[dict[str, Any]] = [
    {},
    dict.fromkeys(SAID["ada"]),
    {"given_names": "", "family_name": "", "postcode": ""},
    {"given_names": "x" * 10_000, "family_name": "y" * 10_000},
    {"given_names": "محمد", "family_name": "عليّ", "date_of_birth": dt.date(1980, 3, 4)},
    {"given_names": "🙂", "family_name": "👩‍👩‍👧", "line_1": "🏠"},
    {"given_names": "Ada", "family_name": "Adeyemi", "date_of_birth": dt.date(1, 1, 1)},
    {"given_names": "Ada", "family_name": "Adeyemi", "date_of_birth": dt.date(9999, 12, 31)},
    {"email": "a\nb@c.uk", "nhs_number": "٩٤٣٤٧٦٥٩١٩", "postcode": "'; DROP TABLE x"},
]


def test_whatever_is_typed_is_answered(act, world):
    with act("amina.begum"):
        assert [match_record(said) for said in BAD] == [NOTHING] * len(BAD)


def test_a_new_person_is_recorded_once_found_at_once_and_ended_by_no_file(act, world):
    key = uuid.uuid4()
    said = SAID["fay"] | {"phone": "0121 496 0123", "town": "Birmingham"}
    with act("amina.begum"):
        ref = record_person(said=said, key=key)
        assert record_person(said=said, key=key) == ref
        assert record_person(said=said, key=uuid.uuid4()) != ref
        person = Person.objects.get(ref=ref)
        stated = Resident.objects.get(person=person)
        assert (stated.load_id, stated.source_key) == (0, f"typed-{key}")
        assert (stated.town, stated.line_1) == ("Birmingham", SAID["fay"]["line_1"])
        found = match_record(SAID["fay"])
        assert ref in {one.ref for one in found.possible} and len(found.possible) == 2
    with act("owen.pryce"):
        assert Event.objects.filter(action="person.record", person_id=person.pk).count() == 1
    with act("kezia.brown"):
        assert not Person.objects.filter(pk=person.pk).exists()


def test_a_form_that_is_sent_twice_at_once_makes_one_person(act, monkeypatch):
    """The second sending looked before the first had written, and writes after it."""
    key, made = uuid.uuid4(), typed._made
    with act("amina.begum"):
        ref = record_person(said=SAID["fay"], key=key)
        answers = iter([None])
        monkeypatch.setattr(typed, "_made", lambda *asked: next(answers, made(*asked)))
        assert record_person(said=SAID["fay"], key=key) == ref
        assert Person.objects.count() == 1


def test_nobody_types_in_a_person_of_another_agency_nor_of_another_kind(act, world):
    with act("amina.begum") as actor:
        fine = {"name": "N N", "family_key": "n", "given_key": "n", "ref": "P00000001"}
        for wrong in ({"viewers": [actor.agency_id + 1]}, {"restricted": True}):
            with pytest.raises(ProgrammingError), transaction.atomic():
                Person.objects.create(pk=999, **{"viewers": [actor.agency_id]} | fine | wrong)
    with act("harpreet.gill") as actor, pytest.raises(ProgrammingError), transaction.atomic():
        Person.objects.create(pk=999, viewers=[actor.agency_id], **fine)


CANNOT_BE = (
    ("date_of_birth", dt.date(1066, 10, 14)),
    ("date_of_birth", dt.date(2999, 1, 1)),
    ("nhs_number", "943 476 5918"),
    ("ni_number", "12"),
    ("upn", "A1"),
    ("email", "nobody"),
    ("postcode", "B66 66"),
    ("sex", "Z"),
    ("given_names", "🙂"),
    ("family_name", "x" * 10_000),
    ("family_name", ""),
)


def test_what_cannot_be_is_refused_in_words_and_nobody_is_recorded(act):
    with act("amina.begum"):
        for field, typed in CANNOT_BE:
            with pytest.raises(UserMistake) as refused:
                record_person(said=SAID["fay"] | {field: typed}, key=uuid.uuid4())
            assert refused.value.do, field
        assert not Person.objects.exists()


def test_a_worker_says_that_it_is_somebody_known(act, world):
    known = world.people["cal-council-benefits"]
    with act("amina.begum"):
        assert choose_person(ref=known.ref) == known.ref
        with pytest.raises(NotFound):
            choose_person(ref=world.people["ben-police"].ref)
    with act("owen.pryce"):
        event = Event.objects.get(action="person.recognise")
        assert event.person_id == known.person_id
