"""People decide who is who: at once, as the next linking would, and undone without a trace."""

from __future__ import annotations

import datetime as dt
import random
from itertools import combinations

import pytest
from django.db import DatabaseError, connection, transaction
from tests.integration.identity.deciding import Weighed, rows_of, who_is_who
from tests.integration.identity.known import LOADERS, World

from wholeplace.core.kernel.errors import NotFound, Refused, Stale, UserMistake
from wholeplace.flows.decide_identity import (
    Contradicts,
    answer_pair,
    undo_decision,
    would_change,
)
from wholeplace.flows.link_people import link_people
from wholeplace.rooms.identity import decisions, reviews
from wholeplace.rooms.identity.models import Member

FIRST, SECOND, THIRD = "leila.farah", "marcus.oyelaran", "bronwen.hale"
MOVES = ("first", "joined", "moved", "merged", "split")
ADULT = dt.date(1980, 3, 4)


def adults(world: World, *labels: str) -> list[int]:
    """Persons of agencies in turn, grown up by what their agencies say."""
    agencies = list(LOADERS)
    return [
        world.know(label, agencies[n % len(agencies)], born=ADULT).person_id
        for n, label in enumerate(labels)
    ]


def decide(act, world: World, one: str, other: str, answer: str, who: str = FIRST):
    with act(who):
        a, b = world.people[one].ref, world.people[other].ref
        return answer_pair(a=a, b=b, answer=answer, reasons=f"{answer}, by {who}")


def moved_by(engine: Weighed) -> int:
    counts = link_people(engine=engine).counts
    return sum(counts[why] for why in MOVES)


def test_a_decision_takes_effect_at_once_and_the_next_linking_moves_nobody(act):
    world = World()
    a, b, c, d = adults(world, "a", "b", "c", "d")
    engine = Weighed({(a, b): 20.0, (c, d): 9.0, (b, c): 1.0})
    link_people(engine=engine)
    before = who_is_who(act)
    done = decide(act, world, "b", "c", "same")
    assert done.moved == 2  # the younger pair goes to the older
    assert set(who_is_who(act).values()) == {before[a]}
    assert moved_by(engine) == 0
    with act("system-linker", purpose="linking"):
        assert set(
            Member.objects.filter(decision_id=done.decision).values_list("person_id", "why")
        ) == {(c, "decided"), (d, "decided")}
    with act(SECOND):
        assert undo_decision(decision=done.decision, reasons="Not hers") == 2
    assert who_is_who(act) == before
    assert moved_by(engine) == 0


def test_what_would_change_is_what_then_changes(act):
    world = World()
    a, b, c = adults(world, "a", "b", "c")
    link_people(engine=Weighed({(a, b): 20.0, (b, c): 8.0}))
    with act(FIRST):
        same, different = (would_change(a, c, same=said) for said in (True, False))
    assert (same.with_a, same.with_b) == ((a, b, c), (a, b, c))
    assert (different.with_a, different.with_b) == ((a, b), (c,))
    decide(act, world, "a", "c", "different")
    now = who_is_who(act)
    assert now[a] == now[b] != now[c]


def test_once_parted_the_rest_goes_where_the_linking_would_put_it(act):
    """e was refused beside a, whose number it contradicts; when a leaves, e may come."""
    world = World()
    a, b, e = adults(world, "a", "b", "e")
    engine = Weighed({(a, b): 20.0, (b, e): 5.0}, apart=[(a, e)])
    link_people(engine=engine)
    assert who_is_who(act)[a] == who_is_who(act)[b] != who_is_who(act)[e]
    decide(act, world, "a", "b", "different")
    now = who_is_who(act)
    assert now[b] == now[e] != now[a]
    assert moved_by(engine) == 0


def test_weights_are_kept_to_the_last_bit_so_that_ties_fall_as_in_the_linking(act):
    world = World()
    a, b, c = adults(world, "a", "b", "c")
    engine = Weighed(dict.fromkeys([(a, b), (a, c), (b, c)], 28.721001721351623))
    link_people(engine=engine)
    decide(act, world, "a", "c", "different")
    assert moved_by(engine) == 0


SEEN_BY = {
    "amina.begum": "casework_application casework_award casework_payment casework_step"
    " people_person people_restrictiongrant records_resident records_tenancy",
    "grace.lindqvist": "casework_payment ledger_account ledger_transfer ledger_leg",
    "nadia.hussain": "people_person records_resident records_involvement records_schoolplace",
    FIRST: "people_person records_resident records_involvement",
    "system-linker": "identity_record identity_home identity_link identity_pair identity_member",
}

NEVER_MOVED = ("casework", "ledger", "people_restriction", "identity_record", "identity_home")


def everything(act) -> dict[tuple[str, str], list[str]]:
    """Every row that each of them can read of cases, payments, restrictions and statements."""
    found = {}
    for who, tables in SEEN_BY.items():
        with act(who, purpose="linking" if who == "system-linker" else "casework"):
            for table in tables.split():
                current = " WHERE superseded_at IS NULL" if table == "identity_member" else ""
                shown = "t.person_id, t.identity_id" if current else "t"
                rows = rows_of(f"SELECT ({shown})::text FROM {table} t{current}")
                found[who, table] = sorted(row[0] for row in rows)
    return found


def trail(act) -> list[tuple]:
    with act("owen.pryce"):
        return rows_of("SELECT id, action, person_id, people, record FROM audit_event ORDER BY id")


def cases(act, world: World) -> None:
    """Two of the council's persons have cases by different lead workers, one with payments."""
    from tests.builders import make_application, make_award, make_budget

    from wholeplace.rooms.people.models import Person

    with act("grace.lindqvist"):
        budget = make_budget(5_000_00)
    for label, worker in (("a", "amina.begum"), ("f", "tom.okafor")):
        with act(worker):
            person = Person.objects.get(pk=world.people[label].person_id)
            if label == "a":
                make_award(person, budget)
            else:
                make_application(person)


def test_merge_then_undo_is_lossless_over_cases_payments_audit_and_restrictions(act):
    """Any decisions, one after the other, and undone: what everybody reads is what it was."""
    draw = random.Random(20261122)
    world = World()
    labels = "abcdefgh"
    people = adults(world, *labels)
    world.know("hidden", "police", restricted=True, born=ADULT)
    cases(act, world)
    pairs = list(combinations(people, 2))
    engine = Weighed(
        {pair: draw.choice([0.5, 4.0, 9.0, 20.0]) for pair in draw.sample(pairs, 14)},
        apart=draw.sample(pairs, 4),
    )
    link_people(engine=engine)
    link_people(engine=engine)
    before, told = [everything(act)], trail(act)
    made = []
    for _ in range(8):
        one, other = draw.sample(labels, 2)
        try:
            made.append(decide(act, world, one, other, draw.choice(["same", "different"])))
        except (Contradicts, Stale):
            continue
        before.append(everything(act))
        for reader, rows in before[-1].items():
            if reader[1].startswith(NEVER_MOVED):
                assert rows == before[0][reader], reader
        assert moved_by(engine) == 0
    assert len(made) > 4
    # Links are a linking's own notes of why: those of before the decisions return with it.
    for done in reversed(made):
        before.pop()
        with act(SECOND):
            undo_decision(decision=done.decision, reasons="Undone again")
        now, was = everything(act), before[-1]
        assert now["system-linker", "identity_member"] == was["system-linker", "identity_member"]
    assert moved_by(engine) == 0
    after = everything(act)
    for reader, rows in before[0].items():
        if reader[1] not in ("identity_link", "identity_pair"):
            assert after[reader] == rows, reader
    assert trail(act)[: len(told)] == told


def test_undone_in_any_order_everybody_is_with_whom_they_were(act):
    draw = random.Random(7)
    world = World()
    labels = "abcdef"
    people = adults(world, *labels)
    engine = Weighed({pair: draw.choice([1.0, 6.0, 15.0]) for pair in combinations(people, 2)})
    link_people(engine=engine)
    before = who_is_who(act)
    made = []
    for answer in ("different", "different", "same", "different", "same"):
        one, other = draw.sample(labels, 2)
        try:
            made.append(decide(act, world, one, other, answer))
        except (Contradicts, Stale):
            continue
    draw.shuffle(made)
    for done in made:
        with act(THIRD):
            undo_decision(decision=done.decision, reasons="Undone again")
    assert len(made) > 2
    assert together(who_is_who(act)) == together(before)
    assert moved_by(engine) == 0


def together(identity: dict[int, int]) -> set[frozenset[int]]:
    return {frozenset(p for p in identity if identity[p] == number) for number in identity.values()}


def test_split_pairs_never_rematch(act):
    """However they weigh, whoever comes between them, and however often records are linked."""
    draw = random.Random(5)
    world = World()
    people = adults(world, "a", "b", "c", "d")
    a, b, c, _ = people
    link_people(engine=Weighed({(a, b): 30.0}))
    decide(act, world, "a", "b", "different")
    for n in range(3):
        people.append(world.know(f"new{n}", draw.choice(list(LOADERS)), born=ADULT).person_id)
        weights = {pair: draw.uniform(-1, 40) for pair in combinations(people, 2)}
        engine = Weighed(weights | {(a, b): 60.0})
        link_people(engine=engine)
        now = who_is_who(act)
        assert now[a] != now[b]
        with act(FIRST):
            assert all((a, b) != (line.a, line.b) for line in reviews.queue(size=500))
    decide(act, world, "a", "c", "same")
    now = who_is_who(act)
    assert now[a] == now[c] != now[b]
    with act(SECOND), pytest.raises(Contradicts):
        answer_pair(
            a=world.people["c"].ref, b=world.people["b"].ref, answer="same", reasons="Too alike"
        )


def test_a_decision_that_contradicts_others_is_refused_and_all_are_named(act):
    world = World()
    adults(world, "a", "b", "c", "d")
    ref = {label: known.ref for label, known in world.people.items()}
    decide(act, world, "a", "b", "same")
    decide(act, world, "b", "c", "same")
    with pytest.raises(Contradicts) as circle:
        decide(act, world, "c", "a", "different")
    told = str(circle.value)
    assert all(ref[label] in told for label in "abc")
    decide(act, world, "d", "a", "different")
    with pytest.raises(Contradicts) as against:
        decide(act, world, "d", "c", "same")
    assert f"{ref['a']} and {ref['d']} are two people" in str(against.value)
    with act(SECOND), pytest.raises(UserMistake, match="same as itself"):
        answer_pair(a=ref["a"], b=ref["a"], answer="same", reasons="It is")


def child(world: World) -> None:
    world.know("kid", "schools", born=dt.date.today() - dt.timedelta(days=365 * 9))  # noqa: DTZ011
    world.know("kin", "community-health", born=ADULT)


def test_a_childs_pair_needs_two_who_agree_and_neither_sees_the_other(act):
    world = World()
    child(world)
    a, b = (world.people[one].person_id for one in ("kid", "kin"))
    assert decide(act, world, "kid", "kin", "same").decision is None
    with act(FIRST), pytest.raises(UserMistake, match="already"):
        answer_pair(
            a=world.people["kid"].ref, b=world.people["kin"].ref, answer="same", reasons="Again"
        )
    with act(SECOND):
        found = reviews.shown(a, b)
        assert (found.opinions, found.given, found.needed) == ((), 1, 2)
        assert rows_of("SELECT count(*) FROM identity_opinion") == [(0,)]
        assert rows_of("SELECT wp_review_outcome(id) FROM identity_review") == [(None,)]
        with pytest.raises(DatabaseError), transaction.atomic():
            decisions.decide(found.id, answer="same", reasons="By the back door")
    assert decide(act, world, "kid", "kin", "different", SECOND).decision is None
    assert decide(act, world, "kid", "kin", "unsure", THIRD).decision is None
    done = decide(act, world, "kid", "kin", "different", THIRD)
    assert done.decision is not None
    with act(FIRST):
        said = [(one.by_name, one.answer) for one in reviews.shown(a, b).opinions]
    assert said == [
        ("Bronwen Hale", "different"),
        ("Bronwen Hale", "unsure"),
        ("Marcus Oyelaran", "different"),
        ("Leila Farah", "same"),
    ]
    with act(FIRST):
        undo_decision(decision=done.decision, reasons="Both were wrong")
    assert decide(act, world, "kid", "kin", "same").decision is None  # asked of two again


def test_a_pair_is_there_only_for_who_may_see_both(act):
    world = World()
    adults(world, "a", "b")
    world.know("hidden", "police", restricted=True, born=ADULT)
    ids = {label: known.person_id for label, known in world.people.items()}
    engine = Weighed({(ids["a"], ids["hidden"]): 1.0, (ids["a"], ids["b"]): 0.5})
    link_people(engine=engine)
    with act(FIRST):
        assert [(line.a, line.b) for line in reviews.queue()] == [(ids["a"], ids["b"])]
        assert reviews.waiting() == 1
        assert reviews.shown(ids["a"], ids["hidden"]) is None
        for missing in (world.people["hidden"].ref, "P00000000"):
            with pytest.raises(NotFound) as told:
                answer_pair(a=world.people["a"].ref, b=missing, answer="same", reasons="x")
            assert str(told.value) == "There is no such record."
        with pytest.raises(NotFound):
            decisions.ask_about(ids["a"], ids["hidden"])
    with act("nadia.hussain"):
        assert rows_of("SELECT count(*) FROM identity_review") == [(0,)]
        with pytest.raises(Refused):
            answer_pair(
                a=world.people["a"].ref, b=world.people["b"].ref, answer="same", reasons="x"
            )


def test_the_second_of_two_reviewers_is_told(act):
    world = World()
    adults(world, "a", "b")
    done = decide(act, world, "a", "b", "same")
    with pytest.raises(Stale):
        decide(act, world, "b", "a", "different", SECOND)
    with act(SECOND):
        undo_decision(decision=done.decision, reasons="Wrong")
        with pytest.raises(Stale):
            undo_decision(decision=done.decision, reasons="Wrong, I say")
        with pytest.raises(NotFound):
            undo_decision(decision=done.decision + 1000, reasons="Which?")
        with pytest.raises(UserMistake, match="no reasons"):
            undo_decision(decision=done.decision, reasons=" ")
    change = "UPDATE identity_decision SET answer = 'different'"
    with act(FIRST), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(change)
