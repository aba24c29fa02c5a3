"""Who sees what of another agency's people: agreements, links, restrictions; and no trace else."""

from __future__ import annotations

import datetime as dt
import random
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from tests.builders import make_person
from tests.integration.identity.known import CLASSES, LOADERS, Known, World, usual_world

from wholeplace.core.kernel.errors import NotFound
from wholeplace.core.rules.files.scheme_file import ValidFile
from wholeplace.core.rules.files.sharing_file import AgreementFile, ShareFile
from wholeplace.rooms.agencies.acting import Actor
from wholeplace.rooms.agencies.actions import put_agreements
from wholeplace.rooms.identity.queries import identity_of, linked_people
from wholeplace.rooms.people.queries import person
from wholeplace.rooms.records.queries import search

READERS = {
    "amina.begum": "council-benefits",
    "harpreet.gill": "council-benefits",
    "nadia.hussain": "childrens-services",
    "kezia.brown": "ladywood-family-hub",
    "joy.mensah": "community-health",
}
HOUSEHOLDS = {"household": "P2", "address": "P2", "account": "P3"}
TABLES = {**CLASSES, **HOUSEHOLDS}
LONG_AGO = dt.date(2020, 1, 1)


def everyones(world: World, *agencies: str) -> set[str]:
    return {label for label, known in world.people.items() if known.agency in agencies}


def test_without_an_agreement_everybody_sees_their_own_and_nothing_else(act):
    world = usual_world()
    with act("kezia.brown"):
        assert [world.seen(table) for table in (*TABLES, "person", "identity")] == [set()] * 12
    with act("joy.mensah"):
        own = everyones(world, "community-health")
        assert world.seen("person") == world.seen("involvement") == own
        assert world.seen("benefitspell") == set()  # P3, which a key worker's role has not
        assert world.seen("identity") == set()


def test_a_benefits_assessor_sees_tenancies_of_their_own_claimants_only(act):
    world = usual_world()
    own = everyones(world, "council-benefits")
    with act("amina.begum"):
        for table in ("resident", "tenancy", "involvement", "member", "household", "address"):
            assert world.seen(table) == own | {"ada-council-housing"}, table
        for table in ("benefitspell", "attendance", "account"):
            assert world.seen(table) == own, table
        assert world.seen("person") == own
        assert world.seen("identity") == {"ada-council-benefits", "ada-council-housing"}


def test_a_family_help_lead_sees_who_is_involved_with_everybody_and_no_more(act):
    world = usual_world()
    with act("nadia.hussain"):
        for table, class_ in TABLES.items():
            assert world.seen(table) == (everyones(world, *LOADERS) if class_ == "P2" else set())
        assert world.seen("person") == everyones(world, *LOADERS)
        ada = world.people["ada-police"].person_id
        assert {one.agency_code for one in linked_people(ada)} == {*LOADERS} - {"police"}


def test_linked_people_tells_only_of_those_who_may_be_seen(act):
    world = usual_world()
    ada, cal = (world.people[f"{name}-council-benefits"].person_id for name in ("ada", "cal"))
    with act("amina.begum"):
        assert [one.agency_code for one in linked_people(ada)] == ["council-housing"]
        assert identity_of(ada) is not None
        assert linked_people(cal) == ()
        assert identity_of(cal) is None
        assert linked_people(world.people["ben-police"].person_id) == ()
    with act("joy.mensah"):
        health = world.people["ada-community-health"].person_id
        assert linked_people(health) == ()
        assert identity_of(health) is None


def everything(act, username: str, people: list[int]) -> dict[str, list[tuple]]:
    """Each row of each table that a reader can read, as text, and each number they can ask for."""
    with act(username), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'v', 'p')"
            " AND c.relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            found[table] = cursor.fetchall()
        for function in ("wp_together", "wp_linked", "wp_shared_to_all"):
            cursor.execute(f"SELECT n, {function}(n)::text FROM unnest(%s) n", [people])
            found[function] = cursor.fetchall()
        return found


@pytest.mark.parametrize("username", ["amina.begum", "kezia.brown", "harpreet.gill"])
def test_police_and_health_leave_no_trace_for_those_without_an_agreement(act, username):
    """Given what a reader sees, when police and health come to know the same people, it stays."""
    world = World()
    for agency in ("council-benefits", "council-housing"):
        world.know(f"ada-{agency}", agency)
    ada = world.link("ada-council-benefits", "ada-council-housing")
    world.know("cal-council-benefits", "council-benefits")
    people = [known.person_id for known in world.people.values()]
    before = everything(act, username, people)
    world.know("ada-police", "police")
    world.know("ada-community-health", "community-health")
    world.join(ada, "ada-police")
    world.join(ada, "ada-community-health")
    world.know("cal-police", "police")
    world.link("cal-council-benefits", "cal-police")
    world.know("dee-police", "police")
    after = everything(act, username, people)
    for runs in (before, after):  # that there was a run at all is no news of anybody
        runs.pop("identity_linkrun")
    assert after == before
    with act(username), connection.cursor() as cursor:
        new = [known.person_id for known in world.people.values()][len(people) :]
        cursor.execute(
            "SELECT wp_together(n), wp_linked(n), wp_shared_to_all(n) FROM unnest(%s) n", [new]
        )
        assert cursor.fetchall() == [([], False, False)] * len(new)


def test_a_hidden_person_is_answered_like_one_who_is_not_there(act):
    world = usual_world()
    hidden = world.people["ada-police"]
    with act("amina.begum"):
        with pytest.raises(NotFound) as told:
            person(hidden.ref)
        with pytest.raises(NotFound) as absent:
            person("P00000000")
        assert str(told.value) == str(absent.value)
        assert search(reference=hidden.ref) == []
        assert {hit.ref for hit in search(name="Test")} == {
            known.ref for known in world.people.values() if known.agency == "council-benefits"
        }


@pytest.mark.parametrize("restricted", ["council-benefits", "council-housing", "police"])
def test_a_restricted_person_is_not_revealed_through_links(act, restricted):
    """Wherever the mark stands, nothing of the person crosses from one agency to another."""
    world = World()
    for agency in LOADERS:
        world.know(f"ada-{agency}", agency, restricted=agency == restricted)
    world.link(*world.people)
    own = {"ada-council-benefits"} - {f"ada-{restricted}"}
    with act("amina.begum"):
        assert world.seen("resident") == world.seen("tenancy") == own
        assert world.seen("identity") == set()
        assert linked_people(world.people["ada-council-benefits"].person_id) == ()
    with act("nadia.hussain"):
        assert world.seen("person") == world.seen("resident") == world.seen("identity") == set()


def test_bars_and_codes_stay_with_the_agency_whose_person_it_is(act):
    world = usual_world()
    ada = world.people["ada-council-benefits"].person_id
    bar = (
        "INSERT INTO people_contactbar (person_id, agency_id, kind, reason, happened_on,"
        " recorded_at, set_by_id) VALUES (%s, wp_agency(), 'unsafe_address', 'x', now(), now(), 1)"
    )
    with act("amina.begum"), connection.cursor() as cursor:
        cursor.execute(bar, [ada])
        cursor.execute("SELECT count(*) FROM people_contactbar")
        assert cursor.fetchone() == (1,)
    with act("nadia.hussain"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_contactbar")
        assert cursor.fetchone() == (0,)
    housing = world.people["ada-council-housing"].person_id
    with act("amina.begum"), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(bar, [housing])


def test_nobody_but_the_linker_writes_or_reads_what_only_linking_needs(act):
    world = usual_world()
    number = world.people["cal-council-benefits"].person_id
    for username in ("amina.begum", "nadia.hussain", "system-loader", "system-worker"):
        with act(username), connection.cursor() as cursor:
            for view in ("identity_record", "identity_home"):
                cursor.execute(f"SELECT count(*) FROM {view}")
                assert cursor.fetchone() == (0,)
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(
                    "INSERT INTO identity_member (person_id, identity_id, recorded_at, run_id,"
                    " why) VALUES (%s, 1, now(), 1, 'first')",
                    [number],
                )
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute("SELECT * FROM wp_identity_standing(%s)", [number])


def test_the_linker_reads_what_tells_people_apart_and_nothing_else(act):
    world = usual_world()
    with act("system-linker", purpose="linking"), connection.cursor() as cursor:
        cursor.execute("SELECT record_id FROM identity_record")
        assert world.labels(row[0] for row in cursor.fetchall()) == everyones(world, *LOADERS)
        assert [world.seen(table) for table in (*TABLES, "person")] == [set()] * 11
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("UPDATE identity_record SET phone = 'x'")
    with act("system-linker", purpose="casework"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM identity_record")
        assert cursor.fetchone() == (0,)


READ = """
SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_xact_user_tables
 WHERE relname IN ('people_person', 'identity_member')
"""


@pytest.mark.parametrize("function", ["wp_together", "wp_linked", "wp_shared_to_all"])
def test_who_is_linked_is_found_by_number_and_not_by_going_over_everybody(act, function):
    """A policy asks it of every row that it lets through."""
    world = usual_world()
    with act("system-loader"):
        for n in range(60):
            make_person(f"Somebody {n}")
    with act("amina.begum"), connection.cursor() as cursor:
        # Over so few rows going through all may be the cheapest: here it is only whether an
        # index can give them.
        for way in ("seqscan", "mergejoin", "hashjoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute("DISCARD PLANS")  # this session may have asked it over other rows
        asked = [_read_for(cursor, function, world) for _ in range(3)]
    assert min(asked) < 30  # the counters also take in what came before, now and then


def _read_for(cursor: Any, function: str, world: World) -> int:
    cursor.execute(READ)
    (before,) = cursor.fetchone()
    cursor.execute(f"SELECT {function}(%s)", [world.people["ada-council-housing"].person_id])
    cursor.execute(READ)
    return int(cursor.fetchone()[0] - before)


def agreement(code: str, *shares: tuple[str, str, str, str], **more: object) -> AgreementFile:
    """An agreement of (from, to, class, whom); for casework, by everybody's role."""
    given: dict = {
        "name": code,
        "what": "x",
        "lawful_basis": "x",
        "purposes": ["casework"],
        "roles": ["benefits-assessor", "scheme-manager", "family-help-lead", "key-worker"],
        "valid": ValidFile.model_validate({"from": LONG_AGO, "to": more.pop("to", None)}),
        "source": "x",
    }
    lines = [
        ShareFile.model_validate({"from": giver, "to": [to], "classes": [class_], "whom": whom})
        for giver, to, class_, whom in shares
    ]
    return AgreementFile(agreement=code, shares=lines, **given | more)


HOUSING = ("council-housing", "council-benefits", "P2", "everybody")


CHANGES = [
    ({}, "casework", True),
    ({"to": -1}, "casework", False),
    ({"to": 0}, "casework", True),
    ({}, "own record", False),
    ({"purposes": ["linking"]}, "casework", False),
    ({"roles": ["scheme-manager"]}, "casework", False),
    (None, "casework", False),
]


def test_an_agreement_holds_on_its_days_for_its_roles_and_purposes(committed, act):
    """Given an agreement, when it ends or is withdrawn, then the next request sees nothing."""
    world = usual_world()
    own = everyones(world, "council-benefits")
    for changed, purpose, sees in CHANGES:
        put_agreements({"one": agreement("one", HOUSING)})
        with act("amina.begum", purpose="casework"):
            assert world.seen("tenancy") == own | everyones(world, "council-housing")
        if changed and "to" in changed:  # by so many days from the day that it is by now
            changed = {"to": timezone.localdate() + dt.timedelta(days=changed["to"])}
        put_agreements({} if changed is None else {"one": agreement("one", HOUSING, **changed)})
        with act("amina.begum", purpose=purpose) as actor:
            assert (world.seen("tenancy") != own) is sees, changed
            assert bool(actor.shared) is sees, changed


def may_see(world: World, actor: Actor, codes: dict[int, str], one: Known, class_: str) -> bool:
    """The rule in words, person by person: what the policies have to come to."""
    if class_ not in actor.classes:
        return False
    if codes[actor.agency_id] == one.agency:
        return not one.restricted
    label = next(label for label, known in world.people.items() if known is one)
    together = next((found for found in world.identities.values() if label in found), {label})
    if any(world.people[other].restricted for other in together):
        return False
    shared = {(codes[s.agency_id], s.information_class, s.whom) for s in actor.shared}
    if {(one.agency, c, "everybody") for c in ("P2", class_)} <= shared:
        return True
    known = any(world.people[other].agency == codes[actor.agency_id] for other in together)
    return known and {(one.agency, c, "linked") for c in ("P2", class_)} <= shared


def test_policies_come_to_the_rule_in_words_for_any_agreements(committed, act):
    """Random people, links, restrictions and agreements: each reader, each table, each person."""
    from wholeplace.rooms.agencies.models import Agency

    draw = random.Random(2026)
    codes = dict(Agency.objects.values_list("pk", "code"))
    world = World()
    for human in range(14):
        known = draw.sample(list(LOADERS), draw.randint(1, 4))
        for agency in known:
            world.know(f"{human}-{agency}", agency, restricted=draw.random() < 0.08)
        if draw.random() < 0.8:
            world.link(*(f"{human}-{agency}" for agency in known))
    for _ in range(6):
        lines = {
            (giver, to, class_, whom)
            for giver, to, whom in product(LOADERS, set(READERS.values()), ("linked", "everybody"))
            if giver != to and draw.random() < 0.3
            for class_ in ("P2", "P3")[: draw.randint(1, 2)]
        }
        put_agreements({"one": agreement("one", *sorted(lines))})
        for username in READERS:
            with act(username) as actor:
                for table, class_ in TABLES.items():
                    expected = {
                        label
                        for label, known in world.people.items()
                        if may_see(world, actor, codes, known, class_)
                    }
                    assert world.seen(table) == expected, (username, table, sorted(lines))
