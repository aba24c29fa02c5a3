"""Sealed people at every address of the product, as every role: nothing of them is answered.

The people of this world have findings, applications, awards, letters, payments and views in the
trail, and then their records are sealed.
"""

from __future__ import annotations

import pytest
from tests.integration.addresses import TABLE
from tests.integration.people.sealing import BORN
from tests.integration.test_every_url import ask, names_of
from tests.integration.web.world import keep_more, make_world

from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.people import seals
from wholeplace.rooms.people.actions import issue_code, redeem_code
from wholeplace.rooms.people.seals import NewName
from wholeplace.rooms.schemes import queries as schemes

STAFF = ("amina.begum", "grace.lindqvist", "harpreet.gill", "rosa.delgado", "owen.pryce")
LEAVING = ("sign-out", "role")  # these change who asks


@pytest.fixture
def sealing(act):
    """The world, its people, and what seals them."""
    world = keep_more(act, make_world(act))
    people = [world.paid, world.found, world.fresh]

    def seal() -> None:
        with act("ruth.ellison"):
            seals.record_order(
                refs=[one.ref for one in people],
                order_on=BORN,
                ceased="E11",
                new=NewName("Rosa", "Whitfield"),
            )

    return world, people, seal


def told_to(client, world, people) -> set[str]:
    """The addresses whose answer holds a name or a reference of these people."""
    names = names_of(world)
    told = [word for one in people for word in (one.name, one.ref)]
    answers = {n: ask(client, asked, names) for n, asked in TABLE.items() if n not in LEAVING}
    return {n for n, one in answers.items() if any(word in one.content.decode() for word in told)}


def counts(act, username: str) -> dict[str, int]:
    """How many people, cases and payments this member of staff's pages count."""
    with act(username):
        found = {k: v for k, v in casework.home_counts().items() if isinstance(v, int)}
        for run in schemes.current_runs() if username != "grace.lindqvist" else []:
            found[f"run {run.id}"] = sum(casework.counted(run).people.values())
            found[f"shown {run.id}"] = (run.yes or 0) + (run.possible or 0)
        return found


def test_no_address_tells_anything_of_them_to_any_role(signed_in, sealing, act):
    world, people, seal = sealing
    before = told_to(signed_in("amina.begum"), world, people)
    assert len(before) > 20  # this test can fail
    counted = ("amina.begum", "grace.lindqvist", "harpreet.gill")
    assert all(sum(counts(act, username).values()) > 0 for username in counted)
    seal()
    for username in STAFF:
        assert told_to(signed_in(username), world, people) == set(), username
    for username in counted:
        left = {name: n for name, n in counts(act, username).items() if n}
        assert left == ({} if username == "grace.lindqvist" else {"applications_open": 1})  # Dora's


def test_a_resident_is_signed_out_of_a_record_that_is_sealed_and_no_code_opens_it(
    client, sealing, act
):
    from django.contrib.auth import get_user_model

    world, _, seal = sealing
    with act("amina.begum"):
        first = issue_code(ref=world.paid.ref)
    resident = redeem_code(world.paid.ref, first)
    client.force_login(get_user_model().objects.get(pk=resident))
    assert world.paid.name in client.get("/").content.decode()
    with act("amina.begum"):
        second = issue_code(ref=world.paid.ref)
    seal()
    assert client.get("/")["Location"].startswith("/sign-in")
    assert redeem_code(world.paid.ref, second) is None
