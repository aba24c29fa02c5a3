"""Clusters of millions of records: only groups in which something conflicts are gone through.

Records that edges join, however far round, make a group. Where nothing in a group conflicts, no
merge in it would be refused, so it is one cluster; the others, a few in a thousand, are given
to `wholeplace.core.identity.cluster` with their edges. A test holds this to the plain way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from wholeplace.core.identity.cluster import greedy_clusters

Ints: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.int64]]"
Floats: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.float64]]"
NONE: Ints = np.empty((0, 2), dtype=np.int64)


def cluster(
    records: Ints,
    one: Ints,
    other: Ints,
    weight: Floats,
    numbers: Sequence[Ints] = (),
    never: Ints = NONE,
    *,
    must: Ints = NONE,
    apart: Ints = NONE,
) -> Ints:
    """The cluster of each record, named by its smallest record.

    Args:
        records: sorted, each once; shape (n,).
        one, other, weight: the edges, shape (m,): two records and bits.
        numbers: for each kind of number, one whole number a record, shape (n,): equal for
            equal numbers, negative where there is none.
        never, must, apart: as `greedy_clusters` says, shape (k, 2); of records that are not here
            nothing is kept.
    """
    a, b = np.searchsorted(records, one), np.searchsorted(records, other)
    joined = _places(records, must)
    group = components(len(records), *np.concatenate([np.stack([a, b], axis=1), joined]).T)
    parted, unlike = (_inside(group, _places(records, pairs)) for pairs in (never, apart))
    torn = _conflicting(group, numbers, np.concatenate([parted, unlike]))
    if torn.any():
        places = np.flatnonzero(torn[group])
        edges, said = torn[group][a], torn[group][joined[:, 0]]
        split = greedy_clusters(
            places.tolist(),
            zip(*(column[edges].tolist() for column in (weight, a, b)), strict=True),
            [_known(places, kind) for kind in numbers],
            _listed(parted),
            must=_listed(joined[said]),
            apart=_listed(unlike),
        )
        group[places] = [split[place] for place in places.tolist()]
    return records[group]


def _listed(pairs: Ints) -> list[tuple[int, int]]:
    return [(a, b) for a, b in pairs.tolist()]


def _known(places: Ints, kind: Ints) -> dict[int, object]:
    """Place → number, of the places that have one."""
    pairs = zip(places.tolist(), kind[places].tolist(), strict=True)
    return {place: number for place, number in pairs if number >= 0}


def components(count: int, a: Ints, b: Ints) -> Ints:
    """For each of `count` places, the smallest place that edges (a, b) lead to.

    Every place takes the smallest name among its neighbours', and then its name's name, until
    nothing changes: rounds grow with the logarithm of the longest chain.
    """
    name = np.arange(count, dtype=np.int64)
    while True:
        least = np.minimum(name[a], name[b])
        changed = name.copy()
        np.minimum.at(changed, name[a], least)
        np.minimum.at(changed, name[b], least)
        changed = changed[changed]
        if np.array_equal(changed, name):
            return name
        name = changed


def _conflicting(
    group: Ints, numbers: Sequence[Ints], apart: Ints
) -> np.ndarray[tuple[int], np.dtype[np.bool]]:
    """By group's name: whether its records hold two numbers of one kind, or a pair kept apart."""
    torn = np.zeros(len(group), dtype=np.bool)
    torn[group[apart[:, 0]]] = True
    for kind in numbers:
        known = kind >= 0
        least = np.full(len(group), np.iinfo(np.int64).max)
        most = np.full(len(group), -1, dtype=np.int64)
        np.minimum.at(least, group[known], kind[known])
        np.maximum.at(most, group[known], kind[known])
        torn |= (most >= 0) & (least != most)
    return torn


def _places(records: Ints, pairs: Ints) -> Ints:
    """Pairs of records as places, of those whose two are both here."""
    if not len(pairs) or not len(records):
        return NONE
    places = np.minimum(np.searchsorted(records, pairs), len(records) - 1)
    return np.asarray(places[(records[places] == pairs).all(axis=1)], dtype=np.int64)


def _inside(group: Ints, places: Ints) -> Ints:
    """Of pairs of places, those whose two are in one group."""
    return np.asarray(places[group[places[:, 0]] == group[places[:, 1]]], dtype=np.int64)
