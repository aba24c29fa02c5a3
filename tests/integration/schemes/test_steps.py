"""Two clicks on one finding: the second is told, also when it had read before the first wrote."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from tests.builders import SCHEME, make_person

from wholeplace.core.casework.journeys import FINDING
from wholeplace.core.kernel.errors import Stale
from wholeplace.rooms.agencies.recorded import take_step
from wholeplace.rooms.schemes import actions
from wholeplace.rooms.schemes.models import Finding, FindingStep, TrawlRun

DAY = dt.date(2026, 6, 8)


@pytest.fixture
def finding(act) -> int:
    """A finding of a trawl."""
    with act("system-loader"):
        person = make_person()
    with act("amina.begum"):
        version = actions.keep_version(scheme=SCHEME, name="Test", text="kept")
        run = TrawlRun.objects.create(scheme=SCHEME, version_id=version, as_at=DAY).pk
    with act("system-worker"):
        actions.begin(run_id=run)
        outcome = actions.Outcome(timezone.now(), timezone.now(), {}, (), 1, 1, 0, [], {})
        found = (person.pk, "yes", False, False, False, {})
        actions.finish(run_id=run, outcome=outcome, found=[found])
    with act("amina.begum"):
        return int(Finding.objects.get(run_id=run).pk)


@pytest.mark.parametrize("event", ["open", "set_aside", "write"])
def test_who_read_before_the_first_wrote_is_told(act, finding, event):
    with act("amina.begum"):
        seen = Finding.objects.get(pk=finding)
        actions.open_finding(finding_id=finding, version=1)
        with pytest.raises(Stale, match="Somebody else"):
            take_step(FindingStep, seen, "finding_id", FINDING, event, version=1, happened_on=DAY)
        assert Finding.objects.get(pk=finding).state == "opened"


def test_no_two_kinds_of_work_share_a_lock():
    """A load of agency 7 and trawl 7 took the same lock, and one said that the other ran."""
    from wholeplace.rooms.casework.awards import BUDGET_LOCK
    from wholeplace.rooms.casework.payments import PAYMENT_LOCK, RUN_LOCK
    from wholeplace.rooms.records.actions import LOCK as LOAD_LOCK
    from wholeplace.rooms.schemes.actions import LOCK as TRAWL_LOCK
    from wholeplace.rooms.schemes.replays import LOCK as REPLAY_LOCK

    locks = [BUDGET_LOCK, PAYMENT_LOCK, RUN_LOCK, LOAD_LOCK, TRAWL_LOCK, REPLAY_LOCK]
    assert len(set(locks)) == len(locks)


def test_the_same_text_is_kept_once_with_a_place_and_without(act):
    """Two sessions at once: the second insertion must be refused, so that it finds the first."""
    from django.db import IntegrityError, transaction

    from wholeplace.rooms.schemes.models import SchemeVersion

    with act("amina.begum"):
        for place_text in ("", "{}"):
            kept = actions.keep_version(scheme="a", name="A", text="t", place_text=place_text)
            again = actions.keep_version(scheme="a", name="A", text="t", place_text=place_text)
            assert again == kept
            row = SchemeVersion.objects.get(pk=kept)
            row.pk = None
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save(force_insert=True)
        assert SchemeVersion.objects.count() == 2
