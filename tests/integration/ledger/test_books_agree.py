"""The database's running balances against the slow sum over every transfer."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from wholeplace.core.kernel.errors import UserMistake
from wholeplace.core.money.books import Movement, Overspent, balances
from wholeplace.rooms.ledger import actions
from wholeplace.rooms.ledger.models import Account

DAY = dt.date(2026, 6, 1)
PENCE = st.integers(1, 40) | st.integers(1, 10**9)


class Books(RuleBasedStateMachine):
    """Random allocations, reservations, payments, releases and reversals."""

    act = None  # the fixture, given by the test

    def __init__(self) -> None:
        super().__init__()
        self.movements: list[Movement] = []
        self.numbers: list[int] = []
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        with self.act("grace.lindqvist"):
            self.budget = actions.open_budget(
                source="local", source_name="Local fund", scheme="any", year=2026
            )

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def move(self, username: str, movement: Movement, action) -> None:
        try:
            expected = balances([*self.movements, movement])
        except Overspent:
            expected = None
        with self.act(username):
            if expected is None:
                with pytest.raises(Overspent):
                    action()
            else:
                self.numbers.append(action())
                self.movements.append(movement)

    def ordinary(self, username: str, kind: str, pence: int) -> None:
        more = {} if kind == "allocate" else {"about": "award 1"}
        self.move(
            username,
            Movement(kind, pence),
            lambda: getattr(actions, kind)(
                budget_id=self.budget, pence=pence, happened_on=DAY, memo="x", **more
            ),
        )

    @rule(pence=PENCE)
    def allocate(self, pence: int) -> None:
        self.ordinary("grace.lindqvist", "allocate", pence)

    @rule(pence=PENCE)
    def reserve(self, pence: int) -> None:
        self.ordinary("amina.begum", "reserve", pence)

    @rule(pence=PENCE)
    def pay(self, pence: int) -> None:
        self.ordinary("grace.lindqvist", "pay", pence)

    @rule(pence=PENCE)
    def release(self, pence: int) -> None:
        self.ordinary("amina.begum", "release", pence)

    @precondition(lambda self: self.movements)
    @rule(data=st.data())
    def reverse(self, data) -> None:
        place = data.draw(st.integers(0, len(self.movements) - 1))

        def undo() -> int:
            return actions.reverse(transfer_id=self.numbers[place], happened_on=DAY, memo="wrong")

        done = {m.reverses for m in self.movements}
        if self.movements[place].kind == "reverse" or place in done:
            with self.act("grace.lindqvist"), pytest.raises(UserMistake):
                undo()
            return
        self.move("grace.lindqvist", Movement("reverse", 0, place), undo)

    @invariant()
    def they_agree(self) -> None:
        with self.act("grace.lindqvist"):
            kept = dict(
                Account.objects.filter(budget_id=self.budget).values_list("kind", "balance_pence")
            )
        assert kept == balances(self.movements)
        assert sum(kept.values()) == 0
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ledger_transfer_balances IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ledger_transfer_balances DEFERRED")


def test_the_books_agree_with_the_slow_sum(act):
    run_state_machine_as_test(
        type("Acting", (Books,), {"act": staticmethod(act)}),
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
