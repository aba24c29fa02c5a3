"""Numbers that stay with people from one linking of records to the next.

Each run cuts the records into clusters anew. A cluster goes on as the identity with which it
shares most records, each identity goes on as one cluster at most, and every other cluster is a
new identity. What the clusters are called, and the order in which they come, makes no difference.
Source: brief 14, section 5: what was linked can be undone and is not forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

Why = Literal["first", "joined", "moved", "merged", "split"]


@dataclass(frozen=True, slots=True)
class Move:
    """One record that belongs elsewhere now: to `cluster`, and `before` to an identity or none."""

    record: int
    before: int | None
    cluster: int
    why: Why


@dataclass(frozen=True, slots=True)
class Settled:
    """Which clusters go on as which identity, and every record that moves, by record.

    A cluster that `goes_on` does not name is a new identity.
    """

    goes_on: Mapping[int, int]
    moves: tuple[Move, ...]


def settle(
    former: Mapping[int, int],
    clusters: Mapping[int, Collection[int]],
    staying: Collection[int] = (),
) -> Settled:
    """Say which cluster is which identity, and what becomes of every record.

    Args:
        former: record → the identity that it belonged to.
        clusters: cluster → its records; no record is in two.
        staying: identities that keep records which are in no cluster (their files hold them no
            more), and so go on whatever becomes of the others.

    Of two that share equally many records, the lower identity, and then the cluster with the
    lowest record, comes first.
    """
    goes_on = _goes_on(former, clusters)
    living = {*goes_on.values(), *staying}
    moves = []
    for cluster, records in clusters.items():
        after = goes_on.get(cluster)
        for record in records:
            before = former.get(record)
            if before is None or before != after:
                moves.append(Move(record, before, cluster, _why(before, after, living)))
    return Settled(goes_on, tuple(sorted(moves, key=lambda move: move.record)))


def _goes_on(former: Mapping[int, int], clusters: Mapping[int, Collection[int]]) -> dict[int, int]:
    shared = [
        (-count, identity, min(records), cluster)
        for cluster, records in clusters.items()
        for identity, count in Counter(
            former[record] for record in records if record in former
        ).items()
    ]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, identity, _, cluster in sorted(shared):
        if cluster not in found and identity not in taken:
            found[cluster] = identity
            taken.add(identity)
    return found


def _why(before: int | None, after: int | None, living: Collection[int]) -> Why:
    if before is None:
        return "first" if after is None else "joined"
    if before not in living:
        return "merged"
    return "split" if after is None else "moved"


def in_words(why: str, before: str | None, after: str) -> str:
    """What became of a record, in words.

    Args:
        why: as `Move.why`.
        before, after: what the identities are called; `before` is None where there was none.
    """
    was = before or "an identity"
    return {
        "first": f"Linked for the first time, as {after}.",
        "joined": f"New, and joined {after}.",
        "moved": f"Left {was} for {after}.",
        "merged": f"{was} ended; this record went into {after}.",
        "split": f"Split off from {was} as {after}.",
        "decided": f"Put into {after} by a decision.",
        "undone": f"Back in {after}: a decision was undone.",
    }[why]
