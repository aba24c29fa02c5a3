"""A snapshot's manifest: what it holds, what it stands for, and how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from wholeplace.population.snapshot.islands import Grouping
from wholeplace.population.snapshot.tables import WITHOUT_HISTORY

VERSION = 3
MANIFEST = "manifest.json"
UNFINISHED = ".making-"

FULL, REFRESHED = "full", "refreshed"


@dataclass(frozen=True)
class Origin:
    """How a snapshot was made.

    Attributes:
        made: `full`, every row read; or `refreshed`, a former one and what changed since.
        why: why every row was read, in a sentence.
        former: the former snapshot's folder.
        changed: rows, also superseded ones, that the former did not have.
    """

    made: str = FULL
    why: str = ""
    former: str = ""
    changed: int = 0


@dataclass(frozen=True)
class Manifest:
    """What a snapshot holds and what it stands for.

    Attributes:
        made_at: when it was written.
        known_at: the day of knowledge: it holds what had been recorded by then.
        agencies: table → the agencies whose rows are in it.
        rows: table → number of rows that stand now.
        history: table → number of superseded rows.
        without_history: tables of which only today's rows are held.
        left_out: what was counted and not used, by a plain name.
        groupings: the spells that were merged, so that a fact changed since is noticed.
        basis: what whoever read the store noted, to tell later whether what changed since can
            be told from moments alone. Nothing here reads it.
        digests: file → SHA-256 of its bytes; a refresh takes no file that has another.
        origin: how it was made.
    """

    made_at: datetime
    known_at: datetime
    agencies: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, int]
    left_out: Mapping[str, int] = field(default_factory=dict)
    groupings: tuple[Grouping, ...] = ()
    history: Mapping[str, int] = field(default_factory=dict)
    without_history: tuple[str, ...] = WITHOUT_HISTORY
    basis: Mapping[str, Any] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin()
    version: int = VERSION

    @property
    def whole(self) -> int:
        """All rows that were read from the store, also superseded ones; no merged spells."""
        every = (*self.rows.items(), *self.history.items())
        return sum(count for table, count in every if table != "islands")

    def to_json(self) -> str:
        """The manifest as the file holds it."""
        return json.dumps(
            {
                "version": self.version,
                "made_at": self.made_at.isoformat(),
                "known_at": self.known_at.isoformat(),
                "origin": asdict(self.origin),
                "agencies": {table: list(names) for table, names in self.agencies.items()},
                "rows": dict(self.rows),
                "history": dict(self.history),
                "without_history": list(self.without_history),
                "left_out": dict(self.left_out),
                "groupings": [vars(grouping) for grouping in self.groupings],
                "basis": dict(self.basis),
                "digests": dict(self.digests),
            },
            indent=2,
        )

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read the file back.

        Raises:
            ValueError, KeyError, TypeError: it is not a manifest.
        """
        data: dict[str, Any] = json.loads(text)
        return cls(
            version=data["version"],
            made_at=datetime.fromisoformat(data["made_at"]),
            known_at=datetime.fromisoformat(data["known_at"]),
            origin=Origin(**data.get("origin", {})),
            agencies={table: tuple(names) for table, names in data["agencies"].items()},
            rows=data["rows"],
            history=data["history"],
            without_history=tuple(data["without_history"]),
            left_out=data["left_out"],
            groupings=tuple(
                Grouping(**{**made, "kinds": tuple(made["kinds"])}) for made in data["groupings"]
            ),
            basis=dict(data.get("basis", {})),
            digests=dict(data.get("digests", {})),
        )
