"""How records are linked: the model, and from how many bits on which thing is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from wholeplace.core.identity.cluster import JOIN_BITS
from wholeplace.core.kernel.errors import UserMistake
from wholeplace.population.engines.duckdb import EngineSettings
from wholeplace.population.identity.block import Limits
from wholeplace.population.identity.cluster import Ints, components
from wholeplace.population.identity.guards import Guards
from wholeplace.population.identity.model import Model
from wholeplace.population.identity.people import PEOPLE
from wholeplace.population.identity.train import Teaching

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How records are linked.

    Attributes:
        model: what is compared and which pairs.
        guards, limits, teaching: see there.
        review_bits: an edge is kept from this weight on, and people are asked about it where its
            records are in two clusters.
        join_bits: an edge may join two clusters from this weight on.
        apart_bits: two records of this weight or less are never in one cluster, however many
            others lie between them, unless somebody has said that they are one person's.
        never: pairs of record ids that somebody has said are two people.
        must: pairs of record ids that somebody has said are one person: joined before anything
            else, whatever numbers they hold.
        engine: threads and memory.
    """

    model: Model = PEOPLE
    guards: Guards = field(default_factory=Guards)
    limits: Limits = field(default_factory=Limits)
    teaching: Teaching = field(default_factory=Teaching)
    review_bits: float = -2.0
    join_bits: float = JOIN_BITS
    apart_bits: float = -6.0
    never: tuple[Pair, ...] = ()
    must: tuple[Pair, ...] = ()
    engine: EngineSettings = field(default_factory=lambda: EngineSettings(memory_limit="4GB"))

    def check(self) -> None:
        """See that what people have decided can stand together.

        Raises:
            UserMistake: two records are said to be two people's, and by other pairs to be one's.
        """
        records = np.unique(pairs_of([*self.never, *self.must]))
        must, never = (np.searchsorted(records, pairs_of(p)) for p in (self.must, self.never))
        group = components(len(records), must[:, 0], must[:, 1])
        against = never[group[never[:, 0]] == group[never[:, 1]]]
        if len(against):
            one, other = records[against[0]].tolist()
            raise UserMistake(
                f"Records {one} and {other} are said to be two people, and to be one.",
                do="Undo one of the decisions.",
            )


def pairs_of(pairs: Sequence[Pair]) -> Ints:
    """Pairs of records, shape (n, 2)."""
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
