"""What ends with a day ends with the place's, which in summer is an hour before that of UTC.

The database's clock is not turned: `wp_today()` is, for one transaction, to each side of the
hour in which the two days differ.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, connections
from tests.integration.identity.known import usual_world

from wholeplace.core.kernel.errors import Refused
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.agencies.models import Membership
from wholeplace.rooms.agencies.queries import standings_of

# 23:30 UTC of 30 June is half past midnight of 1 July in Birmingham, and 22:30 still 30 June.
LAST = dt.date(2027, 6, 30)
BEFORE, AFTER = "2027-06-30 22:30+00", "2027-06-30 23:30+00"


def test_today_is_the_places_day_at_both_ends_of_summer(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('wp_today()'::regprocedure)")
        (text,) = cursor.fetchone()
        told = text.partition("AS $function$")[2].partition("$function$")[0].strip()
        assert "now()" in told
        for moment, day in (
            (BEFORE, LAST),
            (AFTER, LAST + dt.timedelta(days=1)),
            ("2027-03-28 00:30+00", dt.date(2027, 3, 28)),
            ("2027-12-31 23:59+00", dt.date(2027, 12, 31)),
        ):
            cursor.execute(told.replace("now()", "%s::timestamptz"), [moment])
            assert cursor.fetchone() == (day,)


def test_nothing_that_decides_who_sees_what_compares_with_the_days_of_utc(db):
    """Every policy and every function of the database's own, as it stands now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " UNION ALL SELECT tablename || '.' || policyname, coalesce(qual, '') ||"
            " coalesce(with_check, '') FROM pg_policies"
        )
        wrong = {name for name, text in cursor.fetchall() if "current_date" in text.lower()}
    # A resident's account begins on a day; a child is one by their birthday of either.
    assert wrong <= {"wp_resident_user", "identity_needs"}


def _it_is(day: dt.date) -> None:
    """The place's day is this one, in the copy of the database that the test has to itself."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION wp_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE"
            f" AS $$ SELECT '{day.isoformat()}'::date $$"
        )


def _count(table: str, column: str, number: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [number])
        return int(cursor.fetchone()[0])


def test_agreements_memberships_and_grants_hold_through_their_last_day(committed, act):
    world = usual_world()
    hidden = world.know("eve-community-health", "community-health", restricted=True).person_id
    ada = world.people["ada-schools"].person_id
    joy = Membership.objects.get(user__username="joy.mensah")
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE agencies_agreement SET valid_to = %s", [LAST])
        cursor.execute("UPDATE agencies_membership SET valid_to = %s WHERE id = %s", [LAST, joy.pk])
        cursor.execute(
            "INSERT INTO people_restrictiongrant (person_id, membership_id, reason, valid_from,"
            " valid_to) VALUES (%s, %s, 'x', '2020-01-01', %s)",
            [hidden, joy.pk, LAST],
        )
    for day, there in ((LAST, 1), (LAST + dt.timedelta(days=1), 0)):
        _it_is(day)
        with act("nadia.hussain") as actor:
            assert bool(actor.shared) is bool(there)
            assert _count("people_person", "id", ada) == there
        assert len(standings_of(joy.user_id)) == there
        if there:
            with act("joy.mensah"):
                assert _count("people_person", "id", hidden) == 1
        else:
            with pytest.raises(Refused), acting(joy.pk, purpose="casework", route="test"):
                pass


def test_keys_of_hidden_people_are_told_to_nobody_but_those_who_mend(act):
    from tests.integration.identity.known import World

    world = World()
    hidden = world.know("eve-council-benefits", "council-benefits", restricted=True)
    for username in ("amina.begum", "kezia.brown", "owen.pryce", "system-worker", "rosa.delgado"):
        with act(username), connection.cursor() as cursor:
            cursor.execute("SELECT records_hidden_keys()")
            keys = [f"R{hidden.person_id}"] if username == "rosa.delgado" else []
            assert cursor.fetchone() == (keys,)


def test_totals_of_a_linking_are_for_those_who_link_and_decide(act):
    from wholeplace.rooms.identity.models import LinkRun

    usual_world()
    for username, rows in (("amina.begum", 0), ("nadia.hussain", 0), ("system-linker", 1)):
        with act(username, purpose="linking" if rows else "casework"):
            assert LinkRun.objects.count() == rows
            with connection.cursor() as cursor:
                cursor.execute("SELECT identity_compared(1)")
                assert cursor.fetchone() == (["name"],)
