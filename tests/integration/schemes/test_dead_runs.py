"""A trawl or replay whose worker was killed is said to have failed when its page is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from tests.builders import SCHEME

from wholeplace.core.kernel.errors import NotFound
from wholeplace.flows import place_rules, replay_trawl, run_trawl
from wholeplace.rooms.places.queries import AreaFigure
from wholeplace.rooms.schemes import actions, queries, replays
from wholeplace.rooms.schemes.map_queries import WhereFound
from wholeplace.rooms.schemes.models import TrawlReplay
from wholeplace.web.schemes.about import _most

DAY = dt.date(2026, 6, 8)


@pytest.fixture
def run(act) -> int:
    """A trawl that somebody has begun; nobody holds its lock."""
    with act("system-worker"):
        version = place_rules.keep(place_rules.scheme(SCHEME))
        number = actions.ask(scheme=SCHEME, version_id=version, as_at=DAY)
        actions.begin(run_id=number)
    return number


@contextmanager
def held(number: int, lock: int) -> Iterator[None]:
    """Another session holds the lock meanwhile."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [lock, number])
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [lock, number])
    finally:
        other.close()


def test_a_trawl_in_hand_goes_on_and_a_dead_one_has_failed(run, act):
    client = Client()
    client.force_login(get_user_model().objects.get(username="amina.begum"))
    with held(run, actions.LOCK):
        page = client.get(f"/trawls/{run}")
        assert "being carried out" in page.content.decode()
        assert page.headers["Refresh"] == "3"
    page = client.get(f"/trawls/{run}")
    assert "The trawl failed" in page.content.decode()
    assert "stopped before it finished" in page.content.decode()
    assert "Refresh" not in page.headers
    with act("amina.begum"):
        assert queries.run(run).line.state == "failed"
        with pytest.raises(NotFound):
            run_trawl.seen(987_654, route="test")


def test_a_replay_in_hand_goes_on_and_a_dead_one_has_failed(run, act):
    with act("system-worker"):
        number = TrawlReplay.objects.create(run_id=run).pk
    with act("amina.begum"):
        assert replay_trawl.seen(number, route="test").state == "waiting"
    with act("system-worker"):
        replays.begin(replay_id=number)
    with held(number, replays.LOCK), act("amina.begum"):
        assert replay_trawl.seen(number, route="test").state == "running"
    with act("amina.begum"):
        line = replay_trawl.seen(number, route="test")
    assert (line.state, line.failure) == ("failed", actions.STOPPED)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, 2, 0], "Most in W1: 2 people."),
        ([2, 2, 2], "Most in W0, W1 and W2: 2 people in each."),
        ([2, 2, 2, 2, 1], "No ward has more than 2 people; 4 wards have as many."),
        ([0, 0], "Nobody’s ward is known."),
    ],
)
def test_the_map_says_where_most_lived_also_when_wards_tie(values, words):
    wards = [AreaFigure(f"E{n}", f"W{n}", 0, n, "2018", float(v)) for n, v in enumerate(values)]
    assert _most(WhereFound(tuple(wards), 0)) == words
