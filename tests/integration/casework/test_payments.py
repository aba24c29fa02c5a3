"""Payments leave once, by another person than decided, whatever is clicked twice or killed."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, connections, transaction
from tests.builders import MONDAY, make_award, make_budget, make_person
from tests.waiting import until, until_let_go

from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake
from wholeplace.flows import pay
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.actions import put_member
from wholeplace.rooms.casework import payments, queries
from wholeplace.rooms.casework.models import Release
from wholeplace.rooms.ledger import queries as books

FIRST = dt.date(2026, 6, 29)
LAST = dt.date(2026, 8, 17)


def settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def make_case(act, people: int = 1) -> tuple[int, list[int]]:
    """A budget, and that many confirmed awards of eight weeks from it."""
    with act("system-loader"):
        made = [make_person(f"Person {n}") for n in range(people)]
    with act("grace.lindqvist"):
        budget = make_budget(280_00 * people)
    with act("amina.begum"):
        return budget, [make_award(person, budget) for person in made]


def payments_of(act, award: int) -> list[int]:
    with act("amina.begum"):
        return [p.id for p in queries.award(award).payments]


def release(payment: int, day: dt.date = LAST, **more: object) -> None:
    pay.release_payment(payment_id=payment, happened_on=day, **more)


def test_a_payment_is_released_once(act):
    budget, (award,) = make_case(act)
    first = payments_of(act, award)[0]
    with act("grace.lindqvist"):
        release(first)
        shown = queries.payment(first)
        with pytest.raises(Stale, match="released already"):
            release(first)
        line = books.budget(budget)
    settle()
    assert (shown.state, shown.released_by, shown.may_release) == (
        "released",
        "Grace Lindqvist",
        False,
    )
    assert (line.spent_pence, line.committed_pence) == (35_00, 245_00)


def test_a_double_click_is_answered_as_the_first(act):
    budget, (award,) = make_case(act)
    first, key = payments_of(act, award)[0], uuid.uuid4()
    with act("grace.lindqvist"):
        release(first, key=key)
        release(first, key=key)
        assert books.budget(budget).spent_pence == 35_00


def test_a_key_serves_its_own_membership_only(committed, act):
    _, (award,) = make_case(act)
    one, two = payments_of(act, award)[:2]
    key = uuid.uuid4()
    put_member_second_finance()
    with act("grace.lindqvist"):
        release(one, key=key)
    with act("second.finance"):
        release(two, key=key)
        assert queries.payment(two).state == "released"


def test_nothing_leaves_before_it_is_due(act):
    _, (award,) = make_case(act)
    last = payments_of(act, award)[-1]
    with act("grace.lindqvist"), pytest.raises(UserMistake, match="Monday 17 August 2026"):
        release(last, dt.date(2026, 8, 16))


def test_the_last_payment_completes_the_award(act):
    _, (award,) = make_case(act)
    numbers = payments_of(act, award)
    with act("grace.lindqvist"):
        for number in numbers:
            release(number)
    with act("amina.begum"):
        done = queries.award(award)
        assert done.line.state == "completed"
        assert done.steps[-1].by_name == "Grace Lindqvist"


WRONG = [
    ("amina.begum", Refused),
    ("tom.okafor", Refused),
    ("harpreet.gill", Refused),
    ("kezia.brown", Refused),
    ("sam.admin", Refused),
    ("owen.pryce", Refused),
]


@pytest.mark.parametrize(("username", "refusal"), WRONG)
def test_only_a_finance_officer_releases(act, username, refusal):
    _, (award,) = make_case(act)
    payment = payments_of(act, award)[0]
    with act(username):
        with pytest.raises(refusal):
            release(payment)
        with pytest.raises(refusal):
            pay.start_run(as_at=LAST)


def test_a_finance_officer_sees_payees_and_no_person(act):
    _, (award,) = make_case(act)
    with act("grace.lindqvist"):
        due = queries.due_payments(LAST)
        assert (due.total, due.total_pence) == (8, 280_00)
        assert {line.payee_name for line in due.items} == {"Ada Test"}
        with pytest.raises(NotFound):
            queries.award(award)
    with act("kezia.brown"):
        assert queries.due_payments(LAST).total == 0


# -- commits are real from here ------------------------------------------------------------
def put_member_second_finance() -> None:
    put_member(
        "second.finance",
        {
            "name": "Second Finance",
            "agency": "council-benefits",
            "role": "finance-officer",
            "team": "Finance",
        },
        password=None,
    )


def test_two_officers_at_once_release_one_payment_once(committed, act):
    budget, (award,) = make_case(act)
    payment = payments_of(act, award)[0]
    put_member_second_finance()

    def one(username: str) -> str:
        try:
            with act(username):
                release(payment)
            return "released"
        except Stale:
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(one, ["grace.lindqvist", "second.finance"] * 4))
    assert sorted(came) == ["released"] + ["told"] * 7
    with act("grace.lindqvist"):
        assert books.budget(budget).spent_pence == 35_00


def test_the_same_click_eight_times_at_once(committed, act):
    budget, (award,) = make_case(act)
    payment, key = payments_of(act, award)[0], uuid.uuid4()

    def one(_: int) -> None:
        try:
            with act("grace.lindqvist"):
                release(payment, key=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    with act("grace.lindqvist"):
        assert books.budget(budget).spent_pence == 35_00


def test_the_database_itself_refuses_a_second_release(committed, act):
    _, (award,) = make_case(act)
    payment = payments_of(act, award)[0]
    with act("grace.lindqvist"):
        release(payment)
    with act("grace.lindqvist"), pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.create(
            payment_id=payment, transfer_id=Release.objects.get().transfer_id, happened_on=LAST
        )


@contextmanager
def membership(act, username: str):
    with act(username) as actor:
        number = actor.membership_id
    yield number


def test_sixty_four_decisions_at_once_commit_exactly_what_there_is(committed, act):
    with act("system-loader"):
        people = [make_person(f"Person {n}") for n in range(64)]
    with act("grace.lindqvist"):
        budget = make_budget(280_00 * 10 + 279_99)

    def one(person) -> None:
        try:
            with act("amina.begum"):
                make_award(person, budget)
        finally:
            connection.close()

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(one, people))
    with act("amina.begum"):
        line = books.budget(budget)
        waiting = queries.queue(budget)
        assert books.disagreements() == []
    assert (line.committed_pence, line.available_pence) == (280_00 * 10, 279_99)
    assert [entry.place for entry in waiting] == list(range(1, 55))


WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@contextmanager
def held_up_at(payment: int):
    """Somebody else is about to release this payment: a run comes to it and waits."""
    key = [payments.PAYMENT_LOCK, payment]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", key)
        yield
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def is_waiting() -> bool:
    with connections["owner"].cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def test_a_run_killed_half_way_and_run_again_pays_each_once(committed, act):
    budget, made = make_case(act, people=6)
    weeks = zip(*(payments_of(act, award) for award in made), strict=True)
    oldest_first = [number for week in weeks for number in week]
    command = [sys.executable, "-m", "wholeplace.site.main", "payments", "run"]
    command += ["--as-at", LAST.isoformat(), "--by", "grace.lindqvist", "--json"]
    for after in (7, 23):
        with held_up_at(oldest_first[after]):
            process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
            )
            until(is_waiting, "the run came to no payment that somebody else was about to release")
            process.kill()
            assert process.wait() == -signal.SIGKILL
        until_let_go()
        assert released(act) == after
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr
    with act("grace.lindqvist"):
        line = books.budget(budget)
        assert (line.spent_pence, line.committed_pence) == (280_00 * 6, 0)
        assert Release.objects.count() == 48
        assert [run.state for run in queries.payment_runs()] == ["finished"]


def released(act) -> int:
    with act("grace.lindqvist"):
        return Release.objects.count()


def test_a_run_leaves_nothing_silently(committed, act):
    """An officer who decided one of the awards runs everything: that one is left, and named."""
    make_case(act)
    with act("system-loader"):
        mine = make_person("Mine Own")
    with act("grace.lindqvist"):
        budget = make_budget(280_00)
    member = {"name": "x", "agency": "council-benefits", "team": "Both"}
    put_member("two.hats", member | {"role": "benefits-assessor"}, password=None)
    put_member("two.hats", member | {"role": "finance-officer"}, password=None)
    assessor, finance = memberships("two.hats")
    with acting(assessor, purpose="casework", route="test"):
        own = queries.award(make_award(mine, budget)).payments[0].id
    with acting(finance, purpose="casework", route="test"):
        run = pay.start_run(as_at=FIRST)
    result = pay.carry_out_run(run, membership_id=finance, route="test")
    assert (result.released, [number for number, _ in result.refused]) == (1, [own])
    assert "You decided this award" in result.refused[0][1]
    again = pay.carry_out_run(run, membership_id=finance, route="test")
    assert again == result


def memberships(username: str) -> list[int]:
    from wholeplace.rooms.agencies.models import Membership

    rows = Membership.objects.filter(user__username=username)
    return list(rows.order_by("id").values_list("pk", flat=True))


def test_a_run_being_carried_out_is_not_carried_out_twice(committed, act):
    make_case(act)
    with membership(act, "grace.lindqvist") as number:
        with act("grace.lindqvist"):
            run = pay.start_run(as_at=LAST)
        assert payments.take_up(run)

        def other() -> None:
            try:
                pay.carry_out_run(run, membership_id=number, route="test")
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool, pytest.raises(UserMistake, match="at this moment"):
            pool.submit(other).result()
        payments.put_down(run)


def test_the_day_is_today_or_before(act):
    make_case(act)
    with act("grace.lindqvist"), pytest.raises(UserMistake, match="not come yet"):
        pay.start_run(as_at=dt.date(2099, 1, 1))


def test_an_award_ended_while_it_is_paid_keeps_what_was_paid(act):
    from wholeplace.rooms.casework import awards

    budget, (award,) = make_case(act)
    one, two, *_ = payments_of(act, award)
    with act("grace.lindqvist"):
        release(one)
    with act("harpreet.gill"):
        awards.end(award_id=award, version=2, happened_on=MONDAY, reason="Job never began")
    with act("grace.lindqvist"):
        line = books.budget(budget)
        assert (line.spent_pence, line.committed_pence, line.available_pence) == (35_00, 0, 245_00)
        with pytest.raises(Stale, match="cancelled already"):
            release(two)
    settle()
