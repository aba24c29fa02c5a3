"""Two reviewers decide one pair at the same moment: one wins, and the other is told."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections
from tests.integration.identity.deciding import rows_of
from tests.integration.identity.known import World

from wholeplace.core.kernel.errors import Stale
from wholeplace.flows.decide_identity import answer_pair

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
