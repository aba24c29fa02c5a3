"""A resident sees their own application, award, payments and letters, and nobody else's."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.builders import make_award, make_budget, make_person, state_resident

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.queries import memberships_of
from wholeplace.rooms.casework import queries
from wholeplace.rooms.people.actions import issue_code, redeem_code


@pytest.fixture
def two_residents(act):
    with act("system-loader"):
        people = [make_person(f"Resident {n}") for n in range(2)]
        for person in people:
            state_resident(person)
    with act("grace.lindqvist"):
        budget = make_budget(1_000_00)
    with act("amina.begum"):
        awards = [make_award(person, budget) for person in people]
        payments = [queries.award(award).payments[0].id for award in awards]
        codes = [issue_code(ref=person.ref) for person in people]
    members = []
    for person, code in zip(people, codes, strict=True):
        account = redeem_code(person.ref, code)
        members.append(memberships_of(account)[0].pk)
    return members, awards, payments


def test_own_and_no_other(two_residents):
    (me, _), (mine, other), payments = two_residents
    with acting(me, purpose="own record", route="test"):
        found = queries.mine()
        assert [award.line.id for award in found.awards] == [mine]
        assert [p.amount_pence for p in found.awards[0].payments] == [35_00] * 8
        assert found.applications[0].decision.reasons == "Fits every rule."
        assert found.awards[0].payments[0].due_on == dt.date(2026, 6, 29)
        with pytest.raises(NotFound):
            queries.award(other)
        with pytest.raises(NotFound):
            queries.payment(payments[1])


def test_staff_have_no_own_view(act):
    with act("amina.begum"), pytest.raises(NotFound):
        queries.mine()
