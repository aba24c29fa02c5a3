"""What a finding, an application, an award and a payment go through."""

from __future__ import annotations

import pytest

from wholeplace.core.casework.journeys import APPLICATION, AWARD, FINDING, PAYMENT
from wholeplace.core.casework.states import NotAllowed

FAMILIES = (APPLICATION, AWARD, FINDING, PAYMENT)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_state_is_reached_and_every_event_leads_to_a_state(family):
    targets = {to for moves in family.moves.values() for to in moves.values()}
    assert targets <= set(family.states)
    reached, ahead = {family.start}, [family.start]
    while ahead:
        for to in family.moves[ahead.pop()].values():
            if to not in reached:
                reached.add(to)
                ahead.append(to)
    assert reached == set(family.states)


def test_money_leaves_once():
    assert PAYMENT.after("reserved", "release") == "released"
    for state in ("released", "cancelled", "reversed"):
        with pytest.raises(NotAllowed):
            PAYMENT.after(state, "release")


def test_an_award_is_paid_only_once_its_money_is_held():
    assert {s for s, moves in AWARD.moves.items() if "confirm" in moves} == {"decided", "offered"}


def test_a_state_fits_its_column():
    for family in FAMILIES:
        assert all(len(state) <= 12 for state in family.states)
        assert all(len(event) <= 20 for moves in family.moves.values() for event in moves)
