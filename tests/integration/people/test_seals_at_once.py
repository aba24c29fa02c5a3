"""Two adoption workers decide one order at the same moment: one wins, and the other is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from tests.integration.people.sealing import adopt

from wholeplace.core.kernel.errors import Stale
from wholeplace.rooms.people import seal_queries, seals


def test_of_two_who_decide_an_order_at_one_moment_the_second_is_told(
    committed: str, act, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopted = adopt(act, confirm=False)
    both_looked = Barrier(2)
    decided = seals._in_words

    def after_both_looked():
        both_looked.wait(timeout=60)
        return decided()

    monkeypatch.setattr(seals, "_in_words", after_both_looked)

    def decide(reason: str) -> str:
        try:
            with act("ben.achebe"):
                seals.confirm_order(seal=adopted.order, reason=reason)
            return reason
        except Stale as told:
            return str(told)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        came = sorted(both.map(decide, ("one", "two")), key=len)
    assert came[0] in ("one", "two")
    assert came[1].startswith("This order was decided meanwhile")
    with act("ruth.ellison"):
        order = seal_queries.order(adopted.order)
    assert (order.outcome, order.reason) == ("confirmed", came[0])
