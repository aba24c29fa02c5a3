"""Who was found by more than one scheme, counted in one query, as the reader may see."""

from __future__ import annotations

import datetime as dt
from itertools import combinations_with_replacement

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import make_person

from wholeplace.core.kernel.errors import NotFound
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.schemes import actions
from wholeplace.rooms.schemes.overlap_queries import in_both, overlaps

DAY = dt.date(2026, 6, 8)


def found_by(act, scheme: str, people: list, answer: str = "yes", *, whole: bool = True) -> int:
    """A trawl of a scheme that found these people."""
    with act("system-worker"):
        version = actions.keep_version(scheme=scheme, name=scheme.title(), text=scheme)
        run = actions.ask(scheme=scheme, version_id=version, as_at=DAY)
        actions.begin(run_id=run)
        if not whole:
            return run
        outcome = actions.Outcome(
            known_at=timezone.now(),
            snapshot_made_at=timezone.now(),
            basis={},
            agencies=(),
            people=len(people),
            yes=len(people) if answer == "yes" else 0,
            possible=0 if answer == "yes" else len(people),
            funnel=[],
            flagged={},
        )
        rows = [(person.pk, answer, False, False, False, {}) for person in people]
        actions.finish(run_id=run, outcome=outcome, found=rows)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.arriving")
        return run


@pytest.fixture
def people(act):
    with act("system-loader"):
        return [make_person(f"Person {letter}") for letter in "ABCDE"]


def test_pairs_and_how_many_schemes_at_once(act, people):
    a, b, c, d, e = people
    found_by(act, "bread", [e])  # an earlier trawl does not count
    found_by(act, "bread", [a, b, c])
    found_by(act, "rent", [b, c, d], "possible")
    found_by(act, "heat", [c])
    found_by(act, "heat", [a, b], whole=False)  # nor one that is not done
    with act("amina.begum"):
        found = overlaps()
    assert [run.scheme for run in found.runs] == ["bread", "heat", "rent"]
    assert found.pairs == {
        ("bread", "bread"): 3,
        ("bread", "heat"): 1,
        ("bread", "rent"): 2,
        ("heat", "heat"): 1,
        ("heat", "rent"): 1,
        ("rent", "rent"): 3,
    }
    assert found.people_by_schemes == {1: 2, 2: 1, 3: 1}
    assert (found.in_several, found.of("rent", "bread")) == (2, 2)


def test_it_is_one_query(act, people):
    found_by(act, "bread", people)
    with act("amina.begum"), CaptureQueriesContext(connection) as asked:
        overlaps()
    asked_of_findings = [one for one in asked if "schemes_finding" in one["sql"]]
    assert len(asked_of_findings) == 1


def test_nobody_was_trawled_for(act, db):
    with act("amina.begum"):
        found = overlaps()
        assert (found.runs, found.pairs, found.in_several) == ((), {}, 0)
        with pytest.raises(NotFound):
            in_both(found, "bread", "rent")


def test_the_people_of_a_pair_page_by_page_are_in_the_trail(act, people):
    found_by(act, "bread", people)
    found_by(act, "rent", people[1:], "possible")
    with act("amina.begum"):
        found = overlaps()
        first = in_both(found, "rent", "bread", size=3)
        rest = in_both(found, "rent", "bread", after=first.next_after, size=3)
        with pytest.raises(NotFound):
            in_both(found, "rent", "rent")
    shown = [*first.items, *rest.items]
    assert [one.name for one in shown] == [f"Person {letter}" for letter in "BCDE"]
    assert {(one.first_answer, one.second_answer) for one in shown} == {("possible", "yes")}
    assert (first.total, rest.next_after) == (4, None)
    with act("owen.pryce"):
        events = Event.objects.filter(action="findings.overlap", record__contains="rent")
        people = [person for event in events.order_by("id") for person in event.people]
    assert people == [one.person_id for one in shown]


def test_a_restricted_person_is_in_no_count_and_no_list(act, people):
    with act("system-loader"):
        hidden = make_person("Hal Hidden", restricted=True)
    found_by(act, "bread", [*people, hidden])
    found_by(act, "rent", [people[0], hidden])
    with act("system-worker"):
        assert overlaps().of("bread", "rent") == 2
    with act("amina.begum"):
        found = overlaps()
        assert found.of("bread", "rent") == 1
        assert [one.name for one in in_both(found, "bread", "rent").items] == ["Person A"]


def test_who_reads_no_trawls_counts_nobody(act, people):
    found_by(act, "bread", people)
    for username in ("grace.lindqvist", "kezia.brown", "owen.pryce", "sam.admin"):
        with act(username):
            assert overlaps().runs == ()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(["bread", "heat", "rent"]), st.sets(st.integers(0, 4))))
def test_counting_agrees_with_counting_by_hand(act, people, wanted):
    for scheme in ("bread", "heat", "rent"):
        found_by(act, scheme, [people[place] for place in sorted(wanted.get(scheme, ()))])
    with act("amina.begum"):
        found = overlaps()
    for one, other in combinations_with_replacement(("bread", "heat", "rent"), 2):
        assert found.of(one, other) == len(wanted.get(one, set()) & wanted.get(other, set()))
    many = [sum(place in chosen for chosen in wanted.values()) for place in range(5)]
    assert found.in_several == sum(schemes > 1 for schemes in many)
