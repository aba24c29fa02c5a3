"""What people's decisions make of who is who: at once, and as the next linking would.

A decision says of two records that they are one person's, or two people's. It changes nothing
but which records are gathered; so undoing it gives back what was there before it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from wholeplace.core.identity.cluster import Edge, Pair, greedy_clusters
from wholeplace.core.identity.stable import settle


class Said(NamedTuple):
    """A decision that stands, or one about to be made: `id` is 0 then."""

    id: int
    a: int
    b: int
    same: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a group of records: enough to gather them as a linking would.

    Attributes:
        records: those that a linking would compare.
        edges: pairs whose weight may join them.
        apart: pairs that the program holds apart.
        said: decisions in force between them.
        identity: record → where it is now; those in none are not there.
        staying: identities that keep records which a linking would not compare.
        earlier: record → every identity that it was in, the first one first.
    """

    records: tuple[int, ...]
    edges: tuple[Edge, ...] = ()
    apart: tuple[Pair, ...] = ()
    said: tuple[Said, ...] = ()
    identity: Mapping[int, int] = field(default_factory=dict)
    staying: frozenset[int] = frozenset()
    earlier: Mapping[int, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Records by cluster, and the identity that each cluster goes on as; a new one has none."""

    clusters: Mapping[int, tuple[int, ...]]
    goes_on: Mapping[int, int]

    def moved(self, identity: Mapping[int, int]) -> dict[int, int]:
        """Record → cluster, of those that are elsewhere now."""
        return {
            record: cluster
            for cluster, records in self.clusters.items()
            for record in records
            if cluster not in self.goes_on or identity.get(record) != self.goes_on[cluster]
        }


def gather(known: Known, before: Mapping[int, int] | None = None) -> Gathered:
    """Who is one person by what is known; numbers stay as one linking keeps another's.

    Args:
        before: where records were before a decision that is undone. Clusters go on as what they
            were then; one that would be new takes up the first number that one of its records
            had and that nobody has now.
    """
    named = greedy_clusters(
        known.records,
        known.edges,
        (),
        [(one.a, one.b) for one in known.said if not one.same],
        must=[(one.a, one.b) for one in known.said if one.same],
        apart=known.apart,
    )
    clusters: dict[int, list[int]] = defaultdict(list)
    for record in sorted(named):
        clusters[named[record]].append(record)
    former = {
        record: identity
        for record, identity in {**known.identity, **(before or {})}.items()
        if record in named
    }
    goes_on = dict(settle(former, clusters, known.staying).goes_on)
    if before is not None:
        _take_up(clusters, goes_on, known)
    return Gathered({name: tuple(found) for name, found in clusters.items()}, goes_on)


def _take_up(
    clusters: Mapping[int, Collection[int]], goes_on: dict[int, int], known: Known
) -> None:
    """Give clusters that would be new the first free number that their records once had."""
    taken = {*goes_on.values(), *known.staying}
    for cluster, records in sorted(clusters.items()):
        if cluster in goes_on:
            continue
        once = (identity for record in records for identity in known.earlier.get(record, ()))
        free = next((identity for identity in once if identity not in taken), None)
        if free is not None:
            goes_on[cluster] = free
            taken.add(free)


def in_the_way(new: Said, stand: Iterable[Said]) -> tuple[Said, ...]:
    """The decisions that a new one would contradict; none where it may stand beside them.

    Two records that are said to be one person's, by one decision or round a circle of them,
    cannot be said to be two people's; nor the other way about.
    """
    stand = tuple(stand)
    if not new.same:
        return _path(new.a, new.b, stand) or ()
    one, other = _reached(new.a, stand), _reached(new.b, stand)
    for said in stand:
        for x, y in ((said.a, said.b), (said.b, said.a)):
            if not said.same and x in one and y in other:
                way = (_path(new.a, x, stand) or ()), (_path(y, new.b, stand) or ())
                return (*way[0], said, *way[1])
    return ()


def _reached(record: int, stand: Sequence[Said]) -> set[int]:
    """Every record that decisions join with one, itself included."""
    return set(_walk(record, stand))


def _path(one: int, other: int, stand: Sequence[Said]) -> tuple[Said, ...] | None:
    """The decisions that join two records, as few as can be; None where none do."""
    came = _walk(one, stand)
    if other not in came:
        return None
    path: list[Said] = []
    while (said := came[other]) is not None:
        path.append(said)
        other = said.a if said.b == other else said.b
    return tuple(reversed(path))


def _walk(start: int, stand: Sequence[Said]) -> dict[int, Said | None]:
    """Record → the decision by which it was reached from the start, nearest first."""
    near: dict[int, list[tuple[int, Said]]] = defaultdict(list)
    for said in stand:
        if said.same:
            near[said.a].append((said.b, said))
            near[said.b].append((said.a, said))
    came: dict[int, Said | None] = {start: None}
    left = deque([start])
    while left:
        for record, said in near[left.popleft()]:
            if record not in came:
                came[record] = said
                left.append(record)
    return came
