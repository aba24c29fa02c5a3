"""Numbers that stay with people, however the clusters of two runs differ."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from wholeplace.core.identity.stable import in_words, settle

RECORDS = st.integers(1, 14)
PARTITIONS = st.dictionaries(RECORDS, st.integers(1, 6))  # record → cluster


def clusters_of(partition: dict[int, int]) -> dict[int, list[int]]:
    found = defaultdict(list)
    for record, cluster in partition.items():
        found[cluster].append(record)
    return dict(found)


@given(PARTITIONS, PARTITIONS, st.permutations(range(1, 7)))
def test_what_clusters_are_called_makes_no_difference(former, partition, names):
    one = settle(former, clusters_of(partition))
    renamed = {record: names[cluster - 1] + 100 for record, cluster in reversed(partition.items())}
    other = settle(former, clusters_of(renamed))
    assert {names[c - 1] + 100: identity for c, identity in one.goes_on.items()} == other.goes_on
    assert [(m.record, m.before, m.why) for m in one.moves] == [
        (m.record, m.before, m.why) for m in other.moves
    ]


@given(PARTITIONS, PARTITIONS)
def test_each_identity_goes_on_once_and_the_biggest_share_keeps_it(former, partition):
    clusters = clusters_of(partition)
    settled = settle(former, clusters)
    assert len(set(settled.goes_on.values())) == len(settled.goes_on)
    for cluster, records in clusters.items():
        shared = Counter(former[record] for record in records if record in former)
        kept = settled.goes_on.get(cluster)
        for identity, count in shared.items():
            # Whoever did not get an identity lost it to one that shares at least as much, or
            # has another that it shares at least as much with.
            holder = next((c for c, i in settled.goes_on.items() if i == identity), None)
            assert holder is not None or kept is not None
            if kept != identity:
                held = 0
                if holder is not None:
                    held = sum(former.get(record) == identity for record in clusters[holder])
                assert held >= count or (kept is not None and shared[kept] >= count)


@given(PARTITIONS, PARTITIONS)
def test_who_moves_is_who_belongs_elsewhere(former, partition):
    settled = settle(former, clusters_of(partition))
    moved = {move.record: move for move in settled.moves}
    for record, cluster in partition.items():
        after = settled.goes_on.get(cluster)
        stays = record in former and former[record] == after
        assert (record in moved) is not stays
        if record in moved:
            move = moved[record]
            assert (move.before, move.cluster) == (former.get(record), cluster)
            assert (move.before is None) is (move.why in ("first", "joined"))
            assert (after is None) is (move.why in ("first", "split")) or move.why == "merged"
            assert in_words(move.why, "W1", "W2")
    assert not set(moved) - set(partition)


@given(PARTITIONS)
def test_the_same_clusters_again_move_nobody(partition):
    assert settle(partition, clusters_of(partition)).moves == ()


def test_words_for_each_way_of_moving():
    former = {1: 7, 2: 7, 3: 8, 4: 9, 5: 9, 6: 9}
    settled = settle(former, {1: [1, 2, 3], 2: [4, 5], 3: [6], 4: [10], 5: [11, 12]})
    assert settled.goes_on == {1: 7, 2: 9}
    assert {move.record: move.why for move in settled.moves} == {
        3: "merged",
        6: "split",
        10: "first",
        11: "first",
        12: "first",
    }
    joined = settle(former, {1: [1, 2, 4, 13], 2: [5, 6], 3: [3]}, staying={8})
    assert {move.record: move.why for move in joined.moves} == {4: "moved", 13: "joined"}
    assert settle({3: 8}, {1: [3, 4]}, staying=()).goes_on == {1: 8}
