"""How well records were linked, against who is truly who.

Two records are a pair. A pair is *true* when both are one person's, *told* when the linking says
so, and *right* when it is both. Of the pairs told the share that is right is the precision, of
the true pairs the share that was told the recall, and F1 is their harmonic mean.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairs told against pairs true.

    Attributes:
        told: pairs that were told to be one person's.
        right: those of them that are.
        true: all pairs that are.
    """

    told: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """Of the pairs told, the share that is right; 1 when none was told."""
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        """Of the true pairs, the share that was told; 1 when there is none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 1 when no pair is told or true."""
        both = self.told + self.true
        return 2 * self.right / both if both else 1.0

    def as_data(self) -> dict[str, float | int]:
        """The counts and the three shares, for a program to read."""
        return {
            "told": self.told,
            "right": self.right,
            "true": self.true,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
        }


@dataclass(frozen=True, slots=True)
class Clustered:
    """How clusters stand to people.

    Attributes:
        pairs: the pairs that the clusters imply: any two records of one cluster are told.
        clusters: how many, those of one record too.
        people: how many people the records are of.
        largest: records of the largest cluster.
        mixed: clusters with records of two people or more.
        split: people whose records lie in two clusters or more.
    """

    pairs: Agreement
    clusters: int
    people: int
    largest: int
    mixed: int
    split: int


def score_clusters(cluster: Mapping[int, Hashable], person: Mapping[int, Hashable]) -> Clustered:
    """Score clusters by looking at every pair of records.

    Args:
        cluster: record → its cluster.
        person: record → who it truly is of; records that are not there are left out.
    """
    records = [record for record in cluster if record in person]
    told = right = true = 0
    for one, other in combinations(records, 2):
        together = cluster[one] == cluster[other]
        same = person[one] == person[other]
        told, true, right = told + together, true + same, right + (together and same)
    people_in = _gathered((cluster[record], person[record]) for record in records)
    clusters_of = _gathered((person[record], cluster[record]) for record in records)
    sizes = [sum(cluster[r] == name for r in records) for name in people_in]
    return Clustered(
        pairs=Agreement(told, right, true),
        clusters=len(people_in),
        people=len(clusters_of),
        largest=max(sizes, default=0),
        mixed=sum(len(people) > 1 for people in people_in.values()),
        split=sum(len(names) > 1 for names in clusters_of.values()),
    )


def score_pairs(told: Iterable[tuple[int, int]], person: Mapping[int, Hashable]) -> Agreement:
    """Score pairs told by looking at every pair of records.

    Args:
        told: pairs of records, in either order; one told twice counts once.
        person: record → who it truly is of; pairs with another record are left out.
    """
    pairs = {frozenset(pair) for pair in told if all(record in person for record in pair)}
    true = {frozenset(p) for p in combinations(person, 2) if person[p[0]] == person[p[1]]}
    return Agreement(len(pairs), len(pairs & true), len(true))


def _gathered(rows: Iterable[tuple[Hashable, Hashable]]) -> dict[Hashable, set[Hashable]]:
    found: dict[Hashable, set[Hashable]] = {}
    for key, value in rows:
        found.setdefault(key, set()).add(value)
    return found
