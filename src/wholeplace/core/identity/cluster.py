"""Who is one person, from weighed pairs: the best first, refusing what cannot be.

Chains are what goes wrong in linking: A is like B and B like C, but A and C hold two NHS
numbers. So pairs are taken in order of weight, and a pair whose two groups hold different
numbers of one kind, or two records that must never be one, is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Edge = tuple[float, int, int]
"""Weight in bits, and two records."""


def greedy_clusters(
    records: Iterable[int],
    edges: Iterable[Edge],
    numbers: Sequence[Mapping[int, object]] = (),
    never: Iterable[tuple[int, int]] = (),
) -> dict[int, int]:
    """The cluster of each record, named by its smallest record.

    Args:
        records: every record, those without an edge too.
        edges: pairs that may be one person's; the heaviest is taken first, ties by the smaller
            record, then by the other.
        numbers: for each kind of number, record → its number. Records of one cluster hold at
            most one of a kind.
        never: pairs of records that are known to be two people's.
    """
    groups = _Groups(records, numbers, never)
    for _, one, other in sorted(edges, key=in_order):
        groups.join(one, other)
    return {record: groups.root(record) for record in groups.parent}


def in_order(edge: Edge) -> tuple[float, int, int]:
    """The key by which edges are taken: the heaviest first, ties by their records."""
    weight, one, other = edge
    return (-weight, min(one, other), max(one, other))


class _Groups:
    """Records in groups, each named by its smallest; what a group holds and keeps away from."""

    def __init__(
        self,
        records: Iterable[int],
        numbers: Sequence[Mapping[int, object]],
        never: Iterable[tuple[int, int]],
    ) -> None:
        self.parent = {record: record for record in records}
        self._held = {record: [kind.get(record) for kind in numbers] for record in self.parent}
        self._members = {record: [record] for record in self.parent}
        self._apart: dict[int, set[int]] = {}
        for one, other in never:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)

    def root(self, record: int) -> int:
        """The name of a record's group."""
        parent = self.parent
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    def join(self, one: int, other: int) -> None:
        """Make one group of two, unless they hold two numbers of a kind or are kept apart."""
        keep, lose = sorted((self.root(one), self.root(other)))
        if keep == lose or self._differ(keep, lose) or self._kept_apart(keep, lose):
            return
        self.parent[lose] = keep
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
