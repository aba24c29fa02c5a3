"""Clusters by components and conflicts against the plain way, and what must hold of any."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeplace.core.identity.cluster import greedy_clusters
from wholeplace.population.identity.cluster import cluster, components

MOST = 14
ids = st.integers(0, MOST - 1)
edge = st.tuples(st.sampled_from([-2.0, 1.0, 1.0, 3.5, 8.0, 20.0]), ids, ids)
edges_of = st.lists(edge.filter(lambda made: made[1] != made[2]), max_size=40)
numbers_of = st.lists(
    st.dictionaries(ids, st.integers(0, 3)), min_size=0, max_size=3
)  # kinds of number: record → number
apart_of = st.lists(st.tuples(ids, ids).filter(lambda pair: pair[0] != pair[1]), max_size=4)


def named(place: int) -> int:
    """Record ids with gaps between them."""
    return 10 * place + 3


def pairs_of(said: list) -> np.ndarray:
    return np.array([(named(a), named(b)) for a, b in said], dtype=np.int64).reshape(-1, 2)


def quickly(
    edges: list, numbers: list, never: list, must: list = (), apart: list = ()
) -> dict[int, int]:
    records = np.array([named(place) for place in range(MOST)], dtype=np.int64)
    kinds = [
        np.array([kind.get(place, -1) for place in range(MOST)], dtype=np.int64) for kind in numbers
    ]
    found = cluster(
        records,
        np.array([named(a) for _, a, _ in edges], dtype=np.int64),
        np.array([named(b) for _, _, b in edges], dtype=np.int64),
        np.array([weight for weight, _, _ in edges], dtype=np.float64),
        kinds,
        pairs_of(never),
        must=pairs_of(must),
        apart=pairs_of(apart),
    )
    return dict(zip(records.tolist(), found.tolist(), strict=True))


def plainly(
    edges: list, numbers: list, never: list, must: list = (), apart: list = ()
) -> dict[int, int]:
    return greedy_clusters(
        [named(place) for place in range(MOST)],
        [(weight, named(a), named(b)) for weight, a, b in edges],
        [{named(place): number for place, number in kind.items()} for kind in numbers],
        [(named(a), named(b)) for a, b in never],
        must=[(named(a), named(b)) for a, b in must],
        apart=[(named(a), named(b)) for a, b in apart],
    )


@settings(max_examples=200, deadline=None)
@given(edges_of, numbers_of, apart_of, apart_of, apart_of)
def test_the_quick_way_gives_the_plain_way_s_clusters(
    edges: list, numbers: list, never: list, must: list, apart: list
) -> None:
    assert quickly(edges, numbers, never, must, apart) == plainly(
        edges, numbers, never, must, apart
    )


@settings(max_examples=100, deadline=None)
@given(edges_of, numbers_of, apart_of, st.tuples(ids, ids))
def test_saying_that_two_are_one_joins_their_clusters_and_takes_nobody_away(
    edges: list, numbers: list, apart: list, pair: tuple[int, int]
) -> None:
    before = plainly(edges, numbers, [], [], apart)
    after = plainly(edges, numbers, [], [pair], apart)
    joined = {before[named(place)] for place in pair}
    assert after == {
        record: min(joined) if name in joined else name for record, name in before.items()
    }


@settings(max_examples=100, deadline=None)
@given(edges_of, numbers_of, apart_of, apart_of)
def test_what_is_said_holds_and_two_people_stands_above_one_person(
    edges: list, numbers: list, never: list, must: list
) -> None:
    found = plainly(edges, numbers, never, must)
    assert all(found[named(a)] != found[named(b)] for a, b in never)
    alone = plainly([], [], never, must)  # what people have said, and nothing else
    for a, b in must:
        assert (found[named(a)] == found[named(b)]) or alone[named(a)] != alone[named(b)]


@settings(max_examples=100, deadline=None)
@given(edges_of, numbers_of, apart_of, st.randoms(use_true_random=False))
def test_clusters_keep_what_was_asked_and_their_order_does_not_matter(
    edges: list, numbers: list, never: list, chance
) -> None:
    found = quickly(edges, numbers, never)
    members: dict[int, list[int]] = {}
    for record, name in found.items():
        members.setdefault(name, []).append(record)
    assert all(name == min(held) for name, held in members.items())
    for kind in numbers:
        for held in members.values():
            seen = {kind[(r - 3) // 10] for r in held if (r - 3) // 10 in kind}
            assert len(seen) <= 1
    assert all(found[named(a)] != found[named(b)] for a, b in never)
    other = [(weight, *chance.sample([a, b], 2)) for weight, a, b in edges]
    chance.shuffle(other)
    assert quickly(other, numbers, never) == found


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.data())
def test_components_are_what_walking_finds(count: int, data: st.DataObject) -> None:
    place = st.integers(0, count - 1)
    pairs = data.draw(st.lists(st.tuples(place, place), max_size=80))
    found = components(count, *(np.array([p[n] for p in pairs], dtype=np.int64) for n in (0, 1)))
    near: dict[int, set[int]] = {n: {n} for n in range(count)}
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    for start in range(count):
        seen, left = {start}, [start]
        while left:
            more = near[left.pop()] - seen
            seen |= more
            left += more
        assert found[start] == min(seen)


def test_a_chain_of_thousands_is_one_component() -> None:
    links = np.arange(20_000, dtype=np.int64)
    assert not components(20_001, links, links + 1).any()
