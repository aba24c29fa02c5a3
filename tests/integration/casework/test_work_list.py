"""Somebody found again who has applied is shown so, and may be left out or looked for."""

from __future__ import annotations

import pytest
from tests.builders import MONDAY, make_application, make_person
from tests.integration.web.world import trawled

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows import apply_and_decide
from wholeplace.rooms.audit.models import Event
from wholeplace.rooms.casework import queries


@pytest.fixture
def run(act):
    """A trawl that found four: applied, withdrawn, applied for another scheme, and none."""
    with act("system-loader"):
        names = ("Ada Applied", "Wim Withdrew", "Cleo Elsewhere", "Nora None")
        people = [make_person(name) for name in names]
    with act("amina.begum"):
        make_application(people[0])
        withdrawn = make_application(people[1])
        apply_and_decide.withdraw(application_id=withdrawn, version=1, reason="Changed their mind")
    return trawled(act, people)[0]


def listed(run: int, **only: object) -> list[str]:
    found = queries.work_list(run, **only)
    assert found.total == len(found.items)
    return [line.name.split()[0] for line in found.items]


def test_the_list_says_who_has_applied_and_when(act, run):
    with act("amina.begum"):
        first, second, *_ = queries.work_list(run).items
    assert (first.applied_on, first.application_state) == (MONDAY, "received")
    assert first.application_id is not None
    assert (second.application_id, second.applied_on, second.application_state) == (None,) * 3


def test_the_list_may_be_narrowed_to_them_or_to_the_others(act, run):
    with act("amina.begum"):
        assert listed(run) == ["Ada", "Wim", "Cleo", "Nora"]
        assert listed(run, applied=True) == ["Ada"]
        assert listed(run, applied=False) == ["Wim", "Cleo", "Nora"]
        assert listed(run, applied=True, answer="possible") == []


def test_pages_of_a_narrowed_list_follow_each_other(act, run):
    with act("amina.begum"):
        first = queries.work_list(run, applied=False, size=2)
        rest = queries.work_list(run, applied=False, size=2, after=first.next_after)
    assert [line.name.split()[0] for line in (*first.items, *rest.items)] == ["Wim", "Cleo", "Nora"]
    assert (first.total, rest.total, rest.next_after) == (3, 3, None)


def test_counting_names_nobody_and_listing_writes_down_everybody_shown(act, run):
    with act("amina.begum"):
        counts = queries.counted(queries.work_list(run, applied=True).run)
    assert (counts.of("yes"), counts.of("yes", applied=True), counts.of("possible")) == (4, 1, 0)
    with act("owen.pryce"):
        event = Event.objects.filter(action="findings.list").order_by("-id").first()
        assert len(event.people) == 1


def test_who_reads_no_trawl_gets_no_list(act, run):
    with act("kezia.brown"), pytest.raises(NotFound):
        queries.work_list(run)
