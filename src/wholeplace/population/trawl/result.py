"""What a trawl found, and how many fell where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wholeplace.core.rules.schemes import Criterion, Scheme, needs
from wholeplace.population.snapshot.open import Snapshot

FLAGS = ("deceased", "do_not_contact", "unsafe_address")
"""What to heed about a person found, as columns of the list."""
FLAGS_SQL = "died_on IS NOT NULL AS deceased, do_not_contact, unsafe_address"
"""The same, named, of a row of `persons`."""


@dataclass(frozen=True)
class CriterionCount:
    """How one criterion fell among those whom it was asked of.

    Attributes:
        yes, no, unknown: persons, adding up to `asked`.
        left: persons whom neither this nor a criterion asked before ruled out; None where the
            criteria are not all needed, so that one cannot rule anybody out by itself.
    """

    key: str
    text: str
    on: str
    yes: int
    no: int
    unknown: int
    left: int | None

    @property
    def asked(self) -> int:
        """Of how many persons it was asked: everybody, or those still in when its turn came."""
        return self.yes + self.no + self.unknown

    @classmethod
    def of(
        cls, criterion: Criterion, fell: tuple[int, int, int], left: int | None
    ) -> CriterionCount:
        """The count of a criterion that fell so: (yes, no, unknown)."""
        return cls(criterion.key, criterion.text, criterion.on, *fell, left)


@dataclass(frozen=True)
class TrawlResult:
    """The answer of one scheme for everybody as at a day.

    Attributes:
        scheme, version: which rules.
        as_at: the day that the answer speaks of.
        known_at: what had been recorded by then counts.
        lawful_basis: the basis's key, name and law.
        agencies: whose data the scheme may read, and therefore was read.
        facts: what was derived, as column names.
        people: persons in the snapshot; yes + possible + no.
        funnel: one count a criterion, in the order asked.
        flagged: among those found: how many are deceased, asked not to be contacted, live at an
            unsafe address. They are in the list, marked, never dropped.
        found: one row a person found, by person_id: person_id, ref, answer (yes, possible),
            deceased, do_not_contact, unsafe_address, and `criteria`: a struct of each criterion
            by key (true, false, empty for unknown); of a scheme about a household or benefit
            unit also `members`, the numbers of those in it, each row being the one who
            stands for the unit. None when it was written to a file.
    """

    scheme: str
    version: str
    as_at: date
    known_at: datetime
    lawful_basis: Mapping[str, str]
    agencies: tuple[str, ...]
    facts: tuple[str, ...]
    people: int
    yes: int
    possible: int
    no: int
    funnel: tuple[CriterionCount, ...]
    flagged: Mapping[str, int]
    found: pa.Table | None = None

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        scheme: Scheme,
        as_at: date,
        *,
        people: int,
        yes: int,
        possible: int,
        funnel: Iterable[CriterionCount],
        flagged: Mapping[str, int],
    ) -> TrawlResult:
        """The answer, without the list, that a scheme's counts over a snapshot make."""
        basis = scheme.place.bases[scheme.lawful_basis]
        return cls(
            scheme=scheme.key,
            version=scheme.version,
            as_at=as_at,
            known_at=snapshot.known_at,
            lawful_basis={"key": scheme.lawful_basis, "name": basis.name, "law": basis.law},
            agencies=scheme.may_read,
            facts=tuple(need.column for need in needs(scheme)),
            people=people,
            yes=yes,
            possible=possible,
            no=people - yes - possible,
            funnel=tuple(funnel),
            flagged=flagged,
        )

    def ids(self, answer: str) -> list[int]:
        """The person ids with one answer (`yes` or `possible`), in order.

        Raises:
            ValueError: the list was written to a file and is not in memory.
        """
        if self.found is None:
            raise ValueError("the list of this trawl was written to a file")
        chosen = self.found.filter(pc.equal(self.found["answer"], answer))
        ids: list[int] = chosen["person_id"].to_pylist()
        return ids

    def as_data(self) -> dict[str, Any]:
        """Counts and conditions, without persons, ready for JSON."""
        return {
            "scheme": self.scheme,
            "version": self.version,
            "as_at": self.as_at.isoformat(),
            "known_at": self.known_at.isoformat(),
            "lawful_basis": dict(self.lawful_basis),
            "agencies": list(self.agencies),
            "facts": list(self.facts),
            "people": self.people,
            "yes": self.yes,
            "possible": self.possible,
            "no": self.no,
            "criteria": [{**vars(count), "asked": count.asked} for count in self.funnel],
            "flagged": dict(self.flagged),
        }
