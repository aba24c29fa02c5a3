"""Who is one person, from weighed pairs: the best first, refusing what cannot be.

Chains are what goes wrong in linking: A is like B and B like C, but A and C hold two NHS
numbers. So pairs are taken in order of weight, and a pair whose two groups hold different
numbers of one kind, or two records that must never be one, is passed over.

What people have decided stands above that. Two records that they said are one person's are one
before anything is weighed, and bring with them whatever else the weights give to either: what
the program holds against it (two numbers, records too unlike) counts among the records that
weights alone have joined. Two that they said are two people's are never in one cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Edge = tuple[float, int, int]
"""Weight in bits, and two records."""
Pair = tuple[int, int]

JOIN_BITS = 2.0
"""From this weight on a pair may join two clusters."""


def greedy_clusters(
    records: Iterable[int],
    edges: Iterable[Edge],
    numbers: Sequence[Mapping[int, object]] = (),
    never: Iterable[Pair] = (),
    *,
    must: Iterable[Pair] = (),
    apart: Iterable[Pair] = (),
) -> dict[int, int]:
    """The cluster of each record, named by its smallest record.

    Args:
        records: every record, those without an edge too.
        edges: pairs that may be one person's; the heaviest is taken first, ties by the smaller
            record, then by the other.
        numbers: for each kind of number, record → its number. Records that edges join hold at
            most one of a kind.
        never: pairs that somebody has said are two people's.
        must: pairs that somebody has said are one person's; one against which a never-pair
            stands is passed over.
        apart: pairs too unlike to be one person's: edges never join them.
    """
    everybody = list(records)
    weighed = _Groups(everybody, apart, numbers)
    groups = _Groups(everybody, never)
    for one, other in must:
        if groups.may_join(one, other):
            groups.join(one, other)
    for _, one, other in sorted(edges, key=in_order):
        if weighed.may_join(one, other) and groups.may_join(one, other):
            weighed.join(one, other)
            groups.join(one, other)
    return {record: groups.root(record) for record in everybody}


def in_order(edge: Edge) -> tuple[float, int, int]:
    """The key by which edges are taken: the heaviest first, ties by their records."""
    weight, one, other = edge
    return (-weight, min(one, other), max(one, other))


class _Groups:
    """Records in groups, each named by its smallest; what a group holds and keeps away from."""

    def __init__(
        self,
        records: Iterable[int],
        apart: Iterable[Pair],
        numbers: Sequence[Mapping[int, object]] = (),
    ) -> None:
        self._parent = {record: record for record in records}
        self._held = {record: [kind.get(record) for kind in numbers] for record in self._parent}
        self._members = {record: [record] for record in self._parent}
        self._apart: dict[int, set[int]] = {}
        for one, other in apart:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)

    def root(self, record: int) -> int:
        """The name of a record's group."""
        parent = self._parent
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    def may_join(self, one: int, other: int) -> bool:
        """Whether two are in one group, or in two that nothing keeps apart."""
        keep, lose = self.root(one), self.root(other)
        return keep == lose or not (self._differ(keep, lose) or self._kept_apart(keep, lose))

    def join(self, one: int, other: int) -> None:
        """Make one group of two."""
        keep, lose = sorted((self.root(one), self.root(other)))
        if keep == lose:
            return
        self._parent[lose] = keep
        pairs = zip(self._held[keep], self._held.pop(lose), strict=True)
        self._held[keep] = [x if x is not None else y for x, y in pairs]
        self._members[keep] += self._members.pop(lose)

    def _differ(self, one: int, other: int) -> bool:
        pairs = zip(self._held[one], self._held[other], strict=True)
        return any(x is not None and y is not None and x != y for x, y in pairs)

    def _kept_apart(self, one: int, other: int) -> bool:
        inside = set(self._members[other])
        return bool(self._apart) and any(
            not inside.isdisjoint(self._apart.get(record, ())) for record in self._members[one]
        )
