"""Two officers, or two clicks, write the same letter at the same moment."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.integration.web.world import make_world

from wholeplace.flows.contact import write_invitation
from wholeplace.flows.notify import decision_letter
from wholeplace.rooms.casework import queries as casework
from wholeplace.rooms.documents import queries as letters


@pytest.fixture
def world(committed, act):
    return make_world(act)


def at_once(act, write: Callable[[], int]) -> set[int]:
    """The letters that come of eight at once, of two officers."""

    def one(username: str) -> int:
        try:
            with act(username):
                return write()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(one, ["amina.begum", "tom.okafor"] * 4))


def test_a_decision_has_one_letter_whoever_writes_it(world, act):
    with act("amina.begum"):
        application = casework.award(world.award).line.application_id
    numbers = at_once(act, lambda: decision_letter(application_id=application, key=uuid.uuid4()))
    with act("amina.begum"):
        assert {one.id for one in letters.letters_of(world.paid.pk)} == numbers
    assert len(numbers) == 1


def test_one_form_clicked_eight_times_invites_once(world, act):
    key = uuid.uuid4()

    def click(_: int) -> int:
        try:
            with act("amina.begum"):
                return write_invitation(finding_id=world.finding, version=1, key=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(click, range(8)))
    with act("amina.begum"):
        assert {one.id for one in letters.letters_of(world.fresh.pk)} == numbers
    assert len(numbers) == 1
