"""Row security and the audit trail beneath every route."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, connections, transaction

from wholeplace.core.kernel.errors import Refused
from wholeplace.rooms.agencies.acting import acting
from wholeplace.rooms.audit import actions as audit
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.people.models import Person

UNGUARDED = {
    "agencies_user",  # sign-in reads it before anybody acts; holds no client
    "agencies_user_groups",
    "agencies_user_user_permissions",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "procrastinate_events",  # job arguments are numbers only
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
}


def make_person(name: str = "Ada Test", **more: object) -> Person:
    from wholeplace.rooms.agencies.acting import require_actor

    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('people_person_id_seq')")
        number = cursor.fetchone()[0]
        cursor.execute("SELECT wp_person_ref(%s)", [number])
        ref = cursor.fetchone()[0]
    return Person.objects.create(
        pk=number,
        ref=ref,
        name=name,
        family_key="test",
        given_key="ada",
        viewers=[require_actor().agency_id],
        **more,
    )


def test_the_program_owns_nothing_and_cannot_pass_row_security(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolbypassrls OR rolsuper OR rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relowner ="
            " (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        assert cursor.fetchone() == (0,)


def test_every_readable_table_has_forced_row_security_or_a_stated_reason(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace"
            " AND NOT (relrowsecurity AND relforcerowsecurity)"
            " AND has_any_column_privilege(current_user, oid, 'SELECT')"
        )
        assert {row[0] for row in cursor.fetchall()} <= UNGUARDED


def test_nobody_acting_sees_and_writes_nothing(act):
    with act("system-loader"):
        make_person()
    assert Person.objects.count() == 0
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_person (ref, name, family_key, given_key, viewers, restricted,"
            " recorded_at) VALUES ('PX', 'x', 'x', 'x', '{1}', false, now())"
        )


@pytest.mark.parametrize(
    ("username", "count"),
    [
        ("amina.begum", 1),
        ("harpreet.gill", 1),
        ("grace.lindqvist", 0),
        ("kezia.brown", 0),
        ("sam.admin", 0),
        ("owen.pryce", 0),
    ],
)
def test_each_role_sees_only_its_own(act, username, count):
    with act("system-loader"):
        make_person()
    with act(username):
        assert Person.objects.count() == count


def test_a_restriction_beats_every_role(act):
    with act("system-loader"):
        make_person(restricted=True)
    with act("harpreet.gill"):
        assert Person.objects.count() == 0


def test_a_nested_context_puts_back_what_was_there(act):
    with act("amina.begum") as outer:
        with act("kezia.brown"):
            pass
        with connection.cursor() as cursor:
            cursor.execute("SELECT wp_membership()")
            assert cursor.fetchone()[0] == outer.membership_id


def test_an_ended_membership_cannot_act(db):
    with pytest.raises(Refused), acting(999_999, purpose="casework", route="test"):
        pass


def test_who_when_and_why_are_written_by_the_database(act):
    with act("amina.begum") as actor:
        audit.record("person.view", person_id=7)
        event = Event.objects.get()
        assert (event.membership_id, event.agency_id) == (actor.membership_id, actor.agency_id)
        assert (event.purpose, event.route) == ("casework", "test")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_event SET action = 'nothing'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event CASCADE",
        "INSERT INTO audit_event (action, user_id) VALUES ('forged', 1)",
        "INSERT INTO audit_event (action, at) VALUES ('forged', '2020-01-01')",
        "DELETE FROM audit_link",
        "SELECT * FROM audit_tail",
    ],
)
def test_the_database_refuses_to_change_the_trail(act, sql):
    with act("owen.pryce"):
        audit.record("person.view", person_id=7)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_changed_event_is_named(committed, act):
    for number in range(5):
        with act("amina.begum"):
            audit.record("person.view", person_id=number)
    assert audit.seal() == 5
    assert audit.verify().broken is None
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("SELECT max(id) - 2 FROM audit_event")
        victim = cursor.fetchone()[0]
        cursor.execute("UPDATE audit_event SET person_id = 99 WHERE id = %s", [victim])
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
    found = audit.verify()
    assert found.broken is not None
    assert found.broken[1] == victim


def test_an_event_that_commits_late_is_sealed_later_and_delays_nobody(committed, act):
    """Given a long transaction with an event, when others are sealed, then it follows later."""
    slow = connections["default"].copy()
    with act("amina.begum") as actor:
        member = actor.membership_id
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute("SELECT * FROM wp_enter(%s, 'casework', 'slow')", [member])
            cursor.execute("INSERT INTO audit_event (action) VALUES ('person.view')")
        with act("tom.okafor"):
            audit.record("person.view", person_id=1)
        assert audit.seal() == 1
        slow.commit()
        assert audit.seal() == 1
    finally:
        slow.close()
    assert audit.verify().unsealed == 0
    assert audit.verify().broken is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agencies_user SET password = 'x'",
        "UPDATE agencies_user SET is_active = true",
        "DELETE FROM agencies_user",
        "INSERT INTO agencies_user (username) VALUES ('x')",
    ],
)
def test_the_runtime_role_changes_no_account(act, statement):
    with (
        act("sam.admin"),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_runtime_role_may_name_no_triggers_function(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text, has_function_privilege(p.oid, 'EXECUTE')"
            "  FROM pg_proc p WHERE p.prorettype = 'trigger'::regtype"
            "   AND p.pronamespace = 'public'::regnamespace"
        )
        found = dict(cursor.fetchall())
    assert "wp_stamp()" in found
    assert [name for name, may in found.items() if may] == []
