"""How many of the found lived in each ward, counted under row security."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from tests.builders import _state, make_person, state_home
from tests.integration.web.world import trawled

from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.places.models import Area, AreaParent
from wholeplace.rooms.records import models as records
from wholeplace.rooms.records.queries import current_address
from wholeplace.rooms.schemes.map_queries import where_found

WARDS = ("W01", "W02")


@pytest.fixture
def places(act):
    """Two wards; T01 lies in the first, of T02 more lies in the second."""
    with act("system-loader"):
        wards = [
            Area.objects.create(
                code=code, kind="ward", name=code, vintage="2018", source="test", hex_q=n, hex_r=0
            )
            for n, code in enumerate(WARDS)
        ]
        for code, shares in (("T01", (1.0, 0.0)), ("T02", (0.4, 0.6))):
            small = Area.objects.create(
                code=code, kind="lsoa", name=code, vintage="2021", source="test"
            )
            for ward, share in zip(wards, shares, strict=True):
                if share:
                    AreaParent.objects.create(area=small, parent=ward, share=share)


def living(name: str, area: str | None = None, **more: object):
    person = make_person(name, **more)
    if area:
        state_home(person, area)
    return person


def counted(run: int) -> tuple[dict[str, int], int]:
    found = where_found(run)
    return {w.code: int(w.value) for w in found.wards if w.code in WARDS}, found.elsewhere


def test_each_is_counted_in_the_ward_that_holds_most_of_their_small_area(act, places):
    with act("system-loader"):
        people = [
            living("Ada A", "T01"),
            living("Bert B", "T01"),
            living("Cleo C", "T02"),
            living("Dora D"),  # no home is held
            living("Emil E", "NOWHERE"),
        ]
    run, _ = trawled(act, people)
    with act("harpreet.gill"):
        assert counted(run) == ({"W01": 2, "W02": 1}, 2)
        assert where_found(run).people == 5
    with act("owen.pryce"):
        event = Event.objects.filter(action="findings.count").first()
        assert (event.record, event.people or [], event.person_id) == (f"trawl {run}", [], None)


def test_of_two_homes_it_is_the_one_that_a_letter_would_go_to(act, places):
    with act("system-loader"):
        person = living("Ada A", "T01")
        _state(records.Address, "U2", line_1="2 New Street", lsoa_code="T02")
        _state(records.Household, "H2", uprn="U2", from_date=dt.date(2026, 1, 1))
        said = {"person": person, "household_key": "H2", "role": "claimant"}
        _state(records.Member, "M2", from_date=dt.date(2026, 1, 1), **said)
        _state(records.Address, "U3", line_1="3 Old Street", lsoa_code="T01")
        _state(records.Household, "H3", uprn="U3", from_date=dt.date(2026, 2, 1))
        left = {**said, "household_key": "H3", "to_date": dt.date(2026, 3, 1)}
        _state(records.Member, "M3", from_date=dt.date(2026, 2, 1), **left)
    run, _ = trawled(act, [person])
    with act("amina.begum"):
        assert counted(run) == ({"W01": 0, "W02": 1}, 0)
        assert current_address(person.pk, timezone.localdate()).lines[0] == "2 New Street"


def test_whom_the_reader_may_not_see_is_not_counted(act, places):
    with act("system-loader"):
        people = [living("Ada A", "T01"), living("Hal Hidden", "T01", restricted=True)]
    run, _ = trawled(act, people)
    with act("amina.begum"):
        assert counted(run) == ({"W01": 1, "W02": 0}, 0)
    with act("kezia.brown"):
        assert where_found(run).people == 0
