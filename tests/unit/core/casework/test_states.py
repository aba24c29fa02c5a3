"""The four families of states: nothing moves except as the tables say."""

from __future__ import annotations

import pytest

from wholeplace.core.casework.states import FAMILIES, MONEY, PROPOSAL, NotAllowed, allowed


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_every_event_leads_to_a_state_of_the_family(name: str) -> None:
    family = FAMILIES[name]
    assert family.start in family.states
    for state in family.states:
        for event in family.events(state):
            assert family.after(state, event) in family.states


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_every_state_can_be_reached(name: str) -> None:
    family = FAMILIES[name]
    reached, edge = {family.start}, [family.start]
    while edge:
        state = edge.pop()
        new = {family.after(state, event) for event in family.events(state)} - reached
        reached |= new
        edge.extend(new)
    assert reached == set(family.states)


def test_money_is_released_once_and_never_undone_but_by_reversal() -> None:
    assert MONEY.after("approved", "release") == "released"
    assert not allowed("money", "released", "release")
    assert MONEY.events("released") == ("settle", "reverse")
    assert MONEY.events("reversed") == ()


def test_a_refusal_says_what_can_happen() -> None:
    with pytest.raises(NotAllowed) as refusal:
        PROPOSAL.after("draft", "approve")
    assert str(refusal.value) == (
        "A proposal that is draft cannot be approved. From here it can be: submitted, withdrawn."
    )
    with pytest.raises(NotAllowed, match="Nothing more can happen"):
        MONEY.after("reversed", "release")
    with pytest.raises(NotAllowed, match="no state called lost"):
        MONEY.events("lost")
