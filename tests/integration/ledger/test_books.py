"""The books: double entry, append-only, never overspent, by any route."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, connections, transaction

from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake
from wholeplace.core.money.books import Overspent
from wholeplace.rooms.ledger import actions, queries
from wholeplace.rooms.ledger.models import Account, Budget, Leg, Transfer

DAY = dt.date(2026, 6, 1)


def make_budget(act, pence: int = 50_000_00) -> int:
    with act("grace.lindqvist"):
        budget = actions.open_budget(
            source="crf-housing", source_name="Crisis fund", scheme="transition-payments", year=2026
        )
        if pence:
            actions.allocate(budget_id=budget, pence=pence, happened_on=DAY, memo="Opening")
    return budget


def settle() -> None:
    """Ask the database for what it checks at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def reserve(act, budget: int, pence: int, about: str = "award 1") -> int:
    with act("amina.begum"):
        return actions.reserve(
            budget_id=budget, pence=pence, happened_on=DAY, memo="Award", about=about
        )


def figures(act, budget: int) -> tuple[int, int, int, int]:
    with act("harpreet.gill"):
        line = queries.budget(budget)
        assert queries.disagreements() == []
    assert line.allocation_pence == line.spent_pence + line.committed_pence + line.available_pence
    return line.allocation_pence, line.spent_pence, line.committed_pence, line.available_pence


def test_money_goes_from_the_fund_to_an_award(act):
    budget = make_budget(act)
    reserve(act, budget, 280_00)
    settle()
    assert figures(act, budget) == (50_000_00, 0, 280_00, 49_720_00)


def test_a_budget_is_not_overspent_and_the_refusal_names_what_is_there(act):
    budget = make_budget(act, 200_00)
    with pytest.raises(Overspent, match=r"£280.00 is needed and £200.00 is available"):
        reserve(act, budget, 280_00)
    assert figures(act, budget) == (200_00, 0, 0, 200_00)


def test_no_more_is_given_back_than_was_held(act):
    budget = make_budget(act)
    reserve(act, budget, 100_00)
    with act("amina.begum"), pytest.raises(Overspent):
        actions.release(
            budget_id=budget, pence=100_01, happened_on=DAY, memo="End", about="award 1"
        )


def test_a_second_click_moves_nothing(act):
    budget = make_budget(act, 0)
    key = uuid.uuid4()
    with act("grace.lindqvist"):
        first = actions.allocate(
            budget_id=budget, pence=500, happened_on=DAY, memo="Grant", key=key
        )
        again = actions.allocate(
            budget_id=budget, pence=500, happened_on=DAY, memo="Grant", key=key
        )
    assert first == again
    assert figures(act, budget)[0] == 500


def test_a_reversal_is_the_opposite_and_happens_once(act):
    budget = make_budget(act)
    transfer = reserve(act, budget, 280_00)
    with act("grace.lindqvist"):
        undo = actions.reverse(transfer_id=transfer, happened_on=DAY, memo="Entered twice")
        for doubtful in (transfer, undo):
            with pytest.raises(UserMistake):
                actions.reverse(transfer_id=doubtful, happened_on=DAY, memo="Again")
    settle()
    assert figures(act, budget) == (50_000_00, 0, 0, 50_000_00)


@pytest.mark.parametrize("pence", [0, -1])
def test_an_amount_is_more_than_nothing(act, pence):
    budget = make_budget(act)
    with pytest.raises(UserMistake, match="more than"):
        reserve(act, budget, pence)


@pytest.mark.parametrize(
    ("username", "refusal"),
    [("kezia.brown", Refused), ("sam.admin", Refused), ("grace.lindqvist", Refused)],
)
def test_who_may_not_decide_holds_no_money(act, username, refusal):
    budget = make_budget(act)
    with act(username), pytest.raises(refusal):
        actions.reserve(budget_id=budget, pence=1, happened_on=DAY, memo="x", about="award 1")


def test_another_agency_sees_no_row(act):
    make_budget(act)
    with act("kezia.brown"):
        assert [m.objects.count() for m in (Budget, Account, Transfer, Leg)] == [0, 0, 0, 0]
        assert queries.budgets() == []
        with pytest.raises(NotFound):
            queries.budget(1)


SQL_REFUSED = [
    "UPDATE ledger_account SET balance_pence = 10",
    "DELETE FROM ledger_account",
    "UPDATE ledger_leg SET amount_pence = amount_pence * 2",
    "DELETE FROM ledger_leg",
    "UPDATE ledger_transfer SET memo = 'other'",
    "DELETE FROM ledger_transfer",
    "TRUNCATE ledger_leg",
    "TRUNCATE ledger_transfer CASCADE",
    "UPDATE ledger_budget SET year = 1999",
    "TRUNCATE ledger_account CASCADE",
]


@pytest.mark.parametrize("sql", SQL_REFUSED)
def test_nobody_changes_the_books_the_runtime_role_first(act, sql):
    budget = make_budget(act)
    reserve(act, budget, 100)
    with act("grace.lindqvist"), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(sql)


@pytest.mark.parametrize("sql", SQL_REFUSED)
def test_nor_does_the_owner(committed, act, sql):
    make_budget(act)
    with pytest.raises(DatabaseError, match=r"append-only|follow from transfers"):
        connections["owner"].cursor().execute(sql)


INTO_LEGS = "INSERT INTO ledger_leg (agency_id, transfer_id, account_id, amount_pence) "
INTO_TRANSFERS = (
    "INSERT INTO ledger_transfer (agency_id, by_id, by_user_id, recorded_at, kind, happened_on,"
    " memo, about) VALUES (0, 0, 0, now(), '{kind}', '2026-06-01', 'x', '') RETURNING id"
)


def add_transfer(kind: str, legs: list[tuple[str, int]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INTO_TRANSFERS.format(kind=kind))
        number = cursor.fetchone()[0]
        for account, pence in legs:
            cursor.execute(
                INTO_LEGS + "SELECT agency_id, %s, id, %s FROM ledger_account WHERE kind = %s",
                [number, pence, account],
            )
    settle()


@pytest.mark.parametrize(
    ("kind", "legs"),
    [
        ("allocate", []),
        ("allocate", [("available", 100)]),
        ("allocate", [("fund", -100), ("available", 101)]),
        ("allocate", [("fund", -100), ("committed", 100)]),
        ("allocate", [("available", -100), ("fund", 100)]),
        ("pay", [("available", -100), ("paid", 100)]),
        ("reserve", [("available", -100), ("committed", 100)]),  # not a finance officer's
    ],
)
def test_the_database_refuses_a_transfer_that_is_not_one(act, kind, legs):
    make_budget(act)
    with act("grace.lindqvist"), pytest.raises(DatabaseError), transaction.atomic():
        add_transfer(kind, legs)


def test_a_transfer_gets_no_further_legs_once_committed(committed, act):
    make_budget(act)
    refused = pytest.raises(DatabaseError, match="its own transaction")
    with act("grace.lindqvist"), refused, transaction.atomic():
        connection.cursor().execute(
            INTO_LEGS + "SELECT a.agency_id, t.id, a.id, 1 FROM ledger_transfer t, ledger_account a"
            " WHERE a.kind = 'paid'"
        )


def test_who_moved_the_money_is_written_by_the_database(act):
    make_budget(act)
    with act("grace.lindqvist") as actor, connection.cursor() as cursor:
        cursor.execute(
            "SELECT by_id, by_user_id, agency_id, recorded_at > now() - interval '1 hour'"
            " FROM ledger_transfer"
        )
        assert cursor.fetchall() == [(actor.membership_id, actor.user_id, actor.agency_id, True)]


def test_sixty_four_at_once_take_exactly_what_there_is(committed, act):
    budget = make_budget(act, 28_00 * 10 + 27_99)

    def one(number: int) -> bool:
        try:
            reserve(act, budget, 28_00, about=f"award {number}")
            return True
        except Overspent:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(64) as pool:
        held = list(pool.map(one, range(64)))
    assert sum(held) == 10
    assert figures(act, budget) == (28_00 * 10 + 27_99, 0, 280_00, 27_99)


def test_a_form_sent_again_with_another_amount_is_not_answered_as_done(act):
    budget, key = make_budget(act, pence=0), uuid.uuid4()
    given = {"budget_id": budget, "happened_on": DAY, "memo": "Grant", "key": key}
    with act("grace.lindqvist"):
        first = actions.allocate(pence=500, **given)
        assert actions.allocate(pence=500, **given) == first
        for other in ({"pence": 600}, {"pence": 500, "memo": "Another"}):
            with pytest.raises(Stale, match="something else"):
                actions.allocate(**given | other)
        assert queries.budget(budget).available_pence == 500
