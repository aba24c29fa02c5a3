"""An adoption seal: who records it, who confirms it, and that nobody else reads what it closed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from tests.integration.identity.known import CLASSES, LOADERS
from tests.integration.people.sealing import AGENCIES, BORN, NHS, ORDER_ON, PHONE, UPN, adopt, child

from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake
from wholeplace.flows.demonstration_adoption import adopt_a_child
from wholeplace.flows.identity_of_people import show_identity
from wholeplace.rooms.identity.found import find
from wholeplace.rooms.identity.models import Indexed, Key
from wholeplace.rooms.identity.queries import linked_people
from wholeplace.rooms.people import seal_queries, seals
from wholeplace.rooms.people.models import Person, SealDecision
from wholeplace.rooms.people.queries import person
from wholeplace.rooms.people.seals import NewName
from wholeplace.rooms.records.models import Resident

READERS = [
    "amina.begum",
    "grace.lindqvist",
    "harpreet.gill",
    "kezia.brown",
    "nadia.hussain",
    "joy.mensah",
    "rosa.delgado",
    "sam.admin",
    "owen.pryce",
    "system-worker",
    "system-linker",
]
TABLES = (*CLASSES, "household", "account", "address", "person", "identity")


def sealed_labels() -> set[str]:
    return {f"lily-{agency}" for agency in AGENCIES}


def test_a_seal_takes_effect_at_once_and_the_new_record_comes_with_the_second_worker(act):
    adopted = adopt(act, confirm=False)
    with act("joy.mensah"), pytest.raises(Refused, match="Record restricted"):
        person(adopted.old["community-health"].ref)
    with act("ruth.ellison"):
        order = seal_queries.order(adopted.order)
        assert (order.outcome, order.new) == (None, None)
        assert {one.person.id for one in order.old} == set(adopted.ids)
    with act("ben.achebe"):
        ref = seals.confirm_order(seal=adopted.order, reason="Saw the sealed order")
    with act("ruth.ellison"):
        order = seal_queries.order(adopted.order)
        assert order.new is not None
        assert (order.new.ref, order.new.name, order.new.date_of_birth) == (
            ref,
            "Rosa Whitfield",
            BORN,
        )
        assert (order.ceased, order.outcome) == ("E11", "confirmed")
        assert order.recorded_at < order.decided_at


def test_who_recorded_an_order_does_not_decide_it_whatever_the_program_says(act):
    adopted = adopt(act, confirm=False)
    with act("ruth.ellison"):
        with pytest.raises(Refused, match="somebody else"):
            seals.confirm_order(seal=adopted.order, reason="Mine")
        with pytest.raises(DatabaseError), transaction.atomic():
            SealDecision.objects.create(seal_id=adopted.order, outcome="confirmed", reason="x")
        with pytest.raises(Refused):
            seals.withdraw_order(seal=adopted.order, reason="Mine")
    with act("ben.achebe"):
        seals.confirm_order(seal=adopted.order, reason="Saw it")
        with pytest.raises(Stale):
            seals.withdraw_order(seal=adopted.order, reason="After all")


def test_an_order_taken_back_opens_the_records_again(act):
    adopted = adopt(act, confirm=False)
    with act("ben.achebe"):
        seals.withdraw_order(seal=adopted.order, reason="The wrong child")
    with act("joy.mensah"):
        assert person(adopted.old["community-health"].ref).name == "Lily Carter"
    with act("ruth.ellison"):
        again = seals.record_order(
            refs=adopted.refs, order_on=BORN, ceased="E12", new=NewName("Rosa", "Whitfield")
        )
        assert again != adopted.order


@pytest.mark.parametrize("username", READERS)
def test_no_row_of_a_sealed_person_is_read_by_anybody_outside(act, username):
    """Each table, for each role; of others, and of the brother, everything is as it was."""
    world = child()
    seen = {}
    with act(username, purpose="linking" if username == "system-linker" else "casework"):
        seen = {table: world.world.seen(table) for table in TABLES}
    adopt(act, world)
    with act(username, purpose="linking" if username == "system-linker" else "casework"):
        for table, before in seen.items():
            if table in ("household", "account", "address") and username == "system-worker":
                continue  # a home names nobody: who lives there is a row of `member`
            assert world.world.seen(table) == before - sealed_labels(), table
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a"
                " ON a.attrelid = c.oid WHERE c.relkind IN ('r', 'v')"
                " AND c.relnamespace = 'public'::regnamespace"
                " AND a.attname IN ('person_id', 'record_id', 'a_id', 'b_id', 'new_person_id')"
                " AND has_column_privilege(c.oid, a.attnum, 'SELECT')"
                " AND a.atttypid = 'bigint'::regtype"
            )
            for table, column in cursor.fetchall():
                cursor.execute(
                    f"SELECT count(*) FROM {table} WHERE {column} = ANY (%s)", [world.ids]
                )
                own = table == "audit_event"  # one's own events tell one nothing new
                assert own or cursor.fetchone() == (0,), (table, column)


def test_an_adoption_worker_reads_both_and_one_of_another_agency_neither(act):
    adopted = adopt(act)
    for username in ("ruth.ellison", "ben.achebe"):
        with act(username):
            assert set(adopted.ids) <= set(Person.objects.values_list("pk", flat=True))
            assert Resident.objects.filter(person_id__in=adopted.ids).count() == len(adopted.ids)
            assert person(adopted.new_ref).name == "Rosa Whitfield"
            assert len(seal_queries.orders()) == 1
    for username in READERS:
        with act(username):
            assert seal_queries.orders() == []
            with pytest.raises(NotFound):
                seal_queries.order(adopted.order)
            with pytest.raises(NotFound):
                person(adopted.new_ref)


def test_what_may_not_be_recorded(act):
    adopted = child()
    new = NewName("Rosa", "Whitfield")

    def record(**other):
        given = {"refs": adopted.refs, "order_on": BORN, "ceased": "E11", "new": new}
        return seals.record_order(**given | other)

    with act("nadia.hussain"), pytest.raises(Refused):
        record()
    with act("ruth.ellison"):
        for wrong, words in (
            ({"refs": []}, "No record"),
            ({"ceased": "E13"}, "E11"),
            ({"order_on": dt.date(2999, 1, 1)}, "day to come"),
            ({"new": NewName("-", "Whitfield")}, "not whole"),
            ({"new": NewName("Rosa", "Whitfield", nhs_number="123")}, "not an NHS number"),
            ({"new": NewName("Rosa", "Whitfield", upn="X1")}, "not a pupil number"),
            ({"new": NewName("Rosa", "Whitfield", nhs_number=NHS)}, "has this NHS number"),
            ({"new": NewName("Rosa", "Whitfield", upn=UPN.lower())}, "has this pupil number"),
            ({"new": NewName("Rosa", "Whitfield", phone="+44 " + PHONE[1:])}, "has this phone"),
        ):
            with pytest.raises(UserMistake, match=words):
                record(**wrong)
        with pytest.raises(NotFound):
            record(refs=[*adopted.refs, "P00000000"])
        assert not Person.objects.filter(sealed=True).exists()
        record()
        with pytest.raises(UserMistake, match="sealed already"):
            record(refs=adopted.refs[:1])


def test_the_seal_cannot_be_lifted_by_the_program(act):
    adopt(act)
    for username in (*LOADERS.values(), "ruth.ellison", "system-worker"):
        with act(username):
            for statement in (
                "UPDATE people_person SET sealed = false",
                "UPDATE people_seal SET ceased = 'E12'",
                "DELETE FROM people_sealedperson",
                "DELETE FROM people_sealdecision",
                "UPDATE people_sealnotice SET phone = ''",
            ):
                with pytest.raises(DatabaseError), transaction.atomic():
                    connection.cursor().execute(statement)


def test_a_sealed_record_leaves_who_is_who_and_the_index_at_once(act):
    adopted = child()
    with act("system-linker", purpose="linking"):
        for person_id in adopted.ids:
            Indexed.objects.create(person_id=person_id, told="{}", mark=1, keys=[11, 12])
            Key.objects.bulk_create([Key(key=key, person_id=person_id) for key in (11, 12)])
    adopt(act, adopted, confirm=False)
    with act("ruth.ellison"):
        assert [linked_people(one) for one in adopted.ids] == [(), (), ()]
    for ref in adopted.refs:  # as `wholeplace identity show` asks
        with pytest.raises(NotFound):
            show_identity(ref)
    with act("system-linker", purpose="linking"):
        assert not Key.objects.filter(key__in=[11, 12]).exists()
        assert not Indexed.objects.exists()


def test_searches_by_name_sound_number_and_reference_find_nobody(act):
    adopted = adopt(act)
    for username in ("amina.begum", "nadia.hussain", "joy.mensah"):
        with act(username):
            for searched in (
                {"name": "Lily Carter"},
                {"name": "Lilly Karter"},
                {"name": "Carter"},
                {"born": BORN},
                {"postcode": "B1 1AA", "name": "Carter"},
                *({"reference": ref} for ref in adopted.refs),
            ):
                found = repr(find(at_most=50, **searched))
                assert not any(ref in found for ref in adopted.refs), (username, searched)
                assert "Lily" not in found
    with act("ruth.ellison"):
        found = repr(find(at_most=50, name="Lily Carter"))
        assert all(ref in found for ref in adopted.refs)
        for name in ("Rosa Whitfield", "Rosa Witfeeld"):
            found = repr(find(at_most=5, name=name))
            assert adopted.new_ref in found
            assert "Lily" not in found


def test_the_demonstration_has_one_adoption_however_often_it_is_begun(act):
    adopted = child()
    today = dt.date(2026, 8, 24)
    assert adopt_a_child(dt.date(2040, 1, 1)) is None  # no child of that age
    order = adopt_a_child(today)
    assert adopt_a_child(today) == order
    with act("ruth.ellison"):
        (only,) = seal_queries.orders()
        assert {one.person.id for one in only.old} == set(adopted.ids)
        assert (only.outcome, only.order_on) == ("confirmed", ORDER_ON)
