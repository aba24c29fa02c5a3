"""Which trawl is current: the latest day that is not ahead of the day it was asked on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import SCHEME, make_area, make_claimant
from tests.integration.flows.trawled import trawl

from wholeplace.core.evidence.suppression import Between
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.flows import run_trawl
from wholeplace.rooms.places.models import Area, AreaParent
from wholeplace.rooms.schemes import actions, queries
from wholeplace.rooms.schemes.compare_queries import earlier_run
from wholeplace.rooms.schemes.models import PublishedCount, TrawlRun
from wholeplace.rooms.schemes.overlap_queries import overlaps
from wholeplace.rooms.schemes.published import public_counts


@pytest.fixture
def signed_in(db):
    """`signed_in("amina.begum")`: a browser of hers."""

    def enter(username: str) -> Client:
        client = Client()
        client.force_login(get_user_model().objects.get(username=username))
        return client

    return enter


@pytest.fixture
def city(act, settings, tmp_path):
    settings.HOME = tmp_path
    with act("system-loader"):
        make_area("T01", decile=1)
        ward = Area.objects.create(
            code="W1", kind="ward", name="Aston", vintage="2018", source="test"
        )
        AreaParent.objects.create(area=Area.objects.get(code="T01"), parent=ward)
        _, today, _ = days()
        start = {"job_start": today, "benefit_since": today - dt.timedelta(days=300)}
        return [make_claimant(f"Ada {n}", **start) for n in range(8)]


def days() -> tuple[dt.date, dt.date, dt.date]:
    today = timezone.localdate()
    return today - dt.timedelta(days=4000), today, today + dt.timedelta(days=200)


def standings(act) -> dict[int, str]:
    with act("amina.begum"):
        return {line.id: line.standing for line in queries.runs()}


def test_neither_a_look_ahead_nor_a_look_back_replaces_today(act, city):
    back, today, ahead = days()
    now = trawl(act, today)
    before = public_counts(SCHEME)
    assert (before.as_at, before.totals["yes"]) == (today, Between(6, 12))
    later, past = trawl(act, ahead), trawl(act, back)
    assert standings(act) == {now: "current", later: "look_ahead", past: "look_back"}
    assert public_counts(SCHEME) == before
    with act("amina.begum"):
        assert [line.id for line in queries.current_runs()] == [now]
        assert [run.run_id for run in overlaps().runs] == [now]
        assert queries.counts() == {"new": TrawlRun.objects.get(pk=now).yes}
    with act("system-worker"):
        assert not PublishedCount.objects.filter(run=later).exists()


def test_of_one_day_the_later_run_is_current(act, city):
    _, today, _ = days()
    first, second = trawl(act, today), trawl(act, today)
    assert standings(act) == {first: "earlier", second: "current"}


def test_a_trawl_is_compared_with_the_day_before_it_and_not_with_a_what_if(act, city):
    back, today, ahead = days()
    first, _, past = trawl(act, today), trawl(act, ahead), trawl(act, back)
    now = trawl(act, today)
    with act("amina.begum"):
        assert earlier_run(now) == first
        assert earlier_run(past) == first  # there is nothing of an earlier day
        assert earlier_run(first) is None


def test_a_look_ahead_stays_readable_and_says_what_it_is(act, city, signed_in):
    _, today, ahead = days()
    trawl(act, today)
    run = trawl(act, ahead)
    client = signed_in("amina.begum")
    assert "A look ahead" in client.get(f"/trawls/{run}").content.decode()
    assert "never current" in client.get(f"/trawls/{run}/about").content.decode()
    listed = client.get("/trawls").content.decode()
    assert "Current" in listed
    assert "A look ahead" in listed


def test_more_than_a_year_ahead_is_refused_with_words(act, city):
    with act("amina.begum") as actor:
        number = actor.membership_id
    for day in (dt.date(2099, 1, 1), dt.date.max):
        with pytest.raises(UserMistake, match="too far ahead"):
            run_trawl.start(SCHEME, as_at=day, membership_id=number, route="test")
    assert not standings(act)


def test_an_ahead_count_that_an_earlier_release_put_is_not_read(act, city):
    _, today, ahead = days()
    trawl(act, today)
    before = public_counts(SCHEME)
    run = trawl(act, ahead)
    with act("system-worker"):
        PublishedCount.objects.create(
            run_id=run, scheme=SCHEME, as_at=ahead, area_code="X", answer="yes",
            people=10, threshold=5, round_to=5,
        )  # fmt: skip
    assert public_counts(SCHEME) == before
    assert Client().get(f"/api/schemes/{SCHEME}/counts").json()["as_at"] == today.isoformat()


asked = st.lists(
    st.tuples(st.sampled_from(["bread", "heat"]), st.integers(-3, 3), st.booleans()), max_size=6
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked)
def test_the_current_ones_are_those_that_a_slow_look_finds(act, db, runs):
    today = timezone.localdate()
    slow: dict[str, tuple[dt.date, int]] = {}
    with act("system-worker"):
        tag = f"x{TrawlRun.objects.count()}"
        for scheme, shift, whole in runs:
            name, day = f"{scheme}-{tag}", today + dt.timedelta(days=shift)
            run = _asked(name, day, whole=whole)
            if whole and shift <= 0:
                slow[name] = max(slow.get(name, (day, run)), (day, run))
    with act("amina.begum"):
        found = {r.scheme: (r.as_at, r.id) for r in queries.current_runs() if tag in r.scheme}
        assert found == slow
        assert {r.scheme: (r.as_at, r.run_id) for r in overlaps().runs if tag in r.scheme} == slow


def _asked(scheme: str, day: dt.date, *, whole: bool) -> int:
    version = actions.keep_version(scheme=scheme, name=scheme, text=scheme)
    run = actions.ask(scheme=scheme, version_id=version, as_at=day)
    actions.begin(run_id=run)
    if whole:
        now = timezone.now()
        outcome = actions.Outcome(now, now, {}, (), 0, 0, 0, [], {})
        actions.finish(run_id=run, outcome=outcome, found=[])
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.arriving")
    return run
