"""The queue of pairs, page by page, and how the database finds a page of it."""

from __future__ import annotations

import datetime as dt
from math import inf

from django.db import connection
from tests.integration.identity.deciding import Weighed
from tests.integration.identity.known import LOADERS, World

from wholeplace.flows.decide_identity import answer_pair
from wholeplace.flows.link_people import link_people
from wholeplace.rooms.identity import reviews

ADULT = dt.date(1980, 3, 4)


def test_pages_follow_each_other_over_equal_weights_and_pairs_without_one(act):
    world, labels = World(), "abcdefgh"
    for n, label in enumerate(labels):
        born = None if label in "gh" else ADULT
        world.know(label, list(LOADERS)[n % len(LOADERS)], born=born)
    ids = {label: world.people[label].person_id for label in labels}
    weights = {"ab": 1.0, "bc": 1.0, "cd": 1.0, "ef": -0.5, "gh": 0.25}
    link_people(engine=Weighed({(ids[x], ids[y]): bits for (x, y), bits in weights.items()}))
    for one, other in ("ag", "bh", "ah"):  # asked about by a reviewer, and waiting for a second
        refs = {"a": world.people[one].ref, "b": world.people[other].ref}
        with act("leila.farah"):
            answer_pair(**refs, answer="different", reasons="Another year of birth")
    with act("marcus.oyelaran"):
        every = reviews.queue()
        assert [line.weight for line in every] == [1.0, 1.0, 1.0, 0.25, -0.5, None, None, None]
        paged, after = [], 0
        while page := reviews.queue(after=after, size=2):
            assert len(page) <= 2
            paged += page
            after = page[-1].id
        assert paged == every


def test_a_page_is_a_walk_down_the_index_however_many_wait(act):
    """A city has tens of thousands of pairs; asking of each who may see it takes seconds."""
    with act("leila.farah"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        values = {"weight": inf, "id": 0, "unweighed": 0, "size": 25}
        cursor.execute(f"EXPLAIN {reviews._LINE}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert plan.count("identity_review_best") == 2
