"""Two reviewers decide one pair, or one decides while everybody is linked: none is lost."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from tests.integration.identity.deciding import rows_of
from tests.integration.identity.known import World

from wholeplace.core.kernel.errors import Stale
from wholeplace.flows.decide_identity import answer_pair
from wholeplace.flows.link_people import link_people
from wholeplace.rooms.identity import actions

BORN = dt.date(1980, 3, 4)


def test_of_two_reviewers_at_one_moment_one_wins_and_the_other_is_told(committed, act):
    world = World()
    for label, agency in (("a", "schools"), ("b", "police")):
        world.know(label, agency, born=BORN)
    refs = {"a": world.people["a"].ref, "b": world.people["b"].ref}
    ready = Barrier(2)

    def decide(username: str, answer: str) -> str:
        try:
            with act(username):
                ready.wait()
                answer_pair(**refs, answer=answer, reasons=f"{answer}, says {username}")
            return answer
        except Stale as told:
            return str(told)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        sent = (("leila.farah", "same"), ("marcus.oyelaran", "different"))
        came = sorted(both.map(lambda one: decide(*one), sent), key=len)
    assert came[0] in ("same", "different")
    assert came[1].startswith("Somebody else decided this")
    with act("leila.farah"):
        assert rows_of("SELECT answer FROM identity_decision") == [(came[0],)]
        assert rows_of("SELECT answer FROM identity_opinion") == [(came[0],)]


def lock_is_free() -> bool:
    """Whether another session could decide or link now."""
    try:
        ((free,),) = rows_of(f"SELECT pg_try_advisory_lock({actions.LOCK}, 0)")
        return bool(free)
    finally:
        connections.close_all()


def test_nobody_decides_between_the_moment_that_a_linking_reads_and_its_end(committed, monkeypatch):
    """A decision made after that moment and before the lock was overruled by the linking."""
    free = []

    class Stopped(Exception):
        pass

    def begun(*given, **more):
        with ThreadPoolExecutor(1) as other:
            free.append(other.submit(lock_is_free).result())
        raise Stopped

    monkeypatch.setattr(actions, "open_run", begun)
    with pytest.raises(Stopped):
        link_people()
    assert free == [False]
    with ThreadPoolExecutor(1) as other:
        assert other.submit(lock_is_free).result()
